import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairgo.core.errors import BadRequest
from fairgo.stats.cube import MISSING, Layout, counted, label

KEYS = st.tuples(*(st.sampled_from(["a", "b", MISSING]),) * 3)
CELLS = st.dictionaries(KEYS, st.integers(1, 50))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, MISSING),
        (math.nan, MISSING),
        ("", MISSING),
        ("  ", MISSING),
        (1, "1"),
        (1.0, "1"),
        ("1.0", "1"),
        (-0.0, "0"),
        (-2.0, "-2"),
        (0.5, "0.5"),
        (True, "true"),
        ("TRUE", "true"),
        ("0800", "0800"),
        ("Yes", "Yes"),
    ],
)
def test_a_value_has_one_label_whatever_its_type(value, expected):
    assert label(value) == expected


@given(CELLS, CELLS)
def test_counts_add_up_cell_by_cell(one, other):
    both = counted(Layout(("g", "h"), "y"), one) + counted(Layout(("g", "h"), "y"), other)
    assert both.rows == sum(one.values()) + sum(other.values())
    assert all(both.cells()[key] == one.get(key, 0) + other.get(key, 0) for key in one | other)


def test_levels_count_the_rows_of_each_label():
    cube = counted(Layout(("g",), "y", "t"), {("b", "1", "1"): 2, ("a", "1", "0"): 3, ("b", "0", "0"): 4})
    assert cube.levels("g") == {"a": 3, "b": 6}
    assert list(cube.levels("g")) == ["a", "b"]
    assert cube.layout.columns == ("g", "y", "t")


def test_cubes_of_different_columns_do_not_add():
    with pytest.raises(BadRequest, match="different columns"):
        counted(Layout(("g",), "y"), {("a", "1"): 1}) + counted(Layout(("h",), "y"), {("a", "1"): 1})
    with pytest.raises(BadRequest, match="different columns"):
        counted(Layout(("g", "y"), "t"), {}) + counted(Layout(("g",), "y", "t"), {})
