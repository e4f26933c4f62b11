import numpy as np
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st

from fairgo.stats.tests import (
    benjamini_hochberg,
    draws_for,
    fisher,
    largest_gap,
    mantel_haenszel,
    two_rates,
)

SMALL = st.integers(0, 40)
# Benjamini and Hochberg 1995, fifteen p of one study.
STUDY = [
    0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344,
    0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0000,
]  # fmt: skip
# Berkeley 1973 by department: men admitted, men rejected, women admitted, women rejected.
BERKELEY = np.array(
    [
        (512, 313, 89, 19),
        (353, 207, 17, 8),
        (120, 205, 202, 391),
        (138, 279, 131, 244),
        (53, 138, 94, 299),
        (22, 351, 24, 317),
    ]
)


@given(SMALL, SMALL, SMALL, SMALL)
def test_fisher_agrees_with_scipy(a, b, c, d):
    expected = scipy.stats.fisher_exact([[a, b], [c, d]]).pvalue
    assert fisher(a, a + b, c, c + d) == pytest.approx(expected, rel=1e-6)


def test_large_tables_use_the_chi_square_test_and_small_ones_fisher():
    table = [[235, 2435 - 235], [157, 2435 - 157]]
    z, p = two_rates((235, 2435), (157, 2435))
    assert float(z) == pytest.approx(4.108, abs=5e-4)
    assert float(p) == pytest.approx(scipy.stats.chi2_contingency(table, correction=False).pvalue)
    assert float(p) == pytest.approx(3.98e-5, rel=2e-3)
    assert float(two_rates((3, 4), (1, 9))[1]) == pytest.approx(fisher(3, 4, 1, 9))


def test_arrays_are_compared_place_by_place():
    z, p = two_rates(([[235, 3], [0, 5]], [[2435, 4], [0, 5]]), ([[157, 1], [2, 5]], [[2435, 9], [4, 5]]))
    assert z.shape == p.shape == (2, 2)
    assert p[0, 1] == pytest.approx(fisher(3, 4, 1, 9))
    assert np.isnan(p[1, 0])
    assert (z[1, 1], p[1, 1]) == (0, 1)


def test_no_p_is_ever_nought():
    assert float(two_rates((10**6, 10**6), (0, 10**6))[1]) > 0


def test_equal_rates_are_called_different_as_often_as_alpha_says():
    rng = np.random.default_rng(11)
    _, p = two_rates((rng.binomial(150, 0.2, 20_000), 150), (rng.binomial(900, 0.2, 20_000), 900))
    assert np.mean(p < 0.05) == pytest.approx(0.05, abs=0.006)


def test_benjamini_hochberg_rejects_four_of_the_study():
    q = benjamini_hochberg(STUDY)
    assert (q <= 0.05).sum() == 4
    assert q == pytest.approx(scipy.stats.false_discovery_control(STUDY))


@given(st.lists(st.floats(0, 1), min_size=1, max_size=40))
def test_benjamini_hochberg_agrees_with_scipy_in_any_order(p):
    assert benjamini_hochberg(p) == pytest.approx(scipy.stats.false_discovery_control(p))


def test_benjamini_hochberg_of_no_tests_is_empty():
    assert benjamini_hochberg([]).size == 0


def test_within_departments_berkeley_shows_no_gap():
    men = (BERKELEY[:, 0], BERKELEY[:, 0] + BERKELEY[:, 1])
    women = (BERKELEY[:, 2], BERKELEY[:, 2] + BERKELEY[:, 3])
    gap, low, high, p = mantel_haenszel(men, women)
    assert p == pytest.approx(0.21692, abs=5e-6)
    assert low < gap < 0 < high
    crude, *_, crude_p = mantel_haenszel((men[0].sum(), men[1].sum()), (women[0].sum(), women[1].sum()))
    assert crude == pytest.approx(0.4452 - 0.3035, abs=1e-4)
    assert crude_p < 1e-20


def test_strata_with_one_side_only_say_nothing():
    gap, *_, p = mantel_haenszel(([5, 0], [9, 0]), ([0, 3], [0, 9]))
    assert np.isnan(gap)
    assert p == 1


def test_the_permutation_p_of_two_groups_is_the_exact_one():
    successes, trials = np.array([9, 4]), np.array([20, 25])
    law = scipy.stats.hypergeom(45, 13, 20)
    gaps = np.arange(0, 14) / 20 - (13 - np.arange(0, 14)) / 25
    exact = law.pmf(np.arange(0, 14))[np.abs(gaps) >= abs(9 / 20 - 4 / 25) - 1e-9].sum()
    group, p = largest_gap(successes, trials, draws=20_000, seed=1)
    assert group == 0
    assert p == pytest.approx(exact, abs=0.01)


def test_the_largest_gap_is_measured_in_standard_errors():
    # Two of three is furthest from the rest, but says much less than 200 of 1000.
    group, p = largest_gap(np.array([2, 300, 200]), np.array([3, 1000, 1000]))
    assert group == 2
    assert p == 1 / 2000


def test_a_reference_or_a_hidden_group_is_never_the_largest():
    successes, trials = np.array([90, 50, 52]), np.array([100, 100, 100])
    assert largest_gap(successes, trials, reference=1)[0] == 0
    assert largest_gap(successes, trials, compared=[False, True, True])[0] == 1


@given(st.lists(st.tuples(SMALL, SMALL), min_size=1, max_size=5), st.integers(0, 9))
def test_the_permutation_p_is_above_nought_and_repeatable(pairs, seed):
    successes = np.array([min(pair) for pair in pairs])
    trials = np.array([max(pair) for pair in pairs])
    group, p = largest_gap(successes, trials, draws=99, seed=seed)
    assert 0 < p <= 1
    assert largest_gap(successes, trials, draws=99, seed=seed) == (group, p)


def test_nothing_to_compare_gives_p_one():
    assert largest_gap(np.array([3]), np.array([9])) == (-1, 1.0)
    assert largest_gap(np.array([0, 0]), np.array([9, 9])) == (-1, 1.0)


def test_totals_too_large_to_draw_are_bounded_instead():
    trials = np.array([10**9, 10**9, 10**9])
    assert largest_gap(np.array([3 * 10**8, 3 * 10**8, 3 * 10**8]), trials)[1] == 1
    group, p = largest_gap(np.array([3 * 10**8, 3 * 10**8, 4 * 10**8]), trials)
    assert group == 2
    assert 0 < p < 1e-100


def test_with_many_equal_groups_the_largest_gap_is_rarely_significant():
    rng = np.random.default_rng(7)
    trials = np.full(20, 60)
    found = [
        largest_gap(rng.binomial(60, 0.3, 20), trials, draws=199, seed=run)[1] <= 0.05 for run in range(400)
    ]
    assert np.mean(found) == pytest.approx(0.05, abs=0.033)


def test_very_many_groups_take_fewer_draws():
    assert draws_for(10) == 1999
    assert draws_for(2_000) == 1_000
    assert draws_for(10**7) == 199
