"""Score intervals of the difference and of the ratio of two rates: the values a score test would not reject.

Both hold their level where rates are near 0 or 1 and groups are small, which the textbook formulas do not.
"""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from fairgo.stats.intervals import LEVEL, normal_quantile
from fairgo.stats.rates import FloatArray

Side = tuple[npt.ArrayLike, npt.ArrayLike]
_HALVINGS = 60
_FURTHEST_RATIO = 1e9


def miettinen_nurminen(group: Side, reference: Side, level: float = LEVEL) -> tuple[FloatArray, FloatArray]:
    """Lower and upper end of the difference group minus reference; each side is (successes, trials).

    Source: Miettinen and Nurminen 1985, with their correction N / (N - 1); the restricted estimate in the closed form
    of Farrington and Manning 1990. Not-a-number where either side has no trials.
    """
    x1, n1, x0, n0 = _sides(group, reference)
    usable = (n1 > 0) & (n0 > 0)
    n1, n0 = np.where(usable, n1, 1.0), np.where(usable, n0, 1.0)
    inflation = (n1 + n0) / np.maximum(n1 + n0 - 1, 1)

    def statistic(difference: FloatArray) -> FloatArray:
        return _difference_statistic((x1, n1, x0, n0), difference, inflation)

    z, observed = normal_quantile(0.5 + level / 2), x1 / n1 - x0 / n0
    low = _crossing(statistic, -np.ones_like(observed), observed, z)
    high = _crossing(statistic, np.ones_like(observed), observed, -z)
    return np.where(usable, low, np.nan), np.where(usable, high, np.nan)


def difference_statistic(group: Side, reference: Side, difference: float) -> FloatArray:
    """How many standard errors the difference group minus reference lies above a given one, were that one true.

    Source: Farrington and Manning 1990. Not-a-number where either side has no trials.
    """
    x1, n1, x0, n0 = _sides(group, reference)
    usable = (n1 > 0) & (n0 > 0)
    sides = (x1, np.where(usable, n1, 1.0), x0, np.where(usable, n0, 1.0))
    asked = np.full(np.shape(x1), difference)
    return np.where(usable, _difference_statistic(sides, asked, np.ones_like(asked)), np.nan)


def koopman(group: Side, reference: Side, level: float = LEVEL) -> tuple[FloatArray, FloatArray]:
    """Lower and upper end of the ratio group over reference; each side is (successes, trials).

    Source: Koopman 1984. The lower end is 0 when the group has no success, the upper infinite when the reference has
    none; not-a-number where either side has no trials or neither has a success.
    """
    x1, n1, x0, n0 = _sides(group, reference)
    usable = (n1 > 0) & (n0 > 0) & (x1 + x0 > 0)
    n1, n0 = np.where(usable, n1, 1.0), np.where(usable, n0, 1.0)
    p1, p0 = x1 / n1, x0 / n0

    def statistic(logarithm: FloatArray) -> FloatArray:
        ratio = np.exp(logarithm)
        total = n1 + n0
        b = n1 * ratio + x1 + n0 + x0 * ratio
        root = np.sqrt(np.maximum(b * b - 4 * total * ratio * (x1 + x0), 0.0))
        rate0 = np.clip(2 * (x1 + x0) / (b + root), 0.0, 1.0)
        rate1 = np.clip(rate0 * ratio, 0.0, 1.0)
        variance = rate1 * (1 - rate1) / n1 + ratio**2 * rate0 * (1 - rate0) / n0
        return _standardised(p1 - ratio * p0, variance)

    z = normal_quantile(0.5 + level / 2)
    reach = np.full_like(p1, np.log(_FURTHEST_RATIO))
    with np.errstate(divide="ignore"):
        middle = np.log(np.where((p1 > 0) & (p0 > 0), p1 / np.where(p0 > 0, p0, 1.0), 1.0))
    low_from, high_from = np.where(p0 > 0, middle, reach), np.where(p1 > 0, middle, -reach)
    low = np.exp(_crossing(statistic, -reach, low_from, z))
    high = np.exp(_crossing(statistic, reach, high_from, -z))
    low, high = np.where(x1 == 0, 0.0, low), np.where(x0 == 0, np.inf, high)
    return np.where(usable, low, np.nan), np.where(usable, high, np.nan)


