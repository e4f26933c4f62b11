"""A house on each of the two databases."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect, text

from fairgo.ledger.house import House
from tests.jobs.labour import a_house, make_tally
from tests.postgres import Postgres


@pytest.fixture(scope="session")
def served(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The URL of a PostgreSQL database with every table."""
    url = postgres.fresh()
    opened = a_house(tmp_path_factory.mktemp("served"), url)
    make_tally(opened)
    opened.close()
    return url


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> str:
    """The database setting of a database without rows: empty for SQLite, a URL for PostgreSQL."""
    if request.param == "sqlite":
        return ""
    url: str = request.getfixturevalue("served")
    engine = create_engine(url)
    with engine.begin() as connection:
        tables = sorted(set(inspect(connection).get_table_names()) - {"alembic_version"})
        connection.execute(text(f"TRUNCATE {', '.join(tables)} RESTART IDENTITY"))
    engine.dispose()
    return url


@pytest.fixture
def house(tmp_path: Path, database: str) -> Iterator[House]:
    """A house with a table that counts effects; its ledger does not run."""
    opened = a_house(tmp_path, database)
    if not database:
        make_tally(opened)
    yield opened
    opened.close()


@pytest.fixture
def small(tmp_path: Path) -> Iterator[House]:
    """A house on SQLite, where the database makes no difference."""
    opened = a_house(tmp_path)
    make_tally(opened)
    yield opened
    opened.close()
