"""The eleven rates of a decision audit, as sums of six counts.

A group's six counts are, in this order: true negatives, false positives, false negatives, true
positives, and the negative and positive decisions whose truth is not known.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]

CLASSES = ("tn", "fp", "fn", "tp", "negative", "positive")
TN, FP, FN, TP, NEGATIVE, POSITIVE = range(6)

# Each rate: the counts above the line, and the counts below it.
RATES: Mapping[str, tuple[tuple[int, ...], tuple[int, ...]]] = MappingProxyType(
    {
        "selection_rate": ((FP, TP, POSITIVE), (TN, FP, FN, TP, NEGATIVE, POSITIVE)),
        "tpr": ((TP,), (TP, FN)),
        "fpr": ((FP,), (FP, TN)),
        "tnr": ((TN,), (FP, TN)),
        "fnr": ((FN,), (TP, FN)),
        "ppv": ((TP,), (TP, FP)),
        "npv": ((TN,), (TN, FN)),
        "fdr": ((FP,), (TP, FP)),
        "for": ((FN,), (TN, FN)),
        "accuracy": ((TP, TN), (TN, FP, FN, TP)),
        "base_rate": ((TP, FN), (TN, FP, FN, TP)),
    }
)
WITHOUT_TRUTH = ("selection_rate",)

# A rate and one minus it are one question: the same gap with the other sign, and the same p.
MIRROR: Mapping[str, str] = MappingProxyType({"tnr": "fpr", "fnr": "tpr", "fdr": "ppv", "for": "npv"})


def tally(counts: IntArray, metrics: Sequence[str]) -> tuple[IntArray, IntArray]:
    """Numerators and denominators of the named rates, shape (..., rates), for counts of shape (..., 6)."""
    above = np.zeros((len(CLASSES), len(metrics)), dtype=np.int64)
    below = np.zeros_like(above)
    for column, metric in enumerate(metrics):
        numerator, denominator = RATES[metric]
        above[list(numerator), column] = 1
        below[list(denominator), column] = 1
    return counts @ above, counts @ below


def shares(numerators: npt.ArrayLike, denominators: npt.ArrayLike) -> FloatArray:
    """Numerators over denominators; not-a-number where the denominator is 0, never an invented 0."""
    above = np.asarray(numerators, dtype=np.float64)
    below = np.asarray(denominators, dtype=np.float64)
    above, below = np.broadcast_arrays(above, below)
    answer: FloatArray = np.divide(above, below, out=np.full(above.shape, np.nan), where=below > 0)
    return answer
