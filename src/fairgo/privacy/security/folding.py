"""Text as detectors see it: the many ways to write a letter, a digit, a dash or a space made one, places kept.

Every change depends on the characters next to it only, so a text folded in pieces is the text folded whole.
"""

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from fairgo.privacy.security.characters import DASHES, SPACES, UNSEEN

_UNSEEN = re.compile(f"[{UNSEEN}]")
_UNSEEN_SET = frozenset(chr(code) for code in range(0x10000) if _UNSEEN.match(chr(code)))
_LETTERS = bytes(code if chr(code).isalpha() else 0x20 for code in range(0x80)).ljust(0x100)
_LETTERS_ALONE = re.compile(r"[^\W\d_]+")
_UNITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_TEENS = (
    *("ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen"),
    "nineteen",
)
_TENS = {
    "twenty": "2",
    "thirty": "3",
    "forty": "4",
    "fifty": "5",
    "sixty": "6",
    "seventy": "7",
    "eighty": "8",
}
_TENS["ninety"] = "9"
DIGITS = {
    **{word: str(value) for value, word in enumerate((*_UNITS, *_TEENS))},
    **dict.fromkeys(("oh", "o", "nought", "naught", "nil"), "0"),
}
_HESITATION = frozenset(("uh", "um", "er", "erm", "ah", "then"))
_PARTING = {".": " ", ",": " ", "\n": " ", "/": "/"}
_TIMES = {"double": 2, "triple": 3, "treble": 3}
SPOKEN = frozenset({*DIGITS, *_TENS, *_TIMES})
_UNIT = (
    rf"(?:(?:{'|'.join(_TIMES)})[ -]+)?(?:{'|'.join(sorted(DIGITS, key=len, reverse=True))}|\d(?!\w))(?!\w)"
    rf"|(?:{'|'.join(_TENS)})(?!\w)"
)
_BETWEEN = r"(?:,? (?:uh|um|er|erm|ah|then),? |[ \-]{1,3}| ?/ ?|[.,]{1,3} |,| ?\n[> ]{0,3})"
# Six or more digits with any signs between them are one number; three or more, or words, need more even ones.
_ONE_BY_ONE = r"\d(?:[ .\-/()]{1,3}\d(?!\w)){5,}"
_SPELLED = re.compile(rf"(?<!\w)(?:{_ONE_BY_ONE}|(?:{_UNIT})(?:{_BETWEEN}(?:{_UNIT})){{2,}})")
_TYPED_SINGLY = re.compile(r"\d[ .,\-\n>/()]{1,5}\d[ .,\-\n>/()]{1,5}\d(?!\w)")
_SINGLY = re.compile(rf"(?<!\w)(?:{_ONE_BY_ONE}|\d(?:{_BETWEEN}\d(?!\w)){{2,}})")
_SIX = re.compile(_ONE_BY_ONE)
_PARTED, _DIGIT, _NO_DIGIT = re.compile(r"[.,\n/]"), re.compile(r"\d"), re.compile(r"[^\d]+")
_AND_ANOTHER = {word: re.compile(rf"{word}{_BETWEEN}(?:{_UNIT})") for word in sorted(SPOKEN)}
_AFTER_A_DIGIT = re.compile(rf"\d{_BETWEEN}(?:{'|'.join(sorted(SPOKEN))})")
_PART = re.compile(r"[a-z]+|\d|[.,\n/]")
# What may still become three or more in a row, or go on, when the next word has come.
_BEGUN = re.compile(
    rf"(?<!\w)(?:(?:{_UNIT}){_BETWEEN}){{0,40}}+(?:(?:{_UNIT})|{'|'.join(_TIMES)})?[ .,\-\n>/]{{0,4}}\Z"
)
LONGEST_BEGUN = 240
LAST_DIGIT = 0x1FFFF  # no plane beyond has digits


def _table() -> dict[int, str]:
    """Every character that is written as another, and as which; always one for one."""
    table = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
    for pattern, plain in (
        (f"[{DASHES}]", "-"),
        (f"[{SPACES}\v\f]", " "),
        ("[’‘ʼ`´′]", "'"),
        ("[“”„″«»]", '"'),
    ):
        signs = re.compile(pattern)
        table |= {code: plain for code in range(0x3001) if signs.match(chr(code))}
    table |= dict.fromkeys((0xFE58, 0xFE63, 0xFF0D), "-") | dict.fromkeys((0xB7, 0x2022, 0x30FB), ".")
    table |= {ord("。"): ".", ord("、"): ",", ord("İ"): "i", ord("Σ"): "σ", ord("ς"): "σ", ord("\r"): " "}
    table |= {ord("…"): ".", ord("¿"): "?", ord("¡"): "!", ord("؟"): "?", ord("،"): ",", ord("؛"): ";"}
    table |= {0x2028: "\n", 0x2029: "\n", 0x85: "\n"}
    # Decimal digits of all scripts, found by one search: asking a million characters one by one takes a second.
    for digit in re.findall(r"\d", "".join(map(chr, range(0x80, LAST_DIGIT + 1)))):
        table[ord(digit)] = str(unicodedata.decimal(digit))
    return table


