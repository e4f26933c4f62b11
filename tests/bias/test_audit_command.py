"""`fairgo audit` from the outside: what it prints, what it writes, and how it ends."""

import json
import re
import xml.etree.ElementTree as ET

import pytest
import typer
from typer.testing import CliRunner

from fairgo.bias.commands import COMMANDS
from fairgo.core.errors import BadRequest
from tests.bias import examples

COMPAS = ["--outcome", "high_risk", "--positive", "1", "--truth", "two_year_recid", "--attributes", "race"]


@pytest.fixture
def run():
    app = typer.Typer(pretty_exceptions_enable=False)
    for name, command in COMMANDS.items():
        app.command(name)(command)

    @app.callback()
    def main():
        """A home for the command."""

    return lambda *words: CliRunner().invoke(app, ["audit", *map(str, words)])


@pytest.fixture(scope="module")
def compas(tmp_path_factory):
    return examples.compas(tmp_path_factory.mktemp("compas") / "compas.csv")


def test_json_has_the_published_rates_and_the_contract(run, compas):
    done = run(compas, *COMPAS, "--json")
    answer = json.loads(done.stdout, parse_constant=pytest.fail)
    assert done.exit_code == 1
    assert (answer["n"], answer["verdict"]) == (6150, "finding")
    rates = {(cell["groups"].get("race"), cell["metric"]): cell for cell in answer["cells"]}
    published = {
        ("African-American", "fpr"): 0.4485,
        ("African-American", "fnr"): 0.2799,
        ("Caucasian", "fpr"): 0.2345,
        ("Caucasian", "fnr"): 0.4772,
    }
    for key, rate in published.items():
        assert round(rates[key]["value"], 4) == rate
        assert rates[key]["low"] < rate < rates[key]["high"]
    assert set(answer["findings"][0]) >= {
        "groups", "reference", "metric", "gap", "low", "high", "p", "q", "verdict", "explained_by",
    }  # fmt: skip
    assert set(answer["cells"][0]) >= {
        "groups", "metric", "n", "numerator", "denominator", "value", "low", "high", "state",
    }  # fmt: skip
    assert answer["cells"][0]["groups"] == {}


def test_words_say_what_was_measured_on_whom_and_how_surely(run, compas):
    done = run(compas, *COMPAS)
    text = " ".join(done.stdout.split())
    assert done.exit_code == 1
    assert "6,150 decisions, where selected means high_risk = 1, against two_year_recid = 1" in text
    assert "race = African-American: share selected of the really negative (false alarms) (fpr)" in text
    assert "44.8 % against 23.5 %" in text or "44.9 % against 23.5 %" in text
    assert "7 different comparisons" in text
    assert not re.search(r"\b(fair|unbiased|compliant)\b", text, re.IGNORECASE)


@pytest.mark.parametrize(
    ("groups", "code", "words"),
    [
        ({("a",): (3000, 10_000), ("b",): (3010, 10_000)}, 0, "Alike within 5 points"),
        ({("a",): (300, 1000), ("b",): (500, 1000)}, 1, "A difference was found"),
        ({("a",): (3, 10), ("b",): (4, 10)}, 3, "Cannot tell yet: 2 of 2 comparisons"),
    ],
)
def test_the_exit_code_is_the_verdict(run, tmp_path, groups, code, words):
    rows = [(g, "yes") for (g,), (yes, _) in groups.items() for _ in range(yes)]
    rows += [(g, "no") for (g,), (yes, n) in groups.items() for _ in range(n - yes)]
    file = examples.write_csv(tmp_path / "rows.csv", ("g", "offer"), rows)
    done = run(file, "--outcome", "offer", "--positive", "yes", "--attributes", "g")
    assert done.exit_code == code
    assert words in " ".join(done.stdout.split())


def test_the_page_is_one_accessible_file(run, compas, tmp_path):
    page = tmp_path / "audit.html"
    done = run(compas, *COMPAS, "--html", page, "--json")
    assert json.loads(done.stdout)["n"] == 6150
    assert [path.name for path in tmp_path.iterdir()] == ["audit.html"]
    text = page.read_text(encoding="utf-8")
    assert '<html lang="en-AU">' in text
    assert text.count("<h1") == 1
    assert not re.search(r'(src|href)="|@import|url\(|<script', text)
    assert text.count("<table") == text.count("<caption>") >= 4
    for heading in ("Findings", "Gaps", "What would change this verdict", "Limits", "Methods"):
        assert f">{heading}</h2>" in text
    drawing = ET.fromstring(re.search(r"<svg.*?</svg>", text, re.DOTALL)[0])  # noqa: S314 - our own drawing
    assert drawing[0].tag.endswith("title")


def test_what_groups_are_called_is_text_and_never_markup(run, tmp_path):
    rows = [("<script>alert(1)</script>", "[bold]yes"), ("b [/red]", "no")] * 30
    file = examples.write_csv(tmp_path / "rows.csv", ("<b>g</b>", "offer"), rows)
    page = tmp_path / "page.html"
    done = run(
        file, "--outcome", "offer", "--positive", "[bold]yes", "--attributes", "<b>g</b>", "--html", page
    )
    assert done.exit_code == 1
    assert "[bold]yes" in done.stdout
    text = page.read_text(encoding="utf-8")
    assert "<script" not in text
    assert "<b>" not in text
    assert "&lt;script&gt;" in text


def test_small_groups_and_left_out_rows_are_disclosed(run, tmp_path):
    rows = [("a", "yes"), ("b", "no")] * 40 + [("", "yes")] * 3 + [("a", "")] * 7
    file = examples.write_csv(tmp_path / "rows.csv", ("g", "offer"), rows)
    page = tmp_path / "page.html"
    done = run(file, "--outcome", "offer", "--positive", "yes", "--attributes", "g", "--html", page)
    text = " ".join(done.stdout.split())
    assert "7 of 90 rows are left out of selection_rate: the outcome is missing." in text
    assert "groups are not shown: fewer than 5 rows" in text
    assert "g = (missing)" in page.read_text(encoding="utf-8")


def test_a_page_that_cannot_be_written_leaves_nothing_behind(run, compas, tmp_path):
    done = run(compas, *COMPAS, "--html", tmp_path / "absent" / "page.html")
    assert isinstance(done.exception, BadRequest)
    assert "cannot be written" in done.exception.message
    (tmp_path / "taken").mkdir()
    done = run(compas, *COMPAS, "--html", tmp_path / "taken")
    assert isinstance(done.exception, BadRequest)
    assert [path.name for path in tmp_path.iterdir()] == ["taken"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--reference", "race"], "is not attribute=value"),
        (["--reference", "race=Caucasian", "--reference", "race=Caucasian"], "two references"),
        (["--attributes", " , "], "no attribute is named"),
        (["--margin", "5"], "margin must be"),
        (["--positive", "high"], "no row has 'high'"),
    ],
)
def test_a_mistake_is_an_error_with_a_hint_and_no_output(run, compas, words, message):
    done = run(compas, *COMPAS, *words)
    assert isinstance(done.exception, BadRequest)
    assert message in done.exception.message
    assert done.exception.hint
    assert not done.stdout
