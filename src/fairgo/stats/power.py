"""How small a gap a comparison could have seen, and how many rows it would need."""

import numpy as np
import numpy.typing as npt

from fairgo.stats.intervals import normal_quantile
from fairgo.stats.rates import FloatArray

POWER = 0.8
ALPHA = 0.05
_HALVINGS = 50


def minimum_detectable_gap(
    rate: npt.ArrayLike,
    trials: npt.ArrayLike,
    reference_trials: npt.ArrayLike,
    *,
    alpha: float = ALPHA,
    power: float = POWER,
) -> FloatArray:
    """The smallest gap from the reference's `rate` that a two-sided test at `alpha` finds with this power.

    Both sizes are numbers of trials. Not-a-number where even the largest possible gap would be missed.
    The gap is taken towards one half, where rates vary most, so the answer errs on the large side.
    Source: the normal approximation for two independent rates (Fleiss, without continuity correction).
    """
    sides = (rate, trials, reference_trials)
    p0, n1, n0 = np.broadcast_arrays(*(np.asarray(side, dtype=np.float64) for side in sides))
    usable = (n1 > 0) & (n0 > 0) & ~np.isnan(p0)
    p0, n1, n0 = np.where(usable, p0, 0.5), np.where(usable, n1, 1.0), np.where(usable, n0, 1.0)
    sign = np.where(p0 <= 0.5, 1.0, -1.0)
    z_alpha, z_power = normal_quantile(1 - alpha / 2), normal_quantile(power)

    def seen(gap: FloatArray) -> npt.NDArray[np.bool_]:
        p1 = p0 + sign * gap
        pooled = (n1 * p1 + n0 * p0) / (n1 + n0)
        null = np.sqrt(np.maximum(pooled * (1 - pooled), 0) * (1 / n1 + 1 / n0))
        real = np.sqrt(np.maximum(p1 * (1 - p1), 0) / n1 + p0 * (1 - p0) / n0)
        answer: npt.NDArray[np.bool_] = gap >= z_alpha * null + z_power * real
        return answer

    low, high = np.zeros(p0.shape), np.maximum(p0, 1 - p0)
    possible = usable & seen(high)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        enough = seen(middle)
        low, high = np.where(enough, low, middle), np.where(enough, middle, high)
    return np.where(possible, high, np.nan)


def trials_needed(trials: int, detectable: float, margin: float) -> int:
    """About how many trials a group needs before a gap of the margin's size would be seen.

    Detectable gaps shrink with the square root of the number of trials when group and reference grow alike.
    """
    return int(np.ceil(trials * (detectable / margin) ** 2))
