"""What is called a finding, which one is named first, and how often there is one where there is nothing."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairgo.bias import audits
from fairgo.bias.audits import Finding, Plan
from fairgo.stats.cube import Layout
from fairgo.stats.cube import counted as counted_cells
from tests.bias import examples

PLAN = Plan(positive="yes", draws=199)


def unexplained(audit):
    return [gap for gap in audit.findings if gap.explained_by is None]


def test_an_intersection_that_no_attribute_shows_is_found_and_named_first():
    # The row and column totals are all 40 %: only the pair shows it.
    groups = {("F", "young"): (520, 1000), ("F", "mid"): (400, 1000), ("F", "old"): (280, 1000)}
    groups |= {("M", "young"): (280, 1000), ("M", "mid"): (400, 1000), ("M", "old"): (520, 1000)}
    audit = audits.measure(examples.counted(["gender", "age"], groups), PLAN)
    singles = [gap for gap in audit.gaps if len(gap.groups) == 1]
    assert all(gap.verdict is not Finding.FOUND for gap in singles)
    assert audit.findings[0].groups in ({"gender": "F", "age": "old"}, {"gender": "M", "age": "young"})
    assert audit.findings[0].gap == pytest.approx(0.28 - 0.424)
    assert audit.verdict is Finding.FOUND


@pytest.mark.parametrize("seed", range(8))
def test_a_planted_intersection_comes_first_and_throws_its_shadows(seed):
    cube = examples.simulated(seed, lambda key: 0.15 if key[0] == 1 and key[1] == 2 else 0.35, rows=8000)
    audit = audits.measure(cube, PLAN)
    assert audit.findings[0].groups == {"a": "1", "b": "2"}
    assert audit.findings[0].explained_by is None
    shadows = [gap for gap in audit.findings if gap.groups in ({"a": "1"}, {"a": "0"}, {"b": "2"})]
    assert shadows
    assert all(gap.explained_by == {"a": "1", "b": "2"} for gap in shadows)


@pytest.mark.parametrize("seed", range(8))
def test_a_planted_attribute_is_not_called_an_intersection(seed):
    cube = examples.simulated(seed, lambda key: 0.25 if key[1] == 2 else 0.4, rows=8000)
    audit = audits.measure(cube, PLAN)
    assert audit.findings[0].groups == {"b": "2"}
    explained = [gap for gap in audit.findings if gap.explained_by is not None]
    assert len(explained) >= 0.7 * (len(audit.findings) - 1)
    assert all(gap.explained_by for gap in explained)


def test_two_planted_groups_are_both_named():
    def rate(key):
        return 0.2 if key[0] == 1 and key[1] == 2 else 0.6 if key[2] == 1 else 0.4

    audit = audits.measure(examples.simulated(2, rate, rows=12_000), PLAN)
    named = [gap.groups for gap in unexplained(audit)]
    assert {"a": "1", "b": "2"} in named
    assert {"c": "1"} in named


def test_a_gap_that_lives_inside_a_stronger_group_is_no_shadow_of_it():
    # Group y is selected less; and in both groups old people are. Old people are mostly in y.
    groups = {("x", "old"): (200, 500), ("x", "young"): (1200, 2000)}
    groups |= {("y", "old"): (200, 2000), ("y", "young"): (100, 500)}
    audit = audits.measure(examples.counted(["g", "age"], groups), PLAN)
    assert audit.findings[0].groups == {"g": "y"}
    later = [gap.groups.get("age") for gap in unexplained(audit)[1:]]
    assert "old" in later


def test_the_same_people_under_two_names_are_one_finding_with_the_simpler_name():
    groups = {("north", "a"): (300, 1000), ("south", "b"): (500, 1000), ("south", "c"): (500, 1000)}
    audit = audits.measure(examples.counted(["state", "town"], groups), PLAN)
    assert audit.findings[0].groups == {"state": "north"}
    assert [gap.groups for gap in unexplained(audit)] == [{"state": "north"}]
    # north, its town and their pair are one question; so are south, and each of its towns under two names.
    assert audit.family == 3


def test_what_really_happened_is_named_after_what_was_decided():
    cells = {}
    for group, rate in (("a", 300), ("b", 600)):
        cells |= {(group, "yes", "yes"): rate - 20, (group, "yes", "no"): 20}
        cells |= {(group, "no", "yes"): 40, (group, "no", "no"): 960 - rate}
    cube = counted_cells(Layout(("g",), "said", "was"), cells)
    audit = audits.measure(cube, PLAN)
    metrics = [gap.metric for gap in unexplained(audit)]
    assert metrics[0] == "selection_rate"
    assert metrics[-1] == "base_rate"


def test_where_there_is_nothing_a_finding_is_rare_and_tests_err_as_often_as_they_say():
    alarms, contrasts, largest = [], [], []
    for seed in range(150):
        audit = audits.measure(examples.simulated(seed, lambda _: 0.3, rows=1500), PLAN)
        alarms.append(bool(audit.findings))
        contrasts += [gap.p <= 0.05 for gap in audit.gaps if gap.p is not None]
        largest += [test.p <= 0.05 for test in audit.largest]
    assert np.mean(alarms) <= 0.1
    assert np.mean(contrasts) == pytest.approx(0.05, abs=0.015)
    assert np.mean(largest) == pytest.approx(0.05, abs=0.025)


def test_the_largest_gap_of_each_partition_is_tested_by_permutation():
    audit = audits.measure(
        examples.counted(["g"], {("a",): (300, 1000), ("b",): (500, 1000), ("c",): (500, 1000)}), PLAN
    )
    (test,) = audit.largest
    assert (test.groups, test.p, test.draws) == ({"g": "a"}, 1 / 200, 199)


GROUPS = st.dictionaries(
    st.tuples(st.sampled_from("ab"), st.sampled_from("xyz")),
    st.tuples(st.integers(0, 60), st.integers(0, 60)).map(lambda pair: (min(pair), max(pair))),
    min_size=1,
).filter(lambda groups: any(selected for selected, _ in groups.values()))


@given(GROUPS, st.integers(1, 12))
def test_every_answer_hangs_together(groups, min_n):
    plan = Plan(positive="yes", min_n=min_n, draws=49)
    audit = audits.measure(examples.counted(["g", "h"], groups), plan)
    for cell in audit.cells:
        assert cell.value is None or 0 <= cell.low <= cell.value <= cell.high <= 1
        assert (cell.value is None) == (cell.state in {"suppressed", "not estimable"})
        assert cell.n >= min_n or cell.value is None
    for gap in audit.gaps:
        assert gap.gap is None or (gap.low <= gap.gap <= gap.high and 0 < gap.p <= 1 and gap.p <= gap.q <= 1)
        assert gap.gap is not None or (gap.verdict is Finding.CANNOT_TELL and gap.reason)
    assert all(0 < test.p <= 1 for test in audit.largest)
    found = [(gap.groups, gap.metric) for gap in audit.gaps if gap.verdict is Finding.FOUND]
    named = [(gap.groups, gap.metric) for gap in audit.findings]
    assert len(named) == len(found)
    assert all(one in named for one in found)
    assert not named or audit.findings[0].explained_by is None
