"""`kill -9` at random moments: whatever was acknowledged is in the ledger, and the ledger verifies."""

import multiprocessing
import os
import random
import signal
import time
from pathlib import Path

from fairgo.ledger import reading
from tests.ledger.ledgers import opened, sign
from tests.ledger.submitting import submit_for_ever

KILLS = 6
nursery = multiprocessing.get_context("forkserver")
nursery.set_forkserver_preload(["fairgo.ledger.recording", "tests.ledger.submitting"])


def killed_after(folder: Path, seconds: float) -> list[str]:
    """The marks of the events that a process had been told are durable when it was killed."""
    hears, says = nursery.Pipe(duplex=False)
    process = nursery.Process(target=_run, args=(folder, says), daemon=True)
    process.start()
    says.close()
    with open(hears.fileno(), "rb", closefd=False) as told:
        assert told.readline() == b"ready\n"
        time.sleep(seconds)
        assert process.pid is not None
        os.kill(process.pid, signal.SIGKILL)
        process.join()
        marks = told.read().decode().split("\n")[:-1]
    hears.close()
    return marks


def _run(folder: Path, says) -> None:
    submit_for_ever(folder, says.fileno())


def test_no_acknowledged_leaf_is_lost(tmp_path: Path):
    acknowledged: list[str] = []
    for _ in range(KILLS):
        acknowledged += killed_after(tmp_path, random.uniform(0.01, 0.3))
        with opened(tmp_path) as ledger:
            size = sign(ledger)
            with ledger.store.reading() as connection:
                assert reading.verify(connection).size == size
                kept = {leaf["facts"].get("mark") for leaf in reading.contents(connection)}
        assert set(acknowledged) <= kept
    assert len(acknowledged) > KILLS
    assert len(set(acknowledged)) == len(acknowledged)
