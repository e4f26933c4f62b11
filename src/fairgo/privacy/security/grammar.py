"""Rules about rows of signs: a text with one sign for each word or mark, read by short patterns.

A sign says what part its word can play: a name, a title, "is", a type of street. So a rule is a regular expression
over a handful of signs, and how far it can look is plain to see.
"""

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from weakref import WeakKeyDictionary

from fairgo.privacy.security.detector import BEHIND, OPEN, Candidate, View

_MARKS = (
    "\u0300-\u036f\u064b-\u0652\u0900-\u0903\u093a-\u094f\u0962\u0963\u0a01-\u0a03\u0a3c-\u0a51\u0a70\u0a71"
)
TOKEN = re.compile(r"\w+(?:(?:'(?!s\b)|-)\w+)*+|'s\b|\n\s*+|[^\w ]")
_LETTER = rf"[^\W\u3400-\u9fff]|[{_MARKS}]"
_OTHER_TOKEN = re.compile(
    rf"[\u3400-\u9fff]+|(?:{_LETTER})+(?:(?:'(?!s\b)|-)(?:{_LETTER})+)*+|'s\b|\n\s*+|[^\w\s]"
)


class Parts:
    """The words and marks of a text in order, and where each begins."""

    __slots__ = ("_starts", "_text", "words")

    def __init__(self, text: str) -> None:
        self.words: list[str] = (TOKEN if text.isascii() else _OTHER_TOKEN).findall(text)
        self._text = text
        self._starts: list[int] | None = None

    @property
    def starts(self) -> list[int]:
        """Where each word begins; found when first asked for, since most texts need it for none."""
        if self._starts is None:
            find, at, starts = self._text.index, 0, list[int]()
            for word in self.words:
                at = find(word, at)
                starts.append(at)
                at += len(word)
            self._starts = starts
        return self._starts


_PARTED: WeakKeyDictionary[View, Parts] = WeakKeyDictionary()


def parts_of(view: View) -> Parts:
    """The parts of a text, found once for all detectors that look at it, and kept no longer than the view."""
    parts = _PARTED.get(view)
    if parts is None:
        parts = _PARTED[view] = Parts(view.text)
    return parts


class Row:
    """A text as signs: `signs[i]` is the part of `words[i]`, which stands at `starts[i]`."""

    __slots__ = ("signs", "starts", "words")

    def __init__(self, parts: Parts, signs: str) -> None:
        self.words, self.starts, self.signs = parts.words, parts.starts, signs

    def end(self, at: int) -> int:
        """Where a word ends."""
        return self.starts[at] + len(self.words[at])


@dataclass(frozen=True, slots=True)
class Fit:
    """Words `at` to before `stop` of a row that fit rule number `rule`, of the text that the row was made of.

    Of the words around them only those from `low` to before `high` may be looked at.
    """

    text: str
    row: Row
    at: int
    stop: int
    rule: int
    low: int
    high: int


@dataclass(frozen=True, slots=True, eq=False)
class Grammar:
    """Rules over rows of signs, and how they are read.

    `rules` are scores and patterns; the first that fits decides. They are tried at words that fit `starts`, and see
    `before` words (at most BEHIND characters) and `after` words (at most `ahead` characters), never more: so that
    what is found at a place does not depend on what stands far away. `held` are the words from which on nothing is
    given out while more text may come. `stands` has the last say; signs of `trimmed` do not end what is found.
    """

    known: Callable[[], Mapping[str, str]]
    sign_of: Callable[[str], str]
    rules: tuple[tuple[float, str], ...]
    starts: re.Pattern[str]
    held: re.Pattern[str]
    stands: Callable[[Fit], bool]
    before: int
    after: int
    ahead: int
    trimmed: str

    def read(self, view: View) -> Iterator[Candidate]:
        """What the rules find in a text."""
        parts, get, sign_of = parts_of(view), self.known().get, self.sign_of
        signs = "".join([get(word) or sign_of(word) for word in parts.words])
        if view.final and not self.starts.search(signs):
            return
        row = Row(parts, signs)
        total = len(row.words)
        at = bisect_left(row.starts, view.begin)
        undecided = total
        if not view.final:
            undecided = max(at, total - self.after, bisect_left(row.starts, len(view.text) - self.ahead))
        rule = _together(self.rules)
        while (start := self.starts.search(signs, at)) and start.start() < undecided:
            at = start.start()
            low, high = self._window(row, at)
            begins = low == 0 and row.starts[at] < BEHIND
            near = ("^" if begins else " ") + signs[low:high]
            found = rule.match(near, at - low + 1)
            fit = found and Fit(view.text, row, at, low + found.end() - 1, found.lastindex or 1, low, high)
            if not fit or not self.stands(fit):
                at += 1
                continue
            stop = fit.stop
            while signs[stop - 1] in self.trimmed:
                stop -= 1
            yield Candidate(row.starts[at], row.end(stop - 1), self.rules[fit.rule - 1][0])
            at = fit.stop
        if not view.final and (start := self.held.search(signs, max(at, undecided))):
            yield Candidate(row.starts[start.start()], OPEN)

    def _window(self, row: Row, at: int) -> tuple[int, int]:
        low, high, start = max(0, at - self.before), min(len(row.words), at + self.after), row.starts[at]
        while row.starts[low] <= start - BEHIND:
            low += 1
        while high > at + 1 and row.end(high - 1) > start + self.ahead:
            high -= 1
        return low, high


@cache
def _together(rules: tuple[tuple[float, str], ...]) -> re.Pattern[str]:
    return re.compile("|".join(f"({pattern})" for _, pattern in rules))
