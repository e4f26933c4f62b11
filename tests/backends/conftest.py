"""One body of tests, two databases: everything here runs on SQLite and on PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from fairgo.ledger.recording import Ledger
from fairgo.store.engine import Store, open_store
from tests.ledger.ledgers import a_ledger


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> str:
    """The database setting: empty for SQLite, the URL of an empty database for PostgreSQL."""
    return "" if request.param == "sqlite" else request.getfixturevalue("postgres").fresh()


@pytest.fixture
def store(tmp_path: Path, database: str) -> Iterator[Store]:
    opened = open_store(tmp_path / "data", database)
    yield opened
    opened.close()


@pytest.fixture
def ledger(store: Store) -> Ledger:
    """A ledger that does not run; what a test starts, it stops."""
    return a_ledger(store)
