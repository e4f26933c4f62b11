"""Sealed content: it opens where it was sealed and nowhere else, and its commitment is the documented one."""

import hashlib
from typing import Any

import pytest
import rfc8785
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from fairgo.core.errors import EvidenceBroken, Misconfigured, NotFound
from fairgo.store import sealing
from fairgo.store.engine import Store
from fairgo.store.keys import Keys, decrypt
from tests.ledger.ledgers import KEYS, a_ledger, tamper

WORDS = {"said": ["My number is 0491 570 006.", "Ünïcode ✓"]}


def sealed(
    store: Store, *, customer: str = "one", schema: str = "words/v1", value: Any = None
) -> sealing.Sealed:
    with store.writing() as writer:
        return sealing.seal(writer, KEYS, customer, schema, WORDS if value is None else value)


def opened(store: Store, identity: str, keys: Keys = KEYS) -> Any:
    with store.reading() as connection:
        return sealing.unseal(connection, keys, identity)


def test_content_comes_back_and_is_not_readable_meanwhile(store: Store):
    kept = sealed(store)
    assert opened(store, kept.id) == WORDS
    with store.reading() as connection:
        row = connection.execute(select(sealing.content)).one()
    assert b"0491" not in row.sealed
    assert "0491" not in str(row)


json = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(-(2**53) + 1, 2**53 - 1), st.text(), st.floats(-1e6, 1e6)
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(), inner, max_size=3)),
    max_leaves=8,
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(json)
def test_any_json_comes_back(store: Store, value: Any):
    kept = sealed(store, value={"value": value})
    assert opened(store, kept.id) == {"value": value}


def test_the_commitment_verifies_as_documented(store: Store):
    kept = sealed(store)
    with store.reading() as connection:
        row = connection.execute(select(sealing.content)).one()
        key = sealing.key_of(connection, KEYS, "one")
    assert key is not None
    plain = decrypt(key, row.sealed, f"{kept.id}\0one\0words/v1".encode())
    salt, canonical = plain[:32], plain[32:]
    assert canonical == rfc8785.dumps(WORDS)
    assert hashlib.sha256(b"fairgo/commit/v1" + salt + canonical).hexdigest() == kept.commitment
    assert sealing.commit(salt, canonical) == kept.commitment


def test_equal_words_have_commitments_of_their_own(store: Store):
    one, two = sealed(store), sealed(store)
    assert one.commitment != two.commitment
    assert one.id != two.id


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE content SET id = 'elsewhere'",
        "UPDATE content SET customer = 'two' WHERE customer = 'one'",
        "UPDATE content SET schema = 'other/v1'",
        "UPDATE content SET sealed = :short",
        "UPDATE content SET sealed = :other",
        "UPDATE content SET sealed = :none",
    ],
)
def test_content_does_not_open_anywhere_but_where_it_was_sealed(store: Store, change: str):
    kept = sealed(store)
    with store.writing() as writer:
        sealing.make_key(writer, KEYS, "two")
        whole = writer.scalar(select(sealing.content.c.sealed))
    values = {"short": whole[:-1], "other": whole[:-1] + bytes([whole[-1] ^ 1]), "none": b""}
    named = {name: value for name, value in values.items() if f":{name}" in change}
    assert tamper(store, change, **named) == 1
    with pytest.raises(EvidenceBroken, match="was changed, or moved"):
        opened(store, "elsewhere" if "elsewhere" in change else kept.id)


def test_two_customers_never_share_a_key(store: Store):
    with store.writing() as writer:
        keys = {sealing.make_key(writer, KEYS, customer) for customer in ("one", "two", "one")}
        assert len(keys) == 2
        assert sealing.key_of(writer, KEYS, "one") in keys
        assert sealing.key_of(writer, KEYS, "nobody") is None


def test_without_its_key_content_is_lost_and_says_so(store: Store):
    kept = sealed(store)
    assert tamper(store, "DELETE FROM customer_key WHERE customer = 'one'") == 1
    with pytest.raises(EvidenceBroken, match="its key is not"):
        opened(store, kept.id)
    sealed(store)
    with pytest.raises(EvidenceBroken, match="was changed, or moved"):
        opened(store, kept.id)


def test_content_that_is_gone_is_not_found(store: Store):
    with pytest.raises(NotFound):
        opened(store, "nothing")


@pytest.mark.parametrize("value", [{"n": 2**60}, {"n": float("nan")}, {"n": "\ud800"}, {1: 2}])
def test_what_has_no_canonical_form_is_refused_without_repeating_it(store: Store, value: Any):
    with pytest.raises(EvidenceBroken, match=r"content of words/v1 cannot be written as canonical JSON"):
        sealed(store, value=value)


def test_another_master_key_is_refused_when_the_ledger_opens(store: Store):
    a_ledger(store)
    a_ledger(store)
    with pytest.raises(Misconfigured, match="the master key does not open this data") as wrong:
        a_ledger(store, keys=Keys(b"x" * 32))
    assert "key file" in wrong.value.hint


def test_another_master_key_opens_nothing(store: Store):
    kept = sealed(store)
    with pytest.raises(Misconfigured, match="the master key does not open this data"):
        opened(store, kept.id, Keys(b"x" * 32))
