"""What part each word can play around a person's name, as one sign; the legend stands in lexicons/people.txt."""

import re
from functools import cache

from fairgo.privacy.security.detector import FENCE, View
from fairgo.privacy.security.lexicon import LONGEST_NAME, lexicon, parts, plain

UNKNOWN, PERHAPS = 100, -60  # likeness above which an unknown word is a likely or a possible name
_NO_PERSON = re.compile(
    r"(?:user|file|host|nick|re|domain|brand|product|plan|device|class|app|bank|street|city|town|suburb|place|model|event|field"
    r"|table|column|company|business|store|shop|course|package|role|group|team|tag|display|screen|short|code|path|dir)_?name\Z"
)
_GOING_ON = ("ed", "ly")  # of verbs and adverbs that go on after a person
_VIETNAMESE_FAMILIES = frozenset(
    [
        "nguyễn",
        "trần",
        "phạm",
        "huỳnh",
        "đặng",
        "bùi",
        "hoàng",
        "dương",
        "đỗ",
        "võ",
    ]
)
_VIETNAMESE = re.compile(r"[ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]")
_KOREAN = re.compile(r"[가-힣]{2,4}(?:입니다|이에요|예요|라고)\Z")  # a name and "am"
_LATIN = re.compile(r"[a-z\u00c0-\u024f\u1e00-\u1eff\u0300-\u036f'-]+\Z")


@cache
def roles() -> dict[str, str]:
    """The sign of every word that is known."""
    signs = dict(lexicon().kinds)
    signs |= {word: "z" for word, kind in signs.items() if kind == "w" and word.endswith(_GOING_ON)}
    for sign, words in parts("people.txt"):
        signs |= dict.fromkeys(words, sign)
    signs |= dict.fromkeys(lexicon().native, "X") | dict.fromkeys("bcdefghjklmnopqrstuwxyz", "i")
    signs |= {mark: mark for mark in ".,:;!?()\"'-=@/<>{}[]"}
    return signs | {"'s": "Z", FENCE: "|", "&": "n"}


@cache
def _particles() -> frozenset[str]:
    return frozenset(word for sign, words in parts("people.txt") if sign == "p" for word in words)


@cache
def _words_by_part() -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    """Words that are no names, words that introduce any name, and those that introduce a name with a second meaning."""
    signs = roles().items()
    nothing = frozenset(word for word, sign in signs if sign not in "XGFBgfbvm")
    strict = frozenset(word for word, sign in signs if sign in "CTQNR")
    loose = strict | {word for word, sign in signs if sign in "YKhHdqDyIVWLke"}
    return nothing, strict, loose | {"am", "m", "is", "was", "s"}


def holds_no_name(view: View) -> bool:
    """True when no word of a text can be somebody's name: none is unknown, surely a name, or introduced as one.

    False says nothing: the rules decide. True must be right, or a text in pieces would differ from the whole.
    """
    nothing, strict, loose = _words_by_part()
    left = view.words - nothing
    if not left:
        return True
    if any(mark in view.text for mark in ':"-\n'):
        return False
    signs = {roles().get(word, "u") for word in left}
    if signs == {"f"}:
        return view.words.isdisjoint(strict)
    return len(left) == 1 and signs <= set("gbvm") and view.words.isdisjoint(loose)


def sign_of(word: str) -> str:
    """What part a word can play that is not known as it is written."""
    first = word[0]
    if not first.isalpha():
        return "\n" if first == "\n" else "9" if first.isalnum() or first == "_" else ";"
    if word.isascii() and not word.replace("-", "").replace("'", "").isalpha():
        return "N" if word.endswith("_name") and not _NO_PERSON.search(word) else "9"
    if _LATIN.match(word):
        return _sign_of_letters(word)
    return "X" if _KOREAN.match(word) else "c"


def _sign_of_letters(word: str) -> str:
    if len(word) == 1:
        return "i"
    if "-" in word:
        return _joined([plain(part) for part in word.split("-") if part])
    bare = plain(word)
    if not word.isascii() and _VIETNAMESE.search(word):
        return "F" if word in _VIETNAMESE_FAMILIES else "b" if lexicon().kinds.get(bare, "w") != "w" else "o"
    sign = (roles() if word.isascii() else lexicon().kinds).get(bare)
    if sign is None and bare[-1] == "s" and lexicon().kinds.get(bare[:-1]) in {"G", "B"}:
        return "U"
    if sign is None and bare.endswith("name") and not _NO_PERSON.search(bare):
        return "N"
    return sign if sign is not None else _guess(bare)


def _joined(parts: list[str]) -> str:
    """The part that words joined by hyphens can play: a name only if each of them can be one."""
    known, kinds = roles(), lexicon().kinds
    signs = [kinds.get(part) or _guess(part) for part in parts]
    if all(known.get(part, "u") not in "XGFBgfbvum" for part in parts):
        return "w"
    likely = any(sign in "GFBu" for sign in signs)
    fitting = all(
        sign in "GFBgfbux" or part in _particles() or (likely and sign == "o")
        for sign, part in zip(signs, parts, strict=True)
    )
    if not fitting or known.get(parts[0], "u") not in "XGFBgfbvupx":
        return "w"
    whole = kinds.get("".join(parts), "")
    return whole if whole in {"G", "F", "B"} else next((sign for sign in "GFBu" if sign in signs), "x")


def _guess(bare: str) -> str:
    if not 3 <= len(bare) <= LONGEST_NAME:
        return "o"
    likeness = lexicon().likeness(bare)
    return "u" if likeness >= UNKNOWN else "x" if likeness >= PERHAPS else "o"