_TABLE = _table()


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded text, where its characters stand in the given one (None: where they stood), and what words occur."""

    text: str
    starts: Sequence[int] | None = None
    ends: Sequence[int] | None = None
    words: frozenset[str] = frozenset()

    def start(self, at: int) -> int:
        """Where in the given text a stretch begins that begins with this character."""
        return at if self.starts is None else self.starts[at]

    def end(self, at: int) -> int:
        """Where in the given text a stretch ends that ends before this character."""
        return at if self.ends is None or at == 0 else self.ends[at - 1]

    def at(self, place: int) -> int:
        """The first folded character that stands at a place of the given text or after it."""
        return place if self.starts is None else bisect_left(self.starts, place, hi=len(self.text))


def fold(text: str) -> Folded:
    """The text in the one form detectors read."""
    if text.isascii():
        folded = Folded(text.lower())
    else:
        plain = text.translate(_TABLE).lower()
        folded = _without_unseen(plain) if _UNSEEN.search(plain) else Folded(plain)
    words = words_in(folded.text)
    folded = Folded(folded.text, folded.starts, folded.ends, words)
    return _digits_joined(folded) if _is_spelled(folded.text, words & SPOKEN) else folded


def words_in(text: str) -> frozenset[str]:
    """Every stretch of letters in a folded text. For plain text this takes a fourth of a regular expression's time."""
    if not text.isascii():
        return frozenset(_LETTERS_ALONE.findall(text))
    return frozenset(text.encode().translate(_LETTERS).decode().split())


def begun(text: str) -> int:
    """Where the last words of a text could be digits spoken one by one that go on; else the text's length."""
    tail = text[-LONGEST_BEGUN:]
    found = _BEGUN.search(fold_signs(tail))
    return len(text) - len(tail) + (found.start() if found else len(tail))


def fold_signs(text: str) -> str:
    """The text in lower case with plain signs, every character in its place."""
    return text.lower() if text.isascii() else text.translate(_TABLE).lower()


def _is_spelled(text: str, said: frozenset[str]) -> bool:
    """False when no three digits in a row can have been said or typed one by one."""
    if said and (any(_AND_ANOTHER[word].search(text) for word in said) or _AFTER_A_DIGIT.search(text)):
        return True
    return _TYPED_SINGLY.search(text) is not None


def _without_unseen(text: str) -> Folded:
    starts = [place for place, character in enumerate(text) if character not in _UNSEEN_SET]
    return Folded("".join([text[place] for place in starts]), starts, [place + 1 for place in starts])


def _digits_joined(folded: Folded) -> Folded:
    """Digits that were typed or spoken one by one, as one number: its signs stand where their words stood."""
    parts, starts, ends, at = [], list[int](), list[int](), 0
    text = folded.text
    typed = folded.words.isdisjoint(SPOKEN)
    for found in (_SINGLY if typed else _SPELLED).finditer(text):
        parts.append(text[at : found.start()])
        starts += range(at, found.start())
        ends += range(at + 1, found.start() + 1)
        if (typed and not _PARTED.search(found[0])) or _SIX.fullmatch(found[0]):
            parts.append(_NO_DIGIT.sub("", found[0]))
            places = [sign.start() for sign in _DIGIT.finditer(text, found.start(), found.end())]
            starts += places
            ends += [place + 1 for place in places]
        else:
            for sign, start, end in _signs(found):
                parts.append(sign)
                starts.append(start)
                ends.append(end)
        at = found.end()
    parts.append(text[at:])
    starts += range(at, len(text))
    ends += range(at + 1, len(text) + 1)
    return Folded(
        "".join(parts),
        starts if folded.starts is None else [folded.starts[place] for place in starts],
        ends if folded.ends is None else [folded.ends[place - 1] for place in ends],
        folded.words,
    )


def _signs(spelled: re.Match[str]) -> Iterator[tuple[str, int, int]]:
    """The digits that were spelled out, each with the place of its word, and a space for a comma or a new line."""
    times, start, tens = 1, -1, ""
    for part in _PART.finditer(spelled[0]):
        word = part[0]
        if word in _HESITATION:
            continue
        begins, ends = spelled.start() + part.start(), spelled.start() + part.end()
        if word in _TIMES:
            times, start = _TIMES[word], begins
            continue
        if tens:
            given = tens if word in DIGITS and len(DIGITS[word]) == 1 and DIGITS[word] != "0" else f"{tens}0"
            yield from ((sign, start, begins) for sign in given)
            tens, start = "", -1
        if word in _TENS:
            tens, start = _TENS[word], begins
        elif word in _PARTING:
            yield _PARTING[word], begins, ends
        else:
            for sign in DIGITS.get(word, word) * times:
                yield sign, begins if start < 0 else start, ends
            times, start = 1, -1
    if tens:
        yield from ((sign, start, spelled.end()) for sign in f"{tens}0")
