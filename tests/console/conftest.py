"""One full house and one empty one for all pages of the console; tests that change something take one of their own."""

import pytest

from tests.console.rooms import a_full_house
from tests.ledger.ledgers import opened


@pytest.fixture(scope="session")
def full(tmp_path_factory):
    with a_full_house(tmp_path_factory.mktemp("full-house")) as ledger:
        yield ledger


@pytest.fixture(scope="session")
def empty(tmp_path_factory):
    with opened(tmp_path_factory.mktemp("empty-house")) as ledger:
        yield ledger


@pytest.fixture
def ours(tmp_path):
    with opened(tmp_path) as ledger:
        yield ledger
