"""`kill -9` of workers at random moments: each effect takes place exactly once, and none is lost."""

import multiprocessing
import random
import time
from pathlib import Path
from typing import Any

import pytest

from fairgo.ledger import reading
from tests.jobs.labour import a_house, counted, fill, kill, make_tally, marks, tally, toil, work_off
from tests.ledger.ledgers import sign

nursery = multiprocessing.get_context("forkserver")
nursery.set_forkserver_preload(["tests.jobs.labour"])


def a_worker(folder: Path, database: str, seconds: float) -> Any:
    process = nursery.Process(target=toil, args=(folder, database, seconds, 4), daemon=True)
    process.start()
    return process


def campaign(
    folder: Path, database: str, *, jobs: int, workers: int, kills: int, pause: float, seconds: float
) -> int:
    """Kill a worker, begin another, `kills` times while they work; then let them finish. Gives how many runs were taken over."""
    house = a_house(folder, database)
    make_tally(house)
    references = fill(house, "house.count", jobs)
    crew = [a_worker(folder, database, seconds) for _ in range(workers)]
    try:
        while not tally(house):
            time.sleep(0.01)
        for _ in range(kills):
            time.sleep(random.uniform(0, pause))
            victim = crew.pop(random.randrange(workers - 1))  # the youngest has hardly begun
            kill(victim.pid)
            victim.join()
            crew.append(a_worker(folder, database, seconds))
        end = time.monotonic() + 240
        while len(tally(house)) < jobs and time.monotonic() < end:
            time.sleep(0.05)
    finally:
        for process in crew:
            kill(process.pid)
            process.join()
    work_off(house, counted())  # what the last workers left half done
    assert tally(house) == dict.fromkeys(references, 1)
    assert sorted(marks(house)) == sorted(references)
    with house.store.reading() as connection:
        reading.verify(connection)
        lost = sum(leaf["type"] == "jobs.run.lost" for leaf in reading.contents(connection))
        done = sum(leaf["type"] == "jobs.run.done" for leaf in reading.contents(connection))
    assert done == jobs
    sign(house.ledger)
    house.close()
    return lost


def database_of(backend: str, request: pytest.FixtureRequest) -> str:
    return "" if backend == "sqlite" else request.getfixturevalue("postgres").fresh()


@pytest.mark.parametrize("backend", ["sqlite", "postgresql"])
def test_each_effect_takes_place_once_however_workers_die(
    tmp_path: Path, backend: str, request: pytest.FixtureRequest
):
    lost = campaign(
        tmp_path, database_of(backend, request), jobs=40, workers=2, kills=2, pause=0.02, seconds=0.05
    )
    assert lost > 0, "no kill met a run"


@pytest.mark.long
@pytest.mark.parametrize("backend", ["sqlite", "postgresql"])
def test_a_thousand_jobs_and_a_great_many_kills(tmp_path: Path, backend: str, request: pytest.FixtureRequest):
    lost = campaign(
        tmp_path, database_of(backend, request), jobs=1000, workers=3, kills=40, pause=0.6, seconds=0.02
    )
    assert lost > 20, f"only {lost} kills met a run"
