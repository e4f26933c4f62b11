"""Groups of people: the cube as arrays, rolled up to each attribute and each pair of attributes."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt

from fairgo.bias.audits.plan import Plan
from fairgo.stats.cube import MISSING, Cube, distinct, rolled
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
    """The cube as arrays, each cell sorted into one of the six counts; strata and buckets are added up."""
    layout = cube.layout
    width = len(layout.attributes)
    codes, member = distinct(cube.codes[:, :width])
    decision = _coded(cube, layout.outcome)
    truth = _coded(cube, layout.truth)
    places, decided = _classes(decision, truth, plan)
    counts = rolled(
        np.where(decided, cube.counts, 0), member * len(CLASSES) + places, len(codes) * len(CLASSES)
    )
    unknown = decided & np.isin(places, (NEGATIVE, POSITIVE))
    return Finest(
        layout.attributes,
        cube.labels[:width],
        codes,
        counts.reshape(len(codes), len(CLASSES)),
        int(cube.counts[~decided].sum()),
        int(cube.counts[unknown].sum()) if layout.truth is not None else 0,
    )


def _coded(cube: Cube, column: str | None) -> npt.NDArray[np.str_]:
    """The label of a column in each cell; missing everywhere when there is no such column."""
    if column is None:
        return np.full(len(cube.codes), MISSING)
    place = cube.layout.columns.index(column)
    labels: npt.NDArray[np.str_] = np.array(cube.labels[place])[cube.codes[:, place]]
    return labels


def _classes(
    decision: npt.NDArray[np.str_], truth: npt.NDArray[np.str_], plan: Plan
) -> tuple[IntArray, npt.NDArray[np.bool_]]:
    """Which of the six counts each cell belongs to, and whether it has a decision at all."""
    selected = decision == plan.positive
    known, positive = truth != MISSING, truth == plan.truth_positive
    places = np.where(
        known,
        np.where(positive, np.where(selected, TP, FN), np.where(selected, FP, TN)),
        np.where(selected, POSITIVE, NEGATIVE),
    )
    return places.astype(np.int64), decision != MISSING


def partitions(finest: Finest) -> list[Partition]:
    """Each attribute by itself, then each pair, with the groups that occur."""
    places = range(len(finest.attributes))
    chosen = [(place,) for place in places] + list(combinations(places, 2))
    return [_partition(finest, columns) for columns in chosen]


def _partition(finest: Finest, columns: tuple[int, ...]) -> Partition:
    codes, member = distinct(finest.codes[:, list(columns)])
    counts = rolled(finest.counts, member, len(codes))
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
