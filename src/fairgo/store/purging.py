"""After a deletion: seeing to it that the bytes are gone too, as far as a database can.

SQLite overwrites what is deleted (secure_delete); what stands in its write-ahead log goes when the log is folded in
and cut off. PostgreSQL leaves deleted rows in its files until a table is written anew.
"""

import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

Turn = Callable[[], AbstractContextManager[None]]
REWRITTEN_AT_MOST = 256 * 1024 * 1024  # bytes: writing a table anew locks it
ALWAYS = frozenset({"customer_key"})  # with the master key an old row opens everything, so size is no excuse
LOCK = "SET lock_timeout = '10s'"


@dataclass(frozen=True, slots=True)
class Purged:
    """How far it went: False for `done` when somebody still read an old moment; `left` are tables too large to write anew."""

    done: bool
    left: tuple[str, ...] = ()


def purge_sqlite(engine: Engine, turn: Turn, *, anew: bool, seconds: float) -> Purged:
    """Fold the write-ahead log into the file and cut it to nothing; with `anew` write the whole file anew before.

    Each try takes its `turn` among this process's writers, and gives it back.
    """
    end = time.monotonic() + seconds
    with engine.connect() as connection:
        raw: Any = connection.connection.driver_connection
        raw.execute("PRAGMA busy_timeout=250")
        try:
            if anew:
                with turn():
                    raw.execute("VACUUM")
            while True:
                with turn():
                    busy, _frames, _folded = raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
                if not busy or time.monotonic() > end:
                    return Purged(not busy)
                time.sleep(0.05)  # somebody reads an old moment: the log cannot be cut off under them
        except sqlite3.OperationalError:
            return Purged(done=False)  # the file cannot be written anew: it is in use, or the disk is full
        finally:
            connection.invalidate()  # its timeout is not the others'


def purge_postgresql(engine: Engine, tables: Iterable[str]) -> Purged:
    """Write tables anew; one that is too large is only vacuumed, and named."""
    left = []
    done = True
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(LOCK))
        for table in tables:
            size = connection.scalar(
                text("SELECT pg_total_relation_size(CAST(:name AS regclass))"), {"name": f'"{table}"'}
            )
            small = table in ALWAYS or (size or 0) <= REWRITTEN_AT_MOST
            try:
                connection.exec_driver_sql(f'VACUUM {"(FULL) " if small else ""}"{table}"')
            except DBAPIError:
                done = False
            if not small:
                left.append(table)
        with suppress(DBAPIError):  # only some roles may; without it the files go at the next one
            connection.exec_driver_sql("CHECKPOINT")
        connection.invalidate()
    return Purged(done, tuple(left))


def server_folder(connection: Connection) -> Path | None:
    """The folder of a PostgreSQL server, when it is on this machine and may be read; else None.

    That it is this very server's is known from the moment of its start, which the folder names too.
    """
    if connection.dialect.name != "postgresql":
        return None
    try:
        with connection.begin_nested():
            folder = Path(str(connection.scalar(text("SHOW data_directory"))))
        started: datetime | None = connection.scalar(text("SELECT pg_postmaster_start_time()"))
        lines = (folder / "postmaster.pid").read_text(encoding="utf-8").splitlines()
        same = started is not None and abs(int(lines[2]) - started.timestamp()) < 5
        list((folder / "base").iterdir())
    except (DBAPIError, OSError, ValueError, IndexError):
        return None
    return folder if same else None


def server_files(connection: Connection, folder: Path) -> tuple[list[Path], list[Path]]:
    """The files of this database and of the server's messages; and those of its write-ahead log."""
    mine = connection.scalar(text("SELECT oid FROM pg_database WHERE datname = current_database()"))
    spaces = [space / str(mine) for space in (folder / "pg_tblspc").glob("*/PG_*")]
    tables = [folder / "base" / str(mine), folder / "global", folder / "log", *spaces]
    held = [path for place in tables if place.is_dir() for path in sorted(place.rglob("*")) if path.is_file()]
    return held, sorted(path for path in (folder / "pg_wal").glob("*") if path.is_file())


@contextmanager
def rows_as_bytes(connection: Connection, table: str) -> Iterator[Iterator[bytes]]:
    """Everything a PostgreSQL table says, as a stream of bytes in the server's binary format."""
    raw: Any = connection.connection.driver_connection
    with raw.cursor() as cursor, cursor.copy(f'COPY "{table}" TO STDOUT (FORMAT BINARY)') as copy:
        yield (bytes(piece) for piece in copy)
