"""Reading the ledger: whatever is changed behind its back is found and named, and proofs lead to what was signed."""

import contextlib
from collections.abc import Callable

import pytest
from sqlalchemy import Connection, select, text

from fairgo.core.errors import EvidenceBroken, NotFound
from fairgo.ledger import reading, records
from fairgo.ledger.note import Signer
from fairgo.ledger.receipts import NOT_YET, BadReceipt, check_receipt, receipt
from fairgo.ledger.recording import Ledger
from fairgo.ledger.tree import leaf_hash
from fairgo.store.engine import Store, open_store
from tests.ledger.ledgers import SIGNER, a_ledger, happen, leaves, sign, tamper


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def module_store(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory):
    url = "" if request.param == "sqlite" else request.getfixturevalue("postgres").fresh()
    store = open_store(tmp_path_factory.mktemp("log"), url)
    yield store
    store.close()


@pytest.fixture(scope="module")
def log(module_store: Store) -> Ledger:
    """Ten leaves under checkpoints at 4, 7 and 10, and two that wait."""
    ledger = a_ledger(module_store)
    for times in (4, 3, 3):
        happen(ledger, times)
        sign(ledger)
    happen(ledger, 2)
    return ledger


class Undo(Exception):
    """Takes back what a test changed."""


def verify_after(log: Ledger, *changes: str, **values: object) -> str:
    """What verification says after these changes, which are taken back; empty when it finds nothing."""
    said = []
    with contextlib.suppress(Undo), log.store.writing() as connection:
        for change in changes:
            named = {name: value for name, value in values.items() if f":{name}" in change}
            assert connection.execute(text(change), named).rowcount > 0, change
        said.append(found(connection))
        raise Undo
    return said[0]


def found(connection: Connection) -> str:
    """What verification with a key of our own says; empty when it finds nothing."""
    try:
        reading.verify(connection, str(SIGNER.verifier))
    except EvidenceBroken as fault:
        return fault.message
    return ""


def seq(log: Ledger, row: int) -> int:
    with log.store.reading() as connection:
        return leaves(connection)[row].seq


def test_an_untouched_log_verifies_and_says_what_was_shown(log: Ledger):
    with log.store.reading() as connection:
        for verifier in ("", str(SIGNER.verifier)):
            shown = reading.verify(connection, verifier)
            assert (shown.origin, shown.size, shown.checkpoints) == (SIGNER.name, 10, 3)
        assert len(list(reading.contents(connection))) == 10
        assert list(reading.checkpoints(connection)) == [4, 7, 10]


def test_an_empty_log_verifies_as_empty(ledger: Ledger):
    with ledger.store.reading() as connection:
        assert reading.verify(connection).size == 0
        assert list(reading.contents(connection)) == []


CHANGE = {
    "leaf": "UPDATE ledger_leaf SET leaf = :other WHERE seq = :row",
    "hash": "UPDATE ledger_leaf SET hash = :other WHERE seq = :row",
    "note": "UPDATE ledger_checkpoint SET note = :other WHERE size = :row",
    "root": "UPDATE ledger_checkpoint SET root = :other WHERE size = :row",
    "frontier": "UPDATE ledger_checkpoint SET frontier = :other WHERE size = :row",
}


def flipped(whole: bytes) -> list[bytes]:
    """The bytes with each one changed in turn."""
    return [whole[:i] + bytes([whole[i] ^ 1]) + whole[i + 1 :] for i in range(len(whole))]


def test_any_byte_of_any_leaf_or_hash_is_found_at_its_place(log: Ledger):
    with log.store.reading() as connection:
        rows = leaves(connection)
    for row in rows:
        signed = row.position is not None and row.position < 10
        name = f"leaf {row.position} " if signed else f"the waiting leaf in row {row.seq} "
        for column in ("leaf", "hash"):
            for other in flipped(getattr(row, column))[:: 5 if row.position in {0, 9} else 61]:
                said = verify_after(log, CHANGE[column], other=other, row=row.seq)
                assert said == f"the ledger does not verify: {name}does not fit the hash kept with it"


