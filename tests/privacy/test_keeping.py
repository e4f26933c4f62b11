"""Placeholders live as long as the policy says, and end earlier only by erasure; a legal hold keeps them."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from fairgo.ledger import reading
from fairgo.ledger.recording import Ledger
from fairgo.privacy import records
from fairgo.privacy.security import erasure, holds, keeping
from tests.ledger.ledgers import sign
from tests.privacy.erasing import ADA, BEN, MAI, NUMBERS, TOM, decide, talk
from tests.turns import POLICY

DAYS = POLICY.privacy("assistant").keep_days


def kept(ledger: Ledger) -> int:
    with ledger.store.reading() as connection:
        return len(connection.execute(select(records.token)).all())


def later(ledger: Ledger, monkeypatch: pytest.MonkeyPatch, **by: int) -> None:
    now = ledger.clock()
    monkeypatch.setattr(ledger, "clock", lambda: now + timedelta(**by))


def known(ledger: Ledger, customer: str, conversation: str) -> set[str]:
    """What the next turn of this conversation could give back."""
    return set(decide(ledger, customer, "hi", conversation=conversation).turn.vault.values.values())


def test_they_go_when_their_conversation_is_over_for_so_many_days(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    talk(ledger, MAI, NUMBERS, conversation="old")
    later(ledger, monkeypatch, days=DAYS - 1)
    assert keeping.purge(ledger, POLICY) == 0
    talk(ledger, TOM, NUMBERS, conversation="new")
    later(ledger, monkeypatch, days=2)
    assert keeping.purge(ledger, POLICY) == 2
    assert known(ledger, MAI, "old") == set()
    assert known(ledger, TOM, "new") == {"123 456 782", "0491 570 157"}
    assert keeping.purge(ledger, POLICY) == 0


def test_a_conversation_that_goes_on_keeps_them(small: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    talk(small, MAI, NUMBERS, conversation="long")
    for _ in range(3):
        later(small, monkeypatch, days=DAYS - 1)
        assert keeping.purge(small, POLICY) == 0
        talk(small, MAI, "and now?", conversation="long")
    assert known(small, MAI, "long") == {"123 456 782", "0491 570 157"}


def test_the_purge_is_evidence_and_says_how_many(small: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    talk(small, MAI, NUMBERS)
    later(small, monkeypatch, days=DAYS + 1)
    keeping.purge(small, POLICY)
    sign(small)
    with small.store.reading() as connection:
        last = list(reading.contents(connection))[-1]
    assert (last["type"], last["facts"]) == ("privacy.tokens.purged", {"tokens": 2})


def test_a_legal_hold_keeps_them(small: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    talk(small, MAI, NUMBERS)
    talk(small, TOM, NUMBERS)
    hold = holds.place(small, MAI, reason="litigation", by=ADA)
    later(small, monkeypatch, days=DAYS + 1)
    assert keeping.purge(small, POLICY) == 2
    assert kept(small) == 2
    holds.lift(small, hold, by=ADA)
    assert keeping.purge(small, POLICY) == 2


def test_each_system_has_its_own_days(small: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    own = POLICY.system("assistant")
    strict = own.model_copy(update={"privacy": own.privacy.model_copy(update={"keep_days": 1})})
    policy = POLICY.model_copy(update={"systems": {"assistant": strict}})
    gone = POLICY.model_copy(update={"systems": {"another": own}})
    talk(small, MAI, NUMBERS)
    later(small, monkeypatch, days=2)
    assert keeping.purge(small, gone) == 0  # a system that is no more: as the organisation says
    assert keeping.purge(small, policy) == 2


def test_erasure_takes_them_and_what_was_said_before(small: Ledger) -> None:
    talk(small, MAI, NUMBERS, conversation="two")
    talk(small, MAI, "my card is 4111 1111", conversation="two")
    before = decide(small, MAI, "hi", conversation="two").turn.vault
    assert len(before.values) == 2
    assert [text.text for text in before.earlier][-2] == "my card is 4111 1111"
    erasure.approve(small, request := erasure.ask(small, MAI, basis="app-11.2", by=ADA), by=BEN)
    erasure.carry_out(small, request, small.store.files()[0].parent)
    assert kept(small) == 0
    after = decide(small, MAI, "hi", conversation="two").turn.vault
    assert (after.values, after.earlier) == ({}, ())


def test_a_placeholder_means_nothing_to_another_customer_conversation_or_tenant(small: Ledger) -> None:
    def tokens(customer: str, conversation: str) -> set[str]:
        return set(decide(small, customer, NUMBERS, conversation=conversation).turn.vault.values)

    seen = [tokens(MAI, "one"), tokens(MAI, "two"), tokens(TOM, "one")]
    assert tokens(MAI, "one") == seen[0]
    assert all(one.isdisjoint(two) for i, one in enumerate(seen) for two in seen[:i])
    keys = small.keys
    assert records.token_secret(keys, "main", "c", "v") != records.token_secret(keys, "other", "c", "v")
