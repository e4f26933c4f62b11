import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from statsmodels.stats.contingency_tables import StratifiedTable

from fairgo.stats.strata import breslow_day, cochran_mantel_haenszel, pooled_odds_ratio

# UC Berkeley 1973 by department: men admitted and rejected, women admitted and rejected.
BERKELEY = np.array(
    [
        [[512, 313], [89, 19]],
        [[353, 207], [17, 8]],
        [[120, 205], [202, 391]],
        [[138, 279], [131, 244]],
        [[53, 138], [94, 299]],
        [[22, 351], [24, 317]],
    ]
)
COUNTS = st.lists(st.lists(st.integers(1, 60), min_size=4, max_size=4), min_size=2, max_size=6)


def test_berkeley():
    assert cochran_mantel_haenszel(BERKELEY, corrected=True) == pytest.approx((1.4269462, 0.23226), abs=1e-5)
    assert cochran_mantel_haenszel(BERKELEY) == pytest.approx((1.52461, 0.21692), abs=1e-5)
    assert pooled_odds_ratio(BERKELEY)[0] == pytest.approx(0.9046968)
    assert breslow_day(BERKELEY) == pytest.approx((18.8255, 0.00207), abs=1e-4)


@given(COUNTS)
def test_random_strata_are_those_of_statsmodels(rows):
    tables = np.array(rows).reshape(-1, 2, 2)
    theirs = StratifiedTable([table.astype(float) for table in tables])
    assume(abs(theirs.oddsratio_pooled - 1) > 1e-9)  # there its formula divides nothing by nothing
    assert pooled_odds_ratio(tables)[0] == pytest.approx(theirs.oddsratio_pooled)
    assert pooled_odds_ratio(tables)[1:] == pytest.approx(theirs.oddsratio_pooled_confint())
    null = theirs.test_null_odds(correction=False)
    assert cochran_mantel_haenszel(tables) == pytest.approx((null.statistic, null.pvalue), abs=1e-9)
    equal = theirs.test_equal_odds(adjust=True)
    assert breslow_day(tables) == pytest.approx((equal.statistic, equal.pvalue), abs=1e-4)


def test_strata_that_say_nothing():
    empty = np.zeros((2, 2, 2), dtype=int)
    assert cochran_mantel_haenszel(empty) == (0.0, 1.0)
    assert all(math.isnan(part) for part in pooled_odds_ratio(empty))
    assert breslow_day(empty)[1] == 1.0
    one = BERKELEY[:1]
    assert math.isnan(breslow_day(one)[0])
    assert cochran_mantel_haenszel(np.concatenate([BERKELEY, empty])) == cochran_mantel_haenszel(BERKELEY)