def test_a_leaf_changed_together_with_its_hash_is_found_between_two_checkpoints(log: Ledger):
    with log.store.reading() as connection:
        rows = leaves(connection)[:10]
    for row in rows:
        other = row.leaf.replace(b"house.thing", b"mouse.thing")
        said = verify_after(
            log,
            "UPDATE ledger_leaf SET leaf = :leaf, hash = :hash WHERE seq = :row",
            leaf=other, hash=leaf_hash(other), row=row.seq,
        )  # fmt: skip
        low, high = next((a, b) for a, b in ((0, 3), (4, 6), (7, 9)) if row.position <= b)
        assert f"a leaf from {low} to {high} was changed: the root signed at {high + 1} differs" in said


def test_any_character_of_any_note_is_found(log: Ledger):
    with log.store.reading() as connection:
        notes = reading.checkpoints(connection)
    for size, note in notes.items():
        for at in range(0, len(note), 2 if size == 10 else 17):
            other = note[:at] + ("A" if note[at] != "A" else "B") + note[at + 1 :]
            said = verify_after(log, CHANGE["note"], other=other, row=size)
            assert "a checkpoint" in said or "a signature line" in said, at


@pytest.mark.parametrize("column", ["root", "frontier"])
def test_any_byte_kept_beside_a_note_is_found(log: Ledger, column: str):
    with log.store.reading() as connection:
        rows = connection.execute(select(records.checkpoint)).all()
    for row in rows:
        for other in [*flipped(getattr(row, column))[::5], getattr(row, column)[:-1], b""]:
            said = verify_after(log, CHANGE[column], other=other, row=row.size)
            assert f" {row.size}" in said


LAST = "(SELECT max(position) FROM ledger_leaf)"
FAULTS = [
    (["DELETE FROM ledger_leaf WHERE position = 0"], "leaf 0 is missing"),
    (["DELETE FROM ledger_leaf WHERE position = 5"], "leaf 5 is missing"),
    (["DELETE FROM ledger_leaf WHERE position = 9"], "the checkpoint at 10 covers leaves that are not here (only 9)"),
    (["DELETE FROM ledger_leaf WHERE position > 3"], "the checkpoint at 7 covers leaves that are not here (only 4)"),
    (["DELETE FROM ledger_leaf"], "the checkpoint at 4 covers leaves that are not here (only 0)"),
    (["UPDATE ledger_leaf SET position = NULL WHERE position = 5"], "leaf 5 is missing"),
    (["UPDATE ledger_leaf SET position = 50 WHERE position = 5"], "leaf 5 is missing"),
    (["UPDATE ledger_leaf SET position = -1 WHERE position = 0"], "leaf 0 is missing"),
    (
        [
            "UPDATE ledger_leaf SET position = 100 WHERE position = 4",
            "UPDATE ledger_leaf SET position = 4 WHERE position = 6",
            "UPDATE ledger_leaf SET position = 6 WHERE position = 100",
        ],
        "a leaf from 4 to 6 was changed: the root signed at 7 differs",
    ),
    (["UPDATE ledger_leaf SET position = 20 WHERE seq = :waiting"], "place 20, which no checkpoint covers|between 10 and 20 is missing"),
    (["UPDATE ledger_leaf SET position = -7 WHERE seq = :waiting"], "a leaf has the place -7, which no checkpoint covers"),
    (["DELETE FROM ledger_checkpoint WHERE size = 10"], "a leaf has the place|is not what the leaves give|tiles are kept"),
    (["DELETE FROM ledger_checkpoint"], "a leaf has the place|is not what the leaves give|tiles are kept"),
    (["UPDATE ledger_checkpoint SET note = NULL WHERE size = 7"], "an older checkpoint has lost its signature"),
    (["UPDATE ledger_checkpoint SET note = NULL WHERE size > 4"], "the checkpoint at 7 has lost its signature"),
    (["UPDATE ledger_checkpoint SET note = NULL"], "the checkpoint at 4 has lost its signature"),
    (["UPDATE ledger_checkpoint SET size = 11 WHERE size = 10"], "10"),
    (["UPDATE ledger_checkpoint SET size = 9 WHERE size = 10"], "the checkpoint at 10 covers leaves that are not here"),
    (["UPDATE ledger_checkpoint SET size = 5 WHERE size = 4"], "beside the checkpoint at 4 differs"),
    (
        ["UPDATE ledger_checkpoint SET note = (SELECT note FROM ledger_checkpoint WHERE size = 4) WHERE size = 7"],
        "not in growing order",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "said"), FAULTS, ids=lambda part: part if isinstance(part, str) else "")
