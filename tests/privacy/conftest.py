"""Customers who talked, on SQLite and on PostgreSQL."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from fairgo.ledger.recording import Ledger
from tests.ledger.ledgers import opened


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> str:
    """The database setting: empty for SQLite, the URL of an empty database for PostgreSQL."""
    return "" if request.param == "sqlite" else request.getfixturevalue("postgres").fresh()


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with every table and no customer; copies of it start faster than new ones."""
    folder = tmp_path_factory.mktemp("made") / "data"
    with opened(folder):
        return folder


@pytest.fixture
def data(tmp_path: Path, made: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "data"))


@pytest.fixture
def ledger(data: Path, database: str) -> Iterator[Ledger]:
    """A ledger on either database."""
    with opened(data, database) as made:
        yield made


@pytest.fixture
def small(data: Path) -> Iterator[Ledger]:
    """A ledger on SQLite, where the database makes no difference."""
    with opened(data) as made:
        yield made
