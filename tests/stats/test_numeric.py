import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from fairgo.stats.bins import bin_of, edges, middles
from fairgo.stats.exact import limbs, totals
from fairgo.stats.numeric import mean_interval, quantile, welch

NUMBERS = st.floats(-1e6, 1e6, allow_nan=False)


def moments(values):
    x = np.asarray(values, dtype=float)
    return len(x), x.sum(), (x**2).sum()


def test_welch_is_that_of_scipy():
    random = np.random.default_rng(1)
    for size in (2, 5, 40):
        group, reference = random.normal(3, 1, size), random.normal(2, 4, size + 3)
        theirs = stats.ttest_ind(group, reference, equal_var=False)
        difference, low, high, p = (float(part) for part in welch(moments(group), moments(reference)))
        assert difference == pytest.approx(group.mean() - reference.mean())
        assert p == pytest.approx(theirs.pvalue)
        assert (low, high) == pytest.approx(tuple(theirs.confidence_interval(0.95)))


def test_means_that_cannot_be_compared():
    assert all(math.isnan(float(part)) for part in welch(moments([3.0]), moments([1.0, 2.0])))
    assert [float(part) for part in welch(moments([3.0, 3.0]), moments([1.0, 1.0]))] == [2.0, 2.0, 2.0, 0.0]
    assert float(welch(moments([1.0, 1.0]), moments([1.0, 1.0]))[3]) == 1.0
    assert all(math.isnan(float(end)) for end in mean_interval(moments([3.0])))


@given(st.lists(NUMBERS, min_size=1, max_size=60), st.randoms())
def test_exact_sums_do_not_depend_on_the_order(values, random):
    shuffled = values[:]
    random.shuffle(shuffled)
    once, again = limbs(values).sum(axis=0), limbs(shuffled).sum(axis=0)
    assert (once == again).all()
    assert float(totals(once)) == pytest.approx(math.fsum(values), rel=1e-14, abs=len(values) * 2.0**-40)


@given(NUMBERS)
def test_a_bin_holds_its_number(value):
    for kind, x in (("relative", value), ("probability", abs(value) / 1e6)):
        place = bin_of([x], kind)
        low, high = (float(edge[0]) for edge in edges(place, kind))
        assert low <= x <= high or abs(x) < 2.0**-20
        if abs(x) >= 2.0**-20 and kind == "relative":
            assert float(middles(place, kind)[0]) == pytest.approx(x, rel=1 / 64)


def test_small_whole_numbers_have_bins_of_their_own():
    numbers = np.arange(-127, 128)
    assert (middles(bin_of(numbers, "relative"), "relative") == numbers).all()


def test_quantiles_come_near_those_of_the_rows():
    values = np.random.default_rng(2).lognormal(3, 1.5, 20_000)
    bins, counts = np.unique(bin_of(values, "relative"), return_counts=True)
    for share in (0.1, 0.5, 0.9, 0.99):
        assert quantile(bins, counts, share) == pytest.approx(np.quantile(values, share), rel=0.02)
    assert math.isnan(quantile(bins[:0], counts[:0], 0.5))
