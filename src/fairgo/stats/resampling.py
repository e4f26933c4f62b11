"""Resampling of counts: the bootstrap without touching rows, and leaving out customers bucket by bucket."""

from collections.abc import Sequence

import numpy as np
from scipy.special import stdtrit

from fairgo.stats.intervals import LEVEL
from fairgo.stats.rates import FloatArray, IntArray


def bootstrap(counts: IntArray, draws: int, seed: int | Sequence[int]) -> IntArray:
    """Bootstrap replicates of a table of counts, shape (draws, *counts.shape).

    Drawing as many rows as there are with replacement and counting them gives a multinomial draw of the cells with
    their shares as probabilities: the same law, at a cost that does not depend on the number of rows.
    """
    flat = counts.reshape(-1)
    total = int(flat.sum())
    if total == 0:
        return np.zeros((draws, *counts.shape), dtype=np.int64)
    drawn = np.random.default_rng(seed).multinomial(total, flat / total, size=draws)
    return drawn.reshape(draws, *counts.shape)


def percentiles(values: FloatArray, level: float = LEVEL) -> tuple[FloatArray, FloatArray]:
    """The ends of the percentile interval over replicates (the first axis); replicates without a value are left out."""
    with np.errstate(all="ignore"):
        low, high = np.nanquantile(values, [0.5 - level / 2, 0.5 + level / 2], axis=0)
    return low, high


def jackknife(without: FloatArray) -> FloatArray:
    """The standard error of an estimate from its values with one bucket of customers left out each (the first axis).

    Holds when rows of one customer hang together, since a customer is in one bucket only. Source: the delete-a-group
    jackknife (Kott 2001).
    """
    groups = len(without)
    spread = (groups - 1) / groups * ((without - without.mean(axis=0)) ** 2).sum(axis=0)
    error: FloatArray = np.sqrt(spread)
    return error


def design_effect(error: FloatArray, independent: FloatArray) -> FloatArray:
    """How many times as large the variance is as with independent rows; at least 1, so that no interval gets shorter.

    `error` is the jackknife's standard error, `independent` the one of independent rows; 1 where that one is 0.
    """
    usable = independent > 0
    ratio = (error / np.where(usable, independent, 1.0)) ** 2
    return np.where(usable, np.maximum(ratio, 1.0), 1.0)


def t_quantile(buckets: int, level: float = LEVEL) -> float:
    """How many standard errors an interval reaches when the error itself is estimated from so many buckets."""
    return float(stdtrit(buckets - 1, 0.5 + level / 2))
