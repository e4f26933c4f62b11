"""The log over HTTP as tlog-tiles says: its own tools read it, with the headers that let anyone keep it."""

import gzip
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2 as httpx
import pytest
from starlette.routing import Mount
from starlette.testclient import TestClient

from fairgo.ledger.exporting import export
from fairgo.ledger.note import Checkpoint, open_note
from fairgo.ledger.recording import Ledger
from fairgo.ledger.tiles import TileTree
from fairgo.public.evidence import app
from fairgo.web.guards import ON_EVERY_REPLY
from tests.ledger.ledgers import HAPPENED, SIGNER, opened, sign, tamper
from tests.serving import fairgo

SIZE = 600
FOREVER = "public, max-age=31536000, immutable"


def record(ledger: Ledger, count: int) -> None:
    with ledger.recorded() as tx:
        for _ in range(count):
            tx.append(HAPPENED)


def a_client(ledger: Ledger) -> TestClient:
    return TestClient(Mount("/ledger", app(ledger.store)), raise_server_exceptions=False)


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    """600 leaves, signed at 300 and at 600; 5 more wait."""
    with opened(tmp_path_factory.mktemp("served")) as made:
        for _ in range(2):
            record(made, SIZE // 2)
            sign(made)
        record(made, 5)
        yield made


@pytest.fixture(scope="module")
def client(ledger: Ledger) -> TestClient:
    return a_client(ledger)


def test_an_outsider_verifies_the_log_with_the_key_alone(client: TestClient):
    note = client.get("/ledger/checkpoint").text
    point = Checkpoint.parse(open_note(note, SIGNER.verifier))
    tree = TileTree(lambda path: client.get(f"/ledger/{path}").content, point.size)
    assert (point.size, tree.root()) == (SIZE, point.root)
    assert all(b"house.thing.happened" in tree.leaf(at) for at in (0, 255, 256, 599))


def test_what_is_served_is_what_is_exported(client: TestClient, ledger: Ledger, tmp_path: Path):
    export(ledger.store, tmp_path / "out")
    for path in (tmp_path / "out").rglob("*"):
        if path.is_file():
            assert client.get(f"/ledger/{path.relative_to(tmp_path / 'out')}").content == path.read_bytes()


def test_the_checkpoint_is_plain_text_and_never_kept(client: TestClient):
    reply = client.get("/ledger/checkpoint")
    assert reply.headers["content-type"] == "text/plain; charset=utf-8"
    assert reply.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("path", "width"),
    [
        ("tile/0/000", 256),
        ("tile/0/001", 256),
        ("tile/0/002.p/88", 88),
        ("tile/1/000.p/2", 2),
        ("tile/0/001.p/44", 44),  # of the checkpoint at 300: the tile has grown since, and still begins so
        ("tile/1/000.p/1", 1),
    ],
)
def test_tiles_are_octets_and_kept_for_good(client: TestClient, path: str, width: int):
    reply = client.get(f"/ledger/{path}")
    assert (reply.status_code, len(reply.content)) == (200, 32 * width)
    assert reply.headers["content-type"] == "application/octet-stream"
    assert reply.headers["cache-control"] == FOREVER
    full = client.get(f"/ledger/{path.partition('.')[0]}")
    assert full.status_code == 404 or full.content.startswith(reply.content)


@pytest.mark.parametrize("path", ["tile/entries/000", "tile/entries/002.p/88"])
def test_entries_are_smaller_for_those_who_take_gzip(client: TestClient, path: str):
    plain = client.get(f"/ledger/{path}", headers={"accept-encoding": "identity"})
    small = client.get(f"/ledger/{path}", headers={"accept-encoding": "br, gzip;q=0.5"})
    refused = client.get(f"/ledger/{path}", headers={"accept-encoding": "gzip;q=0"})
    assert "content-encoding" not in plain.headers
    assert "content-encoding" not in refused.headers
    assert plain.headers["content-length"] == str(len(plain.content)) == refused.headers["content-length"]
    assert small.headers["content-encoding"] == "gzip"
    assert int(small.headers["content-length"]) < len(plain.content) / 3
    assert small.content == plain.content == gzip.decompress(gzip.compress(refused.content))
    assert {reply.headers["vary"] for reply in (plain, small)} == {"accept-encoding"}


