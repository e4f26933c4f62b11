"""The small witness over real HTTP: what the protocol asks of it, and that no kill makes it say two things."""

import hashlib
import random
import stat
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from http.client import HTTPException
from pathlib import Path

import httpx2 as httpx
import pytest
from typer.testing import CliRunner

from fairgo.cli.main import app as cli
from fairgo.core.errors import Misconfigured
from fairgo.ledger.cosignatures import CosignerKey, cosigned, has_ml_dsa
from fairgo.ledger.note import Checkpoint, Signer, open_note, write_signature
from fairgo.ledger.witnessing import request
from fairgo.public.witness import LARGEST_BODY, Watch, open_watch
from tests.public.watching import History, Process, submit, watching, witness_process

LOG = Signer("log.example/one", b"l" * 32)
TRUE = History(LOG, [b"leaf %d" % n for n in range(300)])
FORKED = History(LOG, [*TRUE.leaves[:100], b"another", *TRUE.leaves[101:]])
FORKED_EARLY = History(LOG, [*TRUE.leaves[:3], b"another", *TRUE.leaves[4:]])
NAME = "witness.example/one"


@pytest.fixture
def watch(tmp_path: Path) -> Iterator[Watch]:
    made = open_watch(tmp_path / "witness", NAME, [str(LOG.verifier)])
    yield made
    made.memory.close()


@pytest.fixture
def site(watch: Watch) -> Iterator[str]:
    with watching(watch) as address:
        yield address


def moments(watch: Watch, note: str, lines: str) -> list[int]:
    return [one.moment for one in cosigned(note + lines, [cosigner.key for cosigner in watch.cosigners])]


def test_it_cosigns_what_continues_the_log_and_tells_monitors(watch: Watch, site: str):
    before = int(time.time())
    for old, size in ((0, 1), (1, 1), (1, 90), (90, 256), (256, 300), (300, 300)):
        got = submit(site, TRUE.body(old, size))
        assert got.status_code == 200
        (moment,) = moments(watch, TRUE.note(size), got.text)
        assert before <= moment <= time.time()
    mark = hashlib.sha256(LOG.name.encode()).hexdigest()
    newest = httpx.get(f"{site}/{mark}/checkpoint")
    assert newest.headers["content-type"] == "text/plain; charset=utf-8"
    assert open_note(newest.text, LOG.verifier) == Checkpoint(LOG.name, 300, TRUE.root(300)).text()
    assert moments(watch, TRUE.note(300), newest.text[len(TRUE.note(300)) :])
    assert httpx.get(f"{site}/{'0' * 64}/checkpoint").status_code == 404


def status(watch: Watch, body: bytes) -> int:
    return watch.add(body).status


def test_a_log_without_leaves_can_be_cosigned(watch: Watch):
    assert status(watch, TRUE.body(0, 0)) == 200
    assert status(watch, request(0, [], LOG.sign(Checkpoint(LOG.name, 0, b"r" * 32).text()))) == 409


@pytest.mark.parametrize("old", [0, 49, 51, 60])
def test_another_old_size_is_a_conflict_that_names_the_size(site: str, old: int):
    assert submit(site, TRUE.body(0, 50)).status_code == 200
    got = submit(site, TRUE.body(old, 60))
    assert (got.status_code, got.headers["content-type"], got.text) == (409, "text/x.tlog.size", "50\n")


def test_another_root_of_the_same_size_is_a_conflict_without_a_size(site: str):
    submit(site, TRUE.body(0, 150))
    got = submit(site, FORKED.body(150, 150))
    assert got.status_code == 409
    assert got.headers["content-type"] != "text/x.tlog.size"


def test_a_log_that_forks_is_refused_and_its_true_history_goes_on(watch: Watch):
    status(watch, TRUE.body(0, 150))
    assert status(watch, FORKED.body(150, 200)) == 422
    seen = watch.memory.newest(LOG.name)
    assert seen is not None
    assert (seen.size, seen.root) == (150, TRUE.root(150))
    assert status(watch, TRUE.body(150, 200)) == 200


