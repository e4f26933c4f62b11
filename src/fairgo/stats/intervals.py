"""Intervals for a rate and for the difference of two rates, from counts."""

from statistics import NormalDist

import numpy as np
import numpy.typing as npt

from fairgo.stats.rates import FloatArray, shares

LEVEL = 0.95


def normal_quantile(probability: float) -> float:
    """The point below which a standard normal value falls with this probability."""
    return NormalDist().inv_cdf(probability)


def wilson(
    successes: npt.ArrayLike, trials: npt.ArrayLike, level: float = LEVEL
) -> tuple[FloatArray, FloatArray]:
    """Lower and upper end of the score interval of a rate; not-a-number where there are no trials.

    Source: Wilson 1927, without continuity correction. The ends always enclose the rate.
    """
    x, n = np.broadcast_arrays(np.asarray(successes, dtype=np.float64), np.asarray(trials, dtype=np.float64))
    z = normal_quantile(0.5 + level / 2)
    rate = shares(x, n)
    size = np.where(n > 0, n, np.nan)
    scale = 1 + z * z / size
    middle = (rate + z * z / (2 * size)) / scale
    half = z * np.sqrt(rate * (1 - rate) / size + z * z / (4 * size * size)) / scale
    # At 0 and at n one end is the rate itself; rounding must not push it past.
    low = np.where(x == 0, 0.0, np.minimum(middle - half, rate))
    high = np.where(x == n, 1.0, np.maximum(middle + half, rate))
    return np.where(n > 0, low, np.nan), np.where(n > 0, high, np.nan)


def newcombe(
    group: tuple[npt.ArrayLike, npt.ArrayLike],
    reference: tuple[npt.ArrayLike, npt.ArrayLike],
    level: float = LEVEL,
) -> tuple[FloatArray, FloatArray]:
    """Lower and upper end of the interval of the difference group minus reference.

    Each side is (successes, trials). Source: Newcombe 1998, method 10: the hybrid of two Wilson
    intervals. Not-a-number where either side has no trials.
    """
    rate, other = shares(*group), shares(*reference)
    low, high = wilson(*group, level=level)
    other_low, other_high = wilson(*reference, level=level)
    difference = rate - other
    below = np.sqrt((rate - low) ** 2 + (other_high - other) ** 2)
    above = np.sqrt((high - rate) ** 2 + (other - other_low) ** 2)
    return difference - below, difference + above
