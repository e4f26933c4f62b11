"""Who of the workers is alive, known without heartbeats: each holds a lock that ends with its process.

PostgreSQL: an advisory lock of a connection that is kept open. SQLite: a lock on a file beside the database. Either is
given back by the system the moment the process is gone, `kill -9` included. A worker that only hangs keeps its lock;
for it, every run has a deadline.
"""

import os
import secrets
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import ModuleType

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from fairgo.store.engine import Store

fcntl: ModuleType | None
try:
    import fcntl
except ImportError:  # pragma: no cover - there are no such locks on Windows: there the deadlines alone decide
    fcntl = None

SPACE = 0x466A6F62  # "Fjob": our part of PostgreSQL's advisory locks
LARGEST = 2**31 - 1
# A machine that vanished without a word is found out within a minute.
KEEPALIVE = "SET tcp_keepalives_idle = 20; SET tcp_keepalives_interval = 10; SET tcp_keepalives_count = 3"
HELD = text(
    "SELECT objid::bigint FROM pg_locks WHERE locktype = 'advisory' AND classid = :space AND objsubid = 2 "
    "AND granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)
TAKE = text("SELECT pg_try_advisory_lock(:space, :number)")


class Presence:
    """That this worker is alive, told by a lock; `number` is its name in the queue."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._until_the_end = ExitStack()
        self._connection: Connection | None = None
        self.number = 0

    def hold(self) -> None:
        """Take a lock, or a new one under a new number when the one held was lost with its connection."""
        if self.number and self._still_held():
            return
        self.release()
        if self._store.is_sqlite:
            self._hold_file()
        else:
            self._hold_lock()

    def release(self) -> None:
        """Give the lock back."""
        self.number = 0
        self._connection = None
        self._until_the_end.close()

    def _still_held(self) -> bool:
        if self._connection is None:
            return True
        try:
            held = self._connection.scalars(HELD, {"space": SPACE}).all()
            self._connection.rollback()
        except DBAPIError:
            return False
        return self.number in held

    def _hold_lock(self) -> None:
        connection = self._until_the_end.enter_context(self._store.reading())
        # The connection is not one to give to others afterwards: it has a lock and settings of its own.
        self._until_the_end.callback(connection.invalidate)
        connection.exec_driver_sql(KEEPALIVE)
        number = 0
        while not number or not connection.scalar(TAKE, {"space": SPACE, "number": number}):
            number = 1 + secrets.randbelow(LARGEST)
        connection.commit()
        self._connection, self.number = connection, number

    def _hold_file(self) -> None:
        folder = folder_of(self._store)
        folder.mkdir(exist_ok=True, mode=0o700)
        while not self.number:
            number = 1 + secrets.randbelow(LARGEST)
            path = folder / str(number)
            opened = os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600)
            if _lock(opened) and _is_there(path, opened):
                self._until_the_end.callback(path.unlink, missing_ok=True)
                self._until_the_end.callback(os.close, opened)
                self.number = number
            else:  # somebody looked at it before it was locked, and took it for a dead one's
                os.close(opened)


def alive(store: Store) -> frozenset[int]:
    """The numbers of the workers that are alive now. Files of dead ones are removed."""
    if store.is_sqlite:
        return frozenset(_alive_files(folder_of(store)))
    with store.reading() as connection:
        return frozenset(connection.scalars(HELD, {"space": SPACE}).all())


def folder_of(store: Store) -> Path:
    """Where the workers of an SQLite database have their locks."""
    main = min(store.files(), key=lambda path: len(path.name))
    return main.with_name(f"{main.name}.workers")


@contextmanager
def present(store: Store) -> Iterator[Presence]:
    """A worker that is alive for the length of the block."""
    presence = Presence(store)
    presence.hold()
    try:
        yield presence
    finally:
        presence.release()


def _alive_files(folder: Path) -> Iterator[int]:
    for path in folder.glob("*") if folder.is_dir() else ():
        if path.name.isdecimal() and _is_held(path):
            yield int(path.name)


def _is_held(path: Path) -> bool:
    if fcntl is None:  # pragma: no cover - Windows
        return True
    try:
        opened = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return False
    try:
        if not _lock(opened):
            return True
        path.unlink(missing_ok=True)
        return False
    finally:
        os.close(opened)


def _lock(opened: int) -> bool:
    if fcntl is None:  # pragma: no cover - Windows
        return True
    try:
        fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_there(path: Path, opened: int) -> bool:
    try:
        return path.stat().st_ino == os.fstat(opened).st_ino
    except FileNotFoundError:
        return False
