"""Workers for tests: a house, jobs that leave a mark in a table and in the ledger, and processes that can be killed."""

import atexit
import functools
import os
import random
import shutil
import signal
import tempfile
import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import text

from fairgo.cli.starting import write_starter
from fairgo.core.events import Event
from fairgo.core.jobs import Job
from fairgo.core.settings import read_settings
from fairgo.jobs.running import Runner
from fairgo.ledger import reading
from fairgo.ledger.house import House, open_house
from fairgo.ledger.occurrences import Occurrence
from fairgo.ledger.recording import Recording
from fairgo.store.keys import make_key_file
from fairgo.store.queueing import put
from tests.ledger.ledgers import sign, tamper

MARKED = "house.mark.made"


@functools.cache
def _empty() -> Path:
    """A policy folder, and data in which nothing has happened: copying them is quicker than making tables each time."""
    folder = Path(tempfile.mkdtemp(prefix="fairgo-jobs-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    policy = folder / "policy-folder"
    write_starter(policy)
    settings = read_settings(policy, {})
    for path in (settings.master_key_file, settings.ledger_key_file):
        make_key_file(path)
    open_house(policy, folder / "data", {}).close()
    return folder


def a_house(folder: Path, database: str = "", **environ: str) -> House:
    """A house of its own folder; the second one that opens it shares its data."""
    if not (folder / "policy-folder").exists():
        shutil.copytree(_empty() / "policy-folder", folder / "policy-folder")
        shutil.copytree(_empty() / "data", folder / "data")
    said = {
        "FAIRGO_DATABASE": database,
        **{f"FAIRGO_{name.upper()}": value for name, value in environ.items()},
    }
    return open_house(folder / "policy-folder", folder / "data", said)


def make_tally(house: House) -> None:
    """A table that counts effects: one row for each reference."""
    tamper(house.store, "CREATE TABLE tally (reference VARCHAR(64) PRIMARY KEY, times INTEGER NOT NULL)")


def count_up(tx: Recording, reference: str) -> None:
    """An effect that shows if it takes place twice: it adds one, and leaves a leaf."""
    raised = tx.execute(
        text("UPDATE tally SET times = times + 1 WHERE reference = :reference"), {"reference": reference}
    )
    if not raised.rowcount:
        tx.execute(text("INSERT INTO tally VALUES (:reference, 1)"), {"reference": reference})
    tx.append(Event(MARKED, facts={"reference": reference}))


def tally(house: House) -> dict[str, int]:
    """How often each effect took place, as the table says."""
    with house.store.reading() as connection:
        return {row[0]: row[1] for row in connection.execute(text("SELECT reference, times FROM tally"))}


def marks(house: House) -> list[str]:
    """The references of the effects, as the ledger says."""
    sign(house.ledger)
    return [str(leaf["facts"]["reference"]) for leaf in leaves(house, MARKED)]


def leaves(house: House, kind: str) -> list[dict[str, Any]]:
    """The leaves of a type, in order."""
    sign(house.ledger)
    with house.store.reading() as connection:
        return [leaf for leaf in reading.contents(connection) if leaf["type"] == kind]


def fill(house: House, job: str, many: int) -> list[str]:
    """Put so many occurrences of a job into the queue. Gives their references."""
    references = [f"r{number}" for number in range(many)]
    with house.ledger.recorded(Event("house.thing.happened", facts={"count": many})) as tx:
        for reference in references:
            put(tx.connection, job, reference, due=tx.moment, reference=reference)
    return references


def counted(seconds: float = 0.0, **how: Any) -> Job:
    """A job that counts up once, and takes up to so long before and after."""

    def act(occurrence: Occurrence) -> None:
        time.sleep(random.uniform(0, seconds))
        occurrence.once(lambda tx: count_up(tx, occurrence.reference or occurrence.id))
        time.sleep(random.uniform(0, seconds))

    return a_job(act, **({"together": True} | how))


def a_job(act: Callable[[Occurrence], None], name: str = "house.count", **how: Any) -> Job:
    """A job, quick to try again unless told otherwise."""
    usual: dict[str, Any] = {"timeout": timedelta(seconds=30), "backoff": timedelta(0)}
    return Job(name, "counts", act, **(usual | how))


def named(*jobs: Job) -> Mapping[str, Job]:
    """Jobs by their names."""
    return {job.name: job for job in jobs}


def a_runner(house: House, *jobs: Job, **how: Any) -> Runner:
    """A runner that looks often."""
    return Runner(house, named(*jobs), **({"seconds": 0.02} | how))


def work_off(house: House, *jobs: Job, rounds: int = 40, **how: Any) -> Runner:
    """Look for work, and wait for what was begun, until a round finds nothing. No thread of its own looks."""
    runner = a_runner(house, *jobs, **how)
    for _round in range(rounds):
        begun = runner.look()
        for thread in list(runner._going):
            thread.join()
        if not begun:
            break
    runner.stop()
    return runner


def toil(folder: Path, database: str, seconds: float, at_once: int) -> None:
    """A worker process: it works until it is killed."""
    house = a_house(folder, database)
    runner = a_runner(house, counted(seconds), at_once=at_once)
    runner.start()
    signal.pause()


def kill(pid: int | None) -> None:
    """`kill -9`."""
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
