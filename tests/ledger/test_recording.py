"""Group commit where SQLite itself fails: a full disk, and another process that holds the database."""

import asyncio
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fairgo.core.errors import EvidenceBroken
from fairgo.ledger import reading
from fairgo.ledger.recording import Ledger, Recording
from fairgo.store.engine import open_store
from tests.ledger.ledgers import HAPPENED, a_ledger, appending, happen, leaves, running, sign


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    store = open_store(tmp_path)
    yield a_ledger(store)
    store.close()


def fills_the_disk(tx: Recording) -> None:
    """A work in which the disk is full; there is room again afterwards."""
    tx.append(HAPPENED)
    pages = tx.connection.exec_driver_sql("PRAGMA page_count").scalar()
    tx.connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")
    try:
        tx.seal("customer", "words/v1", {"said": "x" * 1_000_000})
    finally:
        tx.connection.exec_driver_sql("PRAGMA max_page_count=1073741823")


def test_a_full_disk_is_told_to_everyone_whose_evidence_it_took(ledger: Ledger):
    async def around() -> list[Any]:
        works = [appending("before"), fills_the_disk, appending("behind")]
        return await asyncio.gather(*(ledger.submit(work) for work in works), return_exceptions=True)

    with running(ledger):
        answers = asyncio.run(around())
        assert all(isinstance(answer, Exception) for answer in answers)
        assert isinstance(answers[0], EvidenceBroken)
        assert asyncio.run(ledger.submit(appending("there is room again"))) == "there is room again"
    with ledger.store.reading() as connection:
        assert len(leaves(connection)) == 1


def test_a_database_that_another_process_holds_is_waited_for(ledger: Ledger, tmp_path: Path):
    other = sqlite3.connect(tmp_path / "fairgo.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    async def meanwhile() -> tuple[str, bool]:
        waiting = asyncio.ensure_future(ledger.submit(appending("kept")))
        await asyncio.sleep(0.1)
        early = waiting.done()
        other.execute("ROLLBACK")
        return await waiting, early

    with running(ledger, checkpoint_seconds=60):
        assert asyncio.run(meanwhile()) == ("kept", False)
    other.close()


def test_reading_and_proving_do_not_wait_for_a_writer(ledger: Ledger, tmp_path: Path):
    happen(ledger, 3)
    sign(ledger)
    other = sqlite3.connect(tmp_path / "fairgo.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with ledger.store.reading() as connection:
        assert reading.verify(connection).size == 3
    assert sign(ledger) == 3  # nothing waits: the sequencer does not ask for the pen
    other.execute("ROLLBACK")
    other.close()
