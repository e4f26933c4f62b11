"""Alternatives to AI: a conversation handed to a person stays with a person until the customer chooses otherwise."""

from sqlalchemy import Connection

from fairgo.consent import records
from fairgo.core.events import Event
from fairgo.core.turns import Turn
from fairgo.core.verdicts import ALLOW, Measure, Outcome, State, Verdict
from fairgo.ledger.recording import Recording
from fairgo.store.keys import Keys

IN_CHARGE = "person.in_charge"


def recall(connection: Connection, _keys: Keys, turn: Turn) -> str | None:
    """The hand-over this conversation is in, or None."""
    return records.open_handover(connection, turn.conversation)


def check(turn: Turn, handover: str | None) -> Verdict:
    """While a person has the conversation no model is called; the customer is told that their words reached the person."""
    if handover is None:
        return ALLOW
    return Verdict(Outcome.HAND_OVER, IN_CHARGE, reply=turn.system.human.waiting)


def with_person(connection: Connection, conversation: str) -> bool:
    """True while a person has the conversation."""
    return records.open_handover(connection, conversation) is not None


def request(tx: Recording, turn: Turn, reason: str) -> str:
    """Hand a conversation to a person: once, however often it is asked. Gives the hand-over's id."""
    known = records.open_handover(tx.connection, turn.conversation)
    if known is not None:
        return known
    identity = records.keep_handover(
        tx, system=turn.system.name, customer=turn.customer, conversation=turn.conversation, reason=reason
    )
    facts = {"handover": identity, "reason": reason, "turn": turn.id}
    tx.append(Event("consent.handover.requested", system=turn.system.name, facts=facts))
    return identity


def return_to_ai(tx: Recording, customer: str) -> int:
    """End the customer's hand-overs because they chose AI again. Gives how many ended."""
    ended = records.end_handovers(tx, customer)
    if ended:
        tx.append(Event("consent.handover.ended", facts={"reason": "customer.chose_ai", "count": ended}))
    return ended


def measure(connection: Connection) -> Measure:
    """People waiting for a person. There is no desk yet, so nobody has joined: never green."""
    states = records.handovers_by_state(connection)
    if not states:
        return Measure("no hand-over yet", State.CANNOT_TELL)
    waiting = states.get(records.REQUESTED, 0)
    value = f"{waiting} handed over, {states.get(records.ENDED, 0)} returned by choice"
    return Measure(value, State.CANNOT_TELL, "the desk that answers them is not built yet")
