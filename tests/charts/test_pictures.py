"""Every picture: its twin says the same, it is safe to embed, and it does not speak by colour alone."""

import re
import xml.etree.ElementTree as ET
from datetime import date

import pytest

from fairgo.charts.choices import Notice, Standing, consent_flow
from fairgo.charts.curves import Point, curves
from fairgo.charts.film_strip import Mark, Stretch, film_strip
from fairgo.charts.flow import Link, Node, sankey
from fairgo.charts.forest import Row, forest
from fairgo.charts.matrix import Square, matrix
from fairgo.charts.ribbons import Wait, wait_ribbons
from fairgo.core.errors import BadRequest

SVG = "{http://www.w3.org/2000/svg}"
ODD = 'it\'s "<b>" & é'
SAID = {"title": "What <happened>", "description": "Two & a half"}
DAYS = (date(2026, 3, 1), date(2026, 3, 9))

PICTURES = {
    "forest": forest([Row(ODD, -0.2, -0.3, -0.1, "finding")], margin=0.05, **SAID),
    "matrix": matrix(
        [
            Square(ODD, "tpr", 0.5, 0.4, 0.6, "finding", 120),
            Square(ODD, "fpr", 0.2, 0.0, 0.7, "cannot tell yet", 9),
            Square("M", "tpr", 0.6, 0.55, 0.65, "alike", 900),
            Square("M", "fpr", None, None, None, "cannot tell yet", 3, note="too few"),
        ],
        **SAID,
    ),
    "film strip": film_strip(
        [Stretch("AI", 0, 3), Stretch("waiting", 3, 4, ODD), Stretch("person", 4, 9)],
        [Mark("disclosed", 0), Mark("flagged", 0.01), Mark(ODD, 3, "why")],
        **SAID,
    ),
    "sankey": sankey(
        [Node(ODD, 0), Node("joined", 1), Node("abandoned", 1, unwanted=True)],
        [Link(ODD, "joined", 7), Link(ODD, "abandoned", 1)],
        **SAID,
    ),
    "ribbons": wait_ribbons(
        [Wait(ODD, 9, 2.0, 5.5, 3), Wait(ODD, 10, None, None, 0), Wait("escalated", 10, 1, 2, 8)], **SAID
    ),
    "consent": consent_flow(
        [Standing(day, ODD, state, 10) for day in DAYS for state in ("yes", "no", "withdrawn")],
        [Notice(DAYS[1], ODD, "version 2")],
        **SAID,
    ),
    "curves": curves(
        [Point(ODD, 0, 0, 0, 0.1), Point(ODD, 1, 1), Point("M", 0, 0.2)], x="Threshold", y="Share", **SAID
    ),
}
EMPTY = {
    "forest": forest([], margin=0.05, **SAID),
    "matrix": matrix([], **SAID),
    "film strip": film_strip([], [], **SAID),
    "sankey": sankey([], [], **SAID),
    "ribbons": wait_ribbons([], **SAID),
    "consent": consent_flow([], [], **SAID),
    "curves": curves([], x="Threshold", y="Share", **SAID),
}
each = pytest.mark.parametrize("name", PICTURES)


def drawing(chart) -> ET.Element:
    return ET.fromstring(chart.svg())  # noqa: S314 - our own drawing


@each
def test_it_has_a_title_a_description_and_a_role(name: str):
    root = drawing(PICTURES[name])
    assert [part.text for part in root[:2]] == [SAID["title"], SAID["description"]]
    assert root.get("role") == "img"


@each
def test_it_is_safe_to_embed_under_a_strict_policy(name: str):
    svg = PICTURES[name].svg()
    assert "<script" not in svg
    assert not re.search(r"\sstyle=|<style|\son\w+=|href=", svg)


@each
def test_odd_words_stay_words(name: str):
    chart = PICTURES[name]
    shown = {text.text for text in drawing(chart).iter(f"{SVG}text")} | {
        words for row in chart.table.rows for words in row
    }
    assert any(ODD in (words or "") for words in shown)


@each
def test_the_table_has_a_name_for_every_column(name: str):
    table = PICTURES[name].table
    assert table.rows
    assert {len(row) for row in table.rows} == {len(table.columns)}


@each
def test_it_is_the_same_twice(name: str):
    assert PICTURES[name].svg() == PICTURES[name].svg()


@pytest.mark.parametrize("name", EMPTY)
def test_it_can_be_empty(name: str):
    assert drawing(EMPTY[name]).tag == f"{SVG}svg"
    assert EMPTY[name].table.rows == ()


def test_what_cannot_be_told_is_hatched():
    def strokes(verdict: str) -> int:
        svg = matrix([Square("F", "tpr", 0.5, 0.4, 0.6, verdict, 120)], **SAID).svg()
        return len(re.findall(r"<line ", svg))

    assert strokes("cannot tell yet") > strokes("alike") + 5


def test_a_cell_without_a_number_says_why():
    texts = {text.text for text in drawing(PICTURES["matrix"]).iter(f"{SVG}text")}
    assert {"too few", "50.0 %"} <= texts


def test_marks_at_one_place_do_not_cover_each_other():
    chart = film_strip([Stretch("AI", 0, 9)], [Mark("flagged", 1), Mark("redacted", 1)], **SAID)
    signs = [
        part.get("transform")
        for part in drawing(chart).iter(f"{SVG}path")
        if part.get("aria-roledescription") == "point"
    ]
    assert len(set(signs)) == len(signs) == 2


def test_a_band_keeps_its_number():
    assert PICTURES["sankey"].table.rows == (
        (ODD, "joined", "7", "87.5 %"),
        (ODD, "abandoned", "1", "12.5 %"),
    )
    texts = {text.text for text in drawing(PICTURES["sankey"]).iter(f"{SVG}text")}
    assert {"joined 7", "✕ abandoned 1"} <= texts


@pytest.mark.parametrize("link", [Link("a", "elsewhere", 1), Link("b", "a", 1), Link("a", "a", 1)])
def test_a_band_that_leads_nowhere_is_refused(link: Link):
    with pytest.raises(BadRequest):
        sankey([Node("a", 0), Node("b", 1)], [link], **SAID)


def test_an_hour_without_waits_is_not_a_wait_of_nothing():
    rows = PICTURES["ribbons"].table.rows
    assert [row[2] for row in rows] == ["09:00", "10:00"]
    assert all(row[5] != "0" for row in rows)


def test_notebooks_see_the_picture_and_its_description():
    shown = PICTURES["forest"]._repr_mimebundle_()
    assert shown["image/svg+xml"].startswith("<svg")
    assert SAID["description"] in shown["text/plain"]
