"""Reading a stretch of text for identifiers, and how far the reading cannot be changed by what comes next.

The order is fixed: placeholders, then e-mail addresses, then numbers in what is left. Numbers are judged window by
window from left to right; the words before a window are the last of the text without what was found in it, the
words after it go up to the next digit, @ or placeholder. All bounds are constants, so the time is linear.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from fairgo.privacy.security.catalogue import LONGEST_NUMBER, NUMBERS, SHORTEST_NUMBER
from fairgo.privacy.security.characters import BRACKETS, LOCAL, OPENERS, local_tail
from fairgo.privacy.security.detectors import email
from fairgo.privacy.security.numbers import SCORES, Number, Strength, spoken
from fairgo.privacy.security.runs import GAP, GROUP_GOES_ON, RUN, LookedFor, Run, before_openers, looked_for
from fairgo.privacy.security.tokens import Mark, find_marks, unfinished

BEFORE, AFTER = 96, 48
_AFTER = re.compile(rf"[^\d@‹]{{0,{AFTER + 1}}}+")
_LOCAL_OR_OPENER = re.compile(f"[{LOCAL}{OPENERS}]")
_TOUCHES = re.compile(r"\w")


@dataclass(frozen=True, slots=True)
class Found:
    """An identifier in a text: where, of which type, how surely, and its normal form."""

    start: int
    end: int
    type: str
    score: float
    normal: str


Item = Found | Mark


@dataclass(frozen=True, slots=True)
class Place:
    """What is known of the text before a stretch: its last words without what was found, and its last character.

    `last` is empty at the beginning and directly after something found.
    """

    before: str = ""
    last: str = ""


class Reading:
    """One stretch of text, read: `items` in order, and `end`, up to which no later text can change anything.

    `place` is where the next stretch goes on. A `final` stretch is read to its end.
    """

    def __init__(self, text: str, place: Place, *, final: bool) -> None:
        self.items: list[Item] = []
        self._text = text
        self._final = final
        self._last = place.last
        self._lead = place.before
        self._since = 0
        self._could: dict[str, bool] = {}
        fences, settled = _fences(text, final=final)
        self.end = self._numbers(fences, settled)

    @property
    def place(self) -> Place:
        """What the next stretch needs to know of this one."""
        return Place(self._before(self.end), self._character_before(self.end))

    def _numbers(self, fences: Iterable[Item], settled: int) -> int:
        at = 0
        for fence in fences:
            held = self._between(at, fence.start, unsettled=False)
            if held is not None:
                return held
            self._passed(fence)
            at = fence.end
        held = self._between(at, settled, unsettled=not self._final)
        return settled if held is None else held

    def _between(self, at: int, stop: int, *, unsettled: bool) -> int | None:
        """Read the numbers of a stretch without anything else in it; the answer is where to wait, if anywhere."""
        if at == 0 and self._last.isdecimal():
            at = _matched(GROUP_GOES_ON, self._text, 0, stop)
            if unsettled and at and _matched(GAP, self._text, at, stop) == stop:
                return at
        for run in RUN.finditer(self._text, at, stop):
            unclosed = unsettled and _matched(GAP, self._text, run.end(), stop) == stop
            if unclosed or run.end() - run.start() >= SHORTEST_NUMBER:
                held = self._run(run.start(), run.end(), stop, unclosed=unclosed)
                if held is not None:
                    return held
        return None

    def _run(self, start: int, end: int, stop: int, *, unclosed: bool) -> int | None:
        run = Run(self._text, (start, end), stop, unclosed=unclosed)
        i = 0
        while i < len(run.groups):
            if not unclosed and run.ahead(i) < SHORTEST_NUMBER:
                return None
            try:
                found = self._chosen(run, i)
            except _Undecided:
                return before_openers(self._text, run.groups[i].start)
            if found is None:
                i += 1
            else:
                self._passed(found)
                i = run.groups_before(found.end)
        return end if unclosed else None

    def _chosen(self, run: Run, i: int, above: int = 0) -> Found | None:
        """The surest and longest identifier that begins with group `i` and is surer than `above`.

        A surer one that begins later and overlaps goes first, so that no part of it stays behind.
        Raises _Undecided when more text must come.
        """
        if run.unclosed and run.ahead(i) <= LONGEST_NUMBER:
            raise _Undecided
        for strength, number, window in run.fits(i, self._sought):
            if strength > above:
                start, end = run.bounds(window)
                glued = self._is_glued(start, end, run.stop)
                if not self._holds(Strength.POSSIBLE if glued else strength, number, (start, end)):
                    continue
                later = range(i + 1, i + len(window.groups)) if strength < Strength.CERTAIN else ()
                if not any(self._chosen(run, j, above=strength) for j in later):
                    return Found(start, end, number.type, SCORES[strength], number.normal(window))
        return None

    def _is_glued(self, start: int, end: int, stop: int) -> bool:
        """True when a letter, digit or underscore directly before or after makes this part of something longer."""
        touches = self._text[start] not in BRACKETS and _TOUCHES.match(self._character_before(start))
        return bool(touches or (end < stop and _TOUCHES.match(self._text, end)))

    def _holds(self, strength: Strength, number: Number, span: tuple[int, int]) -> bool:
        """What the words before and after say; those after are looked at only when those before do not decide."""
        if strength is Strength.CERTAIN or (strength is Strength.LIKELY and not number.contrary):
            return True
        before = self._before(span[0])
        if strength is Strength.POSSIBLE:
            if not self._could_be_named(number):
                self._after(span[1])
                return False
            return number.is_named(spoken(before)) or number.is_named(spoken(self._after(span[1])))
        after = self._after(span[1])
        return not number.is_denied(before, after) or number.is_named(spoken(after))

    @cached_property
    def _sought(self) -> LookedFor:
        """What is worth looking for: in a whole text, not what needs a word that does not occur in it."""
        if not self._final:
            return looked_for(NUMBERS)
        return looked_for(tuple(n for n in NUMBERS if not n.only_named or self._could_be_named(n)))

    def _could_be_named(self, number: Number) -> bool:
        """False when no supporting word occurs anywhere here: it need not be looked for near each number."""
        if number.type not in self._could:
            self._could[number.type] = number.could_be_named(self._lead, self._text)
        return self._could[number.type]

    def _before(self, at: int) -> str:
        since = self._text[max(self._since, at - BEFORE) : at]
        return since if len(since) == BEFORE else (self._lead + since)[-BEFORE:]

    def _after(self, at: int) -> str:
        """The words after a place, whole ones only. Raises _Undecided when they have not arrived."""
        found = _AFTER.match(self._text, at)
        words = found[0] if found else ""
        if len(words) > AFTER:
            words, following = words[:AFTER], words[AFTER]
            if not _LOCAL_OR_OPENER.match(following):
                return words
        elif at + len(words) == len(self._text):
            if self._final:
                return words
            raise _Undecided
        words = words.rstrip(OPENERS)
        return words[: len(words) - local_tail(words, AFTER)]

    def _character_before(self, at: int) -> str:
        return self._text[at - 1] if at > self._since else self._last

    def _passed(self, item: Item) -> None:
        self.items.append(item)
        self._lead = f"{self._before(item.start)} "
        self._since = item.end
        self._last = ""


class _Undecided(Exception):
    """More text must come before this can be decided."""


def _fences(text: str, *, final: bool) -> tuple[list[Item], int]:
    """Placeholders and e-mail addresses in order, and up to where they cannot change any more."""
    end = len(text) if final else unfinished(text)
    marks = find_marks(text, final=final)
    while marks and marks[-1].end > end:
        end = min(end, marks.pop().start)
    if not final:
        end = min(end, len(text) - local_tail(text, email.LONGEST_LOCAL))
    items: list[Item] = list(marks)
    if "@" in text:
        for start, stop in email.find(text, iter([(mark.start, mark.end) for mark in marks]), final=final):
            if stop is None:
                end = min(end, start)
            else:
                address = email.normal(text[start:stop])
                items.append(Found(start, stop, email.TYPE, email.SCORE, address))
        items.sort(key=lambda item: item.start)
    end = min([end, *(item.start for item in items if item.end > end)])
    return [item for item in items if item.end <= end], end if final else before_openers(text, end)


def _matched(pattern: re.Pattern[str], text: str, start: int, stop: int) -> int:
    found = pattern.match(text, start, stop)
    return found.end() if found else start
