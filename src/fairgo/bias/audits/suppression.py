"""Which groups are too small to show, and which others must stay hidden so that nobody can subtract.

A group of fewer than k rows is hidden. Its counts would still follow from the total minus the groups
shown, so the rows hidden along every published total must come from at least two groups and number at
least k; the smallest further groups are hidden until that holds. Totals are everybody (for one
attribute) and each group of one attribute (for a pair).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fairgo.bias.audits.groups import Partition

SHOWN, SMALL, PROTECTING = 0, 1, 2

# A group, by partition and place in it.
_Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Line:
    """Groups that add up to a total: another group, or everybody when `total` is None."""

    total: _Place | None
    parts: tuple[_Place, ...]


def hidden_groups(partitions: Sequence[Partition], min_n: int) -> list[npt.NDArray[np.int64]]:
    """For each partition, each group's state: shown, hidden as small, or hidden to protect another."""
    states = [
        np.where((part.sizes > 0) & (part.sizes < min_n), SMALL, SHOWN).astype(np.int64)
        for part in partitions
    ]
    sizes = [part.sizes for part in partitions]
    lines = _lines(partitions)
    alone = {line.parts[0] for line in lines if len(line.parts) == 1}
    changed = True
    while changed:
        changed = False
        for line in lines:
            while not _safe(line, states, sizes, min_n):
                place = _next_to_hide(line, states, sizes, alone)
                if place is None:
                    break
                states[place[0]][place[1]] = PROTECTING
                changed = True
    return states


def _lines(partitions: Sequence[Partition]) -> list[_Line]:
    totals = {
        (attribute, group[attribute]): (index, place)
        for index, part in enumerate(partitions)
        for place, group in enumerate(part.groups)
        for attribute in part.attributes
        if len(part.attributes) == 1
    }
    lines = []
    for index, part in enumerate(partitions):
        places = [(index, int(place)) for place in np.flatnonzero(part.sizes)]
        if len(part.attributes) == 1:
            lines.append(_Line(None, tuple(places)))
            continue
        for attribute in part.attributes:
            along: dict[str, list[_Place]] = {}
            for place in places:
                along.setdefault(part.groups[place[1]][attribute], []).append(place)
            lines += [_Line(totals[attribute, value], tuple(parts)) for value, parts in along.items()]
    return [line for line in lines if line.parts]


def _safe(
    line: _Line,
    states: Sequence[npt.NDArray[np.int64]],
    sizes: Sequence[npt.NDArray[np.int64]],
    min_n: int,
) -> bool:
    hidden = [place for place in line.parts if states[place[0]][place[1]] != SHOWN]
    if line.total is not None and states[line.total[0]][line.total[1]] != SHOWN:
        return bool(hidden)
    rows = sum(int(sizes[part][place]) for part, place in hidden)
    return not hidden or (len(hidden) > 1 and rows >= min_n)


def _next_to_hide(
    line: _Line,
    states: Sequence[npt.NDArray[np.int64]],
    sizes: Sequence[npt.NDArray[np.int64]],
    alone: set[_Place],
) -> _Place | None:
    """The smallest group still shown; one that is a whole total by itself only as the last resort."""
    shown = [place for place in line.parts if states[place[0]][place[1]] == SHOWN]
    return min(shown, key=lambda place: (place in alone, int(sizes[place[0]][place[1]]), place), default=None)
