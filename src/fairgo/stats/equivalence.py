"""Whether two rates are alike within a margin: two one-sided tests, so that "alike" is shown and never assumed."""

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr

from fairgo.stats.rates import FloatArray
from fairgo.stats.score import difference_statistic

Side = tuple[npt.ArrayLike, npt.ArrayLike]


def two_one_sided(group: Side, reference: Side, margin: float) -> FloatArray:
    """The p of the claim that group and reference differ by less than the margin; small means alike.

    The larger p of the tests against minus and plus the margin (Schuirmann 1987), each the score test of Farrington and
    Manning 1990. Not-a-number where either side has no trials. At level alpha this is the same as the 1 - 2 alpha score
    interval lying within the margin.
    """
    below = difference_statistic(group, reference, -margin)
    above = difference_statistic(group, reference, margin)
    answer: FloatArray = np.maximum(ndtr(-below), ndtr(above))
    return answer


def non_inferior(group: Side, reference: Side, margin: float) -> FloatArray:
    """The p of the claim that the group's rate is not lower than the reference's by the margin or more."""
    answer: FloatArray = ndtr(-difference_statistic(group, reference, -margin))
    return answer
