"""How well a score ranks and how well it is calibrated, from histograms; and what every threshold would do."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import expit, logit

from fairgo.stats.intervals import LEVEL, normal_quantile, wilson
from fairgo.stats.rates import FloatArray, IntArray, shares


def auc(
    positives: npt.ArrayLike, negatives: npt.ArrayLike, level: float = LEVEL
) -> tuple[float, float, float, float]:
    """The area under the ROC curve, the ends of its interval, and its standard error.

    Both are counts by bin of the score, lowest first. Ties within a bin count one half. The error is DeLong's (1988);
    the interval is taken on the logit scale, so that it stays between 0 and 1 (Pepe 2003). Not-a-number without both.
    """
    pos, neg = (np.asarray(counts, dtype=np.float64) for counts in (positives, negatives))
    p, n = pos.sum(), neg.sum()
    if p == 0 or n == 0:
        return (float("nan"),) * 4
    above = (np.cumsum(neg) - neg / 2) / n  # for a positive in each bin: the share of negatives it outranks
    below = (p - np.cumsum(pos) + pos / 2) / p  # for a negative: the share of positives that outrank it
    area = float((pos * above).sum() / p)
    spread = _variance(above, pos, area, p) / p + _variance(below, neg, area, n) / n
    error = float(np.sqrt(spread))
    if not 0 < area < 1:
        return area, area, area, error
    half = normal_quantile(0.5 + level / 2) * error / (area * (1 - area))
    centre = float(logit(area))
    return area, float(expit(centre - half)), float(expit(centre + half)), error


@dataclass(frozen=True, slots=True, eq=False)
class Calibration:
    """Predicted and observed shares in bands of the score, with the observed interval; `error` is weighted by rows."""

    n: IntArray
    predicted: FloatArray
    observed: FloatArray
    low: FloatArray
    high: FloatArray
    error: float


def calibration(scores: FloatArray, positives: IntArray, negatives: IntArray, bands: int = 10) -> Calibration:
    """Observed against predicted share in bands of equal width between 0 and 1, empty bands left out.

    `scores` is what each bin stands for. `error` is the expected calibration error: the mean distance between the two.
    """
    band = np.minimum((scores * bands).astype(np.int64), bands - 1)
    rows = positives + negatives
    n = np.bincount(band, weights=rows, minlength=bands)
    filled = n > 0
    predicted = np.bincount(band, weights=scores * rows, minlength=bands)[filled] / n[filled]
    hits = np.bincount(band, weights=positives, minlength=bands)[filled]
    observed = hits / n[filled]
    low, high = wilson(hits, n[filled])
    error = (
        float((np.abs(observed - predicted) * n[filled]).sum() / n.sum()) if filled.any() else float("nan")
    )
    return Calibration(n[filled].astype(np.int64), predicted, observed, low, high, error)


@dataclass(frozen=True, slots=True, eq=False)
class Thresholds:
    """What selecting every score from a threshold on would give: one entry for each threshold."""

    threshold: FloatArray
    selection_rate: FloatArray
    tpr: FloatArray
    fpr: FloatArray
    ppv: FloatArray


def thresholds(lower: FloatArray, positives: IntArray, negatives: IntArray) -> Thresholds:
    """The rates for a threshold at the lower edge of each bin, lowest first."""
    tp = np.cumsum(positives[::-1])[::-1]
    fp = np.cumsum(negatives[::-1])[::-1]
    total = positives.sum() + negatives.sum()
    return Thresholds(
        lower,
        shares(tp + fp, np.full(len(tp), total)),
        shares(tp, np.full(len(tp), positives.sum())),
        shares(fp, np.full(len(fp), negatives.sum())),
        shares(tp, tp + fp),
    )


def _variance(values: FloatArray, weights: FloatArray, centre: float, size: float) -> float:
    return float((weights * (values - centre) ** 2).sum() / (size - 1)) if size > 1 else 0.0
