"""The database: SQLite in one file by default, PostgreSQL for many nodes; the same calls for both.

Reading connections cannot write. Writing connections are for the ledger alone (a house test keeps it so):
a change that leaves no evidence cannot be made.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from fairgo.core.errors import Misconfigured
from fairgo.store.migrating import upgrade

SQLITE_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",  # an acknowledged commit survives a power cut
    "secure_delete=ON",  # deleted keys are overwritten, not only unlinked
    "foreign_keys=ON",
    "busy_timeout=30000",
)


class Store:
    """A database with two doors: `reading()` for everyone, `writing()` for the ledger."""

    def __init__(self, url: URL) -> None:
        self._sqlite = url.get_backend_name() == "sqlite"
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
        """A transaction that commits at the end, or leaves no trace when anything is raised."""
        with self._writer.begin() as connection:
            yield connection

    def close(self) -> None:
        """Give back every connection; on SQLite fold the write-ahead log into the file."""
        self._reader.dispose()
        if self._sqlite:
            with self._writer.connect() as connection:
                connection.connection.driver_connection.execute(  # type: ignore[union-attr]
                    "PRAGMA wal_checkpoint(TRUNCATE)"
                )
        self._writer.dispose()


def open_store(data: Path, database: str = "") -> Store:
    """The store of a data folder, brought to the newest schema. `database` is a URL; empty means SQLite in the folder.

    Raises Misconfigured when the database cannot be reached or its URL is not one.
    """
    try:
        url = make_url(database) if database else URL.create("sqlite", database=str(data / "fairgo.db"))
    except ArgumentError:
        raise Misconfigured(
            "the database setting is not a database URL", hint="postgresql://USER@HOST/NAME"
        ) from None
    if url.get_backend_name() == "postgresql":
        url = url.set(drivername="postgresql+psycopg")
    elif url.get_backend_name() != "sqlite":
        raise Misconfigured(
            f"{url.get_backend_name()!r} databases are not supported", hint="sqlite or postgresql"
        )
    if not database:
        data.mkdir(parents=True, exist_ok=True, mode=0o700)
    store = Store(url)
    try:
        with store.writing() as connection:
            upgrade(connection)
    except DBAPIError as wrong:
        kind = type(wrong.orig).__name__
        raise Misconfigured(
            f"the database at {url.render_as_string(hide_password=True)} cannot be used ({kind})",
            hint="is it running, and may this user write to it?",
        ) from None
    return store


def existing_store(data: Path, database: str = "") -> Store:
    """Like `open_store`, for commands that only look: a data folder that holds nothing is a mistake, not a new store."""
    if not database and not (data / "fairgo.db").exists():
        raise Misconfigured(
            f"{data} holds no Fairgo data", hint="name the folder that `fairgo serve --data` used"
        )
    return open_store(data, database)


def _engine(url: URL, *, reads_only: bool) -> Engine:
    if url.get_backend_name() != "sqlite":
        engine = create_engine(url, pool_pre_ping=True, pool_size=4, max_overflow=8)
        return engine.execution_options(postgresql_readonly=True) if reads_only else engine
    engine = create_engine(url, pool_size=4, max_overflow=8)
    pragmas = (*SQLITE_PRAGMAS, "query_only=ON") if reads_only else SQLITE_PRAGMAS
    begin = "BEGIN" if reads_only else "BEGIN IMMEDIATE"

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # the driver's own transaction rules would hide BEGIN IMMEDIATE
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.execute(text(begin))

    return engine
