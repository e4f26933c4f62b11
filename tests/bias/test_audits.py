"""What an audit measures: rates, gaps and verdicts against published counts, and every way of handing it a table."""

import json

import pandas as pd
import polars as pl
import pytest

from fairgo.bias import audits
from fairgo.bias.audits import CellState, Finding, Plan
from fairgo.core.errors import BadRequest, NotFound
from fairgo.stats.cube import MISSING
from tests.bias import examples


@pytest.fixture(scope="module")
def compas(tmp_path_factory):
    file = examples.compas(tmp_path_factory.mktemp("compas") / "compas.csv")
    return audits.audit(file, outcome="high_risk", positive=1, truth="two_year_recid", attributes=["race"])


@pytest.mark.parametrize(
    ("race", "metric", "numerator", "denominator", "percent"),
    [
        ("African-American", "fpr", 805, 1795, 44.85),
        ("African-American", "fnr", 532, 1901, 27.99),
        ("Caucasian", "fpr", 349, 1488, 23.45),
        ("Caucasian", "fnr", 461, 966, 47.72),
    ],
)
def test_compas_gives_the_published_error_rates(compas, race, metric, numerator, denominator, percent):
    cell = examples.cell(compas, metric, race=race)
    assert (cell.numerator, cell.denominator) == (numerator, denominator)
    assert round(cell.value * 100, 2) == percent
    assert cell.low < cell.value < cell.high
    assert cell.high - cell.low < 0.07


def test_compas_finds_the_false_alarm_gap_and_how_sure_it_is(compas):
    gap = examples.gap(compas, "fpr", race="African-American")
    assert gap.verdict is Finding.FOUND
    assert gap.gap == pytest.approx(0.4485 - 0.2345, abs=1e-4)
    assert 0.18 < gap.low < gap.gap < gap.high < 0.25
    assert gap.p <= gap.q < 1e-30
    assert compas.verdict is Finding.FOUND
    assert compas.n == 6150


def test_overall_cells_are_everybody(compas):
    overall = [cell for cell in compas.cells if not cell.groups]
    assert [cell.metric for cell in overall] == [
        "selection_rate", "tpr", "fpr", "tnr", "fnr", "ppv", "npv", "fdr", "for", "accuracy", "base_rate",
    ]  # fmt: skip
    assert overall[0].numerator == 805 + 1369 + 349 + 505


def test_the_same_question_from_the_other_side_is_asked_once(compas):
    # Two races, eleven rates of which four mirror others: seven comparisons.
    assert compas.family == 7
    black, white = (examples.gap(compas, "fpr", race=race) for race in examples.COMPAS)
    mirrored = examples.gap(compas, "tnr", race="African-American")
    assert black.q == white.q == mirrored.q
    assert black.gap == pytest.approx(-white.gap)
    assert black.gap == pytest.approx(-mirrored.gap)


def test_json_is_strict_and_repeatable(compas, tmp_path):
    text = json.dumps(compas.to_dict(), allow_nan=False)
    again = audits.audit(
        examples.compas(tmp_path / "again.csv"),
        outcome="high_risk",
        positive="1",
        truth="two_year_recid",
        attributes=["race"],
    )
    assert json.dumps(again.to_dict(), allow_nan=False) == text
    assert {"n", "verdict", "findings", "cells", "gaps"} <= set(json.loads(text))


def test_a_named_reference_takes_the_place_of_everybody_else():
    cube = examples.counted(["g"], {("a",): (300, 1000), ("b",): (500, 1000), ("c",): (520, 1000)})
    audit = audits.measure(cube, Plan(positive="yes", reference={"g": "a"}))
    assert [gap.groups["g"] for gap in audit.gaps] == ["b", "c"]
    assert {tuple(gap.reference.items()) for gap in audit.gaps} == {(("g", "a"),)}
    assert examples.gap(audit, "selection_rate", g="b").gap == pytest.approx(0.2)
    rest = audits.measure(cube, Plan(positive="yes"))
    assert examples.gap(rest, "selection_rate", g="b").reference is None
    assert examples.gap(rest, "selection_rate", g="b").gap == pytest.approx(0.5 - 0.41)


