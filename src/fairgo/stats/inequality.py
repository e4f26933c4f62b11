"""How unequally good and bad decisions fall on people: generalised entropy of their benefits, and its parts."""

import math

import numpy as np

from fairgo.stats.rates import FN, FP, TN, TP, FloatArray, IntArray

# Benefit of a decision: 2 for an undeserved good one, 1 for a right one, 0 for an undeserved bad one.
_BENEFIT = {TN: 1.0, FP: 2.0, FN: 0.0, TP: 1.0}


def generalised_entropy(counts: IntArray, alpha: float = 2.0) -> float:
    """The index of benefits b = decision - truth + 1 over people whose truth is known; 0 when all benefit alike.

    `counts` are a group's six counts. alpha 1 is Theil's index, alpha 0 the mean logarithmic deviation, which cannot be
    formed when somebody benefits nothing. Source: Speicher and others 2018. Not-a-number where it cannot be formed.
    """
    benefits = np.array([_BENEFIT[place] for place in (TN, FP, FN, TP)])
    return _index(benefits, np.array([counts[place] for place in (TN, FP, FN, TP)], dtype=np.float64), alpha)


def between_groups(counts: IntArray, alpha: float = 2.0) -> float:
    """The part of the index that lies between groups: everybody given the mean benefit of their group.

    `counts` has shape (groups, 6).
    """
    known = counts[:, [TN, FP, FN, TP]].astype(np.float64)
    sizes = known.sum(axis=1)
    filled = sizes > 0
    benefits = (known @ np.array([1.0, 2.0, 0.0, 1.0]))[filled] / sizes[filled]
    return _index(benefits, sizes[filled], alpha)


def _index(benefits: FloatArray, people: FloatArray, alpha: float) -> float:
    benefits, people = benefits[people > 0], people[people > 0]
    n = float(people.sum())
    mean = float((benefits * people).sum() / n) if n else 0.0
    if mean == 0:
        return math.nan
    relative = benefits / mean
    if alpha == 1:
        logs = np.log(np.where(relative > 0, relative, 1.0))
        return float((people * relative * logs).sum() / n)
    if alpha == 0:
        return math.nan if (relative == 0).any() else float(-(people * np.log(relative)).sum() / n)
    return float((people * (relative**alpha - 1)).sum() / (n * alpha * (alpha - 1)))