def proof_broken(body: bytes) -> bytes:
    first, _second, rest = body.split(b"\n", 2)
    return first + b"\n" + b"A" * 43 + b"=\n" + rest


def test_a_proof_that_does_not_verify_is_422(watch: Watch):
    assert status(watch, request(0, [b"h" * 32], TRUE.note(200))) == 422  # from nothing it must be empty
    status(watch, TRUE.body(0, 100))
    assert status(watch, proof_broken(TRUE.body(100, 200))) == 422
    assert status(watch, request(100, [], TRUE.note(200))) == 422
    assert status(watch, request(100, [b"h" * 32], TRUE.note(100))) == 422


def test_unknown_logs_and_wrong_keys_are_told_apart(watch: Watch):
    stranger = History(Signer("log.example/two", b"l" * 32), TRUE.leaves)
    assert status(watch, stranger.body(0, 5)) == 404
    thief = History(Signer(LOG.name, b"t" * 32), TRUE.leaves)
    assert status(watch, thief.body(0, 5)) == 403
    spoilt = write_signature(LOG.name, LOG.verifier.identity + b"s" * 64)
    assert status(watch, TRUE.body(0, 5) + spoilt.encode()) == 403
    with_stranger = TRUE.body(0, 5) + write_signature("cosigner.example", b"1234" + b"s" * 64).encode()
    assert status(watch, with_stranger) == 200


BODY = TRUE.body(3, 100)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"old 0\n",
        b"\xff" + BODY,
        BODY.replace(b"old 3", b"new 3"),
        BODY.replace(b"old 3", b"old 03"),
        BODY.replace(b"old 3", b"old -3"),
        BODY.replace(b"old 3", b"old 101"),
        BODY.replace(b"old 3", b"old 3 "),
        BODY.replace(b"=\n", b"\n", 1),
        BODY.replace(b"\n\n", b"\n", 1),
        BODY.rstrip(b"\n"),
        BODY + b"\n",
        BODY.replace(b"\n100\n", b"\nmany\n"),
        request(3, [b"h" * 32] * 64, TRUE.note(100)),
        request(0, [], LOG.sign(Checkpoint(LOG.name, 2**63, b"r" * 32).text())),
    ],
)
def test_a_malformed_submission_is_400_and_changes_nothing(watch: Watch, body: bytes):
    assert watch.add(body).status == 400
    assert watch.memory.newest(LOG.name) is None


def test_a_body_without_end_is_cut_off(site: str):
    assert submit(site, b"x" * (LARGEST_BODY + 1)).status_code == 413


def test_other_methods_and_places_are_refused(site: str):
    assert httpx.get(f"{site}/add-checkpoint").status_code == 405
    assert httpx.post(f"{site}/other").status_code == 404


def test_it_remembers_over_a_restart_and_keeps_its_key(tmp_path: Path):
    folder = tmp_path / "witness"
    keys = set()
    for old, size in ((0, 10), (10, 20)):
        watch = open_watch(folder, NAME, [str(LOG.verifier)])
        keys.add(str(watch.cosigners[0].key))
        with watching(watch) as site:
            assert submit(site, TRUE.body(old, size)).status_code == 200
    assert len(keys) == 1
    assert stat.S_IMODE((folder / "witness.key").stat().st_mode) == 0o600


def test_a_clock_that_runs_backwards_is_not_followed(tmp_path: Path):
    times = iter([datetime(2030, 1, 1, tzinfo=UTC), datetime(2029, 1, 1, tzinfo=UTC)])
    opened = open_watch(tmp_path, NAME, [str(LOG.verifier)])
    watch = Watch(opened.logs, opened.cosigners, opened.memory, lambda: next(times))
    first, second = (watch.add(TRUE.body(old, size)).words for old, size in ((0, 5), (5, 9)))
    assert moments(watch, TRUE.note(5), first) == moments(watch, TRUE.note(9), second)
    watch.memory.close()


def test_a_disk_that_takes_nothing_gives_no_cosignature(watch: Watch, site: str):
    watch.memory._database.execute("PRAGMA query_only=ON")
    got = submit(site, TRUE.body(0, 5))
    assert (got.status_code, "\u2014" in got.text) == (503, False)
    watch.memory._database.execute("PRAGMA query_only=OFF")
    assert submit(site, TRUE.body(0, 5)).status_code == 200


