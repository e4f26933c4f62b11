import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairgo.stats.rates import MIRROR, RATES, shares, tally

COUNTS = st.lists(st.integers(0, 1000), min_size=6, max_size=6)


def test_each_rate_counts_what_its_name_says():
    # tn, fp, fn, tp, then a negative and a positive decision without truth.
    counts = np.array([50, 10, 5, 35, 7, 3])
    above, below = tally(counts, list(RATES))
    expected = {
        "selection_rate": (48, 110),
        "tpr": (35, 40),
        "fpr": (10, 60),
        "tnr": (50, 60),
        "fnr": (5, 40),
        "ppv": (35, 45),
        "npv": (50, 55),
        "fdr": (10, 45),
        "for": (5, 55),
        "accuracy": (85, 100),
        "base_rate": (40, 100),
    }
    assert {metric: (int(a), int(b)) for metric, a, b in zip(RATES, above, below, strict=True)} == expected


@given(COUNTS)
def test_rates_lie_between_nought_and_one_and_mirrors_add_up(counts):
    above, below = tally(np.array(counts), list(RATES))
    values = dict(zip(RATES, shares(above, below), strict=True))
    assert all(np.isnan(value) or 0 <= value <= 1 for value in values.values())
    for metric, mirrored in MIRROR.items():
        pair = values[metric] + values[mirrored]
        assert np.isnan(pair) or pair == pytest.approx(1)


def test_a_zero_denominator_is_not_a_number():
    assert np.isnan(shares([0], [0])[0])
