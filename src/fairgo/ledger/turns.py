"""Turns as evidence: opened before the first byte, closed at the end. One that never closed is evidence too."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Boolean, Column, Connection, Index, Select, String, Table, func, insert, select, update

from fairgo.core.clock import coarse
from fairgo.core.errors import Conflict
from fairgo.core.turns import Turn
from fairgo.ledger.recording import Recording
from fairgo.store import sealing
from fairgo.store.keys import Keys
from fairgo.store.schema import Moment, metadata

REQUEST = "fairgo/request/v1"
REPLY = "fairgo/reply/v1"

turn_table = Table(
    "turn",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("system", String(64), nullable=False),
    Column("customer", String(64), nullable=False),
    Column("conversation", String(64), nullable=False),
    Column("channel", String(32), nullable=False),
    Column("opened_at", Moment, nullable=False),
    Column("closed_at", Moment, nullable=True),
    Column("outcome", String(16), nullable=True),
    Column("reason", String(64), nullable=True),
    Column("by_ai", Boolean, nullable=True),
    Column("request", String(64), nullable=False),
    Column("reply", String(64), nullable=True),
    # What the console lists conversations by, newest first.
    Index("ix_turn_system", "system", "opened_at", "id"),
    Index("ix_turn_outcome", "system", "outcome", "opened_at", "id"),
    Index("ix_turn_conversation", "conversation", "opened_at", "id", "by_ai"),
    Index("ix_turn_customer", "customer", "opened_at"),
)


@dataclass(frozen=True, slots=True)
class Kept:
    """One kept turn, unsealed: what the customer said, what they read, and who wrote it."""

    said: tuple[str, ...]
    reply: tuple[str, ...]
    by_ai: bool
    outcome: str
    at: str


def open_turn(tx: Recording, turn: Turn) -> str:
    """Seal what the customer said and open the turn. Gives the commitment, for the leaf."""
    sealed = tx.seal(turn.customer, REQUEST, {"said": list(turn.said)})
    row = {
        "id": turn.id,
        "system": turn.system.name,
        "customer": turn.customer,
        "conversation": turn.conversation,
        "channel": turn.channel,
        "opened_at": tx.moment,
        "request": sealed.id,
    }
    tx.execute(insert(turn_table).values(row))
    return sealed.commitment


def close_turn(tx: Recording, turn: Turn, *, outcome: str, reason: str, by_ai: bool, reply: list[str]) -> str:
    """Seal what the customer read (one text for each choice) and close the turn. Gives the commitment.

    Raises Conflict when the turn was never opened or is closed already: what was kept of it stays.
    """
    sealed = tx.seal(turn.customer, REPLY, {"reply": reply})
    values = {
        "closed_at": tx.moment,
        "outcome": outcome,
        "reason": reason,
        "by_ai": by_ai,
        "reply": sealed.id,
    }
    still_open = update(turn_table).where(turn_table.c.id == turn.id, turn_table.c.closed_at.is_(None))
    if tx.execute(still_open.values(values)).rowcount != 1:
        raise Conflict("this turn is not open")
    return sealed.commitment


def answered_by_ai() -> Select[tuple[str]]:
    """The conversations in which AI answered at least once, each of them once, as a query."""
    name = turn_table.c.conversation
    return select(name).where(turn_table.c.by_ai).group_by(name)


def counts(connection: Connection) -> dict[str, int]:
    """How many turns there are by outcome; `open` counts those that never closed."""
    outcome = func.coalesce(turn_table.c.outcome, "open")
    rows = connection.execute(select(outcome, func.count()).group_by(outcome)).all()
    return {row[0]: row[1] for row in rows}


def conversation(connection: Connection, keys: Keys, name: str) -> list[Kept]:
    """The turns of one conversation, oldest first, unsealed."""
    rows = connection.execute(
        select(turn_table).where(turn_table.c.conversation == name).order_by(turn_table.c.opened_at)
    ).all()
    return [_kept(connection, keys, row) for row in rows]


def newest(connection: Connection, keys: Keys, name: str, *, most: int) -> list[Kept]:
    """The last turns of one conversation, oldest first, unsealed: at most so many."""
    mine = select(turn_table).where(turn_table.c.conversation == name)
    rows = connection.execute(mine.order_by(turn_table.c.opened_at.desc()).limit(most)).all()
    return [_kept(connection, keys, row) for row in reversed(rows)]


def _kept(connection: Connection, keys: Keys, row: Any) -> Kept:
    said = sealing.unseal(connection, keys, row.request)["said"]
    reply = sealing.unseal(connection, keys, row.reply)["reply"] if row.reply else []
    return Kept(tuple(said), tuple(reply), bool(row.by_ai), row.outcome or "open", coarse(row.opened_at))
