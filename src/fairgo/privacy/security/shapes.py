"""Everything in a view that has the shape of a value, before the words around it are asked."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from fairgo.privacy.security.detector import CODE, PHRASE, Need, Rule, Shape, View

LONGEST, LONGEST_CODE = 64, 20  # of a number and of a code with letters, in characters of the view
LONGEST_PHRASE = 34  # of the words in a value before its first digit: twenty-second of september
SHORTEST_SIX = 4  # colons in an IPv6 address that is written out
_NUMBER = re.compile(r"\d+")
_OPENER = re.compile(r"[(+](?=[(+]?\d)")
_WORD_START = re.compile(rf"{CODE}[^\W\d_]")
_IN_NUMBERS = "0123456789 .-/()+,\n>_*:"
_CODE_TAIL = re.compile(r"(?<![^\W_])(?:(?:[a-z]{1,5}|[a-z]*\d[a-z\d]*)[ .\-]{1,3}){1,5}\Z")
_BEGINS = re.compile(r"(?:[(+]{1,2}\d|(?<!\d)\d|[(+]{1,2}\Z)")


class Sighting(NamedTuple):
    """A stretch that fits a rule: its place, and the rule of which detector."""

    start: int
    end: int
    shape: Shape
    rule: Rule


class Shapes:
    """The rules of a set of detectors, arranged so that a text is looked at as seldom as can be.

    A value begins with a digit, an opening sign before one, or a letter not far before one: rules are tried there, and
    first all rules of a type as one pattern.
    """

    def __init__(self, shapes: Sequence[Shape]) -> None:
        self.all = tuple(shapes)
        self.codes = frozenset(s.type for s in shapes if any(not rule.after for rule in s.rules))
        ruled = [(s, rule) for s in shapes for rule in s.rules]
        self._own = _Tried([(s, rule) for s, rule in ruled if rule.need >= Need.NO_DENIAL])
        self._named = {
            shape.type: _Tried([(s, r) for s, r in ruled if s is shape and r.need < Need.NO_DENIAL])
            for shape in shapes
        }

    def sightings(self, view: View, said: frozenset[str]) -> list[Sighting]:
        """What fits a rule that needs no name, and one that needs a name when that is among those `said`.

        In a view that goes on, names may still come after a value, so it is looked for all the same.
        """
        text, begin = view.text, view.begin
        numbers = _number_starts(text, begin)
        if not numbers:
            return []
        seen = self._own.fitting(text, numbers, sure=True)
        if "::" in text or text.count(":") > SHORTEST_SIX:
            seen += self._own.fitting(text, _letter_starts(text, begin, numbers, LONGEST_CODE), sure=True)
        letters: dict[int, list[int]] = {}
        for type_ in said if view.final else self._named:
            tried = self._named.get(type_)
            if tried is None or (type_ not in said and not tried.after):
                continue
            seen += tried.fitting(text, numbers, sure=type_ in said)
            if tried.reach:
                if tried.reach not in letters:
                    letters[tried.reach] = _letter_starts(text, begin, numbers, tried.reach)
                seen += tried.fitting(text, letters[tried.reach], sure=type_ in said)
        return seen


class _Tried:
    """Rules that are tried together. `reach` is how far before its first digit a value may begin with a letter."""

    def __init__(self, ruled: Sequence[tuple[Shape, Rule]]) -> None:
        patterns = [f"(?:{rule.pattern})(?!\\d)" for _, rule in ruled]
        named = "|".join(f"(?P<rule{at}>{pattern})" for at, pattern in enumerate(patterns))
        self._any = re.compile(named or "(?!)")
        self._first = {f"rule{at}": at for at in range(len(ruled))}
        self._each = [
            (s, rule, re.compile(pattern)) for (s, rule), pattern in zip(ruled, patterns, strict=True)
        ]
        opened = [rule.pattern for _, rule in ruled]
        self.reach = LONGEST_CODE if any(pattern.startswith(CODE) for pattern in opened) else 0
        if any(pattern.startswith(PHRASE) for pattern in opened):
            self.reach = LONGEST_PHRASE
        self.after = any(rule.after for _, rule in ruled)

    def fitting(self, text: str, places: Sequence[int], *, sure: bool) -> list[Sighting]:
        """What fits at these places; only what may be named afterwards unless its name is `sure` to be here."""
        seen, fits = list[Sighting](), self._any.match
        for place in places:
            first = fits(text, place)
            if first and first.lastgroup:
                seen += self._at(text, place, self._first[first.lastgroup], sure=sure)
        return seen

    def _at(self, text: str, place: int, first: int, *, sure: bool) -> list[Sighting]:
        """What fits here, from the first rule that does; none beside what stands for itself, nor twice the same."""
        seen, named = list[Sighting](), dict[tuple[int, str], float]()
        for shape, rule, pattern in self._each[first:]:
            found = pattern.match(text, place) if sure or rule.after else None
            if found is None or not rule.check(found[0]):
                continue
            same = (found.end(), shape.type)
            if rule.need is Need.NAME_ONLY and named.get(same, 0.0) >= rule.score:
                continue
            seen.append(Sighting(place, found.end(), shape, rule))
            if rule.need is Need.NOTHING:
                break
            if rule.after and not rule.unsure:
                named[same] = rule.score
        return seen


def _number_starts(text: str, begin: int) -> list[int]:
    """Where numbers begin, and the signs that may open them."""
    starts = [number.start() for number in _NUMBER.finditer(text, begin)]
    if starts and starts[0] == begin and begin and text[begin - 1].isdigit():
        del starts[0]
    if "(" in text or "+" in text:
        opened = [sign.start() for sign in _OPENER.finditer(text, begin)]
        starts = sorted([*starts, *opened])
    return starts


def _letter_starts(text: str, begin: int, numbers: Sequence[int], reach: int) -> list[int]:
    """Where words begin that stand not far before a number."""
    starts, at = list[int](), begin
    for number in numbers:
        if number >= at:
            near = max(at, number - reach)
            starts += [found.start() for found in _WORD_START.finditer(text, near, number)]
            at = number
    return starts


def unfinished(view: View, *, codes: bool) -> int:
    """Where a value that is still arriving could begin; else the end of the view.

    Only digits and their separators can go on, unless `codes` with letters may be expected here.
    """
    text = view.text
    first = max(view.begin, len(text) - LONGEST)
    found = _BEGINS.search(text, max(first, len(text.rstrip(_IN_NUMBERS))))
    number = found.start() if found else len(text)
    if not codes:
        return number
    code = _CODE_TAIL.search(text, max(view.begin, len(text) - LONGEST_CODE))
    return min(number, code.start()) if code else number
