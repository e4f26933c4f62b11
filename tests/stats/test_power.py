import numpy as np
import pytest

from fairgo.stats.power import minimum_detectable_gap, trials_needed
from fairgo.stats.tests import two_rates


def test_the_classic_sample_size_detects_the_classic_gap():
    # 10 % against 15 %, two-sided 5 %, 80 % power: 686 in each group (Fleiss, without correction).
    assert float(minimum_detectable_gap(0.10, 686, 686)) == pytest.approx(0.05, abs=2e-4)


def test_the_test_really_finds_that_gap_8_times_in_10():
    gap = float(minimum_detectable_gap(0.3, 400, 900))
    rng = np.random.default_rng(3)
    _, p = two_rates((rng.binomial(400, 0.3 + gap, 5000), 400), (rng.binomial(900, 0.3, 5000), 900))
    assert np.mean(p < 0.05) == pytest.approx(0.8, abs=0.03)


def test_more_rows_see_smaller_gaps_and_no_rows_see_none():
    sizes = np.array([0, 2, 100, 1000, 10**6])
    gaps = minimum_detectable_gap(0.2, sizes, sizes)
    assert np.isnan(gaps[:2]).all()
    assert gaps[2] > gaps[3] > gaps[4] > 0
    assert np.isnan(minimum_detectable_gap(np.nan, 10, 10))


def test_rows_needed_shrink_the_gap_to_the_margin():
    gap = float(minimum_detectable_gap(0.4, 500, 500))
    needed = trials_needed(500, gap, 0.05)
    assert float(minimum_detectable_gap(0.4, needed, needed)) == pytest.approx(0.05, rel=0.02)
