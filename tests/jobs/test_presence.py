"""Who is alive: told by locks that end with their process, or with their connection."""

import multiprocessing
import os
import signal
import time
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from fairgo.jobs import running
from fairgo.ledger.house import House
from fairgo.store.engine import Store, open_store
from fairgo.store.presence import SPACE, Presence, alive, folder_of, present
from tests.jobs.labour import a_runner, counted, fill, kill, tally, work_off

nursery = multiprocessing.get_context("forkserver")


def _live(data: Path, database: str, says: Any) -> None:
    with present(open_store(data, database)) as presence:
        says.send(presence.number)
        signal.pause()


def test_a_worker_is_alive_until_its_process_is_gone(house: House, tmp_path: Path):
    database = "" if house.store.is_sqlite else house.settings.database
    hears, says = nursery.Pipe(duplex=False)
    process = nursery.Process(target=_live, args=(tmp_path / "data", database, says), daemon=True)
    process.start()
    number = hears.recv()
    assert number in alive(house.store)
    os.kill(process.pid or 0, signal.SIGSTOP)
    assert number in alive(house.store), "it hangs, and is not dead"
    kill(process.pid)
    process.join()
    wait_until_gone(house.store, number)


def wait_until_gone(store: Store, number: int) -> None:
    end = time.monotonic() + 5
    while number in alive(store):
        assert time.monotonic() < end, "the lock outlived its process"
        time.sleep(0.01)


def test_workers_of_one_process_are_told_apart(house: House):
    with present(house.store) as first, present(house.store) as second:
        assert alive(house.store) == {first.number, second.number}
        assert first.number != second.number
        before = {first.number, second.number}
    for number in before:
        wait_until_gone(house.store, number)
    if house.store.is_sqlite:
        assert list(folder_of(house.store).iterdir()) == []


def test_a_worker_whose_connection_breaks_comes_back_under_another_number(tmp_path: Path, postgres):
    store = open_store(tmp_path, postgres.fresh())
    presence = Presence(store)
    presence.hold()
    before = presence.number
    presence.hold()
    assert presence.number == before, "it holds what it has"
    engine = create_engine(store._reader.url, isolation_level="AUTOCOMMIT")
    with engine.connect() as other:
        locked = (
            "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND classid = :space"
        )
        other.execute(text(locked), {"space": SPACE})
    engine.dispose()
    wait_until_gone(store, before)
    presence.hold()
    assert presence.number != before
    assert alive(store) == {presence.number}
    after = presence.number
    presence.release()
    wait_until_gone(store, after)
    store.close()


def test_a_runner_that_stops_gives_its_place_back(small: House):
    fill(small, "house.count", 2)
    runner = a_runner(small, counted())
    runner.start()
    end = time.monotonic() + 10
    while len(tally(small)) < 2 and time.monotonic() < end:
        time.sleep(0.01)
    assert runner.healthy
    assert runner.stop()
    assert not runner.healthy
    assert alive(small.store) == frozenset()


@pytest.mark.parametrize("broken", ["plan", "claim"])
def test_trouble_with_the_database_does_not_end_the_looking(
    small: House, broken: str, monkeypatch: pytest.MonkeyPatch
):
    whole, failed = getattr(running, broken), []

    def fails_once(*given: Any) -> Any:
        if not failed:
            failed.append(1)
            raise OSError("the database is away")
        return whole(*given)

    monkeypatch.setattr(running, broken, fails_once)
    fill(small, "house.count", 1)
    runner = a_runner(small, counted())
    runner.start()
    end = time.monotonic() + 10
    while not tally(small) and time.monotonic() < end:
        time.sleep(0.01)
    assert runner.stop()
    assert failed
    work_off(small, counted())
    assert tally(small) == {"r0": 1}
