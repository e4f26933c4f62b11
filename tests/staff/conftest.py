"""One house for each test of staff, with its clock in the test's hand."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from fairgo.ledger.recording import Ledger
from tests.ledger.ledgers import opened
from tests.staff.signing import Hands, a_house


@pytest.fixture(scope="session")
def empty_house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a house in which nothing has happened: copying it is quicker than making its tables each time."""
    folder = tmp_path_factory.mktemp("empty") / "data"
    with opened(folder):
        pass
    return folder


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
def ledger(tmp_path: Path, hands: Hands, empty_house: Path) -> Iterator[Ledger]:
    shutil.copytree(empty_house, tmp_path / "data")
    with a_house(tmp_path / "data", hands) as running:
        yield running
