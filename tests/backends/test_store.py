"""The two doors of a store, its migrations, and its moments."""

import importlib
import multiprocessing
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import insert, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, StatementError

import fairgo
from fairgo.core.errors import Misconfigured
from fairgo.store.engine import Store, existing_store, open_store
from fairgo.store.schema import insert_unless_there, metadata
from fairgo.store.sealing import customer_key

PACKAGE = Path(fairgo.__file__).parent
nursery = multiprocessing.get_context("forkserver")
nursery.set_forkserver_preload(["fairgo.ledger.recording", "tests.ledger.ledgers"])

WRITES = [
    "INSERT INTO customer_key (customer, wrapped) VALUES ('c', '')",
    "UPDATE customer_key SET customer = 'd'",
    "DELETE FROM customer_key",
    "DROP TABLE customer_key",
    "CREATE TABLE other (id INTEGER)",
]


@pytest.mark.parametrize("statement", WRITES)
def test_a_reading_connection_refuses_every_change(store: Store, statement: str):
    with store.reading() as connection, pytest.raises(DBAPIError, match=r"readonly|read-only"):
        connection.execute(text(statement))


def test_a_reading_connection_sees_one_moment(store: Store):
    count = text("SELECT count(*) FROM customer_key")
    with store.reading() as reader:
        assert reader.scalar(count) == 0
        with store.writing() as writer:
            writer.execute(text(WRITES[0]))
        assert reader.scalar(count) == 0
    with store.reading() as reader:
        assert reader.scalar(count) == 1


def test_what_is_raised_in_a_transaction_leaves_no_trace(store: Store):
    class Stopped(Exception):
        pass

    with pytest.raises(Stopped), store.writing() as writer:  # noqa: PT012 - the transaction is what is tested
        writer.execute(text(WRITES[0]))
        raise Stopped
    with store.reading() as reader:
        assert reader.scalar(text("SELECT count(*) FROM customer_key")) == 0


def test_an_error_of_the_database_repeats_no_value(store: Store):
    row = insert(customer_key).values(customer="jo@example.com", wrapped=b"w")
    with pytest.raises(DBAPIError) as wrong, store.writing() as writer:  # noqa: PT012 - the second one fails
        writer.execute(row)
        writer.execute(row)
    assert "wrapped" in str(wrong.value)
    assert store.is_sqlite or "Key (customer)" in str(wrong.value.orig)
    assert "jo@example.com" not in str(wrong.value).partition("DETAIL")[0]


def test_a_row_is_inserted_once(store: Store):
    row = {"customer": "c", "wrapped": b"first"}
    with store.writing() as writer:
        assert insert_unless_there(writer, customer_key, row)
        assert not insert_unless_there(writer, customer_key, row | {"wrapped": b"second"})
        assert writer.scalar(select(customer_key.c.wrapped)) == b"first"


def test_the_migrations_make_what_the_tables_say(store: Store):
    # Every module that declares tables, so that none is forgotten.
    for path in sorted(PACKAGE.rglob("*.py")):
        if "metadata,\n" in path.read_text(encoding="utf-8"):
            importlib.import_module(".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts))
    assert {"ledger_leaf", "turn", "policy_version", "content", "api_key", "choice", "audit_run"} <= set(
        metadata.tables
    )
    with store.reading() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )
        assert compare_metadata(context, metadata) == []


def test_a_store_opens_twice(store: Store, tmp_path: Path, database: str):
    for door in (open_store, existing_store):
        again = door(tmp_path / "data", database)
        with again.reading() as one, store.reading() as two:
            assert (
                one.execute(text("SELECT * FROM alembic_version")).all()
                == two.execute(text("SELECT * FROM alembic_version")).all()
            )
        again.close()


def test_an_empty_database_is_not_looked_at(tmp_path: Path, empty: str):
    with pytest.raises(Misconfigured, match="holds no Fairgo data"):
        existing_store(tmp_path / "nothing", empty)
    store = open_store(tmp_path / "data", empty)
    store.close()
    existing_store(tmp_path / "data", empty).close()


def _open(folder: Path, database: str, together, said) -> None:
    together.wait(20)
    store = open_store(folder, database)
    with store.reading() as connection:
        said.put(connection.scalar(text("SELECT count(*) FROM alembic_version")))
    store.close()


def test_processes_that_start_together_migrate_once(tmp_path: Path, empty: str):
    together, said = nursery.Barrier(3), nursery.Queue()
    work = [nursery.Process(target=_open, args=(tmp_path / "data", empty, together, said)) for _ in range(3)]
    for process in work:
        process.start()
    for process in work:
        process.join(30)
    assert [process.exitcode for process in work] == [0, 0, 0]
    assert [said.get(timeout=5) for _ in work] == [1, 1, 1]
    said.close()


@pytest.mark.parametrize("hours", [0, 11, -7])
def test_a_moment_is_the_same_moment_in_utc_when_it_comes_back(store: Store, hours: int):
    from fairgo.ledger import records

    moment = datetime(2026, 11, 23, 23, 34, 56, 789, tzinfo=timezone(timedelta(hours=hours)))
    with store.writing() as writer:
        writer.execute(insert(records.key).values(verifier="v", since=moment))
        back = writer.scalar(select(records.key.c.since).where(records.key.c.since <= moment))
    assert back == moment
    assert back.utcoffset() == timedelta(0)
    with store.writing() as writer, pytest.raises(StatementError, match="needs its time zone"):
        writer.execute(insert(records.key).values(verifier="w", since=moment.replace(tzinfo=None)))


def test_the_session_speaks_utc_whatever_the_server_does(tmp_path: Path, postgres):
    url = postgres.fresh()
    store = open_store(tmp_path, url)
    with store.writing() as writer:
        writer.execute(text(f"ALTER DATABASE {make_url(url).database} SET timezone TO 'Australia/Sydney'"))
    store.close()
    again = open_store(tmp_path, url)
    for door in (again.reading, again.writing):
        with door() as connection:
            shown = connection.scalar(text("SELECT TIMESTAMPTZ '2026-11-23 12:00+11'"))
            assert shown.utcoffset() == datetime(2026, 1, 1, tzinfo=UTC).utcoffset()
            assert shown.hour == 1
    again.close()
