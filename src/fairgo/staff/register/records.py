"""The register's tables: every version of an entry, every set of answers, every approval. Nothing is overwritten."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, Connection, Integer, String, Table, Text, func, select

from fairgo.store.schema import Moment, metadata


def _made() -> tuple[Column[Any], ...]:
    """Who made a row, when, and the leaf that tells of it. The name is kept as it was then."""
    return (
        Column("by", String(64), nullable=False),
        Column("by_name", Text, nullable=False),
        Column("made_at", Moment, nullable=False),
        Column("leaf", String(48), nullable=False),
    )


entry_table = Table(
    "register_entry",
    metadata,
    Column("system", String(64), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("said", JSON, nullable=False),
    *_made(),
)
answers_table = Table(
    "register_answers",
    metadata,
    Column("system", String(64), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("questions", String(16), nullable=False),
    Column("answers", JSON, nullable=False),
    Column("tier", String(16), nullable=False),
    Column("minutes", Integer, nullable=True),
    *_made(),
)
approval_table = Table(
    "register_approval",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("system", String(64), nullable=False, index=True),
    Column("entry_version", Integer, nullable=False),
    Column("answers_version", Integer, nullable=False),
    Column("decision", String(16), nullable=False),
    Column("conditions", Text, nullable=False),
    *_made(),
)


@dataclass(frozen=True, slots=True)
class Made:
    """Who, when, and the name of the leaf."""

    by: str
    by_name: str
    made_at: datetime
    leaf: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One version of an entry: what it says, by field."""

    system: str
    version: int
    said: Mapping[str, str]
    made: Made


@dataclass(frozen=True, slots=True)
class Answers:
    """One set of answers: which questions, what was chosen, the tier, and in how many minutes (None when not known)."""

    system: str
    version: int
    questions: str
    answers: Mapping[str, str]
    tier: str
    minutes: int | None
    made: Made


@dataclass(frozen=True, slots=True)
class Approval:
    """One decision about a system as it then was."""

    id: str
    system: str
    entry_version: int
    answers_version: int
    decision: str
    conditions: str
    made: Made


def entries(connection: Connection, systems: Iterable[str]) -> dict[str, Entry]:
    """The newest entry of each of these systems that has one."""
    return {row.system: _entry(row) for row in _newest(connection, entry_table, systems)}


def history(connection: Connection, system: str) -> list[Entry]:
    """Every version of a system's entry, newest first."""
    mine = select(entry_table).where(entry_table.c.system == system)
    return [_entry(row) for row in connection.execute(mine.order_by(entry_table.c.version.desc()))]


def answers(connection: Connection, systems: Iterable[str]) -> dict[str, Answers]:
    """The newest answers of each of these systems that has some."""
    return {row.system: _answers(row) for row in _newest(connection, answers_table, systems)}


def approvals(connection: Connection, systems: Iterable[str]) -> list[Approval]:
    """Every decision about these systems, newest first."""
    mine = select(approval_table).where(approval_table.c.system.in_(list(systems)))
    newest = mine.order_by(approval_table.c.made_at.desc(), approval_table.c.id)
    return [
        Approval(
            row.id,
            row.system,
            row.entry_version,
            row.answers_version,
            row.decision,
            row.conditions,
            _made_of(row),
        )
        for row in connection.execute(newest)
    ]


def _newest(connection: Connection, table: Table, systems: Iterable[str]) -> list[Any]:
    newest = (
        select(table.c.system, func.max(table.c.version).label("version"))
        .where(table.c.system.in_(list(systems)))
        .group_by(table.c.system)
        .subquery()
    )
    joined = table.join(newest, (table.c.system == newest.c.system) & (table.c.version == newest.c.version))
    return list(connection.execute(select(table).select_from(joined)))


def _entry(row: Any) -> Entry:
    return Entry(row.system, row.version, row.said, _made_of(row))


def _answers(row: Any) -> Answers:
    return Answers(row.system, row.version, row.questions, row.answers, row.tier, row.minutes, _made_of(row))


def _made_of(row: Any) -> Made:
    return Made(row.by, row.by_name, row.made_at, row.leaf)