@pytest.mark.parametrize(
    "path",
    [
        "tile", "tile/", "tile/0/002", "tile/0/003", "tile/0/002.p/89", "tile/0/002.p/93", "tile/0/003.p/1",
        "tile/1/000", "tile/1/000.p/3", "tile/1/001", "tile/2/000.p/1", "tile/8/000", "tile/64/000", "tile/00/000",
        "tile/0/0", "tile/0/x000/000", "tile/0/1000", "tile/0/000.p/0", "tile/0/000.p/256", "tile/0/000.p/01",
        "tile/0/x000000/000", "tile/0/x999/x999/x999/x999/x999/x999/999", "tile/entries/002", "tile/entries/002.p/89",
        "tile/entries/003", "tile/data/000", "tile/0/%30%30%30%0a", "tile/../checkpoint/x", "nothing", "",
    ],
)  # fmt: skip
def test_what_no_signature_covers_or_nobody_may_ask_for_is_not_there(client: TestClient, path: str):
    reply = client.get(f"/ledger/{path}")
    assert reply.status_code == 404
    assert reply.headers["cache-control"] == "no-store"
    assert reply.headers["content-type"].startswith("text/plain")


@pytest.mark.parametrize("path", ["checkpoint", "tile/0/000", "tile/0/nothing", "nothing"])
def test_every_reply_has_the_security_headers(client: TestClient, path: str):
    headers = client.get(f"/ledger/{path}").headers
    assert {name: headers[name] for name in ON_EVERY_REPLY} == dict(ON_EVERY_REPLY)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_nothing_can_be_changed(client: TestClient, method: str):
    assert client.request(method, "/ledger/checkpoint").status_code == 405
    assert client.request(method, "/ledger/tile/0/000").status_code == 405


def test_a_head_request_says_how_long_it_is(client: TestClient):
    reply = client.head("/ledger/tile/0/000")
    assert (reply.status_code, reply.headers["content-length"], reply.content) == (200, "8192", b"")


def test_before_the_first_signature_there_is_nothing(tmp_path: Path):
    with opened(tmp_path / "empty") as empty:
        record(empty, 3)
        for path in ("checkpoint", "tile/0/000.p/3", "tile/entries/000.p/3"):
            reply = a_client(empty).get(f"/ledger/{path}")
            assert (reply.status_code, reply.text) == (404, "nothing is signed yet\n")


def test_a_tile_that_is_not_whole_is_a_fault_and_not_an_empty_reply(tmp_path: Path):
    with opened(tmp_path / "broken") as broken:
        record(broken, 300)
        sign(broken)
        tamper(broken.store, "DELETE FROM ledger_leaf WHERE position = 5")
        tamper(broken.store, "DELETE FROM ledger_tile WHERE level = 0 AND number = 0")
        for path in ("tile/entries/000", "tile/0/000"):
            reply = a_client(broken).get(f"/ledger/{path}")
            assert (reply.status_code, reply.text) == (500, f"{path} is not whole\n")
            assert reply.headers["cache-control"] == "no-store"


def test_a_running_fairgo_serves_its_log(tmp_path: Path):
    with fairgo(tmp_path, "http://127.0.0.1:9/v1") as running:
        for _ in range(100):
            reply = httpx.get(f"{running.base}/ledger/checkpoint")
            if reply.status_code == 200:
                break
            time.sleep(0.1)
        point = Checkpoint.parse(open_note(reply.text, running.house.ledger.signer.verifier))
        tree = TileTree(lambda path: httpx.get(f"{running.base}/ledger/{path}").content, point.size)
        assert tree.root() == point.root
        assert b"culture.policy.applied" in tree.leaf(0)
