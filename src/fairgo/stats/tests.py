"""Tests of rates from counts: two groups, the largest of many gaps, and many tests at once."""

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from fairgo.stats.intervals import LEVEL, normal_quantile
from fairgo.stats.rates import FloatArray, IntArray, shares

SMALL_EXPECTATION = 5.0
DRAWS = 1999
# numpy draws the multivariate hypergeometric distribution only below this total.
_DRAWABLE = 10**9
# A p too small for a float is still not zero.
_TINY = float(np.finfo(np.float64).tiny)
_WORK = 2_000_000


def two_rates(
    group: tuple[npt.ArrayLike, npt.ArrayLike], reference: tuple[npt.ArrayLike, npt.ArrayLike]
) -> tuple[FloatArray, FloatArray]:
    """The score statistic z of group minus reference, and the two-sided p, for arrays of (successes, trials).

    p comes from the chi-square test without correction (z squared), or from Fisher's exact test where
    an expected count of the 2 x 2 table is below 5 and the normal law cannot be trusted. Not-a-number
    where either side has no trials; z 0 and p 1 where everybody or nobody succeeds.
    """
    sides = (group[0], group[1], reference[0], reference[1])
    x1, n1, x2, n2 = np.broadcast_arrays(*(np.asarray(side, dtype=np.float64) for side in sides))
    total, successes = n1 + n2, x1 + x2
    usable = (n1 > 0) & (n2 > 0)
    pooled = shares(successes, total)
    spread = np.sqrt(pooled * (1 - pooled) * (shares(1.0, n1) + shares(1.0, n2)))
    difference = shares(x1, n1) - shares(x2, n2)
    z = np.divide(difference, spread, out=np.zeros(difference.shape), where=usable & (spread > 0))
    p = np.array([math.erfc(abs(value) / math.sqrt(2)) for value in z.ravel()]).reshape(z.shape)
    least = np.minimum(successes, total - successes) * np.minimum(n1, n2) / np.where(usable, total, 1.0)
    for place in map(tuple, np.argwhere(usable & (least < SMALL_EXPECTATION) & (spread > 0))):
        p[place] = fisher(int(x1[place]), int(n1[place]), int(x2[place]), int(n2[place]))
    return np.where(usable, z, np.nan), np.where(usable, np.clip(p, _TINY, 1.0), np.nan)


def fisher(successes: int, trials: int, other_successes: int, other_trials: int) -> float:
    """Two-sided p of Fisher's exact test: the probability of all tables no likelier than this one."""
    total, positive = trials + other_trials, successes + other_successes
    first, last = max(0, positive - other_trials), min(trials, positive)
    x = np.arange(first, last, dtype=np.float64)
    # Neighbouring tables differ by a simple ratio, so no factorials are needed.
    steps = np.log((positive - x) * (trials - x)) - np.log((x + 1) * (total - positive - trials + x + 1))
    logs = np.concatenate(([0.0], np.cumsum(steps)))
    weights = np.exp(logs - logs.max())
    observed = weights[successes - first]
    return float(weights[weights <= observed * (1 + 1e-7)].sum() / weights.sum())


def mantel_haenszel(
    group: tuple[npt.ArrayLike, npt.ArrayLike],
    reference: tuple[npt.ArrayLike, npt.ArrayLike],
    level: float = LEVEL,
) -> tuple[float, float, float, float]:
    """Group minus reference compared within strata only: the common gap, its interval's ends, and p.

    Each side is (successes, trials) with one entry for each stratum. The gap weights the strata by
    n1 n0 / (n1 + n0) (Mantel and Haenszel); its interval is the normal one; p is of the Cochran-Mantel-
    Haenszel test without correction. Strata with nobody on one side say nothing; when none says
    anything, the gap is not-a-number and p is 1.
    """
    sides = (group[0], group[1], reference[0], reference[1])
    x1, n1, x0, n0 = np.broadcast_arrays(*(np.asarray(side, dtype=np.float64).ravel() for side in sides))
    usable = (n1 > 0) & (n0 > 0)
    if not usable.any():
        return math.nan, math.nan, math.nan, 1.0
    x1, n1, x0, n0 = x1[usable], n1[usable], x0[usable], n0[usable]
    total, successes = n1 + n0, x1 + x0
    weight = n1 * n0 / total
    p1, p0 = x1 / n1, x0 / n0
    gap = float((weight * (p1 - p0)).sum() / weight.sum())
    spread = (weight**2 * (p1 * (1 - p1) / n1 + p0 * (1 - p0) / n0)).sum() ** 0.5 / weight.sum()
    half = normal_quantile(0.5 + level / 2) * float(spread)
    variance = (
        weight * (successes / total) * (1 - successes / total) * total / np.maximum(total - 1, 1)
    ).sum()
    excess = abs(float((weight * (p1 - p0)).sum()))
    p = math.erfc(excess / math.sqrt(2 * float(variance))) if variance > 0 else 1.0
    return gap, gap - half, gap + half, max(p, _TINY)


