"""Which findings are only the shadow of a stronger one.

One group that is treated differently makes others look different too: the attributes it is part of, and
its neighbours, whose "everybody else" contains it. So within each rate the findings are taken from the
strongest (most standard errors) to the weakest. Each is measured again within strata: only people who
are inside the same stronger, unexplained findings, or outside all of them, are compared with each other
(Mantel-Haenszel). It is explained when no gap the same way is left: p is above alpha, or the interval lies
inside the margin, or the gap turns round, or no stratum has people on both sides (the same gap under
another name). That p stands alone:
the finding has passed the correction for many tests already. The finding named is the first that, with
those before it, makes the gap go away. At most the 20 strongest are set aside for each rate.

Rows of a stronger finding are compared among themselves rather than thrown away: a gap that also lives
inside that group is no shadow of it. In a large sample a planted group has a larger z than any group that
overlaps it only in part, whichever of the two is the finer one; that is why the order of strength finds
the right level of detail.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from fairgo.bias.audits.contrasts import Contrasts
from fairgo.bias.audits.groups import Finest
from fairgo.bias.audits.plan import Plan
from fairgo.stats.rates import RATES, FloatArray, IntArray, tally
from fairgo.stats.tests import mantel_haenszel

_MOST_SET_ASIDE = 20

# Where less is worse. Of two findings equally strong, the group worse off is named first; for the other
# rates (false alarms and misses) more is worse.
_LESS_IS_WORSE = frozenset({"selection_rate", "tpr", "tnr", "ppv", "npv", "accuracy", "base_rate"})


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """One comparison: which contrasts, which group, which metric."""

    contrasts: Contrasts
    group: int
    column: int
    metric: str

    @property
    def groups(self) -> Mapping[str, str]:
        """The group compared."""
        return self.contrasts.partition.groups[self.group]

    @property
    def rank(self) -> tuple[float, bool, int, int]:
        """Sorts the strongest first, then the worse off, the simpler name, the smaller group."""
        z = float(self.contrasts.z[self.group, self.column])
        better_off = (z > 0) == (self.metric in _LESS_IS_WORSE)
        size = int(self.contrasts.partition.sizes[self.group])
        return (-round(abs(z), 9), better_off, len(self.groups), size)


@dataclass(frozen=True, slots=True, eq=False)
class _Step:
    """A finding set aside with those before it: the stratum of each finest group, and the strata's totals."""

    groups: Mapping[str, str]
    strata: IntArray
    above: FloatArray
    below: FloatArray


def explain(
    found: Sequence[Place], finest: Finest, plan: Plan
) -> list[tuple[Place, Mapping[str, str] | None]]:
    """Every finding with the group that explains it, or None; strongest first, explained ones last.

    Differences in what really happened (base_rate) come after differences in what was decided.
    """
    answers: list[tuple[Place, Mapping[str, str] | None]] = []
    for metric in RATES:
        above, below = (counts[:, 0].astype(np.float64) for counts in tally(finest.counts, [metric]))
        strata = np.zeros(len(finest.counts), dtype=np.int64)
        steps: list[_Step] = []
        for place in sorted((one for one in found if one.metric == metric), key=lambda one: one.rank):
            because = _because(place, steps, (above, below), plan)
            answers.append((place, because))
            if because is None and len(steps) < _MOST_SET_ASIDE:
                inside = place.contrasts.partition.member == place.group
                strata = np.unique(strata * 2 + inside, return_inverse=True)[1].reshape(-1)
                totals = [_sums(strata, counts, strata.max() + 1) for counts in (above, below)]
                steps.append(_Step(place.groups, strata, *totals))
    return sorted(
        answers, key=lambda answer: (answer[1] is not None, answer[0].metric == "base_rate", answer[0].rank)
    )


def _because(
    place: Place, steps: Sequence[_Step], counts: tuple[FloatArray, FloatArray], plan: Plan
) -> Mapping[str, str] | None:
    """The finding with which this one goes away, or None when it stays within all of them."""
    member, reference = place.contrasts.partition.member, place.contrasts.reference
    inside = np.flatnonzero(member == place.group)
    against = None if reference is None else np.flatnonzero(member == reference)

    def stays(step: _Step) -> bool:
        group = _by_stratum(step, inside, counts)
        if against is None:
            others = (step.above - group[0], step.below - group[1])
        else:
            others = _by_stratum(step, against, counts)
        gap, low, high, p = mantel_haenszel(group, others)
        same_way = gap * float(place.contrasts.gap[place.group, place.column]) > 0
        return same_way and p <= plan.alpha and not (-plan.margin <= low and high <= plan.margin)

    if not steps or stays(steps[-1]):
        return None
    return next(step.groups for step in steps if not stays(step))


def _by_stratum(
    step: _Step, rows: IntArray, counts: tuple[FloatArray, FloatArray]
) -> tuple[FloatArray, FloatArray]:
    """What some finest groups count above and below the line, in each stratum."""
    strata, size = step.strata[rows], len(step.above)
    return _sums(strata, counts[0][rows], size), _sums(strata, counts[1][rows], size)


def _sums(strata: IntArray, counts: FloatArray, size: int) -> FloatArray:
    return np.bincount(strata, weights=counts, minlength=size).astype(np.float64)
