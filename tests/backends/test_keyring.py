"""The keys that sign: one at a time, handed over in the open, and every one of them kept."""

from datetime import UTC, datetime, timedelta

import pytest

from fairgo.core.errors import EvidenceBroken, Misconfigured
from fairgo.ledger import reading
from fairgo.ledger.keyring import Joined, handed_over, line_of, signing_keys
from fairgo.ledger.leaves import read_leaf
from fairgo.ledger.note import BadNote, Signer, open_note
from fairgo.ledger.recording import Ledger
from fairgo.ledger.rotating import hand_over
from tests.ledger.ledgers import NAME, SIGNER, a_ledger, happen, leaves, sign

NEWER = Signer(NAME, b"n" * 32)
NEWEST = Signer(NAME, b"o" * 32)
STRANGER = Signer(NAME, b"x" * 32)


def joined(seed: bytes, before: Signer) -> Joined:
    return Joined(NAME, seed, (line_of(before),))


def test_a_hand_over_is_a_leaf_and_signed_by_both_and_what_follows_by_the_new_key(ledger: Ledger):
    happen(ledger, 2)
    hand_over(ledger, joined(b"n" * 32, SIGNER))
    later = a_ledger(ledger.store, signer=NEWER)
    happen(later)
    sign(later)
    with ledger.store.reading() as connection:
        notes = reading.checkpoints(connection)
        (rotated,) = [read_leaf(row.leaf) for row in leaves(connection) if b"ledger.key.rotated" in row.leaf]
        assert [key.verifier for key in signing_keys(connection)] == [SIGNER.verifier, NEWER.verifier]
        for trusted in ("", str(SIGNER.verifier), str(NEWER.verifier)):
            assert reading.verify(connection, trusted).size == 4
        with pytest.raises(EvidenceBroken, match="not signed by"):
            reading.verify(connection, str(STRANGER.verifier))
    assert list(notes) == [2, 3, 4]
    signed_by = {size: [key for key in (SIGNER, NEWER) if _opens(note, key)] for size, note in notes.items()}
    assert signed_by == {2: [SIGNER], 3: [SIGNER, NEWER], 4: [NEWER]}
    assert rotated["facts"] == {
        "before": SIGNER.verifier.identity.hex(),
        "after": NEWER.verifier.identity.hex(),
        "key": NEWER.verifier.public.hex(),
    }


def _opens(note: str, key: Signer) -> bool:
    try:
        open_note(note, key.verifier)
    except BadNote:
        return False
    return True


def test_the_key_before_records_on_and_signs_nothing_more(ledger: Ledger):
    still_running = a_ledger(ledger.store)
    hand_over(ledger, joined(b"n" * 32, SIGNER))
    happen(still_running, 3)
    with pytest.raises(Misconfigured, match="signed by the key") as wrong:
        sign(still_running)
    assert "restart" in wrong.value.hint
    later = a_ledger(ledger.store, signer=NEWER)
    with later.store.reading() as connection:
        assert reading.verify(connection).size == 4


@pytest.mark.parametrize("signer", [SIGNER, STRANGER])
def test_another_key_than_the_newest_cannot_open_the_ledger(ledger: Ledger, signer: Signer):
    hand_over(ledger, joined(b"n" * 32, SIGNER))
    with pytest.raises(Misconfigured, match="signed by the key"):
        a_ledger(ledger.store, signer=signer)
    with pytest.raises(Misconfigured, match="signed by the key"):
        hand_over(a_ledger_with(ledger, signer), joined(b"y" * 32, signer))
    assert a_ledger(ledger.store, signer=NEWER).signer == NEWER


def a_ledger_with(ledger: Ledger, signer: Signer) -> Ledger:
    ledger.signer = signer
    return ledger


def test_trust_goes_on_over_several_hand_overs_and_back(ledger: Ledger):
    happen(ledger)
    hand_over(ledger, joined(b"n" * 32, SIGNER))
    hand_over(a_ledger(ledger.store, signer=NEWER), joined(b"o" * 32, NEWER))
    with ledger.store.reading() as connection:
        for key in (SIGNER, NEWER, NEWEST):
            assert reading.verify(connection, str(key.verifier)).size == 3
        notes = list(reading.checkpoints(connection).values())
        kept = reading.verifiers(connection)
    assert handed_over(SIGNER.verifier, kept, notes[:1]) == [SIGNER.verifier]
    forged = notes[1].replace(line_of(NEWER)(open_note(notes[1], SIGNER.verifier)), line_of(NEWER)("x\n"))
    with pytest.raises(BadNote, match="does not fit the text"):
        handed_over(SIGNER.verifier, kept, [forged])


def test_a_clock_that_runs_backwards_does_not_turn_the_order_of_keys(ledger: Ledger):
    now = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
    ledger.clock = lambda: now - timedelta(days=900)
    hand_over(ledger, joined(b"n" * 32, SIGNER))
    with ledger.store.reading() as connection:
        assert [key.verifier for key in signing_keys(connection)] == [SIGNER.verifier, NEWER.verifier]
    assert a_ledger(ledger.store, signer=NEWER).signer == NEWER