def benjamini_hochberg(p_values: npt.ArrayLike) -> FloatArray:
    """The q of every p of one family, in the same order: the false discovery rate at which it is rejected.

    Source: Benjamini and Hochberg 1995, step up.
    """
    p = np.asarray(p_values, dtype=np.float64)
    order = np.argsort(p, kind="stable")
    scaled = p[order] * p.size / np.arange(1, p.size + 1)
    q = np.empty_like(p)
    q[order] = np.minimum(np.minimum.accumulate(scaled[::-1])[::-1], 1.0)
    # Multiplying and dividing by the same rank may round a q below its p.
    return np.maximum(q, p)


def holm(p_values: npt.ArrayLike) -> FloatArray:
    """Adjusted p of one family, in the same order: rejecting those at most alpha keeps any false claim at alpha.

    Source: Holm 1979, step down.
    """
    p = np.asarray(p_values, dtype=np.float64)
    order = np.argsort(p, kind="stable")
    scaled = p[order] * np.arange(p.size, 0, -1)
    adjusted = np.empty_like(p)
    adjusted[order] = np.minimum(np.maximum.accumulate(scaled), 1.0)
    return adjusted


def draws_for(groups: int, wanted: int = DRAWS) -> int:
    """How many draws to take for this many groups: as wanted, fewer (never under 199) for very many."""
    return min(wanted, max(199, _WORK // max(groups, 1)))


def largest_gap(
    successes: IntArray,
    trials: IntArray,
    *,
    reference: int | None = None,
    compared: Sequence[bool] | npt.NDArray[np.bool_] | None = None,
    draws: int = DRAWS,
    seed: int | Sequence[int] = 0,
) -> tuple[int, float]:
    """The group with the largest gap, and the p of a gap so large somewhere when no group differs.

    Gaps are measured in standard errors, so that a tiny group does not win by noise, against the group
    numbered `reference` or, without one, against everybody else. Under the null hypothesis the successes
    fall on the rows at random: a multivariate hypergeometric draw of counts, the same law as shuffling
    rows. p = (1 + draws at least as large) / (1 + draws), hence never 0. Only groups marked in
    `compared` can be the largest. Returns (-1, 1.0) when there is nothing to compare.
    """
    total, positive = int(trials.sum()), int(successes.sum())
    others = total - trials if reference is None else np.full_like(trials, trials[reference])
    usable = (trials > 0) & (others > 0)
    if compared is not None:
        usable &= np.asarray(compared, dtype=np.bool_)
    if reference is not None:
        usable[reference] = False
    if not usable.any() or positive in {0, total}:
        return -1, 1.0
    rate = positive / total
    spread = np.sqrt(rate * (1 - rate) * (1 / trials[usable] + 1 / others[usable]))

    def statistics(counts: IntArray) -> FloatArray:
        rest = positive - counts if reference is None else counts[..., [reference]]
        gaps = (
            counts[..., usable] / trials[usable]
            - np.broadcast_to(rest, counts.shape)[..., usable] / others[usable]
        )
        scaled: FloatArray = np.abs(gaps) / spread
        return scaled

    observed = statistics(successes)
    where = int(np.flatnonzero(usable)[int(observed.argmax())])
    if total >= _DRAWABLE:
        return where, min(1.0, usable.sum() * math.erfc(float(observed.max()) / math.sqrt(2)) or _TINY)
    drawn = np.random.default_rng(seed).multivariate_hypergeometric(trials, positive, size=draws)
    reached = int((statistics(drawn).max(axis=1) >= observed.max() - 1e-9).sum())
    return where, (1 + reached) / (1 + draws)