def test_keys_that_were_changed_are_both_taken(tmp_path: Path):
    newer = History(Signer(LOG.name, b"n" * 32), TRUE.leaves)
    watch = open_watch(tmp_path, NAME, [str(LOG.verifier), str(newer.signer.verifier)])
    assert watch.add(TRUE.body(0, 5)).status == 200
    assert watch.add(newer.body(5, 9)).status == 200
    watch.memory.close()


@pytest.mark.skipif(not has_ml_dsa(), reason="this version of cryptography has no ML-DSA-44")
def test_it_can_cosign_with_both_kinds_of_key(tmp_path: Path):
    watch = open_watch(tmp_path, NAME, [str(LOG.verifier)], ml_dsa=True)
    lines = watch.add(TRUE.body(0, 5)).words
    assert len(moments(watch, TRUE.note(5), lines)) == 2
    watch.memory.close()


@pytest.mark.parametrize(
    ("name", "logs", "said"),
    [("two words", [], "no spaces"), (NAME, ["what"], "'what' is not an Ed25519 verifier key")],
)
def test_mistakes_of_the_operator_are_named(tmp_path: Path, name: str, logs: list[str], said: str):
    with pytest.raises(Misconfigured, match=said):
        open_watch(tmp_path, name, logs)
    file = tmp_path / "file"
    file.touch()
    with pytest.raises(Misconfigured, match="cannot be"):
        open_watch(file, NAME, [])


def test_the_command_explains_itself():
    assert "VKEY" in CliRunner().invoke(cli, ["ledger", "witness", "--help"]).output


def test_of_many_submissions_at_once_no_two_of_one_size_are_cosigned(watch: Watch, site: str):
    submit(site, TRUE.body(0, 100))
    bodies = [history.body(100, 200) for history in (TRUE, FORKED) for _ in range(8)]
    later = [TRUE.body(100, size) for size in range(201, 209)]
    random.shuffle(bodies)
    with ThreadPoolExecutor(8) as pool:
        statuses = [got.status_code for got in pool.map(lambda body: submit(site, body), bodies + later)]
    assert statuses.count(200) == 1


def hammer(process: Process, history: History, told: dict[int, set[bytes]], stop: threading.Event) -> None:
    """Submit one history without end; keep the root of every size that was cosigned."""
    old, key = 0, CosignerKey.parse(process.key)
    while not stop.is_set():
        size = min(old + random.randint(1, 3), 300)
        try:
            got = submit(process.url, history.body(old, size))
        except (OSError, HTTPException):
            return
        if got.status_code == 200:
            assert cosigned(history.note(size) + got.text, [key])
            told.setdefault(size, set()).add(history.root(size))
        old = int(got.text) if got.headers["content-type"] == "text/x.tlog.size" else size
        old = min(old, 299)


def test_killed_at_any_moment_it_never_cosigns_two_roots_of_one_size(tmp_path: Path):
    told: dict[int, set[bytes]] = {}
    keys, newest = set(), 0
    for _round in range(3):
        process = witness_process(tmp_path / "witness", NAME, str(LOG.verifier))
        keys.add(process.key)
        stop = threading.Event()
        with ThreadPoolExecutor(2) as pool:
            under_way = [
                pool.submit(hammer, process, history, told, stop) for history in (TRUE, FORKED_EARLY)
            ]
            before, until = max(told, default=0), time.monotonic() + 10
            while max(told, default=0) == before < 290 and time.monotonic() < until:
                time.sleep(0.01)
            time.sleep(random.uniform(0, 0.2))
            process.kill()
            stop.set()
            for one in under_way:
                one.result()
        watch = open_watch(tmp_path / "witness", NAME, [str(LOG.verifier)])
        seen = watch.memory.newest(LOG.name)
        watch.memory.close()
        if told:
            assert seen is not None
            assert seen.size >= max(told) >= newest
            newest = seen.size
    assert told
    assert len(keys) == 1
    assert all(len(roots) == 1 for roots in told.values())