def test_a_pair_uses_named_references_only_where_both_are_named():
    cube = examples.simulated(1, lambda _: 0.4, shape=(2, 2))
    both = audits.measure(cube, Plan(positive="yes", reference={"a": "0", "b": "1"}))
    one = audits.measure(cube, Plan(positive="yes", reference={"a": "0"}))
    assert examples.gap(both, "selection_rate", a="1", b="1").reference == {"a": "0", "b": "1"}
    assert examples.gap(one, "selection_rate", a="1", b="1").reference is None
    assert examples.gap(one, "selection_rate", a="1").reference == {"a": "0"}


def test_alike_needs_every_interval_inside_the_margin():
    alike = examples.counted(["g"], {("a",): (3000, 10_000), ("b",): (3010, 10_000)})
    few = examples.counted(["g"], {("a",): (30, 100), ("b",): (30, 100)})
    assert audits.measure(alike, Plan(positive="yes")).verdict is Finding.ALIKE
    assert audits.measure(few, Plan(positive="yes")).verdict is Finding.CANNOT_TELL
    assert audits.measure(few, Plan(positive="yes", margin=0.2)).verdict is Finding.ALIKE


def test_a_gap_that_is_sure_but_inside_the_margin_is_alike():
    cube = examples.counted(["g"], {("a",): (30_000, 100_000), ("b",): (31_000, 100_000)})
    (gap, _) = audits.measure(cube, Plan(positive="yes")).gaps
    assert gap.q < 0.001
    assert gap.verdict is Finding.ALIKE


def test_a_zero_denominator_is_not_estimable_and_never_nought():
    table = pl.DataFrame({"g": ["a"] * 20 + ["b"] * 20, "said": [1, 0] * 20, "was": [1, 0] * 10 + [0] * 20})
    audit = audits.audit(table, outcome="said", positive=1, truth="was", attributes=["g"])
    cell = examples.cell(audit, "tpr", g="b")
    assert (cell.state, cell.value, cell.denominator) == (CellState.NOT_ESTIMABLE, None, 0)
    assert "denominator 0" in cell.reason
    gap = examples.gap(audit, "tpr", g="b")
    assert (gap.gap, gap.p, gap.verdict) == (None, None, Finding.CANNOT_TELL)
    assert examples.gap(audit, "tpr", g="a").gap is None


def test_one_group_alone_can_be_compared_with_nobody():
    audit = audits.measure(examples.counted(["g"], {("a",): (50, 100)}), Plan(positive="yes"))
    assert audit.verdict is Finding.CANNOT_TELL
    assert "nobody to compare with" in audit.gaps[0].reason


def test_underpowered_cells_say_what_they_could_have_seen():
    cube = examples.counted(["g"], {("a",): (3000, 10_000), ("b",): (20, 60), ("c",): (2900, 10_000)})
    audit = audits.measure(cube, Plan(positive="yes"))
    small = examples.cell(audit, "selection_rate", g="b")
    assert small.state is CellState.UNDERPOWERED
    assert small.detectable > 0.1
    assert examples.cell(audit, "selection_rate", g="a").state is CellState.ESTIMATED


def test_missing_values_are_a_group_and_missing_decisions_are_disclosed():
    table = pd.DataFrame(
        {
            "g": ["a", "b", None] * 20,
            "said": [1.0, 0.0, 1.0, 0.0, 1.0, None] * 10,
            "was": [1.0, 0.0, 0.0, 1.0, None, 0.0] * 10,
        }
    )
    audit = audits.audit(table, outcome="said", positive=1, truth="was", attributes=["g"])
    assert (audit.rows, audit.n) == (60, 50)
    assert examples.cell(audit, "selection_rate", g=MISSING).n == 10
    assert [(part.n, part.reason) for part in audit.excluded] == [
        (10, "the outcome is missing"),
        (10, "the truth is missing"),
    ]
    assert "selection_rate" not in audit.excluded[1].metrics
    # A row without truth still counts among those decided on.
    assert examples.cell(audit, "selection_rate", g="b").denominator == 20
    assert examples.cell(audit, "accuracy", g="b").denominator == 10


