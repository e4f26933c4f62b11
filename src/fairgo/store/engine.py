"""The database: SQLite in one file by default, PostgreSQL for many nodes; the same calls for both.

Reading connections cannot write. Writing connections are for the ledger alone (a house test keeps it so):
a change that leaves no evidence cannot be made.
"""

import glob
import os
import sqlite3
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from psycopg.pq import TransactionStatus
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from fairgo.core.errors import EvidenceBroken, Misconfigured
from fairgo.store.migrating import revision, upgrade
from fairgo.store.purging import Purged, purge_postgresql, purge_sqlite

BUSY_SECONDS = 30
# An error of the database is logged now and then; what was to be written must not stand in it.
POOL: dict[str, Any] = {"pool_size": 4, "max_overflow": 8, "hide_parameters": True}
PURGE_SECONDS = 10
SQLITE_PRAGMAS = (
    f"busy_timeout={BUSY_SECONDS * 1000}",  # first, so that the others wait for their turn too
    "journal_mode=WAL",
    "journal_size_limit=67108864",  # a log that one long reader made large shrinks again
    "synchronous=FULL",  # an acknowledged commit survives a power cut
    "secure_delete=ON",  # deleted keys are overwritten, not only unlinked
    "foreign_keys=ON",
)


class Store:
    """A database with two doors: `reading()` for everyone, `writing()` for the ledger."""

    def __init__(self, url: URL) -> None:
        self._sqlite = url.get_backend_name() == "sqlite"
        self._turn = threading.Lock()
        self._writer = _engine(url, reads_only=False)
        self._reader = _engine(url, reads_only=True)

    @property
    def is_sqlite(self) -> bool:
        """True when one process at a time may write."""
        return self._sqlite

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection that sees one consistent moment and refuses to change anything."""
        with self._reader.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that commits at the end, or leaves no trace when anything is raised.

        Raises EvidenceBroken when the database gave the transaction up meanwhile, whoever swallowed its error.
        """
        with self._my_turn(), self._writer.begin() as connection:
            yield connection
            if not is_whole(connection):
                raise EvidenceBroken("the database gave the transaction up: nothing of it was kept")

    def purge(self, tables: Iterable[str], *, anew: bool = False) -> Purged:
        """See to it that what was deleted from these tables is gone from the files too.

        `anew` writes SQLite's file anew as well. Nothing that is kept changes.
        """
        if not self._sqlite:
            return purge_postgresql(self._writer, tables)
        return purge_sqlite(self._writer, self._my_turn, anew=anew, seconds=PURGE_SECONDS)

    def files(self) -> list[Path]:
        """The files of an SQLite database, its log and index of the log included; none for PostgreSQL."""
        if not self._sqlite:
            return []
        main = Path(str(self._writer.url.database))
        return [path for path in main.parent.glob(f"{glob.escape(main.name)}*") if path.is_file()]

    def close(self) -> None:
        """Give back every connection; on SQLite fold the write-ahead log into the file."""
        self._reader.dispose()
        if self._sqlite:
            with self._writer.connect() as connection:
                raw: Any = connection.connection.driver_connection
                raw.execute(
                    "PRAGMA busy_timeout=1000"
                )  # who still reads in another process is not waited for
                raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self._writer.dispose()

    def abandon(self) -> None:
        """Give back every connection and do nothing else."""
        self._reader.dispose()
        self._writer.dispose()

    @contextmanager
    def _my_turn(self) -> Iterator[None]:
        # SQLite's own waiting is polling: under load a thread may wait for seconds while others pass it by.
        if not self._sqlite:
            yield
            return
        if not self._turn.acquire(timeout=BUSY_SECONDS):
            raise EvidenceBroken(f"the database was busy for {BUSY_SECONDS} seconds: nothing was kept")
        try:
            yield
        finally:
            self._turn.release()


def is_whole(connection: Connection) -> bool:
    """False when the database rolled the transaction back by itself: SQLite on a full disk, PostgreSQL after a failed statement.

    A commit would then succeed and keep nothing.
    """
    raw: Any = connection.connection.driver_connection
    if connection.dialect.name == "sqlite":
        return bool(raw.in_transaction)
    return raw.info.transaction_status in {TransactionStatus.IDLE, TransactionStatus.INTRANS}


