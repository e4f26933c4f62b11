import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.optimize import brentq, minimize_scalar
from scipy.stats import norm
from statsmodels.stats.proportion import confint_proportions_2indep

from fairgo.stats.equivalence import non_inferior, two_one_sided
from fairgo.stats.score import difference_statistic, katz, koopman, miettinen_nurminen

Z = norm.ppf(0.975)


@st.composite
def tables(draw):
    n1, n0 = draw(st.integers(1, 300)), draw(st.integers(1, 300))
    return draw(st.integers(0, n1)), n1, draw(st.integers(0, n0)), n0


def likeliest(x1, n1, x0, n0, difference):
    """The restricted estimate by searching the likelihood, without any closed form."""

    def cost(p):
        q = p - difference
        terms = ((x1, p), (n1 - x1, 1 - p), (x0, q), (n0 - x0, 1 - q))
        return -sum(count * math.log(max(share, 1e-300)) for count, share in terms if count)

    bounds = (max(difference, 0.0) + 1e-12, min(1.0, 1.0 + difference) - 1e-12)
    return minimize_scalar(cost, bounds=bounds, method="bounded", options={"xatol": 1e-11}).x


def inverted(x1, n1, x0, n0, wanted, side):
    def distance(difference):
        p = likeliest(x1, n1, x0, n0, difference)
        q = p - difference
        variance = (p * (1 - p) / n1 + q * (1 - q) / n0) * (n1 + n0) / (n1 + n0 - 1)
        return (x1 / n1 - x0 / n0 - difference) / math.sqrt(max(variance, 1e-15)) - wanted

    return brentq(distance, x1 / n1 - x0 / n0, side * (1 - 1e-9))


# statsmodels is no oracle here: its restricted estimate differs from the maximum of the likelihood in the third digit.
@pytest.mark.parametrize("table", [(9, 16, 48, 166), (58, 167, 30, 53), (3, 40, 1, 35), (95, 100, 40, 50)])
def test_the_difference_is_the_inverted_score_test(table):
    low, high = miettinen_nurminen(table[:2], table[2:])
    assert float(low) == pytest.approx(inverted(*table, Z, -1), abs=1e-5)
    assert float(high) == pytest.approx(inverted(*table, -Z, 1), abs=1e-5)


@given(tables())
def test_the_difference_lies_in_its_interval_and_turns_round(table):
    low, high = miettinen_nurminen(table[:2], table[2:])
    other_low, other_high = miettinen_nurminen(table[2:], table[:2])
    assert -1 <= low <= table[0] / table[1] - table[2] / table[3] + 1e-9
    assert table[0] / table[1] - table[2] / table[3] - 1e-9 <= high <= 1
    assert (float(low), float(high)) == pytest.approx((-float(other_high), -float(other_low)), abs=1e-6)


@given(tables())
def test_ratios_are_those_of_statsmodels(table):
    x1, n1, x0, n0 = table
    assume(0 < x1 < n1 and 0 < x0 < n0)
    simple = confint_proportions_2indep(x1, n1, x0, n0, compare="ratio", method="log")
    assert np.allclose([float(end) for end in katz(table[:2], table[2:])], simple)
    try:
        score = confint_proportions_2indep(x1, n1, x0, n0, compare="ratio", method="score", correction=False)
    except ValueError:
        return  # its search for a root starts too near
    assert np.allclose([float(end) for end in koopman(table[:2], table[2:])], score, rtol=3e-3)


def test_ratios_without_successes():
    low, high = koopman((0, 10), (5, 10))
    assert float(low) == 0
    assert 0 < float(high) < 1
    low, high = koopman((5, 10), (0, 10))
    assert float(low) > 1
    assert math.isinf(float(high))
    assert all(math.isnan(float(end)) for end in koopman((0, 10), (0, 10)))
    assert all(math.isnan(float(end)) for end in katz((0, 10), (3, 10)))


def test_no_trials_are_not_known():
    for interval in (miettinen_nurminen, koopman, katz):
        assert all(math.isnan(float(end)) for end in interval((0, 0), (3, 10)))
    assert math.isnan(float(difference_statistic((0, 0), (3, 10), 0.0)))


@pytest.mark.parametrize(("n", "p"), [(30, 0.1), (30, 0.5), (60, 0.95)])
def test_the_intervals_cover_in_small_groups(n, p):
    # Every table of two groups of one rate, weighted by its probability.
    x1, x0 = np.meshgrid(np.arange(n + 1), np.arange(n + 1))
    weight = np.exp(_log_binomial(n, p, x1) + _log_binomial(n, p, x0))
    low, high = miettinen_nurminen((x1, n), (x0, n))
    assert (weight * ((low <= 0) & (high >= 0))).sum() >= 0.94
    low, high = koopman((x1, n), (x0, n))
    known = ~np.isnan(low)
    assert (weight * ((low <= 1) & (high >= 1)))[known].sum() / weight[known].sum() >= 0.94


def _log_binomial(n, p, x):
    choose = np.array(
        [math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1) for k in range(n + 1)]
    )
    return choose[x] + x * math.log(p) + (n - x) * math.log1p(-p)


def test_alike_is_shown_by_two_tests():
    assert float(two_one_sided((500, 1000), (500, 1000), 0.05)) < 0.05
    assert float(two_one_sided((50, 100), (50, 100), 0.05)) > 0.05
    assert float(two_one_sided((600, 1000), (500, 1000), 0.05)) > 0.9


@given(tables())
def test_alike_is_the_same_as_the_short_interval_inside_the_margin(table):
    low, high = (float(end) for end in miettinen_nurminen(table[:2], table[2:], level=0.9))
    p = float(two_one_sided(table[:2], table[2:], 0.1))
    # The interval has the N/(N-1) correction, the test has not: alike by the interval is alike by the test.
    if low > -0.1 and high < 0.1:
        assert p < 0.05


def test_non_inferiority_holds_its_level_at_the_boundary():
    random = np.random.default_rng(4)
    optout, others = random.binomial(200, 0.75, 20_000), random.binomial(400, 0.80, 20_000)
    rejected = (non_inferior((optout, 200), (others, 400), 0.05) < 0.05).mean()
    assert 0.04 <= rejected <= 0.06
