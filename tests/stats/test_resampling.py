import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests

from fairgo.stats.resampling import bootstrap, design_effect, jackknife, percentiles, t_quantile
from fairgo.stats.tests import holm


@settings(max_examples=15)  # theirs takes a tenth of a second each time
@given(st.lists(st.floats(0, 1), min_size=1, max_size=20))
def test_holm_is_that_of_statsmodels(ps):
    assert holm(ps) == pytest.approx(multipletests(ps, method="holm")[1])


def test_replicates_of_counts_have_the_law_of_replicates_of_rows():
    counts = np.array([[40, 60], [5, 15]])
    drawn = bootstrap(counts, 4000, 7)
    assert (drawn.sum(axis=(1, 2)) == 120).all()
    rows = np.repeat(np.arange(4), counts.reshape(-1))
    random = np.random.default_rng(8)
    by_rows = np.array([np.bincount(random.choice(rows, 120), minlength=4) for _ in range(4000)])
    assert drawn.reshape(4000, 4).mean(axis=0) == pytest.approx(by_rows.mean(axis=0), rel=0.03)
    assert drawn.reshape(4000, 4).std(axis=0) == pytest.approx(by_rows.std(axis=0), rel=0.06)


def test_replicates_are_repeatable_and_may_be_of_nothing():
    counts = np.array([[3, 4]])
    assert (bootstrap(counts, 5, 1) == bootstrap(counts, 5, 1)).all()
    assert not bootstrap(np.zeros((2, 2), dtype=int), 3, 1).any()


def test_percentiles_leave_out_what_is_not_known():
    low, high = percentiles(np.array([[0.0, np.nan]] + [[1.0, 2.0]] * 99))
    assert (low[1], high[1]) == (2.0, 2.0)
    assert low[0] <= 1.0 == high[0]


def test_the_jackknife_sees_rows_that_hang_together():
    random = np.random.default_rng(9)
    buckets, repeats, estimates, errors = 64, 10, [], []
    for _ in range(300):
        customers = random.random(400) < 0.3
        bucket = random.integers(0, buckets, 400)
        hits = np.bincount(bucket, weights=customers, minlength=buckets) * repeats
        rows = np.bincount(bucket, minlength=buckets) * repeats
        estimates.append(hits.sum() / rows.sum())
        errors.append(float(jackknife((hits.sum() - hits) / (rows.sum() - rows))))
    assert np.mean(errors) == pytest.approx(np.std(estimates), rel=0.12)
    independent = np.sqrt(0.3 * 0.7 / 4000)
    assert float(design_effect(np.mean(errors), np.array(independent))) == pytest.approx(repeats, rel=0.25)
    assert t_quantile(buckets) == pytest.approx(1.998, abs=1e-3)
