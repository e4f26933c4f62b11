"""Legal holds: nothing is erased under one, and that it was asked for is on record."""

from pathlib import Path

import pytest

from fairgo.core.errors import BadRequest, Conflict, NotFound
from fairgo.ledger.recording import Ledger
from fairgo.privacy.security import erasure, holds
from tests.privacy.erasing import ADA, BEN, MAI, SECRET, TOM, ask, entry, erase, facts, leaves, said, talk

COURT = "litigation: Lovelace v Banksia, letter of 3 May"


@pytest.fixture
def hold(ledger: Ledger) -> str:
    """A hold on one of two customers."""
    talk(ledger, MAI)
    talk(ledger, TOM)
    return holds.place(ledger, MAI, reason=COURT, by=ADA)


def test_no_erasure_may_be_asked_for(ledger: Ledger, hold: str):
    with pytest.raises(Conflict, match="legal hold") as refused:
        ask(ledger)
    assert "--lift" in refused.value.hint
    (told,) = facts(ledger, "privacy.erasure.refused")
    assert (told["reason"], told["holds"]) == ("legal-hold", 1)
    assert said(ledger, MAI) == [SECRET]


def test_others_can_be_erased(ledger: Ledger, hold: str, data: Path):
    assert erase(ledger, data, TOM).state == "certified"
    assert said(ledger, MAI) == [SECRET]


def test_a_lifted_hold_is_no_hold(small: Ledger, data: Path):
    talk(small, MAI)
    first = holds.place(small, MAI, reason=COURT, by=ADA)
    second = holds.place(small, MAI, reason="complaint", by=BEN)
    holds.lift(small, first, by=BEN)
    with pytest.raises(Conflict, match="legal hold"):
        ask(small)
    holds.lift(small, second, by=BEN)
    assert erase(small, data).state == "certified"
    with small.store.reading() as connection:
        assert [(one["reason"], one["state"]) for one in holds.listed(connection)] == [
            ("litigation", "lifted"),
            ("complaint", "lifted"),
        ]


@pytest.mark.parametrize("approved", [False, True])
def test_a_hold_that_comes_later_stops_what_was_begun(small: Ledger, data: Path, approved: bool):
    talk(small, MAI)
    request = ask(small)
    if approved:
        erasure.approve(small, request, by=BEN)
    hold = holds.place(small, MAI, reason="regulator", by=ADA)
    with pytest.raises(Conflict, match="legal hold"):
        erasure.approve(small, request, by=BEN)
    assert len(facts(small, "privacy.erasure.refused")) == 1
    assert entry(small, request).state == ("approved" if approved else "requested")
    assert said(small, MAI) == [SECRET]
    holds.lift(small, hold, by=ADA)
    erasure.approve(small, request, by=BEN)
    assert erasure.carry_out(small, request, data).state == "certified"


def test_a_hold_at_the_very_last_moment_counts(small: Ledger, data: Path, monkeypatch):
    # Between the look for holds and the transaction that destroys the key.
    talk(small, MAI)
    request = ask(small)
    erasure.approve(small, request, by=BEN)
    before = holds.place(small, MAI, reason="complaint", by=ADA)
    with pytest.raises(Conflict, match="legal hold"):
        erasure.carry_out(small, request, data)
    holds.lift(small, before, by=ADA)
    monkeypatch.setattr(
        holds, "refuse_under_hold", lambda *_: holds.place(small, MAI, reason="regulator", by=ADA)
    )
    with pytest.raises(Conflict, match="meanwhile"):
        erasure.carry_out(small, request, data)
    assert said(small, MAI) == [SECRET]


def test_the_reason_is_kept_as_a_code_and_nobody_is_named(small: Ledger):
    talk(small, MAI)
    hold = holds.place(small, MAI, reason=COURT, by=ADA)
    holds.lift(small, hold, by=BEN)
    (placed,), (lifted,) = facts(small, "privacy.hold.placed"), facts(small, "privacy.hold.lifted")
    assert placed["reason"] == "litigation"
    assert placed["by"] != lifted["by"]
    everything = "\n".join(leaves(small))
    for word in ("Lovelace", "Banksia,", ADA, BEN, MAI):
        assert word not in everything


def test_mistakes_are_named(small: Ledger):
    talk(small, MAI)
    with pytest.raises(NotFound, match="nothing is kept"):
        holds.place(small, "nobody-at-all", reason=COURT, by=ADA)
    with pytest.raises(BadRequest, match="printable"):
        holds.place(small, MAI, reason="", by=ADA)
    with pytest.raises(NotFound, match="no such hold"):
        holds.lift(small, "0" * 32, by=ADA)
    hold = holds.place(small, MAI, reason=COURT, by=ADA)
    holds.lift(small, hold, by=BEN)
    with pytest.raises(Conflict, match="lifted already"):
        holds.lift(small, hold, by=BEN)