def open_store(data: Path, database: str = "") -> Store:
    """The store of a data folder, brought to the newest schema. `database` is a URL; empty means SQLite in the folder.

    Raises Misconfigured when the database cannot be reached or its URL is not one.
    """
    url = _url(data, database)
    try:
        if not database:
            data.mkdir(parents=True, exist_ok=True, mode=0o700)
        if url.database and url.get_backend_name() == "sqlite":
            # Made here so that only this user can read it; SQLite gives its other files the same mode.
            os.close(os.open(url.database, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as wrong:
        raise _unusable(url, wrong.strerror or type(wrong).__name__) from None
    return _opened(url)


def existing_store(data: Path, database: str = "") -> Store:
    """Like `open_store`, for commands that only look: a place that holds nothing is a mistake, not a new store."""
    url = _url(data, database)
    if url.database and url.get_backend_name() == "sqlite" and not Path(url.database).exists():
        raise Misconfigured(
            f"{data if not database else url.database} holds no Fairgo data",
            hint="name the folder that `fairgo serve --data` used",
        )
    return _opened(url, existing=True)


def _url(data: Path, database: str) -> URL:
    try:
        url = make_url(database) if database else URL.create("sqlite", database=str(data / "fairgo.db"))
    except (ArgumentError, ValueError):
        raise Misconfigured(
            "the database setting is not a database URL", hint="postgresql://USER@HOST/NAME"
        ) from None
    if url.get_backend_name() == "postgresql":
        return url.set(drivername="postgresql+psycopg")
    if url.get_backend_name() != "sqlite":
        raise Misconfigured(
            f"{url.get_backend_name()!r} databases are not supported", hint="sqlite or postgresql"
        )
    if (url.database or ":memory:").startswith((":memory:", "file:")):
        raise Misconfigured(
            "evidence needs a file of its own", hint="leave the database setting empty, or sqlite:///PATH"
        )
    return url.set(drivername="sqlite")


def _opened(url: URL, *, existing: bool = False) -> Store:
    store = Store(url)
    try:
        with store.reading() as connection:
            known = revision(connection)
        if known.current is None and existing:
            raise Misconfigured(  # noqa: TRY301 - closing what was opened is the same for every fault
                f"the database at {_shown(url)} holds no Fairgo data",
                hint="is it the one that `fairgo serve` uses?",
            )
        if known.current != known.newest:
            with store.writing() as connection:
                upgrade(connection)
    except DBAPIError as wrong:
        store.abandon()
        raise _unusable(url, type(wrong.orig).__name__) from None
    except BaseException:
        store.abandon()
        raise
    return store


def _unusable(url: URL, why: str) -> Misconfigured:
    return Misconfigured(
        f"the database at {_shown(url)} cannot be used ({why})",
        hint="is it running, and may this user write to it?",
    )


def _shown(url: URL) -> str:
    return url.set(query={}).render_as_string()  # a password may stand in the query as well


def _engine(url: URL, *, reads_only: bool) -> Engine:
    if url.get_backend_name() != "sqlite":
        return _postgresql(url, reads_only=reads_only)
    engine = create_engine(url, **POOL)
    pragmas = (*SQLITE_PRAGMAS, "query_only=ON") if reads_only else SQLITE_PRAGMAS
    begin = "BEGIN" if reads_only else "BEGIN IMMEDIATE"

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # the driver's own transaction rules would hide BEGIN IMMEDIATE
        for pragma in pragmas:
            _set(connection, pragma)

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.execute(text(begin))

    return engine


def _set(connection: sqlite3.Connection, pragma: str) -> None:
    """Set one pragma, waiting for others.

    Going over to a write-ahead log ignores the busy timeout, so processes that start a new file together meet here.
    """
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute(f"PRAGMA {pragma}")
        except sqlite3.OperationalError as refused:
            if refused.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        else:
            return


def _postgresql(url: URL, *, reads_only: bool) -> Engine:
    # A reader's statements all see one moment; a writer's see what was committed while it waited for a lock.
    level = "REPEATABLE READ" if reads_only else "READ COMMITTED"
    engine = create_engine(url, pool_pre_ping=True, isolation_level=level, **POOL)

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        connection.execute("SET TIME ZONE 'UTC'")  # times come back in the zone they are shown in
        connection.commit()

    return engine.execution_options(postgresql_readonly=True) if reads_only else engine
