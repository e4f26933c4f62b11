"""Two groups compared within strata: the common odds ratio, its test, and whether the strata agree at all."""

import math

import numpy as np
import numpy.typing as npt
from scipy.special import chdtrc

from fairgo.stats.intervals import LEVEL, normal_quantile
from fairgo.stats.rates import FloatArray

_ROUNDS = 60


def cochran_mantel_haenszel(tables: npt.ArrayLike, *, corrected: bool = False) -> tuple[float, float]:
    """The statistic and p of the test that no stratum shows an association; chi-square with one degree of freedom.

    `tables` has shape (strata, 2, 2): rows group and reference, columns success and failure. `corrected` takes one
    half off the distance, as R does by default. Strata that cannot say anything are left out; without any, p is 1.
    """
    a, row, column, total = _margins(tables)
    expected = row * column / total
    variance = row * (total - row) * column * (total - column) / (total**2 * np.maximum(total - 1, 1))
    spread = float(variance.sum())
    if spread == 0:
        return 0.0, 1.0
    distance = abs(float((a - expected).sum()))
    statistic = max(0.0, distance - (0.5 if corrected else 0.0)) ** 2 / spread
    return statistic, float(chdtrc(1, statistic))


def pooled_odds_ratio(tables: npt.ArrayLike, level: float = LEVEL) -> tuple[float, float, float]:
    """The Mantel-Haenszel odds ratio over strata and the ends of its interval; not-a-number when it cannot be formed.

    Source of the interval: Robins, Breslow and Greenland 1986.
    """
    table = np.asarray(tables, dtype=np.float64)
    a, b, c, d = table[:, 0, 0], table[:, 0, 1], table[:, 1, 0], table[:, 1, 1]
    total = np.maximum(table.sum(axis=(1, 2)), 1)
    above, below = a * d / total, b * c / total
    if above.sum() == 0 or below.sum() == 0:
        return math.nan, math.nan, math.nan
    ratio = float(above.sum() / below.sum())
    alike, unlike = (a + d) / total, (b + c) / total
    variance = (
        (alike * above).sum() / (2 * above.sum() ** 2)
        + (alike * below + unlike * above).sum() / (2 * above.sum() * below.sum())
        + (unlike * below).sum() / (2 * below.sum() ** 2)
    )
    half = normal_quantile(0.5 + level / 2) * math.sqrt(float(variance))
    return ratio, ratio * math.exp(-half), ratio * math.exp(half)


def breslow_day(tables: npt.ArrayLike) -> tuple[float, float]:
    """The statistic and p of the test that the odds ratio is the same in all strata; chi-square, strata minus one.

    Source: Breslow and Day 1980, with Tarone's correction of 1985. Strata with an empty margin are left out; with
    fewer than two left, or without a common odds ratio, the statistic is not-a-number and p is 1.
    """
    table = np.asarray(tables, dtype=np.float64)
    margins = np.concatenate([table.sum(axis=1), table.sum(axis=2)], axis=1)
    table = table[(margins > 0).all(axis=1)]
    ratio = pooled_odds_ratio(table)[0] if len(table) > 1 else math.nan
    if math.isnan(ratio):
        return math.nan, 1.0
    a, row, column, total = _margins(table)
    expected = _expected(ratio, row, column, total)
    variance = 1 / (
        1 / expected + 1 / (column - expected) + 1 / (row - expected) + 1 / (total - row - column + expected)
    )
    statistic = float((((a - expected) ** 2) / variance).sum() - (a - expected).sum() ** 2 / variance.sum())
    return statistic, float(chdtrc(len(table) - 1, max(statistic, 0.0)))


def _margins(tables: npt.ArrayLike) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """First cell, first row, first column and total of each stratum that has rows."""
    table = np.asarray(tables, dtype=np.float64)
    table = table[table.sum(axis=(1, 2)) > 0]
    return table[:, 0, 0], table[:, 0].sum(axis=1), table[:, :, 0].sum(axis=1), table.sum(axis=(1, 2))


def _expected(ratio: float, row: FloatArray, column: FloatArray, total: FloatArray) -> FloatArray:
    """The first cell under the common odds ratio with the margins as they are, by halving."""
    low, high = np.maximum(0.0, row + column - total), np.minimum(row, column)
    for _ in range(_ROUNDS):
        middle = (low + high) / 2
        less = middle * (total - row - column + middle) < ratio * (row - middle) * (column - middle)
        low, high = np.where(less, middle, low), np.where(less, high, middle)
    return (low + high) / 2
