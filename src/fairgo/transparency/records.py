"""Transparency's tables: disclosures delivered, and wishes for a person."""

import hashlib

from sqlalchemy import Column, Connection, Float, Index, String, Table, func, insert, select

from fairgo.core.policy import Disclosure
from fairgo.ledger import turns
from fairgo.ledger.recording import Recording
from fairgo.store.schema import metadata

disclosure = Table(
    "disclosure",
    metadata,
    Column("turn", String(64), primary_key=True),
    Column("conversation", String(64), nullable=False),
    Column("words", String(64), nullable=False),
    Column("kind", String(16), nullable=False),
    Index("ix_disclosure_conversation", "conversation", "kind"),
)
wish = Table(
    "wish",
    metadata,
    Column("turn", String(64), primary_key=True),
    Column("way", String(16), nullable=False),
    Column("refused_after", Float, nullable=False),
)


def words_of(wording: Disclosure) -> str:
    """The SHA-256 (hex) of a statement as shown: evidence names the wording without repeating it."""
    return hashlib.sha256(wording.statement.encode()).hexdigest()


def was_told(connection: Connection, conversation: str, words: str) -> bool:
    """True when this very wording was delivered in this conversation before."""
    found = select(disclosure.c.turn).where(
        disclosure.c.conversation == conversation,
        disclosure.c.words == words,
        disclosure.c.kind == "statement",
    )
    return connection.execute(found.limit(1)).first() is not None


def keep_disclosure(tx: Recording, *, turn: str, conversation: str, words: str, kind: str) -> None:
    """Keep that a wording was delivered with a turn."""
    tx.execute(insert(disclosure).values(turn=turn, conversation=conversation, words=words, kind=kind))


def keep_wish(tx: Recording, *, turn: str, way: str, refused_after: float) -> None:
    """Keep that a customer wished for a person, and how many seconds later the model was refused."""
    tx.execute(insert(wish).values(turn=turn, way=way, refused_after=refused_after))


def undisclosed(connection: Connection) -> tuple[int, int]:
    """In how many conversations AI answered and no statement was delivered, and in how many AI answered."""
    answered = turns.answered_by_ai().subquery()
    told = select(disclosure.c.turn).where(
        disclosure.c.conversation == answered.c.conversation, disclosure.c.kind == "statement"
    )
    count = select(func.count()).select_from(answered)
    return connection.scalar(count.where(~told.exists())) or 0, connection.scalar(count) or 0


def told_turns(connection: Connection) -> set[str]:
    """The conversations in which a statement was delivered."""
    return set(
        connection.scalars(
            select(disclosure.c.conversation).where(disclosure.c.kind == "statement").distinct()
        )
    )


def wishes(connection: Connection) -> tuple[int, float]:
    """How many wishes were recognised, and the slowest refusal in seconds."""
    row = connection.execute(select(func.count(), func.max(wish.c.refused_after)).select_from(wish)).one()
    return row[0], row[1] or 0.0
