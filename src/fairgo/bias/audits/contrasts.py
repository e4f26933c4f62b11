"""Every group against its reference: gap, interval, test and power, as arrays of (groups, metrics)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fairgo.bias.audits.groups import Partition
from fairgo.stats.intervals import newcombe
from fairgo.stats.power import minimum_detectable_gap
from fairgo.stats.rates import MIRROR, FloatArray, IntArray, shares, tally
from fairgo.stats.tests import benjamini_hochberg, two_rates


@dataclass(frozen=True, slots=True, eq=False)
class Contrasts:
    """The comparisons of one partition. `reference` is a group's place, or None for everybody else.

    `tested` marks the comparisons that can be made and shown; the other arrays mean nothing elsewhere.
    """

    partition: Partition
    reference: int | None
    numerators: IntArray
    denominators: IntArray
    other_numerators: IntArray
    other_denominators: IntArray
    gap: FloatArray
    low: FloatArray
    high: FloatArray
    z: FloatArray
    p: FloatArray
    detectable: FloatArray
    tested: npt.NDArray[np.bool_]

    @property
    def reference_group(self) -> Mapping[str, str] | None:
        """The group everyone is compared with, as it is printed."""
        return None if self.reference is None else self.partition.groups[self.reference]


def contrast(
    partition: Partition,
    metrics: Sequence[str],
    *,
    reference: int | None,
    shown: npt.NDArray[np.bool_],
    alpha: float,
) -> Contrasts:
    """All comparisons of one partition. Groups that are not shown are not compared, but count in the rest."""
    numerators, denominators = tally(partition.counts, metrics)
    if reference is None:
        others = tally(partition.counts.sum(axis=0) - partition.counts, metrics)
    else:
        others = (
            np.broadcast_to(numerators[reference], numerators.shape),
            np.broadcast_to(denominators[reference], denominators.shape),
        )
    group = (numerators, denominators)
    comparable = shown.copy()
    if reference is not None:
        comparable &= shown[reference]
        comparable[reference] = False
    low, high = newcombe(group, others)
    z, p = two_rates(group, others)
    return Contrasts(
        partition=partition,
        reference=reference,
        numerators=numerators,
        denominators=denominators,
        other_numerators=others[0],
        other_denominators=others[1],
        gap=shares(*group) - shares(*others),
        low=low,
        high=high,
        z=z,
        p=p,
        detectable=minimum_detectable_gap(shares(*others), denominators, others[1], alpha=alpha),
        tested=(denominators > 0) & (others[1] > 0) & comparable[:, None],
    )


def family_q(families: Sequence[Contrasts], metrics: Sequence[str]) -> tuple[list[FloatArray], int]:
    """The q of every comparison, shaped like its p, and the size of the family.

    The family is every different comparison of the audit. The same comparison seen from the other side
    (two groups, each against the other), under the mirrored rate (tpr and fnr) or under a second name (a
    pair of attributes that picks the very same people) is asked once and gets one q.
    """
    asked: dict[tuple[str, frozenset[int]], float] = {}
    keys: list[list[tuple[int, int, tuple[str, frozenset[int]]]]] = []
    for contrasts in families:
        sides = _sides(contrasts)
        keys.append([])
        for group, column in zip(*np.nonzero(contrasts.tested), strict=True):
            metric = metrics[column]
            key = (MIRROR.get(metric, metric), sides[group])
            # The two sides of one question may differ in the last digit; the larger p is the careful one.
            asked[key] = max(asked.get(key, 0.0), float(contrasts.p[group, column]))
            keys[-1].append((int(group), int(column), key))
    corrected = benjamini_hochberg(list(asked.values()))
    q_of = dict(zip(asked, corrected, strict=True))
    answer = []
    for contrasts, places in zip(families, keys, strict=True):
        q = np.full(contrasts.p.shape, np.nan)
        for group, column, key in places:
            q[group, column] = q_of[key]
        answer.append(q)
    return answer, len(asked)


def _sides(contrasts: Contrasts) -> list[frozenset[int]]:
    """For each group, the people on both sides of its comparison, as numbers that stand for sets of people.

    Every finest group gets a random number of 64 bits and a set is the sum of its members' numbers, so
    equal sets have equal sums, and different ones do not by any chance worth counting.
    """
    member = contrasts.partition.member
    numbers = np.random.default_rng(0).integers(0, 2**64, size=member.size, dtype=np.uint64)
    numbers[contrasts.partition.sizes[member] == 0] = 0
    sums = np.zeros(len(contrasts.partition.groups), dtype=np.uint64)
    np.add.at(sums, member, numbers)
    others = (
        numbers.sum() - sums if contrasts.reference is None else np.full_like(sums, sums[contrasts.reference])
    )
    return [frozenset((int(inside), int(outside))) for inside, outside in zip(sums, others, strict=True)]
