"""Opening a store: what is asked for, what is refused, and what SQLite really does with the file."""

import os
import sqlite3
import stat
import time
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from fairgo.core.errors import EvidenceBroken, Misconfigured
from fairgo.store import engine
from fairgo.store.engine import Store, existing_store, open_store
from tests.ledger.ledgers import tamper


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("nonsense", "is not a database URL"),
        ("postgresql://u@127.0.0.1:port/x", "is not a database URL"),
        ("mysql://u@127.0.0.1/x", "'mysql' databases are not supported"),
        ("sqlite://", "evidence needs a file of its own"),
        ("sqlite:///:memory:", "evidence needs a file of its own"),
        ("sqlite:///file:x?mode=memory&uri=true", "evidence needs a file of its own"),
        ("sqlite:////nowhere/at/all/x.db", "cannot be used (No such file or directory)"),
        ("postgresql://u:pa55@127.0.0.1:1/x", "cannot be used (OperationalError)"),
        ("postgresql://u@127.0.0.1:1/x?password=pa55", "cannot be used (OperationalError)"),
    ],
)
def test_a_database_that_cannot_be_used_is_a_sentence_without_its_password(
    tmp_path: Path, url: str, message: str
):
    with pytest.raises(Misconfigured) as wrong:
        open_store(tmp_path, url)
    assert message in wrong.value.message
    assert wrong.value.hint
    assert "pa55" not in wrong.value.message + wrong.value.hint
    assert not list(tmp_path.iterdir())


def test_a_file_that_is_no_database_or_a_folder_that_is_none_is_a_sentence(tmp_path: Path):
    (tmp_path / "fairgo.db").write_bytes(b"this is not a database. " * 100)
    with pytest.raises(Misconfigured, match=r"cannot be used \(DatabaseError\)"):
        open_store(tmp_path)
    with pytest.raises(Misconfigured, match=r"cannot be used \(File exists\)"):
        open_store(tmp_path / "fairgo.db")


def test_looking_at_a_place_that_holds_nothing_is_a_mistake(tmp_path: Path):
    for database in ("", f"sqlite:///{tmp_path}/fairgo.db"):
        with pytest.raises(Misconfigured, match="holds no Fairgo data"):
            existing_store(tmp_path, database)
    assert not list(tmp_path.iterdir())
    open_store(tmp_path).close()
    for database in ("", f"sqlite:///{tmp_path}/fairgo.db"):
        existing_store(tmp_path, database).close()


def test_data_is_for_its_owner_only(tmp_path: Path):
    before = os.umask(0)
    try:
        store = open_store(tmp_path / "data")
    finally:
        os.umask(before)
    with store.reading() as connection:
        connection.execute(text("SELECT * FROM ledger_leaf"))
    tamper(store, "INSERT INTO customer_key VALUES ('c', x'00')")
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "data").iterdir()}
    store.close()
    assert modes == {"fairgo.db": 0o600, "fairgo.db-wal": 0o600, "fairgo.db-shm": 0o600}
    assert stat.S_IMODE((tmp_path / "data").stat().st_mode) == 0o700


def test_a_store_opens_again_and_keeps_what_is_in_it(tmp_path: Path):
    store = open_store(tmp_path)
    tamper(store, "INSERT INTO customer_key VALUES ('c', x'00')")
    store.close()
    again = open_store(tmp_path)
    assert again.is_sqlite
    with again.reading() as connection:
        assert connection.scalar(text("SELECT count(*) FROM customer_key")) == 1
        assert connection.scalar(text("SELECT count(*) FROM alembic_version")) == 1
    again.close()


@pytest.fixture
def store(tmp_path: Path):
    opened = open_store(tmp_path)
    yield opened
    opened.close()


PRAGMAS = {
    "journal_mode": "wal",
    "synchronous": 2,  # FULL
    "secure_delete": 1,
    "foreign_keys": 1,
    "busy_timeout": 30_000,
    "journal_size_limit": 64 * 1024 * 1024,
}


@pytest.mark.parametrize("door", ["reading", "writing"])
def test_the_promised_pragmas_are_in_force_on_every_connection(store: Store, door: str):
    with getattr(store, door)() as one:
        in_force = {name: one.exec_driver_sql(f"PRAGMA {name}").scalar() for name in (*PRAGMAS, "query_only")}
    assert in_force == PRAGMAS | {"query_only": int(door == "reading")}


def test_deleted_bytes_are_gone_from_every_file_after_closing(tmp_path: Path):
    secret = os.urandom(64)
    store = open_store(tmp_path)
    tamper(store, "INSERT INTO customer_key VALUES ('c', :secret)", secret=secret)
    assert any(secret in path.read_bytes() for path in tmp_path.iterdir())
    tamper(store, "DELETE FROM customer_key WHERE customer = 'c'")
    store.close()
    assert [path.name for path in tmp_path.iterdir()] == ["fairgo.db"]
    assert secret not in (tmp_path / "fairgo.db").read_bytes()


def test_closing_folds_the_log_into_the_file_and_does_not_wait_for_other_readers(tmp_path: Path):
    store = open_store(tmp_path)
    tamper(store, "INSERT INTO customer_key VALUES ('c', x'00')")
    other = sqlite3.connect(tmp_path / "fairgo.db", isolation_level=None)
    other.execute("BEGIN")
    other.execute("SELECT * FROM customer_key").fetchall()
    began = time.monotonic()
    store.close()
    assert time.monotonic() - began < 15  # half of what a writer would wait
    other.execute("ROLLBACK")
    other.close()
    with sqlite3.connect(tmp_path / "fairgo.db") as plain:
        assert plain.execute("SELECT customer FROM customer_key").fetchall() == [("c",)]
    plain.close()


def test_a_full_disk_is_never_a_silent_commit(store: Store):
    # SQLite rolls everything back by itself then; a commit would succeed and keep nothing.
    with pytest.raises(EvidenceBroken, match="gave the transaction up"), store.writing() as connection:  # noqa: PT012 - the transaction is what is tested
        connection.exec_driver_sql("INSERT INTO customer_key VALUES ('first', x'00')")
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")
        with pytest.raises(DBAPIError, match="full"):
            connection.exec_driver_sql("INSERT INTO customer_key VALUES ('large', zeroblob(1000000))")
        connection.exec_driver_sql("PRAGMA max_page_count=1000000")
    with store.reading() as connection:
        assert connection.scalar(text("SELECT count(*) FROM customer_key")) == 0


def test_who_waits_too_long_for_the_pen_is_told(store: Store, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(engine, "BUSY_SECONDS", 0.05)
    with store.writing(), pytest.raises(EvidenceBroken, match=r"busy for 0\.05 seconds"), store.writing():
        pass
    with store.writing():
        pass


def test_a_database_of_a_newer_fairgo_is_left_alone(tmp_path: Path):
    store = open_store(tmp_path)
    tamper(store, "UPDATE alembic_version SET version_num = '9999'")
    store.close()
    for door in (open_store, existing_store):
        with pytest.raises(Misconfigured, match="the schema 9999, which this Fairgo does not know") as wrong:
            door(tmp_path)
        assert "newer Fairgo" in wrong.value.hint


def test_a_reader_that_is_open_does_not_stop_a_writer(store: Store):
    with store.reading() as reader:
        assert reader.scalar(text("SELECT count(*) FROM customer_key")) == 0
        tamper(store, "INSERT INTO customer_key VALUES ('c', x'00')")
        assert reader.scalar(text("SELECT count(*) FROM customer_key")) == 0
    with store.reading() as reader:
        assert reader.scalar(text("SELECT count(*) FROM customer_key")) == 1
