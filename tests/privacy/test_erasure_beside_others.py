"""Erasure while others write and read: who is under way is waited for, who comes late is turned away."""

import threading
from pathlib import Path

import pytest
from sqlalchemy import text

from fairgo.core.errors import Conflict
from fairgo.gateway import evidence
from fairgo.gateway.pipeline import Decision
from fairgo.ledger.recording import Ledger
from fairgo.privacy.security import erasure
from fairgo.privacy.security.erasure import Entry
from fairgo.store import purging, sealing
from tests.ledger.ledgers import opened
from tests.privacy.erasing import BEN, MAI, TOM, ask, ciphertexts, count, decide, entry, erase, said, talk


@pytest.fixture
def database(postgres) -> str:
    return postgres.fresh()


@pytest.fixture
def other(data: Path, database: str):
    """Another process's ledger over the same database."""
    with opened(data, database) as made:
        yield made


def approved(ledger: Ledger) -> str:
    request = ask(ledger)
    erasure.approve(ledger, request, by=BEN)
    return request


class Beside(threading.Thread):
    """An erasure in a thread of its own."""

    def __init__(self, ledger: Ledger, request: str, data: Path) -> None:
        super().__init__(daemon=True)
        self.outcome: Entry | None = None
        self._work = lambda: erasure.carry_out(ledger, request, data)
        self.start()

    def run(self) -> None:
        self.outcome = self._work()

    def is_waiting(self) -> bool:
        self.join(0.4)
        return self.is_alive()

    def end(self) -> Entry:
        self.join(30)
        assert self.outcome is not None
        return self.outcome


def test_a_turn_that_holds_the_key_is_waited_for_and_erased_too(ledger: Ledger, other: Ledger, data: Path):
    talk(ledger, MAI)
    decision, request = decide(ledger, MAI, "words that come at the very moment"), approved(ledger)
    with ledger.recorded() as tx:
        evidence.opened(tx, decision)
        beside = Beside(other, request, data)
        assert beside.is_waiting()
    assert beside.end().state == "certified"
    assert count(ledger, "content", "customer = :who", who=decision.turn.customer) == 0
    assert count(ledger, "turn", "customer = :who", who=decision.turn.customer) == 0
    assert count(ledger, "turn") == 2


def test_a_first_turn_that_makes_the_key_is_waited_for(ledger: Ledger, other: Ledger):
    # The key is made in a transaction that is not committed yet: the one who destroys waits for it.
    decision = decide(ledger, MAI, "my very first words")
    destroyed = threading.Thread(target=_make_and_destroy, args=(other, decision), daemon=True)
    with ledger.recorded() as tx:
        evidence.opened(tx, decision)
        destroyed.start()
        destroyed.join(0.4)
        assert destroyed.is_alive()
    destroyed.join(30)
    assert count(ledger, "customer_key", "customer = :who", who=decision.turn.customer) == 0
    with pytest.raises(Conflict, match="erased meanwhile"), ledger.recorded() as tx:
        evidence.opened(tx, decision)


def _make_and_destroy(ledger: Ledger, decision: Decision) -> None:
    from tests.ledger.ledgers import HAPPENED

    with ledger.recorded(HAPPENED) as tx:
        sealing.make_key(tx.connection, tx.keys, decision.turn.customer)
        sealing.destroy_key(tx.connection, tx.keys, decision.turn.customer)


def test_who_comes_while_the_key_is_being_destroyed_is_turned_away(ledger: Ledger, other: Ledger):
    talk(ledger, MAI)
    decision = decide(ledger, MAI, "too late")
    late: list[BaseException] = []

    def come() -> None:
        try:
            with other.recorded() as tx:
                evidence.opened(tx, decision)
        except Conflict as wrong:
            late.append(wrong)

    thread = threading.Thread(target=come, daemon=True)
    from tests.ledger.ledgers import HAPPENED

    with ledger.recorded(HAPPENED) as tx:
        sealing.destroy_key(tx.connection, tx.keys, decision.turn.customer)
        thread.start()
        thread.join(0.4)
        assert thread.is_alive()
    thread.join(30)
    assert "erased meanwhile" in str(late[0])


def test_two_who_carry_out_the_same_request_do_it_once(ledger: Ledger, other: Ledger, data: Path):
    talk(ledger, MAI)
    request = approved(ledger)
    held = entry(ledger, request)
    from fairgo.privacy.security import destruction

    destruction.destroy_key(ledger, held)
    with pytest.raises(Conflict, match="somebody else carries"):
        destruction.destroy_key(other, held)
    assert erasure.carry_out(other, request, data).state == "certified"


def test_where_the_servers_files_cannot_be_read_its_tables_are(ledger: Ledger, data: Path, monkeypatch):
    talk(ledger, MAI)
    copied = ciphertexts(ledger, MAI)[0]
    monkeypatch.setattr(purging, "server_folder", lambda _connection: None)
    done = erase(ledger, data)
    assert done.state == "certified"
    assert done.scan["way"] == "rows"
    assert any(risk.startswith("server-unread") for risk in _risks(done))
    with ledger.store.writing() as connection:
        connection.execute(text("CREATE TABLE stray (id int, held bytea)"))
        connection.execute(text("INSERT INTO stray VALUES (1, :held)"), {"held": b"a" * 9 + copied})
    assert erasure.verify(ledger, done.id, data).scan["found"] == ["table stray"]


def test_the_servers_own_files_are_searched_and_its_log_is_named(ledger: Ledger, data: Path):
    talk(ledger, MAI)
    talk(ledger, TOM)
    copied = ciphertexts(ledger, MAI)[0]
    done = erase(ledger, data)
    assert done.scan["way"] == "server"
    assert done.scan["bytes"] > 5_000_000
    assert any(risk.startswith("server-log") for risk in _risks(done))
    assert len(said(ledger, TOM)) == 1
    with ledger.store.writing() as connection:
        connection.execute(text("CREATE TABLE stray (held bytea)"))
        connection.execute(text("INSERT INTO stray VALUES (:held)"), {"held": copied})
        connection.execute(text("DELETE FROM stray"))
    with ledger.store.writing() as connection:
        connection.execute(text("INSERT INTO stray VALUES ('x')"))
    found = erasure.verify(ledger, done.id, data).scan["found"]
    assert [place for place in found if place.startswith("base/")]  # a deleted row is still in the file


def _risks(done: Entry) -> list[str]:
    import json

    return json.loads(done.certificate.split("\n")[1])["risks"]
