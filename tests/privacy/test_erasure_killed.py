"""`kill -9` in the middle of an erasure, at five moments: whoever runs it again finishes it, and nothing is half done."""

import multiprocessing
import os
import signal
from pathlib import Path

import pytest

from fairgo.privacy.security import destruction, erasure, erasure_list, replaying
from tests.ledger.ledgers import opened
from tests.privacy.erasing import (
    BEN,
    MAI,
    SECRET,
    TOM,
    ask,
    ciphertexts,
    count,
    entry,
    facts,
    lives,
    pseudonym,
    said,
    wrapped_key,
)

nursery = multiprocessing.get_context("forkserver")
nursery.set_forkserver_preload(["fairgo.privacy.security.erasure", "tests.ledger.ledgers"])

# The moment, and the state in which it leaves the erasure.
MOMENTS = {
    "in the transaction of the key": "approved",
    "between key and rows": "key-destroyed",
    "in the transaction of the rows": "key-destroyed",
    "before the search": "rows-deleted",
    "in the transaction of the certificate": "scanned",
}


def _die(*_args: object, **_named: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _carry_out_and_die(data: Path, database: str, request: str, moment: str) -> None:
    """In a process of its own: the transactions are counted, and one is killed before its commit."""
    from fairgo.ledger.recording import Recording

    whole, counted = Recording.check, 0
    fatal = {"in the transaction of the key": 1, "in the transaction of the rows": 2}
    fatal["in the transaction of the certificate"] = 4

    def check(self: Recording) -> None:
        nonlocal counted
        counted += 1
        if counted == fatal.get(moment):
            _die()
        whole(self)

    with opened(data, database) as ledger:
        Recording.check = check  # type: ignore[method-assign]
        if moment == "between key and rows":
            erasure_list.keep_list = _die
        if moment == "before the search":
            destruction.look = _die
        erasure.carry_out(ledger, request, data)


def kill(data: Path, database: str, request: str, moment: str) -> None:
    process = nursery.Process(target=_carry_out_and_die, args=(data, database, request, moment), daemon=True)
    process.start()
    process.join(30)
    assert process.exitcode == -signal.SIGKILL


def holding(data: Path, canaries: list[bytes]) -> list[str]:
    """The files in which any of these bytes stand, found without our own search."""
    files = [path for path in data.rglob("*") if path.is_file()]
    return [path.name for path in files if any(canary in path.read_bytes() for canary in canaries)]


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_killed_erasure_is_finished_by_the_next(data: Path, moment: str):
    with opened(data) as ledger:
        lives(ledger)
        name, key, sealed = pseudonym(ledger, MAI), wrapped_key(ledger, MAI), ciphertexts(ledger, MAI)
        request = ask(ledger)
        erasure.approve(ledger, request, by=BEN)
    canaries = [name.encode(), key, key[12:], *(piece[:40] for piece in sealed)]
    assert holding(data, canaries) == ["fairgo.db"]
    kill(data, "", request, moment)
    with opened(data) as ledger:
        assert entry(ledger, request).state == MOMENTS[moment]
        done = erasure.carry_out(ledger, request, data)
        assert done.state == "certified", done.scan
        assert len(facts(ledger, "privacy.customer.erased")) == 1
        assert said(ledger, TOM) == [SECRET]
        assert holding(data, canaries) == []


@pytest.mark.parametrize("moment", ["between key and rows", "in the transaction of the rows"])
def test_on_postgresql_too(data: Path, postgres, moment: str):
    database = postgres.fresh()
    with opened(data, database) as ledger:
        lives(ledger)
        name = pseudonym(ledger, MAI)
        request = ask(ledger)
        erasure.approve(ledger, request, by=BEN)
    kill(data, database, request, moment)
    with opened(data, database) as ledger:
        assert entry(ledger, request).state == MOMENTS[moment]
        assert erasure.carry_out(ledger, request, data).state == "certified"
        assert count(ledger, "turn", "customer = :name", name=name) == 0
        assert said(ledger, TOM) == [SECRET]


def test_what_was_half_done_is_finished_before_anybody_is_served(data: Path):
    with opened(data) as ledger:
        lives(ledger)
        request = ask(ledger)
        erasure.approve(ledger, request, by=BEN)
    kill(data, "", request, "between key and rows")
    with opened(data) as ledger:
        assert replaying.replay_kept(ledger, data) == [request]
        assert entry(ledger, request).state == "rows-deleted"
        assert erasure.verify(ledger, request, data).state == "certified"
