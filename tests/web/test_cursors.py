"""Cursors: what was written is read, by the list and the reader it was written for, and by nobody's hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairgo.core.errors import BadRequest
from fairgo.web.cursors import Cursors

ONE = Cursors(b"s" * 32, "leaves/main/m1")


@given(st.lists(st.text() | st.integers(-(2**53), 2**53), max_size=4))
def test_a_key_comes_back(key):
    assert ONE.read(ONE.write(key)) == tuple(key)


@given(st.text(max_size=200))
def test_what_we_did_not_write_is_refused(said):
    with pytest.raises(BadRequest):
        ONE.read(said)


@pytest.mark.parametrize(
    "other", [Cursors(b"s" * 32, "leaves/main/m2"), Cursors(b"t" * 32, "leaves/main/m1")]
)
def test_another_reader_or_house_cannot_use_it(other):
    with pytest.raises(BadRequest):
        other.read(ONE.write([1]))


def test_a_key_of_other_kinds_is_of_an_earlier_version():
    assert ONE.read(ONE.write(["a", 1]), str, int) == ("a", 1)
    for kinds in ((int, str), (str,), (str, int, int)):
        with pytest.raises(BadRequest, match="earlier version"):
            ONE.read(ONE.write(["a", 1]), *kinds)


@given(st.lists(st.integers(-(2**53), 2**53), unique=True, max_size=30), st.integers(1, 7))
def test_walking_a_list_shows_everything_once(rows, limit):
    rows, walked, cursor = sorted(rows), [], None
    for _ in range(len(rows) + 1):
        after = ONE.read(cursor, int)
        rest = [row for row in rows if after is None or row > after[0]]
        shown, cursor = ONE.cut(rest[: limit + 1], limit, lambda row: (row,))
        walked += shown
        if cursor is None:
            break
    assert walked == rows
