"""Customers who talk, choose and wish; and two people who erase them."""

import json
from pathlib import Path
from typing import Any

from sqlalchemy import select, text

from fairgo.consent import choices
from fairgo.core.verdicts import Outcome
from fairgo.gateway import evidence
from fairgo.gateway.evidence import Closing
from fairgo.gateway.pipeline import Decision, run
from fairgo.gateway.reading import Caller, customer_name, make_turn
from fairgo.gateway.wire import chat
from fairgo.ledger import reading
from fairgo.ledger.recording import Ledger
from fairgo.privacy.security import erasure
from fairgo.privacy.security.erasure import Entry
from fairgo.store import sealing
from tests.ledger.ledgers import sign
from tests.turns import POLICY

ADA, BEN = "Ada Lovelace", "Ben Hall"
MAI, TOM = "customer-mai-4711", "customer-tom-1188"
SECRET = "the bill for the house with the green door is wrong again"
NUMBERS = "my tax file number is 123 456 782 and my telephone is 0491 570 157"


def decide(ledger: Ledger, customer: str, *said: str, conversation: str = "one") -> Decision:
    """What the steps say of a turn in which the customer says this."""
    ledger.counters.saw_request()
    with ledger.store.reading() as connection:
        who = Caller(customer, conversation, "chat", "en-AU", False)
        asked = chat.ask([("user", words) for words in said])
        turn = make_turn(POLICY, ledger.keys, "assistant", who, asked, connection=connection)
        return run(connection, ledger.keys, turn)


def open_turn(ledger: Ledger, decision: Decision) -> None:
    """The evidence before the assistant is called."""
    with ledger.recorded() as tx:
        evidence.opened(tx, decision)


def close_turn(ledger: Ledger, decision: Decision, reply: str = "I can help with that.") -> None:
    """The evidence at the end."""
    closing = Closing(Outcome.ALLOW, "none", True, [reply], opened_with_statement=True, scanned=len(reply))
    with ledger.recorded() as tx:
        evidence.closed(tx, decision, closing)


def talk(ledger: Ledger, customer: str, *said: str, conversation: str = "one") -> str:
    """One whole turn. Gives its id."""
    decision = decide(ledger, customer, *(said or (SECRET,)), conversation=conversation)
    if decision.calls_model:
        open_turn(ledger, decision)
        close_turn(ledger, decision)
    else:
        with ledger.recorded() as tx:
            evidence.answered(tx, decision, 0)
    return decision.turn.id


def choose(ledger: Ledger, customer: str, *, gives: bool) -> None:
    """The customer's choice for the assistant's purpose."""
    with ledger.recorded() as tx:
        name = customer_name(tx.connection, tx.keys, customer)
        words = POLICY.purposes["answers"]
        choices.choose(tx, customer=name, purpose="answers", words=words, gives=gives, channel="chat")


def lives(ledger: Ledger) -> None:
    """Two customers with everything a customer can have."""
    for customer in (MAI, TOM):
        talk(ledger, customer)
        talk(ledger, customer, NUMBERS, conversation="two")
        choose(ledger, customer, gives=True)
        talk(ledger, customer, "I want to talk to a real person please", conversation="three")


def pseudonym(ledger: Ledger, customer: str) -> str:
    """What stands for the customer now."""
    with ledger.store.reading() as connection:
        return customer_name(connection, ledger.keys, customer)


def ask(ledger: Ledger, customer: str = MAI, *, basis: str = "APP 11.2: no longer needed") -> str:
    return erasure.ask(ledger, customer, basis=basis, by=ADA)


def erase(ledger: Ledger, data: Path, customer: str = MAI) -> Entry:
    """Ask, approve and carry out."""
    request = ask(ledger, customer)
    erasure.approve(ledger, request, by=BEN)
    return erasure.carry_out(ledger, request, data)


def entry(ledger: Ledger, request: str) -> Entry:
    with ledger.store.reading() as connection:
        return erasure.find(connection, request)


def facts(ledger: Ledger, kind: str) -> list[dict[str, Any]]:
    """The facts of every leaf of a type, once everything is in the tree and verifies."""
    sign(ledger)
    with ledger.store.reading() as connection:
        reading.verify(connection)
        return [leaf["facts"] for leaf in reading.contents(connection) if leaf["type"] == kind]


def leaves(ledger: Ledger) -> list[str]:
    """Every leaf as text."""
    sign(ledger)
    with ledger.store.reading() as connection:
        return [json.dumps(leaf) for leaf in reading.contents(connection)]


def wrapped_key(ledger: Ledger, customer: str) -> bytes:
    """The customer's wrapped data key as it lies in the database."""
    with ledger.store.reading() as connection:
        row = sealing.customer_key.c
        found = connection.scalar(
            select(row.wrapped).where(row.customer == customer_name(connection, ledger.keys, customer))
        )
    assert found is not None
    return bytes(found)


def ciphertexts(ledger: Ledger, customer: str) -> list[bytes]:
    """The sealed contents of a customer."""
    with ledger.store.reading() as connection:
        row = sealing.content.c
        mine = row.customer == customer_name(connection, ledger.keys, customer)
        return [bytes(sealed) for sealed in connection.scalars(select(row.sealed).where(mine))]


def said(ledger: Ledger, customer: str, conversation: str = "one") -> list[str]:
    """What is kept of what the customer said."""
    from fairgo.ledger import turns

    with ledger.store.reading() as connection:
        who = customer_name(connection, ledger.keys, customer)
        name = ledger.keys.pseudonym("conversation", "assistant", who, conversation)
        return [words for kept in turns.conversation(connection, ledger.keys, name) for words in kept.said]


def count(ledger: Ledger, table: str, where: str = "1 = 1", **values: Any) -> int:
    with ledger.store.reading() as connection:
        found = connection.scalar(text(f"SELECT count(*) FROM {table} WHERE {where}"), values)  # noqa: S608 - a test's own words
    return int(found or 0)
