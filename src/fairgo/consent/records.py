"""Consent's tables: every choice ever made, and every hand-over to a person."""

from uuid import uuid4

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    DateTime,
    Index,
    Integer,
    String,
    Table,
    func,
    insert,
    select,
    update,
)

from fairgo.ledger.recording import Recording
from fairgo.store.schema import Moment, metadata

choice = Table(
    "choice",
    metadata,
    Column("seq", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("customer", String(64), nullable=False),
    Column("purpose", String(64), nullable=False),
    Column("state", String(16), nullable=False),
    Column("channel", String(32), nullable=False),
    Column("words", String(64), nullable=False),
    Column("made_at", DateTime(timezone=True), nullable=False),
    Index("ix_choice_customer_purpose", "customer", "purpose"),
)
handover = Table(
    "handover",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("system", String(64), nullable=False),
    Column("customer", String(64), nullable=False, index=True),
    Column("conversation", String(64), nullable=False, index=True),
    Column("reason", String(64), nullable=False),
    Column("state", String(16), nullable=False),
    Column("asked_at", DateTime(timezone=True), nullable=False),
    Column("joined_at", Moment, nullable=True),
    Column("ended_at", Moment, nullable=True),
)
REQUESTED = "requested"
ENDED = "ended"


def latest_choice(connection: Connection, customer: str, purpose: str) -> str | None:
    """The state of the newest choice, or None when none was ever made."""
    mine = select(choice.c.state).where(choice.c.customer == customer, choice.c.purpose == purpose)
    return connection.scalar(mine.order_by(choice.c.seq.desc()).limit(1))


def keep_choice(tx: Recording, *, customer: str, purpose: str, state: str, channel: str, words: str) -> None:
    """Add a choice; earlier ones stay."""
    row = {"customer": customer, "purpose": purpose, "state": state, "channel": channel, "words": words}
    tx.execute(insert(choice).values(row | {"made_at": tx.moment}))


def choices_by_state(connection: Connection) -> dict[str, int]:
    """How many choices of each state were made."""
    rows = connection.execute(select(choice.c.state, func.count()).group_by(choice.c.state)).all()
    return {row[0]: row[1] for row in rows}


def open_handover(connection: Connection, conversation: str) -> str | None:
    """The id of the hand-over that a conversation is in, or None."""
    mine = select(handover.c.id).where(handover.c.conversation == conversation, handover.c.state == REQUESTED)
    return connection.scalar(mine.limit(1))


def keep_handover(tx: Recording, *, system: str, customer: str, conversation: str, reason: str) -> str:
    """Open a hand-over. Gives its id."""
    identity = uuid4().hex
    row = {
        "id": identity,
        "system": system,
        "customer": customer,
        "conversation": conversation,
        "reason": reason,
        "state": REQUESTED,
        "asked_at": tx.moment,
    }
    tx.execute(insert(handover).values(row))
    return identity


def end_handovers(tx: Recording, customer: str) -> int:
    """End every open hand-over of a customer. Gives how many there were."""
    mine = update(handover).where(handover.c.customer == customer, handover.c.state == REQUESTED)
    return tx.execute(mine.values(state=ENDED, ended_at=tx.moment)).rowcount


def handovers_by_state(connection: Connection) -> dict[str, int]:
    """How many hand-overs are in each state."""
    rows = connection.execute(select(handover.c.state, func.count()).group_by(handover.c.state)).all()
    return {row[0]: row[1] for row in rows}


def handed_over(connection: Connection) -> int:
    """How many conversations were handed to a person at least once."""
    return connection.scalar(select(func.count(func.distinct(handover.c.conversation)))) or 0
