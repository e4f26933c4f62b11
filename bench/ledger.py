"""How fast evidence is kept: Fairgo's group commit beside a bare insert of the same bytes, in one run.

    python bench/ledger.py [--rounds 5] [--postgres URL] [--json]

Each figure is the median of the rounds; the two sides take turns, so a noisy machine is noisy for both. Durable means
SQLite with synchronous=FULL, or PostgreSQL with its own defaults (fsync on). `leaves/s` counts acknowledged leaves,
with the sequencer integrating and signing beside them as it does when serving.
"""

import argparse
import asyncio
import json
import multiprocessing
import os
import secrets
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import psycopg
import uvloop
from sqlalchemy.engine import make_url

from fairgo.cli.starting import starter
from fairgo.core.clock import system_clock
from fairgo.core.events import Event
from fairgo.core.policy import Policy
from fairgo.ledger.leaves import write_leaf
from fairgo.ledger.note import Signer
from fairgo.ledger.packs.asking import Asked
from fairgo.ledger.packs.check import check_pack
from fairgo.ledger.packs.making import make_pack
from fairgo.ledger.reading import verify
from fairgo.ledger.recording import Ledger, Recording
from fairgo.ledger.tree import leaf_hash
from fairgo.store.engine import Store, open_store
from fairgo.store.keys import Keys

TOGETHER = 64
CALLERS = 256
LEAVES = 40_960
EVENT = Event(
    "gateway.turn.closed",
    "assistant",
    {
        "turn": "0" * 32,
        "outcome": "allow",
        "reason": "none",
        "by_ai": True,
        "hidden": {"TFN": 1},
        "scanned": 512,
    },
    {"reply": "0" * 64},
)


def ledger_on(store: Store) -> Ledger:
    return Ledger(store, Keys(os.urandom(32)), Signer("bench.example/ledger", os.urandom(32)))


def append(tx: Recording) -> str:
    return tx.append(EVENT)


