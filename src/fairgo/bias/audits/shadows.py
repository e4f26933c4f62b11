"""Which findings are only the shadow of a stronger one.

One group that is treated differently makes others look different too: the attributes it is part of, and
its neighbours, whose "everybody else" contains it. So within each rate the findings are taken from the
strongest (most standard errors) to the weakest. Each is measured again within strata: only people who
are inside the same stronger, unexplained findings, or outside all of them, are compared with each other
(Mantel-Haenszel). It is explained when no gap the same way is left: p is above alpha, or the interval lies
inside the margin, or the gap turns round, or no stratum has people on both sides (the same gap under
another name). That p stands alone:
the finding has passed the correction for many tests already. The finding named is the first that, with
those before it, makes the gap go away.

Rows of a stronger finding are compared among themselves rather than thrown away: a gap that also lives
inside that group is no shadow of it. In a large sample a planted group has a larger z than any group that
overlaps it only in part, whichever of the two is the finer one; that is why the order of strength finds
the right level of detail.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fairgo.bias.audits.contrasts import Contrasts
from fairgo.bias.audits.groups import Finest
from fairgo.bias.audits.plan import Plan
from fairgo.stats.rates import RATES, IntArray, tally
from fairgo.stats.tests import mantel_haenszel

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


def explain(
    found: Sequence[Place], finest: Finest, plan: Plan
) -> list[tuple[Place, Mapping[str, str] | None]]:
    """Every finding with the group that explains it, or None; strongest first, explained ones last.

    Differences in what really happened (base_rate) come after differences in what was decided.
    """
    answers: list[tuple[Place, Mapping[str, str] | None]] = []
    for metric in RATES:
        own = sorted((place for place in found if place.metric == metric), key=lambda place: place.rank)
        unexplained: list[Place] = []
        for place in own:
            because = _because(place, unexplained, finest, plan)
            answers.append((place, because))
            if because is None:
                unexplained.append(place)
    return sorted(
        answers, key=lambda answer: (answer[1] is not None, answer[0].metric == "base_rate", answer[0].rank)
    )


def _because(place: Place, stronger: Sequence[Place], finest: Finest, plan: Plan) -> Mapping[str, str] | None:
    """The finding with which this one goes away, or None when it stays within all of them."""
    steps = []
    strata = np.zeros(len(finest.counts), dtype=np.int64)
    for other in stronger:
        strata = np.unique(strata * 2 + _inside(other), return_inverse=True)[1].reshape(-1)
        steps.append((other, strata))
    if not steps or _stays(place, finest, strata, plan):
        return None
    return next(other.groups for other, within in steps if not _stays(place, finest, within, plan))


def _inside(place: Place) -> npt.NDArray[np.bool_]:
    inside: npt.NDArray[np.bool_] = place.contrasts.partition.member == place.group
    return inside


def _stays(place: Place, finest: Finest, strata: IntArray, plan: Plan) -> bool:
    inside = _inside(place)
    reference = place.contrasts.reference
    outside = ~inside if reference is None else place.contrasts.partition.member == reference
    above, below = (counts[:, 0] for counts in tally(finest.counts, [place.metric]))
    sides = [
        (np.bincount(strata, weights=above * side), np.bincount(strata, weights=below * side))
        for side in (inside, outside)
    ]
    gap, low, high, p = mantel_haenszel(sides[0], sides[1])
    same_way = gap * float(place.contrasts.gap[place.group, place.column]) > 0
    return same_way and p <= plan.alpha and not (-plan.margin <= low and high <= plan.margin)
