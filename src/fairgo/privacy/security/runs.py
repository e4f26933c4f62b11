"""Stretches of digits with the separators people type, parsed once, and what could begin at each of their groups."""

import re
from bisect import bisect_left
from collections.abc import Mapping
from functools import cache
from itertools import accumulate

from fairgo.privacy.security.characters import OPENERS, SEPARATORS, UNSEEN, digits
from fairgo.privacy.security.numbers import Group, Number, Strength, Window

WIDEST_GAP = 4
GAP = re.compile(rf"[{SEPARATORS}{UNSEEN}]{{0,{WIDEST_GAP}}}+")
RUN = re.compile(rf"[{OPENERS}]{{0,3}}\d(?:{GAP.pattern}\d)*+")
GROUP_GOES_ON = re.compile(rf"(?:[{UNSEEN}]{{0,{WIDEST_GAP}}}+\d)*+")
_GROUP = re.compile(rf"\d{GROUP_GOES_ON.pattern}")
_OPENERS_BEFORE = re.compile(rf"[{OPENERS}]{{1,3}}\Z")
LookedFor = Mapping[str, tuple[tuple[Number, int], ...]]


@cache
def looked_for(numbers: tuple[Number, ...]) -> LookedFor:
    """What may begin with each digit, or with a plus sign, and how long it is then."""
    return {
        first: tuple((number, length) for number in numbers for length in number.lengths.get(first, ()))
        for first in "+0123456789"
    }


class Run:
    """Digits with the separators between them, parsed once into groups.

    `stop` is where the text that may be looked at ends; `unclosed` means that more digits may still come.
    """

    def __init__(self, text: str, span: tuple[int, int], stop: int, *, unclosed: bool) -> None:
        self.text = text
        self.stop = stop
        self.unclosed = unclosed
        self.groups = [
            Group(group.start(), group.end(), digits(group[0])) for group in _GROUP.finditer(text, *span)
        ]
        self.digits = "".join(group.digits for group in self.groups)
        self.offsets = [0, *accumulate(len(group.digits) for group in self.groups)]
        self._group_at = {offset: i for i, offset in enumerate(self.offsets)}

    def ahead(self, i: int) -> int:
        """How many digits there are from group `i` on."""
        return len(self.digits) - self.offsets[i]

    def groups_before(self, place: int) -> int:
        """How many groups begin before a place in the text."""
        return bisect_left(self.groups, place, key=lambda group: group.start)

    def fits(self, i: int, sought: LookedFor) -> list[tuple[Strength, Number, Window]]:
        """What could begin with group `i`, surest and longest first."""
        offset = self.offsets[i]
        wanted = sought[self.digits[offset]]
        plus = self._plus(self.groups[i].start)
        if plus:
            wanted += sought["+"]
        fitting: list[tuple[Strength, Number, Window]] = []
        for number, length in wanted:
            stop = self._group_at.get(offset + length)
            given = self.digits[offset : offset + length]
            if stop is not None and number.check(given):
                window = Window(self.text, self.groups[i:stop], given, plus)
                strength = number.fit(window)
                if strength is not None:
                    fitting.append((strength, number, window))
        if len(fitting) > 1:
            fitting.sort(key=lambda fit: (-fit[0], -len(fit[2].digits)))
        return fitting

    def bounds(self, window: Window) -> tuple[int, int]:
        """Where an identifier stands, with the plus sign and the bracket that belong to it."""
        start, end = window.groups[0].start, window.groups[-1].end
        before = self.text[before_openers(self.text, start) : start]
        starts = [start]
        if window.plus:
            starts.append(start - len(before) + max(before.rfind("+"), before.rfind("\uff0b")))
        if re.search(r"[)\uff09]", self.text[start:end]) and re.search(r"[(\uff08]", before):
            starts.append(start - len(before) + max(before.rfind("("), before.rfind("\uff08")))
        return min(starts), end

    def _plus(self, start: int) -> bool:
        before = self.text[before_openers(self.text, start) : start]
        return "+" in before or "\uff0b" in before


def before_openers(text: str, place: int) -> int:
    """Where the plus sign and brackets directly before a place begin."""
    if place == 0 or text[place - 1] not in OPENERS:
        return place
    found = _OPENERS_BEFORE.search(text, max(0, place - 3), place)
    return found.start() if found else place