async def submitted(ledger: Ledger, leaves: int, callers: int) -> float:
    """Leaves a second when so many callers each wait for their own leaf, one after the other."""

    async def caller(share: int) -> None:
        for _ in range(share):
            await ledger.submit(append)

    start = time.perf_counter()
    await asyncio.gather(*(caller(leaves // callers) for _ in range(callers)))
    return leaves / (time.perf_counter() - start)


def group_commit(open_: Callable[[], Store]) -> float:
    store = open_()
    ledger = ledger_on(store)
    ledger.start(checkpoint_seconds=1)
    try:
        return uvloop.run(submitted(ledger, LEAVES, CALLERS))
    finally:
        ledger.stop()
        store.close()


def same_batches(open_: Callable[[], Store]) -> float:
    """Leaves a second in transactions of as many leaves as the bare insert has."""
    store = open_()
    ledger = ledger_on(store)
    start = time.perf_counter()
    for _ in range(LEAVES // TOGETHER):
        with ledger.recorded() as tx:
            for _ in range(TOGETHER):
                tx.append(EVENT)
    rate = LEAVES / (time.perf_counter() - start)
    ledger.stop()
    store.close()
    return rate


def bare_sqlite(folder: Path) -> float:
    """The same bytes in the same batches, through the driver alone."""
    database = sqlite3.connect(folder / "bare.db", isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON"):
        database.execute(f"PRAGMA {pragma}")
    database.execute("CREATE TABLE leaf (seq INTEGER PRIMARY KEY, leaf BLOB, hash BLOB)")
    leaf = write_leaf(EVENT, name="0" * 16 + ".1", moment=system_clock(), policy="0" * 64)
    rows = [(leaf, leaf_hash(leaf))] * TOGETHER
    start = time.perf_counter()
    for _ in range(LEAVES // TOGETHER):
        database.execute("BEGIN IMMEDIATE")
        database.executemany("INSERT INTO leaf (leaf, hash) VALUES (?, ?)", rows)
        database.execute("COMMIT")
    rate = LEAVES / (time.perf_counter() - start)
    database.close()
    return rate


def latency(open_: Callable[[], Store], turns: int = 600, rate: int = 200) -> float:
    """The 99th percentile, in milliseconds, of what two commits add to a turn at 200 turns a second."""
    store = open_()
    ledger = ledger_on(store)
    ledger.start(checkpoint_seconds=1)
    waits: list[float] = []

    async def turn() -> None:
        start = time.perf_counter()
        await ledger.submit(append)
        await ledger.submit(append)
        waits.append(1000 * (time.perf_counter() - start))

    async def arrive() -> None:
        started, tasks = time.perf_counter(), []
        for number in range(turns):
            await asyncio.sleep(max(0, started + number / rate - time.perf_counter()))
            tasks.append(asyncio.ensure_future(turn()))
        await asyncio.gather(*tasks)

    try:
        uvloop.run(arrive())
    finally:
        ledger.stop()
        store.close()
    return statistics.quantiles(waits, n=100)[98]


def verified(open_: Callable[[], Store]) -> float:
    """Leaves a second when a ledger is checked from its bytes."""
    store = open_()
    ledger = ledger_on(store)
    with ledger.recorded() as tx:
        for _ in range(LEAVES):
            tx.append(EVENT)
    ledger.stop()
    with store.reading() as connection:
        start = time.perf_counter()
        size = verify(connection).size
        rate = size / (time.perf_counter() - start)
    store.close()
    return rate


def pack_verified(open_: Callable[[], Store], folder: Path) -> float:
    """Leaves a second when an auditor checks a pack: every file, leaf and hash in it, alone and offline."""
    store = open_()
    policy = Policy.read(Path(starter()))
    ledger = Ledger(
        store, Keys(os.urandom(32)), Signer("bench.example/ledger", os.urandom(32)), policy=policy.version
    )
    with ledger.recorded() as tx:
        for _ in range(LEAVES):
            tx.append(EVENT)
    made = make_pack(ledger, policy, Asked("0", str(LEAVES - 1)), folder / "pack.zip")
    store.close()
    start = time.perf_counter()
    checked = check_pack(folder / "pack.zip", [ledger.signer.verifier])
    rate = (made.manifest["last"] + 1) / (time.perf_counter() - start)
    if checked.faults:
        raise SystemExit(f"the pack does not verify: {checked.faults[0]}")
    return rate


def fresh(server: str) -> str:
    """The URL of a new, empty database on a server."""
    url = make_url(server)
    name = f"fairgo_bench_{secrets.token_hex(4)}"
    plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return url.set(database=name).render_as_string(hide_password=False)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--postgres", help="URL of a PostgreSQL server on which databases may be made")
    options.add_argument("--json", action="store_true")
    asked = options.parse_args()
    figures: dict[str, list[float]] = {}

    def note(name: str, measure: Callable[..., float], *what: object) -> None:
        """Each measurement in a process of its own: what ran before must not weigh on it."""
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            figures.setdefault(name, []).append(pool.apply(measure, what))

    for _ in range(asked.rounds):
        with tempfile.TemporaryDirectory() as folder:
            here = Path(folder)
            note("bare SQLite insert, leaves/s", bare_sqlite, here)
            note("64 leaves a commit on SQLite, leaves/s", same_batches, partial(open_store, here / "e"))
            note("group commit on SQLite, leaves/s", group_commit, partial(open_store, here / "a"))
            note("p99 added at 200 turns/s on SQLite, ms", latency, partial(open_store, here / "b"))
            note("verification, leaves/s", verified, partial(open_store, here / "c"))
            note("pack verification, leaves/s", pack_verified, partial(open_store, here / "d"), here)
        if asked.postgres:
            note(
                "group commit on PostgreSQL, leaves/s",
                group_commit,
                partial(open_store, Path(), fresh(asked.postgres)),
            )
    medians = {name: statistics.median(values) for name, values in figures.items()}
    share = medians["64 leaves a commit on SQLite, leaves/s"] / medians["bare SQLite insert, leaves/s"]
    medians["64 leaves a commit as a share of the bare insert"] = share
    for name, value in medians.items():
        print(f"{name:45} {value:12,.2f}") if not asked.json else None
    if asked.json:
        print(json.dumps(medians))


if __name__ == "__main__":
    main()