def katz(group: Side, reference: Side, level: float = LEVEL) -> tuple[FloatArray, FloatArray]:
    """Lower and upper end of the ratio group over reference on the logarithmic scale; simple, and poor for few successes.

    Source: Katz and others 1978. Not-a-number where either side has no success.
    """
    x1, n1, x0, n0 = _sides(group, reference)
    usable = (x1 > 0) & (x0 > 0)
    x1, n1, x0, n0 = (np.where(usable, part, 1.0) for part in (x1, n1, x0, n0))
    half = normal_quantile(0.5 + level / 2) * np.sqrt(1 / x1 - 1 / n1 + 1 / x0 - 1 / n0)
    ratio = (x1 / n1) / (x0 / n0)
    return np.where(usable, ratio * np.exp(-half), np.nan), np.where(usable, ratio * np.exp(half), np.nan)


def _sides(group: Side, reference: Side) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    parts = (np.asarray(part, dtype=np.float64) for part in (*group, *reference))
    x1, n1, x0, n0 = np.broadcast_arrays(*parts)
    return x1, n1, x0, n0


def _difference_statistic(
    sides: tuple[FloatArray, FloatArray, FloatArray, FloatArray],
    difference: FloatArray,
    inflation: FloatArray,
) -> FloatArray:
    x1, n1, x0, n0 = sides
    p1, p0 = x1 / n1, x0 / n0
    rate1 = _restricted(p1, p0, n0 / n1, difference)
    rate0 = np.clip(rate1 - difference, 0.0, 1.0)
    variance = (rate1 * (1 - rate1) / n1 + rate0 * (1 - rate0) / n0) * inflation
    return _standardised(p1 - p0 - difference, variance)


def _restricted(p1: FloatArray, p0: FloatArray, share: FloatArray, difference: FloatArray) -> FloatArray:
    """The likeliest rate of the group when the difference is fixed: the one root of a cubic that is a rate."""
    a = 1 + share
    b = -(1 + share + p1 + share * p0 + difference * (share + 2))
    c = difference**2 + difference * (2 * p1 + share + 1) + p1 + share * p0
    d = -p1 * difference * (1 + difference)
    v = (b / (3 * a)) ** 3 - b * c / (6 * a**2) + d / (2 * a)
    u = np.where(v >= 0, 1.0, -1.0) * np.sqrt(np.maximum((b / (3 * a)) ** 2 - c / (3 * a), 0.0))
    cube = np.where(u == 0, 1.0, u**3)
    w = (np.pi + np.arccos(np.clip(np.where(u == 0, 0.0, v / cube), -1.0, 1.0))) / 3
    rate: FloatArray = np.clip(
        2 * u * np.cos(w) - b / (3 * a), np.maximum(difference, 0.0), np.minimum(1.0, 1.0 + difference)
    )
    return rate


def _standardised(distance: FloatArray, variance: FloatArray) -> FloatArray:
    """Distances in standard errors; without any spread a distance is infinitely far, and none is 0."""
    far = np.where(np.abs(distance) > 1e-12, np.where(distance > 0, np.inf, -np.inf), 0.0)
    tiny = variance <= 1e-18
    answer: FloatArray = np.where(tiny, far, distance / np.sqrt(np.where(tiny, 1.0, variance)))
    return answer


def _crossing(
    statistic: Callable[[FloatArray], FloatArray], outside: FloatArray, inside: FloatArray, wanted: float
) -> FloatArray:
    """Where a statistic that falls from left to right reaches the wanted value, between two places, by halving."""
    for _ in range(_HALVINGS):
        middle = (outside + inside) / 2
        beyond = statistic(middle) > wanted if wanted > 0 else statistic(middle) < wanted
        outside, inside = np.where(beyond, middle, outside), np.where(beyond, inside, middle)
    return (outside + inside) / 2
