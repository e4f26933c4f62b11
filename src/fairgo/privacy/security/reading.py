"""Reading a stretch of text for identifiers, and how far the reading cannot be changed by what comes next.

The order is fixed: placeholders and e-mail addresses part the text; what is between them is folded, and every detector
says what it sees there. Then it is judged from left to right: among what overlaps, the surest and longest stays. The
words before a value are the last ones of the text without what was found; so hiding one value never changes what
is found next to it. All bounds are constants, and so the time is linear.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from fairgo.privacy.security.catalogue import LABELS, SHAPES, TYPES, WORD_DETECTORS
from fairgo.privacy.security.characters import local_tail
from fairgo.privacy.security.detector import CJK, FENCE, OPEN, Need, Rule, Shape, View
from fairgo.privacy.security.detectors import email
from fairgo.privacy.security.folding import begun, fold
from fairgo.privacy.security.judging import SURE, Nearby
from fairgo.privacy.security.labels import AFTER, BEFORE, column_of
from fairgo.privacy.security.shapes import unfinished as unfinished_value
from fairgo.privacy.security.tokens import Mark, find_marks, unfinished

FAR = 512
LEAD = 160  # characters before a stretch that are kept to be looked back at
LONGEST_AFTER = 96
_GLUE = frozenset("_$€£#@%")
_UNSPACED = re.compile(f"[{CJK}]")
_JOINS = frozenset("-./")
_AFTER = re.compile(rf"[^\d{FENCE}]{{0,{LONGEST_AFTER + 1}}}+")
_LAST_WORD = re.compile(r"[^\W\d_]*'?\S\Z")
_LAST_CLAUSE = re.compile(r"(?:[,;|\n]|\.\s)[^,;|\n]*\Z")
_BAR = re.compile(rf"\[(?:{'|'.join(sorted(TYPES))})\]")  # a type in brackets stands for what was hidden
_BAR_BEGUN = re.compile(r"\[[A-Z_]*\Z")
LONGEST_BAR = 20


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
    """What is known of the text before a stretch.

    `before` are its last characters, with what parts it made into fences; `said` are its last words without what was
    found, None for those of `before`; `since` is how many characters ago something was found, at most FAR.
    """

    before: str = ""
    said: tuple[str, ...] | None = None
    since: int = FAR


class _Seen(NamedTuple):
    """A stretch of the folded text that may be an identifier: judged already, or what rule it fits."""

    start: int
    end: int
    type: str
    score: float = 0.0
    normal: str = ""
    shape: Shape | None = None
    rule: Rule | None = None


class _Undecided(Exception):
    """More text must come before this can be decided."""


class Reading:
    """One stretch of text, read: `items` in order, and `end`, up to which no later text can change anything.

    `place` is where the next stretch goes on. A `final` stretch is read to its end.
    """

    def __init__(self, text: str, place: Place, *, final: bool) -> None:
        self._place, self._final = place, final
        fences, bars, settled = _fences(text, final=final)
        spans = sorted([*((fence.start, fence.end) for fence in fences), *bars])
        self._masked = _masked(text[:settled], spans)
        self._lead = len(place.before)
        self._folded = fold(place.before + self._masked)
        self._view = View(
            self._folded.text, self._folded.at(self._lead), final=final, words=self._folded.words
        )
        self._taken: list[tuple[int, int]] = []  # what was found, in the folded text
        self._passed = self._next = 0  # how many of these, and of the words, the trail has behind it
        self._trail = list(place.said or ())
        self._judged: dict[int, tuple[float, float] | None] = {}
        self._beaten: dict[int, bool] = {}
        self._seen: list[_Seen] = []
        self._hold = len(self._view.text)
        self.items: list[Item] = []
        self.end = self._read(settled)
        if fences:
            self.items += [fence for fence in fences if fence.end <= self.end]
            self.items.sort(key=lambda item: item.start)

    @property
    def place(self) -> Place:
        """What the next stretch needs to know of this one."""
        at = self._folded.at(self._lead + self.end)
        before = (self._place.before + self._masked[: self.end])[-LEAD:]
        found = self.items[-1].end if self.items else -self._place.since
        return Place(before, tuple(self._before(at)), min(self.end - found, FAR))

    def _read(self, settled: int) -> int:
        view = self._view
        said = LABELS.said(view.words, view.text)
        if self._place.said:
            said |= LABELS.said(frozenset(self._place.said), "")
        self._see(said)
        if not self._final:
            self._hold = min(
                self._hold,
                unfinished_value(view, codes=not said.isdisjoint(SHAPES.codes)),
                self._folded.at(begun(self._place.before + self._masked)),
            )
        if self._seen:
            self._choose()
        if self._hold >= len(view.text):
            return settled
        return max(0, self._folded.start(self._hold) - self._lead)

    def _see(self, said: frozenset[str]) -> None:
        """Everything that may be an identifier, by where it begins."""
        view, seen = self._view, self._seen
        for detector in WORD_DETECTORS:
            for one in detector.find(view):
                if one.end == OPEN:
                    self._hold = min(self._hold, one.start)
                else:
                    seen.append(_Seen(one.start, one.end, detector.type, one.score, one.normal))
        seen += [
            _Seen(one.start, one.end, one.shape.type, shape=one.shape, rule=one.rule)
            for one in SHAPES.sightings(view, said)
        ]
        if len(seen) > 1:
            seen.sort(key=lambda one: one.start)

    def _choose(self) -> None:
        """What stays of what was seen, up to where more text must come."""
        free = 0
        for i, one in enumerate(self._seen):
            if one.start < free:
                continue
            if one.start >= self._hold:
                return
            try:
                judged = self._judge(i)
                if judged is None or self._is_beaten(i):
                    continue
            except _Undecided:
                self._hold = one.start
                return
            free = one.end
            self._take(one, judged[0])

    def _take(self, one: _Seen, score: float) -> None:
        value = self._view.text[one.start : one.end]
        normal = one.shape.normal(value) if one.shape else one.normal or " ".join(value.split())
        start = self._folded.start(one.start) - self._lead
        self.items.append(Found(start, self._folded.end(one.end) - self._lead, one.type, score, normal))
        self._taken.append((one.start, one.end))
        self._judged.clear()
        self._beaten.clear()

    def _is_beaten(self, i: int) -> bool:
        """True when something surer or, if as sure, longer overlaps it and is not beaten itself."""
        if i not in self._beaten:
            self._beaten[i] = False
            one = self._seen[i]
            if one.end > self._hold:
                raise _Undecided
            if i + 1 == len(self._seen) or self._seen[i + 1].start >= one.end:
                return False
            mine = self._judge(i)
            for j in self._overlapping(i):
                other, theirs = self._seen[j], self._judge(j)
                if theirs is None or mine is None:
                    continue
                ranks = (theirs[1], other.end - other.start) > (mine[1], one.end - one.start)
                if ranks and not self._is_beaten(j):
                    self._beaten[i] = True
                    break
        return self._beaten[i]

    def _overlapping(self, i: int) -> Iterator[int]:
        for j in range(i + 1, len(self._seen)):
            if self._seen[j].start >= self._seen[i].end:
                return
            yield j

    def _judge(self, i: int) -> tuple[float, float] | None:
        """Score and rank of what was seen; None when the words near it do not bear it out."""
        if i not in self._judged:
            one = self._seen[i]
            if one.shape is None or one.rule is None:
                self._judged[i] = one.score, one.score
            else:
                glued = self._is_glued(one)
                need = min(one.rule.need, Need.NAME) if glued else one.rule.need
                if need is Need.NOTHING:
                    self._judged[i] = one.rule.score, SURE
                else:
                    head = column_of(self._view.text, one.start)
                    before = self._before(one.start)
                    words = [*before, *LABELS.tokens(head)] if head else before
                    nearby = Nearby(LABELS, words, lambda: self._after(one.end), glued)
                    self._judged[i] = nearby.score(one.shape, one.rule, need)
        return self._judged[i]

    def _is_glued(self, one: _Seen) -> bool:
        """True when what stands directly before or after makes this part of something longer."""
        text, start, end = self._view.text, one.start, one.end
        if end < len(text) and (_is_letter(text[end]) or text[end] == "_"):
            return True
        free = self._taken[-1][1] if self._taken else max(0, self._view.begin - self._place.since)
        if start == free:
            return False
        last = text[start - 1]
        if _is_letter(last) or last in _GLUE:
            return True
        return start - 1 > free and last in _JOINS and text[start - 2].isalnum()

    def _before(self, at: int) -> list[str]:
        """The last words before a place, without those of what was found."""
        starts = self._tokens[0]
        for start, end in self._taken[self._passed :]:
            self._trail = self._since(bisect_left(starts, start))
            self._next = bisect_left(starts, end)
        self._passed = len(self._taken)
        return self._since(bisect_left(starts, at))

    def _since(self, stop: int) -> list[str]:
        said = self._tokens[1][max(self._next, stop - BEFORE) : stop]
        return [*self._trail[len(said) - BEFORE :], *said] if len(said) < BEFORE else said

    @cached_property
    def _tokens(self) -> tuple[list[int], list[str]]:
        text, skip = self._view.text, 0 if self._place.said is None else self._view.begin
        placed = [(start, word) for start, word in LABELS.placed(text) if start >= skip]
        return [start for start, _ in placed], [word for _, word in placed]

    def _after(self, at: int) -> Sequence[str]:
        """The words after a place, whole ones only. Raises _Undecided when they have not arrived."""
        text = self._view.text
        found = _AFTER.match(text, at)
        words = found[0] if found else ""
        stop = at + len(words)
        if len(words) > LONGEST_AFTER:
            words = _LAST_WORD.sub("", words)
        elif stop == len(text):
            tokens = LABELS.tokens(words)
            if not self._final and len(tokens) <= AFTER:
                raise _Undecided
        else:
            words = _LAST_CLAUSE.sub("", words)  # the last clause before a number or a fence is about that
        return LABELS.tokens(words)[:AFTER]


def _is_letter(sign: str) -> bool:
    """True for a letter or digit of a script that parts its words."""
    return sign.isalnum() and not _UNSPACED.match(sign)


def _fences(text: str, *, final: bool) -> tuple[list[Item], list[tuple[int, int]], int]:
    """Placeholders and e-mail addresses in order, what else parts a text, and up to where they cannot change any more."""
    end = len(text) if final else min(unfinished(text), _bar_begun(text))
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
    bars = [found.span() for found in _BAR.finditer(text, 0, end)] if "[" in text else []
    return [item for item in items if item.end <= end], bars, end


def _bar_begun(text: str) -> int:
    found = _BAR_BEGUN.search(text, max(0, len(text) - LONGEST_BAR))
    return found.start() if found else len(text)


def _masked(text: str, spans: Sequence[tuple[int, int]]) -> str:
    """The text with FENCE signs in place of these stretches."""
    parts, at = [], 0
    for start, end in spans:
        parts += [text[at:start], FENCE * (end - start)]
        at = end
    return "".join([*parts, text[at:]]) if spans else text