def test_a_group_whose_decisions_are_all_missing_is_not_dropped():
    table = pl.DataFrame({"g": ["a", "b", "c"] * 10, "said": [1, 0, None, 0, 1, None] * 5})
    audit = audits.audit(table, outcome="said", positive=1, attributes=["g"])
    cell = examples.cell(audit, "selection_rate", g="c")
    assert (cell.n, cell.state) == (0, CellState.NOT_ESTIMABLE)
    assert audit.verdict is Finding.CANNOT_TELL


@pytest.mark.parametrize(
    ("values", "positive"),
    [
        ([1, 0], 1),
        ([1, 0], "1"),
        ([1.0, 0.0], 1),
        ([1.0, 0.0], "1.0"),
        ([True, False], True),
        ([True, False], "true"),
        ([True, False], "True"),
        ([True, False], 1),
        (["1", "0"], "true"),
        (["Yes", "No"], "Yes"),
        (["approved", "declined"], "approved"),
    ],
)
def test_the_positive_value_is_recognised_in_columns_of_every_type(values, positive):
    table = pl.DataFrame({"g": ["a", "b", "a", "a"] * 10, "said": [values[0], *[values[1]] * 3] * 10})
    audit = audits.audit(table, outcome="said", positive=positive, attributes=["g"])
    assert examples.cell(audit, "selection_rate").numerator == 10


def test_the_truth_may_have_words_of_its_own():
    table = pl.DataFrame({"g": ["a", "b"] * 20, "said": ["offer", "none"] * 20, "was": ["paid", "owed"] * 20})
    audit = audits.audit(
        table, outcome="said", positive="offer", truth="was", truth_positive="paid", attributes=["g"]
    )
    assert examples.cell(audit, "accuracy").value == 1


TABLE = pl.DataFrame({"gender": ["F", "M"] * 10, "offer": ["yes", "no"] * 10, "void": [None] * 20})
QUESTION = {"outcome": "offer", "positive": "yes", "attributes": ["gender"]}


@pytest.mark.parametrize(
    ("changed", "error", "message", "hint"),
    [
        ({"outcome": "ofer"}, NotFound, "no column 'ofer'", "did you mean 'offer'"),
        ({"truth": "trooth"}, NotFound, "no column 'trooth'", "known:"),
        ({"positive": "Yes"}, BadRequest, "no row has 'Yes'", "values seen: no (10), yes (10)"),
        ({"outcome": "void"}, BadRequest, "'void' holds no value", "filled in"),
        ({"truth": "void"}, BadRequest, "'void' holds no value", "filled in"),
        ({"attributes": []}, BadRequest, "no attribute", "gender"),
        ({"attributes": ["gender", "gender"]}, BadRequest, "named twice", "once"),
        ({"attributes": ["offer"]}, BadRequest, "also the outcome", "separately"),
        ({"attributes": ["gender"], "truth": "gender"}, BadRequest, "also the truth", "separately"),
        ({"truth": "offer"}, BadRequest, "both outcome and truth", "really happened"),
        ({"reference": {"gender": "X"}}, BadRequest, "no group 'X'", "known: F, M"),
        ({"reference": {"gendr": "M"}}, BadRequest, "not one of the attributes", "did you mean 'gender'"),
        ({"margin": 0}, BadRequest, "margin must be", "0.05"),
        ({"margin": float("nan")}, BadRequest, "margin must be", "0.05"),
        ({"alpha": 1}, BadRequest, "alpha must be", "0.05"),
        ({"min_n": 0}, BadRequest, "at least 1", "default"),
    ],
)
def test_a_question_that_cannot_be_answered_says_why(changed, error, message, hint):
    with pytest.raises(error, match=message) as problem:
        audits.audit(TABLE, **QUESTION | changed)
    assert hint in problem.value.hint
