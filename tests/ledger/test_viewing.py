"""The way up of one event, computed anew: it fits where nothing was touched, and says where something was."""

import contextlib
import json
from collections.abc import Iterator

import pytest
from sqlalchemy import select, text, update
from typer.testing import CliRunner

from fairgo.cli.main import app
from fairgo.core.errors import NotFound
from fairgo.ledger import records, viewing
from fairgo.ledger.recording import Ledger
from fairgo.ledger.tile_store import tile_table
from fairgo.ledger.tree import root_from_proof
from tests.ledger.ledgers import HAPPENED, NAME, happen, opened, sign, tamper
from tests.ledger.talks import talk

SIZE = (
    70_000 // 100
)  # two full tiles and a part: steps within a tile, over its edge, and on the ragged right side


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    with opened(tmp_path_factory.mktemp("log")) as ledger:
        with ledger.recorded() as tx:
            for _ in range(SIZE):
                tx.append(HAPPENED)
        sign(ledger)
        happen(ledger)
        yield ledger


def name_of(log: Ledger, position: int) -> str:
    return f"{log.names.process}.{position + 1}"


class Undo(Exception):
    """Takes back what a test changed."""


def after(log: Ledger, position: int, *changes) -> viewing.EventProof:
    found = []
    with contextlib.suppress(Undo), log.store.writing() as connection:
        for change in changes:
            assert connection.execute(change).rowcount == 1
        found.append(viewing.event(connection, name_of(log, position)))
        raise Undo
    return found[0]


@pytest.mark.parametrize("position", [0, 1, 255, 256, 300, 511, 512, 640, SIZE - 1])
def test_every_step_is_the_proof_of_rfc_6962_and_fits(log: Ledger, position: int):
    with log.store.reading() as connection:
        proof = viewing.event(connection, name_of(log, position))
    assert proof.fits
    assert proof.line.position == position
    path = [bytes.fromhex(step.sibling) for step in proof.steps]
    root = root_from_proof(bytes.fromhex(proof.fingerprint), position, SIZE, path)
    assert root.hex() == proof.checkpoint.root == proof.steps[-1].result
    covered = {position}
    for step in proof.steps:
        both = set(range(step.first, step.last + 1))
        assert not both & covered
        assert (max(both) < min(covered)) == step.on_left
        covered |= both
    assert covered == set(range(SIZE))


def test_an_altered_event_is_marked_itself_and_the_tree_above_it_is_not(log: Ledger):
    row = records.leaf
    with log.store.reading() as connection:
        leaf = connection.scalar(select(row.c.leaf).where(row.c.position == 300))
    change = update(row).where(row.c.position == 300)
    change = change.values(leaf=leaf.replace(b'"count":1', b'"count":2'))
    proof = after(log, 300, change)
    assert (proof.leaf_fits, proof.fits, proof.root_signed) == (False, False, True)
    assert all(step.fits for step in proof.steps)


def altered(level: int, number: int, at: int):
    row = tile_table.c
    swapped = f"CAST(substr(hashes, 1, {at * 32}) || zeroblob(32) || substr(hashes, {at * 32 + 33}) AS BLOB)"
    return update(tile_table).where(row.level == level, row.number == number).values(hashes=text(swapped))


def test_an_altered_fingerprint_of_another_event_is_marked_up_to_the_next_that_is_kept(log: Ledger):
    proof = after(log, 300, altered(0, 1, 45))
    assert [step.fits for step in proof.steps] == [False] * 8 + [True] * (len(proof.steps) - 8)
    assert (proof.leaf_fits, proof.root_signed, proof.fits) == (True, True, False)


def test_an_altered_tile_above_is_marked_where_it_is_met(log: Ledger):
    proof = after(log, 300, altered(1, 0, 0))
    assert all(step.fits for step in proof.steps[:8])
    assert not any(step.fits for step in proof.steps[8:])
    assert not proof.root_signed


def test_a_signature_that_does_not_fit_is_no_checkpoint(log: Ledger):
    other = type(log.signer)(NAME, b"o" * 32)
    proof = after(log, 5, update(records.key).values(verifier=str(other.verifier)))
    assert proof.checkpoint.key == ""
    assert (proof.root_signed, proof.fits) == (False, False)


def test_a_tile_cut_short_is_a_problem_in_words(log: Ledger):
    row = tile_table.c
    proof = after(log, 300, update(tile_table).where(row.level == 0, row.number == 1).values(hashes=b"x"))
    assert "tile/0/001" in proof.problem
    assert (proof.steps, proof.fits) == ((), False)


def test_an_event_that_waits_and_one_that_nobody_knows(log: Ledger):
    with log.store.reading() as connection:
        waiting = viewing.event(connection, name_of(log, SIZE))
        assert (waiting.checkpoint, waiting.line.position, waiting.fits) == (None, None, False)
        with pytest.raises(NotFound):
            viewing.event(connection, "nothing")


def test_the_health_counts_what_there_is(log: Ledger):
    with log.store.reading() as connection:
        health = viewing.health(connection)
    assert (health.leaves, health.waiting, health.mismatches, health.witnesses) == (SIZE + 1, 1, (), ())
    assert health.checkpoint.size == SIZE
    assert health.checkpoint.key.startswith(f"{NAME}+")
    assert len(health.newest) == viewing.NEWEST
    assert [line.position for line in health.newest[:2]] == [None, SIZE - 1]


def test_status_tells_how_the_evidence_stands(tmp_path):
    with opened(tmp_path) as ledger:
        talk(ledger, 1)
        talk(ledger, 2, closes=False)
        ledger.stop()
    told = CliRunner().invoke(app, ["status", "--data", str(tmp_path), "--json"])
    evidence = json.loads(told.stdout)["evidence"]
    assert (evidence["leaves"], evidence["waiting"], evidence["unfinished"]) == (3, 0, 1)
    assert (evidence["checkpoint"]["size"], evidence["witnesses"], evidence["mismatches"]) == (3, [], [])
    with opened(tmp_path) as ledger:
        tamper(ledger.store, "DELETE FROM ledger_leaf WHERE position = 0")
    words = CliRunner().invoke(app, ["status", "--data", str(tmp_path)])
    assert words.exit_code == 1
    assert "the counters tell of 3 events, 2 are kept" in words.stdout
    assert "no witness yet" in words.stdout
