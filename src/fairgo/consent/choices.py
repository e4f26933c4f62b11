"""Choices: a customer gives or withdraws consent per purpose; the newest choice is in force on the very next call."""

import hashlib

from sqlalchemy import Connection

from fairgo.consent import records
from fairgo.core.events import Event
from fairgo.core.policy import Purpose
from fairgo.core.turns import Turn
from fairgo.core.verdicts import ALLOW, Measure, Outcome, State, Verdict
from fairgo.ledger.recording import Recording
from fairgo.store.keys import Keys
from fairgo.store.sealing import make_key

GIVEN = "given"
WITHDRAWN = "withdrawn"


def recall(connection: Connection, _keys: Keys, turn: Turn) -> str | None:
    """The customer's newest choice for the system's purpose; None when they made none."""
    return records.latest_choice(connection, turn.customer, turn.system.purpose)


def check(turn: Turn, choice: str | None) -> Verdict:
    """Hand over when the customer said no, or when they were not asked and the purpose needs a yes. Basis: APP 3, APP 6."""
    if choice == WITHDRAWN:
        return Verdict(Outcome.HAND_OVER, "consent.withdrawn", reply=turn.system.human.words)
    if choice is None and turn.purpose.basis == "opt-in":
        return Verdict(Outcome.HAND_OVER, "consent.not_given", reply=turn.system.human.words)
    return ALLOW


def allowed(connection: Connection, customer: str, purpose: str, basis: str) -> bool:
    """True when AI may be used for this purpose and customer now."""
    choice = records.latest_choice(connection, customer, purpose)
    return choice == GIVEN or (choice is None and basis == "notice")


def choose(tx: Recording, *, customer: str, purpose: str, words: Purpose, gives: bool, channel: str) -> str:
    """Keep a choice and its leaf: what was chosen, and the hash of the exact words the choice was about. Gives the leaf's name."""
    state = GIVEN if gives else WITHDRAWN
    shown = hashlib.sha256(words.words.encode()).hexdigest()
    make_key(tx.connection, tx.keys, customer)  # held until the commit: no erasure comes in between
    records.keep_choice(tx, customer=customer, purpose=purpose, state=state, channel=channel, words=shown)
    facts = {"purpose": purpose, "channel": channel, "words": shown}
    return tx.append(Event(f"consent.choice.{state}", facts=facts))


def measure(connection: Connection) -> Measure:
    """Choices made. A withdrawal is in force with its commit: the gateway reads choices on every turn."""
    made = records.choices_by_state(connection)
    if not made:
        return Measure("no choice made yet", State.CANNOT_TELL)
    value = f"{made.get(WITHDRAWN, 0)} withdrawn, {made.get(GIVEN, 0)} given"
    return Measure(
        value, State.OK, "read anew on every turn here; other systems of the company are not connected yet"
    )