def test_what_is_left_out_moved_or_cut_off_is_named(log: Ledger, changes: list[str], said: str):
    values = {"waiting": seq(log, 10)} if ":waiting" in changes[0] else {}
    found = verify_after(log, *changes, **values)
    assert any(words in found for words in said.split("|")), found


def test_after_all_that_the_log_is_as_it_was(log: Ledger):
    with log.store.reading() as connection:
        assert reading.verify(connection).size == 10


def test_deleting_a_checkpoint_in_the_middle_changes_nothing_that_was_signed(log: Ledger):
    assert verify_after(log, "DELETE FROM ledger_checkpoint WHERE size = 7") == ""


def test_a_key_that_nobody_signed_with_shows_nothing(log: Ledger):
    with log.store.reading() as connection:
        for verifier, said in (
            (str(Signer(SIGNER.name, b"x" * 32).verifier), "not signed by"),
            ("words", "not an Ed25519 verifier key"),
        ):
            with pytest.raises(EvidenceBroken, match=said):
                reading.verify(connection, verifier)
    assert "not an Ed25519 verifier key" in verify_after_keys(log, "UPDATE ledger_key SET verifier = 'words'")
    assert "no verifier key is known" in verify_after_keys(log, "DELETE FROM ledger_key")


def verify_after_keys(log: Ledger, change: str) -> str:
    with pytest.raises(EvidenceBroken) as wrong, log.store.writing() as connection:  # noqa: PT012 - the change must be taken back
        connection.execute(text(change))
        reading.verify(connection)
    return wrong.value.message


def test_every_leaf_has_a_receipt_that_leads_to_the_signed_root(log: Ledger):
    with log.store.reading() as connection:
        rows = leaves(connection)[:10]
        receipts = [receipt(connection, row.name) for row in rows]
    for row, given in zip(rows, receipts, strict=True):
        shown = check_receipt(given, row.leaf, SIGNER.verifier)
        assert (shown.checkpoint.size, shown.position) == (10, row.position)
        with pytest.raises(BadReceipt):
            check_receipt(given, row.leaf + b" ", SIGNER.verifier)


def test_what_has_no_place_yet_or_is_nowhere_has_no_receipt(log: Ledger):
    with log.store.reading() as connection:
        late = leaves(connection)[-1].name
        for name, detail in ((late, NOT_YET), ("0" * 32, "not_found"), ("", "not_found")):
            with pytest.raises(NotFound) as wrong:
                receipt(connection, name)
            assert wrong.value.detail == detail


def test_a_ledger_without_a_checkpoint_gives_no_receipt(ledger: Ledger):
    happen(ledger)
    with ledger.store.reading() as connection, pytest.raises(NotFound):
        receipt(connection, leaves(connection)[0].name)


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE ledger_leaf SET leaf = (SELECT leaf FROM ledger_leaf WHERE position = 2) WHERE position = 0",
        "UPDATE ledger_leaf SET position = 5 WHERE position = 0",
        "DELETE FROM ledger_tile",
        "UPDATE ledger_tile SET hashes = (SELECT hash FROM ledger_leaf WHERE position = 2)",
    ],
)
def test_no_receipt_is_given_that_would_not_hold(ledger: Ledger, damage: str):
    happen(ledger, 5)
    sign(ledger)
    with ledger.store.reading() as connection:
        name = leaves(connection)[0].name
    tamper(ledger.store, damage)
    with ledger.store.reading() as connection, pytest.raises((EvidenceBroken, NotFound)) as wrong:
        receipt(connection, name)
    assert isinstance(wrong.value, EvidenceBroken) or wrong.value.detail == NOT_YET


def test_a_reader_who_stops_early_leaves_the_connection_whole(log: Ledger):
    chosen: list[Callable[[object], object]] = [reading.leaves, reading.contents]
    with log.store.reading() as connection:
        for read in chosen:
            assert next(read(connection))
        assert reading.verify(connection).size == 10
