"""Numeric outcomes, such as a waiting time or the value of an offer, from sums and histograms."""

import numpy as np
import numpy.typing as npt
from scipy.special import stdtr, stdtrit

from fairgo.stats.bins import Kind, middles
from fairgo.stats.intervals import LEVEL
from fairgo.stats.rates import FloatArray, IntArray

# n, the sum, and the sum of squares of a group.
Moments = tuple[npt.ArrayLike, npt.ArrayLike, npt.ArrayLike]


def mean_and_variance(moments: Moments) -> tuple[FloatArray, FloatArray]:
    """Mean, and variance with n - 1 below the line; not-a-number where there are too few."""
    n, total, squares = (np.asarray(part, dtype=np.float64) for part in moments)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = np.where(n > 0, total / n, np.nan)
        variance = np.where(n > 1, np.maximum(squares - n * mean**2, 0.0) / (n - 1), np.nan)
    return mean, variance


def mean_interval(moments: Moments, level: float = LEVEL) -> tuple[FloatArray, FloatArray]:
    """The ends of the t interval of a mean; not-a-number with fewer than two values."""
    n = np.asarray(moments[0], dtype=np.float64)
    mean, variance = mean_and_variance(moments)
    with np.errstate(divide="ignore", invalid="ignore"):
        half = stdtrit(n - 1, 0.5 + level / 2) * np.sqrt(variance / n)
    return mean - half, mean + half


def welch(
    group: Moments, reference: Moments, level: float = LEVEL
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Difference of the means group minus reference, the ends of its interval, and its two-sided p.

    Welch's unequal variances t test with Satterthwaite's degrees of freedom. Where neither side varies, the interval is
    a point and p is 0 or 1; not-a-number where either side has fewer than two values.
    """
    n1, n0 = (np.asarray(side[0], dtype=np.float64) for side in (group, reference))
    (mean1, variance1), (mean0, variance0) = mean_and_variance(group), mean_and_variance(reference)
    difference = mean1 - mean0
    with np.errstate(divide="ignore", invalid="ignore"):
        part1, part0 = variance1 / n1, variance0 / n0
        error = np.sqrt(part1 + part0)
        freedom = (part1 + part0) ** 2 / (part1**2 / (n1 - 1) + part0**2 / (n0 - 1))
        half = np.where(error > 0, stdtrit(freedom, 0.5 + level / 2) * error, 0.0)
        p = 2 * stdtr(freedom, -np.abs(difference) / error)
    p = np.where(error > 0, p, np.where(difference == 0, 1.0, 0.0))
    usable = (n1 > 1) & (n0 > 1)
    parts = (difference, difference - half, difference + half, p)
    low_to_p = tuple(np.where(usable, part, np.nan) for part in parts)
    return low_to_p[0], low_to_p[1], low_to_p[2], low_to_p[3]


def quantile(bins: IntArray, counts: IntArray, share: float, kind: Kind = "relative") -> float:
    """The value that this share of the rows does not exceed, within the width of a bin; not-a-number without rows."""
    total = int(counts.sum())
    if total == 0:
        return float("nan")
    order = np.argsort(bins, kind="stable")
    reached = np.cumsum(counts[order])
    place = int(np.searchsorted(reached, share * total, side="left"))
    return float(middles(bins[order][min(place, len(order) - 1)], kind))
