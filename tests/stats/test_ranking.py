import math

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from fairgo.stats.bins import PARTS, bin_of, edges, middles
from fairgo.stats.bounds import with_unknown_members, with_unknown_outcomes
from fairgo.stats.inequality import between_groups, generalised_entropy
from fairgo.stats.ranking import auc, calibration, thresholds

BINS = np.arange(PARTS)


def histograms(scores, truth):
    places = bin_of(scores, "probability")
    return tuple(np.bincount(places[truth == which], minlength=PARTS) for which in (1, 0))


def drawn(n, seed=0):
    random = np.random.default_rng(seed)
    truth = random.integers(0, 2, n)
    scores = np.round(np.clip(0.3 + 0.2 * truth + random.normal(0, 0.2, n), 0, 0.999), 3)
    return scores, truth


def test_the_area_is_that_of_scikit_learn():
    scores, truth = drawn(3000)
    area, low, high, _ = auc(*histograms(scores, truth))
    assert area == pytest.approx(roc_auc_score(truth, scores), abs=1e-9)
    assert low < area < high


def test_the_interval_of_the_area_covers():
    true_area = auc(*histograms(*drawn(400_000, seed=1)))[0]
    covered = 0
    for seed in range(400):
        _, low, high, _ = auc(*histograms(*drawn(80, seed=seed + 10)))
        covered += low <= true_area <= high
    assert covered >= 0.92 * 400


def test_areas_that_cannot_be_formed_or_are_whole():
    assert all(math.isnan(part) for part in auc([0, 3], [0, 0]))
    assert auc([0, 3], [3, 0])[:3] == (1.0, 1.0, 1.0)


def test_a_score_that_says_what_happens_is_calibrated():
    random = np.random.default_rng(3)
    scores = random.random(200_000)
    pos, neg = histograms(scores, (random.random(200_000) < scores).astype(int))
    found = calibration(middles(BINS, "probability"), pos, neg)
    assert found.error < 0.01
    assert ((found.low <= found.predicted + 0.01) & (found.predicted - 0.01 <= found.high)).all()
    assert calibration(middles(BINS, "probability"), neg, pos).error > 0.4
    assert int(found.n.sum()) == 200_000


def test_thresholds_are_counted():
    scores, truth = drawn(2000)
    pos, neg = histograms(scores, truth)
    found = thresholds(edges(BINS, "probability")[0], pos, neg)
    for place in (0, 250, 600):
        selected = bin_of(scores, "probability") >= place
        assert found.selection_rate[place] == pytest.approx(selected.mean())
        assert found.tpr[place] == pytest.approx(selected[truth == 1].mean())
        assert found.fpr[place] == pytest.approx(selected[truth == 0].mean())
        assert found.ppv[place] == pytest.approx(truth[selected].mean())


@pytest.mark.parametrize("alpha", [1, 2])
def test_inequality_is_that_of_its_formula(alpha):
    counts = np.array([50, 7, 9, 34, 0, 0])
    benefits = np.array([1.0] * 50 + [2.0] * 7 + [0.0] * 9 + [1.0] * 34) / 0.98
    filled = benefits[benefits > 0]
    if alpha == 1:
        expected = (filled * np.log(filled)).sum() / 100
    else:
        expected = (benefits**alpha - 1).sum() / (100 * alpha * (alpha - 1))
    assert generalised_entropy(counts, alpha) == pytest.approx(expected)
    assert between_groups(np.array([counts, counts]), alpha) == pytest.approx(0.0, abs=1e-12)


def test_inequality_that_cannot_be_formed():
    assert math.isnan(generalised_entropy(np.array([5, 1, 1, 5, 0, 0]), 0))
    assert math.isnan(generalised_entropy(np.array([0, 0, 9, 0, 0, 0])))
    assert math.isnan(generalised_entropy(np.zeros(6, dtype=int)))


def test_bounds_hold_whatever_the_missing_were():
    random = np.random.default_rng(5)
    for _ in range(200):
        x, n = random.binomial(20, 0.4), 20
        good, bad = (int(number) for number in random.integers(0, 6, 2))
        low, high = with_unknown_members(np.array([x]), np.array([n]), (good, good + bad))
        some_good, some_bad = random.integers(0, good + 1), random.integers(0, bad + 1)
        assert low[0] <= (x + some_good) / (n + some_good + some_bad) <= high[0]
        low, high = with_unknown_outcomes(np.array([x]), np.array([n]), np.array([good + bad]))
        assert low[0] <= (x + good) / (n + good + bad) <= high[0]
