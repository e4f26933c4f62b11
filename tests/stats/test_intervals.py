"""Textbook and published intervals; the counts and results are facts of the literature."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairgo.stats.intervals import newcombe, wilson


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611)],
)
def test_wilson_matches_the_textbook(successes, trials, low, high):
    assert [float(end) for end in wilson(successes, trials)] == pytest.approx([low, high], abs=5e-5)


@pytest.mark.parametrize(
    ("group", "reference", "low", "high", "places"),
    [
        ((56, 70), (48, 80), 0.0524, 0.3339, 4),
        ((10, 10), (0, 20), 0.6791, 1.0, 4),
        # Callbacks to the same letters under two sets of names (Bertrand and Mullainathan).
        ((235, 2435), (157, 2435), 0.01678, 0.04738, 5),
    ],
)
def test_newcombe_matches_published_differences(group, reference, low, high, places):
    assert [float(end) for end in newcombe(group, reference)] == pytest.approx(
        [low, high], abs=0.6 * 10**-places
    )


@given(st.integers(1, 10**7), st.data(), st.sampled_from([0.8, 0.95, 0.999]))
def test_wilson_always_encloses_the_rate(trials, data, level):
    successes = data.draw(st.integers(0, trials))
    low, high = wilson(successes, trials, level=level)
    assert 0 <= low <= successes / trials <= high <= 1


@given(st.integers(1, 10**6), st.integers(1, 10**6), st.data())
def test_newcombe_encloses_the_difference_and_turns_round(n1, n2, data):
    x1, x2 = data.draw(st.integers(0, n1)), data.draw(st.integers(0, n2))
    low, high = newcombe((x1, n1), (x2, n2))
    assert -1 - 1e-12 <= low <= x1 / n1 - x2 / n2 <= high <= 1 + 1e-12
    assert newcombe((x2, n2), (x1, n1)) == pytest.approx((-high, -low))


def test_no_trials_give_no_interval():
    assert all(np.isnan(end) for end in wilson(0, 0))
    assert all(np.isnan(end) for end in newcombe((1, 2), (0, 0)))


def test_the_interval_covers_the_rate_as_often_as_it_says():
    rng = np.random.default_rng(5)
    rates = rng.random(20_000)
    low, high = wilson(rng.binomial(60, rates), 60)
    assert np.mean((low <= rates) & (high >= rates)) == pytest.approx(0.95, abs=0.01)
