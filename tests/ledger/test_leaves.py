"""Leaves: canonical, small, one of its kind, and without anything personal."""

import json
from datetime import UTC, datetime, timedelta, timezone
from types import MappingProxyType

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from fairgo.core.errors import EvidenceBroken
from fairgo.core.events import Event
from fairgo.ledger.leaves import LIMIT, SCHEMA, read_leaf, write_leaf

MOMENT = datetime(2026, 11, 23, 12, 34, 56, 789, tzinfo=UTC)
codes = st.from_regex(r"[A-Za-z0-9._:/-]{0,40}", fullmatch=True)
facts = st.dictionaries(
    codes,
    st.one_of(codes, st.booleans(), st.integers(-(2**53) + 1, 2**53 - 1), st.dictionaries(codes, st.integers(0, 99))),
    max_size=5,
)  # fmt: skip
events = st.builds(
    Event,
    type=st.from_regex(r"[a-z_]{1,9}\.[a-z_]{1,9}\.[a-z_]{1,9}", fullmatch=True),
    system=codes,
    facts=facts,
    commitments=st.dictionaries(codes, st.from_regex("[0-9a-f]{64}", fullmatch=True), max_size=3),
)


@given(events)
def test_a_leaf_is_canonical_and_reads_back(event: Event):
    leaf = write_leaf(event, name="0.1", moment=MOMENT, policy="p" * 64)
    value = json.loads(leaf)
    assert rfc8785.dumps(value) == leaf
    assert len(leaf) <= LIMIT
    assert read_leaf(leaf) == value
    assert (value["schema"], value["type"], value["policy"]) == (SCHEMA, event.type, "p" * 64)
    assert (value["facts"], value["commitments"]) == (event.facts, event.commitments)
    assert value.get("system", "") == event.system


def test_the_time_is_the_minute_in_utc():
    sydney = MOMENT.astimezone(timezone(timedelta(hours=11)))
    for moment in (MOMENT, sydney):
        assert (
            read_leaf(write_leaf(Event("a.b.c"), name="0.1", moment=moment, policy=""))["time"]
            == "2026-11-23T12:34Z"
        )


def test_a_fact_may_be_any_mapping_of_counts():
    event = Event("a.b.c", facts={"steps": MappingProxyType({"consent.choices": 1})})
    assert read_leaf(write_leaf(event, name="0.1", moment=MOMENT, policy=""))["facts"] == {
        "steps": {"consent.choices": 1}
    }


def test_a_leaf_that_is_too_large_is_refused_and_the_largest_is_not():
    def of(length: int) -> bytes:
        many = {f"f{i:02}": "x" * 100 for i in range(36)}
        return write_leaf(
            Event("a.b.c", facts=many | {"rest": "x" * length}), name="0.1", moment=MOMENT, policy="p" * 10
        )

    spare = LIMIT - len(of(0))
    assert 0 < spare < 128
    assert len(of(spare)) == LIMIT
    with pytest.raises(EvidenceBroken, match="would have 4097 bytes") as wrong:
        of(spare + 1)
    assert wrong.value.hint == "at most 4096"


@pytest.mark.parametrize(
    "leaf", [b"", b"not json", b"\xff", b"[]", b"{}", b'{"schema":"other"}', b'"fairgo/leaf/v1"']
)
def test_what_is_no_leaf_of_ours_is_refused(leaf: bytes):
    with pytest.raises(EvidenceBroken):
        read_leaf(leaf)
