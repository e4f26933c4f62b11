"""Witnesses and receipts on both databases: asked once by many processes, kept, and added to receipts."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

from sqlalchemy import func, select

from fairgo.ledger import records, witnesses
from fairgo.ledger.cosignatures import Cosigner
from fairgo.ledger.receipts import check_receipt, receipt
from fairgo.ledger.recording import Ledger
from fairgo.ledger.trust import Witness, read_trust
from fairgo.ledger.witnesses import Answer
from fairgo.ledger.witnessing import Witnessing
from fairgo.public.witness import open_watch
from tests.ledger.ledgers import HAPPENED, SIGNER, happen, sign
from tests.public.watching import watching

ONE = Witness("one", Cosigner("witness.example/one", b"1" * 32).key, "http://127.0.0.1:1")


def test_of_many_processes_one_asks(ledger: Ledger):
    now = ledger.clock()

    def claim(since: witnesses.Standing | None) -> bool:
        with ledger.store.writing() as connection:
            return witnesses.claim(connection, ONE, since, now + timedelta(seconds=20))

    for _round in range(2):
        with ledger.store.reading() as connection:
            since = witnesses.known(connection, ONE)
        with ThreadPoolExecutor(4) as pool:
            assert sorted(pool.map(claim, [since] * 8)) == [False] * 7 + [True]
        with ledger.store.writing() as connection:
            witnesses.keep(connection, ONE, Answer(3, problem="ahead"), now)
        now += timedelta(minutes=1)


def test_cosignatures_are_kept_renewed_and_added_to_receipts(ledger: Ledger, tmp_path: Path):
    watch = open_watch(tmp_path / "witness", "witness.example/one", [str(SIGNER.verifier)])
    with watching(watch) as base:
        key = watch.cosigners[0].key
        asked = Witness("one", key, base)
        now = [ledger.clock()]
        them = Witnessing(ledger.store, [asked], seconds=10, clock=lambda: now[0])
        for leaves in (3, 300, 0):
            happen(ledger, 1)
            with ledger.recorded() as tx:
                name = tx.append(HAPPENED)
                for _ in range(leaves):
                    tx.append(HAPPENED)
            sign(ledger)
            now[0] += timedelta(minutes=11)
            assert [answer.problem for answer in them.ask_those_due()] == [""]
            now[0] += timedelta(minutes=11)
            assert [answer.problem for answer in them.ask_those_due()] == [""]  # the same one, renewed
    trust = read_trust(f"log {SIGNER.verifier}\nwitness one {key}\nquorum one\n".encode())
    with ledger.store.reading() as connection:
        shown = check_receipt(receipt(connection, name), None, trust=trust)
        assert shown.checkpoint.size == connection.scalar(select(func.max(records.checkpoint.c.size)))
        assert connection.scalar(select(func.count()).select_from(witnesses.cosignature_table)) == 3
        (stands,) = witnesses.standing(connection)
    assert (stands.name, stands.size, stands.problem) == ("witness.example/one", shown.checkpoint.size, "")
    assert stands.cosigned_at == now[0]
