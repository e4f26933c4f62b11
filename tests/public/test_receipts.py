"""Receipts over HTTP, from the header of a reply to a file that checks offline."""

from collections.abc import Iterator
from pathlib import Path

import httpx2 as httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from fairgo.ledger.receipts import address, check_receipt
from fairgo.ledger.recording import Ledger
from fairgo.public.receipts import receipt_routes
from tests.ledger.ledgers import HAPPENED, SIGNER, opened, sign, tamper
from tests.public.watching import served


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    with opened(tmp_path_factory.mktemp("receipts")) as made:
        yield made


@pytest.fixture(scope="module")
def site(ledger: Ledger) -> Iterator[str]:
    with served(Starlette(routes=[Mount("/ledger", routes=receipt_routes(ledger.store))])) as address:
        yield address


def test_a_leaf_is_on_its_way_then_its_receipt_is_a_file(ledger: Ledger, site: str):
    with ledger.recorded() as tx:
        name = tx.append(HAPPENED)
    early = httpx.get(site + address(name))
    assert (early.status_code, early.headers["retry-after"]) == (404, "1")
    assert "no place in the tree yet" in early.text
    sign(ledger)
    got = httpx.get(site + address(name))
    assert got.status_code == 200
    assert got.headers["content-type"] == "text/plain; charset=utf-8"
    assert got.headers["content-disposition"] == f'attachment; filename="{name}.tlog-proof"'
    assert check_receipt(got.text, None, SIGNER.verifier).position == 0


@pytest.mark.parametrize(
    "name", ["x", "0" * 16 + ".1", "%00", "a%0d%0aset-cookie:x", "..%2f..%2fcheckpoint", ""]
)
def test_an_unknown_name_is_not_found_for_good(site: str, name: str):
    got = httpx.get(f"{site}/ledger/receipt/{name}")
    assert got.status_code == 404
    assert "retry-after" not in got.headers


def test_a_ledger_that_does_not_verify_says_so(tmp_path: Path):
    with opened(tmp_path) as broken:
        with broken.recorded(HAPPENED) as tx:
            name = tx.append(HAPPENED)
        sign(broken)
        tamper(broken.store, "UPDATE ledger_tile SET hashes = zeroblob(64)")
        with served(Starlette(routes=[Mount("/ledger", routes=receipt_routes(broken.store))])) as site:
            got = httpx.get(site + address(name))
        assert (got.status_code, "does not verify" in got.text) == (500, True)
