"""One body of tests, two databases: everything here runs on SQLite and on PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect, text

from fairgo.ledger.recording import Ledger
from fairgo.store.engine import Store, open_store
from tests.ledger.ledgers import a_ledger
from tests.postgres import Postgres


@pytest.fixture(params=["sqlite", "postgresql"])
def backend(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def empty(backend: str, request: pytest.FixtureRequest) -> str:
    """The database setting of a database without tables: empty for SQLite, a URL for PostgreSQL."""
    return "" if backend == "sqlite" else request.getfixturevalue("postgres").fresh()


@pytest.fixture(scope="session")
def served(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The URL of a PostgreSQL database with every table."""
    url = postgres.fresh()
    open_store(tmp_path_factory.mktemp("served"), url).close()
    return url


@pytest.fixture
def database(backend: str, request: pytest.FixtureRequest) -> str:
    """The database setting of a database without rows: empty for SQLite, a URL for PostgreSQL."""
    if backend == "sqlite":
        return ""
    url: str = request.getfixturevalue("served")
    engine = create_engine(url)
    with engine.begin() as connection:
        tables = sorted(set(inspect(connection).get_table_names()) - {"alembic_version"})
        connection.execute(text(f"TRUNCATE {', '.join(tables)} RESTART IDENTITY"))
    engine.dispose()
    return url


@pytest.fixture
def store(tmp_path: Path, database: str) -> Iterator[Store]:
    opened = open_store(tmp_path / "data", database)
    yield opened
    opened.close()


@pytest.fixture
def ledger(store: Store) -> Ledger:
    """A ledger that does not run; what a test starts, it stops."""
    return a_ledger(store)
