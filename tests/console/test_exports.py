"""Tables for programs: no cell runs as a formula, and nothing else is changed on the way."""

import csv
import io
import json

import hypothesis.strategies as st
from hypothesis import given

from fairgo.console.exports import FORMULA, as_csv, as_json
from fairgo.console.tables import Cell, Column, Table

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"))


def table(*values):
    return Table("one", "One", [Column("a", "A")], [[Cell(str(value), value)] for value in values], "")


def read(table):
    return [row[0] for row in csv.reader(io.StringIO(as_csv(table).decode("utf-8-sig"), newline=""))][1:]


@given(
    st.lists(
        TEXT | st.sampled_from(FORMULA).flatmap(lambda sign: TEXT.map(lambda rest: sign + rest)), min_size=1
    )
)
def test_no_text_begins_a_formula_and_text_comes_back_whole(values):
    back = [row[0] if row else "" for row in csv.reader(io.StringIO(as_csv(table(*values)).decode("utf-8-sig"), newline=""))][1:]  # fmt: skip
    assert not any(text.startswith(FORMULA) for text in back)
    assert [text.removeprefix("'") if value.startswith(FORMULA) else text for text, value in zip(back, values, strict=True)] == values  # fmt: skip
    assert [row["a"] for row in json.loads(as_json(table(*values)))["rows"]] == values


def test_numbers_stay_numbers_and_truth_is_a_word():
    assert read(table(-5, 2.5, True, False)) == ["-5", "2.5", "yes", "no"]
    assert json.loads(as_json(table(-5, None)))["rows"] == [{"a": -5}, {"a": None}]


def test_the_mark_for_spreadsheets_stands_first_in_csv_and_not_in_json():
    assert as_csv(table("Zoë")).startswith(b"\xef\xbb\xbfA\r\n")
    assert as_json(table("Zoë")).startswith(b"{")
