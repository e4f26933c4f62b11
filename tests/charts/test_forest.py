import xml.etree.ElementTree as ET

import pytest

from fairgo.charts.forest import Row, forest

ROWS = [
    Row("gender = F · tpr", -0.2, -0.3, -0.1, "finding"),
    Row('it\'s "<b>" \\ é', 0.0, -0.02, 0.03, "alike"),
    Row("small", 0.1, -0.2, 0.4, "cannot tell yet"),
]
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def picture():
    return forest(ROWS, title="Gaps <1>", description="Two & a half", margin=0.05)


def test_the_picture_has_a_title_and_a_description(picture):
    drawing = ET.fromstring(picture.svg())  # noqa: S314 - our own drawing
    title, description = drawing[0], drawing[1]
    assert (title.tag, title.text) == (f"{SVG}title", "Gaps <1>")
    assert (description.tag, description.text) == (f"{SVG}desc", "Two & a half")
    assert drawing.get("role") == "img"
    assert drawing.get("aria-labelledby") == f"{title.get('id')} {description.get('id')}"


def test_labels_are_text_and_never_markup(picture):
    drawing = ET.fromstring(picture.svg())  # noqa: S314 - our own drawing
    texts = {text.text for text in drawing.iter(f"{SVG}text")}
    assert {row.label for row in ROWS} <= texts


def test_verdicts_differ_by_shape_and_filling(picture):
    drawing = ET.fromstring(picture.svg())  # noqa: S314 - our own drawing
    marks = [path for path in drawing.iter(f"{SVG}path") if path.get("aria-roledescription") == "point"]
    assert len(marks) == len(ROWS)
    assert len({path.get("d")[:12] for path in marks}) == len(ROWS)
    assert [path.get("fill") for path in marks].count("#ffffff") == 1


def test_the_same_rows_give_the_same_bytes(picture):
    assert forest(ROWS, title="Gaps <1>", description="Two & a half", margin=0.05) == picture


def test_the_table_says_the_same(picture):
    assert picture.table.rows[0] == ("gender = F · tpr", "-20.0", "-30.0", "-10.0", "finding")
    assert len(picture.table.columns) == len(picture.table.rows[0])


def test_the_picture_fetches_nothing(picture):
    assert "<script" not in picture.svg()
    assert "href" not in picture.svg().replace("xmlns:xlink", "")
