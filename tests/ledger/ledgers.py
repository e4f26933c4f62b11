"""Ledgers for tests: keyword-only, valid by default, on a real database."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select, text

from fairgo.core.clock import Clock, system_clock
from fairgo.core.events import Event
from fairgo.ledger import records
from fairgo.ledger.note import Signer
from fairgo.ledger.recording import Ledger, Recording
from fairgo.ledger.sequencer import integrate
from fairgo.store.engine import Store, open_store
from fairgo.store.keys import Keys

NAME = "banksia.example/test-ledger"
KEYS = Keys(b"m" * 32)
SIGNER = Signer(NAME, b"l" * 32)
HAPPENED = Event("house.thing.happened", "assistant", {"count": 1})


def a_ledger(
    store: Store, *, signer: Signer = SIGNER, keys: Keys = KEYS, clock: Clock = system_clock
) -> Ledger:
    """A ledger that does not run yet."""
    return Ledger(store, keys, signer, policy="f" * 64, clock=clock)


@contextmanager
def opened(folder: Path, database: str = "", **how: Any) -> Iterator[Ledger]:
    """A ledger on the database of a folder, closed at the end."""
    store = open_store(folder, database)
    try:
        yield a_ledger(store, **how)
    finally:
        store.close()


@contextmanager
def running(ledger: Ledger, *, checkpoint_seconds: float = 0.02) -> Iterator[Ledger]:
    """The ledger with its threads, stopped at the end."""
    ledger.start(checkpoint_seconds=checkpoint_seconds)
    try:
        yield ledger
    finally:
        ledger.stop()


def happen(ledger: Ledger, times: int = 1) -> None:
    """Record a leaf in each of so many transactions."""
    for _ in range(times):
        with ledger.recorded(HAPPENED):
            pass


def sign(ledger: Ledger) -> int:
    """Put what waits into the tree and sign."""
    return integrate(ledger.store, ledger.signer, ledger.clock)


def appending(note: str = "x") -> Callable[[Recording], str]:
    """A work that appends one leaf and gives its word back."""

    def work(tx: Recording) -> str:
        tx.append(HAPPENED)
        return note

    return work


def leaves(connection: Connection) -> list[Any]:
    """Every leaf's row, in the order it came."""
    return list(connection.execute(select(records.leaf).order_by(records.leaf.c.seq)).all())


def tamper(store: Store, statement: str, **values: Any) -> int:
    """Change the database behind the ledger's back. Gives how many rows were changed."""
    with store.writing() as connection:
        return connection.execute(text(statement), values).rowcount
