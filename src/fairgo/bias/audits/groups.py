"""Groups of people: the cube as arrays, rolled up to each attribute and each pair of attributes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from fairgo.bias.audits.plan import Plan
from fairgo.stats.cube import MISSING, Cube
from fairgo.stats.rates import CLASSES, FN, FP, NEGATIVE, POSITIVE, TN, TP, IntArray


@dataclass(frozen=True, slots=True, eq=False)
class Finest:
    """The finest groups: `codes` (groups, attributes) index into `levels`, `counts` (groups, 6) the rows.

    A group all of whose rows lack a decision is kept, with counts of zero.
    """

    attributes: tuple[str, ...]
    levels: tuple[tuple[str, ...], ...]
    codes: IntArray
    counts: IntArray
    without_outcome: int
    without_truth: int


@dataclass(frozen=True, slots=True, eq=False)
class Partition:
    """All rows divided by one or two attributes.

    `member` says which group each finest group is in; `sizes` counts the rows with a decision in each group.
    """

    attributes: tuple[str, ...]
    groups: tuple[Mapping[str, str], ...]
    member: IntArray
    counts: IntArray
    sizes: IntArray

    def reference(self, named: Mapping[str, str]) -> int | None:
        """The group every other is compared with; None (everybody else) unless named for each attribute."""
        if not set(self.attributes) <= set(named):
            return None
        wanted = {attribute: named[attribute] for attribute in self.attributes}
        return next((place for place, group in enumerate(self.groups) if group == wanted), None)


def finest_groups(cube: Cube, plan: Plan) -> Finest:
    """The cube as arrays, each cell sorted into one of the six counts."""
    width = len(cube.attributes)
    levels = tuple(tuple(cube.levels(place)) for place in range(width))
    index = [{level: code for code, level in enumerate(column)} for column in levels]
    rows: dict[tuple[int, ...], list[int]] = {}
    without_outcome = without_truth = 0
    for key, count in cube.cells.items():
        code = tuple(index[place][key[place]] for place in range(width))
        counts = rows.setdefault(code, [0] * len(CLASSES))
        if key[width] == MISSING:
            without_outcome += count
            continue
        place = _class(key[width:], plan)
        counts[place] += count
        if cube.truth is not None and place in {NEGATIVE, POSITIVE}:
            without_truth += count
    return Finest(
        cube.attributes,
        levels,
        np.array(list(rows), dtype=np.int64).reshape(len(rows), width),
        np.array(list(rows.values()), dtype=np.int64),
        without_outcome,
        without_truth,
    )


def _class(labels: Sequence[str], plan: Plan) -> int:
    selected = labels[0] == plan.positive
    if len(labels) == 1 or labels[1] == MISSING:
        return POSITIVE if selected else NEGATIVE
    if labels[1] == plan.truth_positive:
        return TP if selected else FN
    return FP if selected else TN


def partitions(finest: Finest) -> list[Partition]:
    """Each attribute by itself, then each pair, with the groups that occur."""
    places = range(len(finest.attributes))
    chosen = [(place,) for place in places] + list(combinations(places, 2))
    return [_partition(finest, columns) for columns in chosen]


def _partition(finest: Finest, columns: tuple[int, ...]) -> Partition:
    codes, member = np.unique(finest.codes[:, list(columns)], axis=0, return_inverse=True)
    member = member.reshape(-1).astype(np.int64)
    counts = np.zeros((len(codes), len(CLASSES)), dtype=np.int64)
    np.add.at(counts, member, finest.counts)
    groups = tuple(
        {
            finest.attributes[column]: finest.levels[column][code]
            for column, code in zip(columns, row, strict=True)
        }
        for row in codes
    )
    return Partition(
        tuple(finest.attributes[column] for column in columns), groups, member, counts, counts.sum(axis=1)
    )
