"""Conversations for the console, from codes only: no word of a customer is opened here.

There is no table of conversations. A conversation stands in the list where its newest turn stands, so a page of the
list walks an index from its end and stops: how many conversations there are makes no difference.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from heapq import merge
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Select, and_, case, func, or_, select

from fairgo.core.verdicts import Outcome
from fairgo.ledger import records
from fairgo.ledger.turns import turn_table

OPEN = "open"  # how a turn that never closed is called in a list


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which conversations: of these systems, with a turn of this outcome (empty for any), between two moments."""

    systems: frozenset[str]
    outcome: str = ""
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """One conversation in a list. `at` and `turn` are of its newest turn that was asked for: the list goes on after them.

    `outcomes` are the outcomes of its turns, each once; `by_ai` counts the turns that AI answered.
    """

    name: str
    system: str
    channel: str
    first_at: datetime
    at: datetime
    turn: str
    turns: int
    by_ai: int
    outcomes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TurnLine:
    """One turn in codes: `outcome` is `open` when it never closed."""

    id: str
    opened_at: datetime
    closed_at: datetime | None
    outcome: str
    reason: str
    by_ai: bool


@dataclass(frozen=True, slots=True)
class Day:
    """The traffic of a day (UTC, year-month-day): how many turns ended how."""

    day: str
    outcomes: Mapping[str, int]


def listed(
    connection: Connection, wanted: Wanted, *, limit: int, after: tuple[datetime, str] | None = None
) -> list[Listed]:
    """The conversations that were asked for, newest first; `after` is where the page before ended."""
    # Each system has its own run of the index; together they are one list.
    runs = [list(connection.execute(_run(wanted, system, limit, after))) for system in sorted(wanted.systems)]
    newest = merge(*runs, key=lambda row: (row.opened_at, row.id), reverse=True)
    return _described(connection, list(islice(newest, limit)))


def named(connection: Connection, systems: Iterable[str], beginning: str, *, limit: int) -> list[Listed]:
    """The conversations whose name begins so."""
    name = turn_table.c.conversation
    within = and_(name >= beginning, name < f"{beginning}\uffff", turn_table.c.system.in_(list(systems)))
    found = select(name).where(within).distinct().order_by(name).limit(limit)
    newest = [_newest_of(connection, one) for one in connection.scalars(found)]
    return _described(connection, [one for one in newest if one is not None])


def of_customer(connection: Connection, systems: Iterable[str], customer: str, *, limit: int) -> list[Listed]:
    """The conversations of a customer (by pseudonym)."""
    name = turn_table.c.conversation
    mine = select(name).where(turn_table.c.customer == customer, turn_table.c.system.in_(list(systems)))
    found = connection.scalars(mine.distinct().limit(limit)).all()
    newest = [_newest_of(connection, one) for one in found]
    return _described(connection, [one for one in newest if one is not None])


def one(connection: Connection, systems: Iterable[str], name: str) -> Listed | None:
    """One conversation; None when there is none of that name in these systems."""
    row = _newest_of(connection, name)
    return _described(connection, [row])[0] if row is not None and row.system in set(systems) else None


def turns_of(connection: Connection, name: str, *, limit: int) -> list[TurnLine]:
    """The turns of a conversation, oldest first, at most so many."""
    turn = turn_table.c
    columns = (turn.id, turn.opened_at, turn.closed_at, turn.outcome, turn.reason, turn.by_ai)
    mine = select(*columns).where(turn.conversation == name).order_by(turn.opened_at, turn.id).limit(limit)
    return [
        TurnLine(row.id, row.opened_at, row.closed_at, row.outcome or OPEN, row.reason or "", bool(row.by_ai))
        for row in connection.execute(mine)
    ]


def leaves_of(connection: Connection, turns: Sequence[str]) -> dict[str, dict[str, str]]:
    """For each turn the leaves that tell of it: type to name. Turns from before this was kept have none."""
    kept = records.of_turn.c
    found: dict[str, dict[str, str]] = {}
    for row in connection.execute(select(kept.turn, kept.type, kept.name).where(kept.turn.in_(turns))):
        found.setdefault(row.turn, {})[row.type] = row.name
    return found


def traffic(connection: Connection, system: str, *, since: datetime) -> list[Day]:
    """The days since a moment on which a system had turns, oldest first (UTC)."""
    turn = turn_table.c
    day = (
        func.substr(turn.opened_at, 1, 10)
        if connection.dialect.name == "sqlite"
        else func.to_char(turn.opened_at, "YYYY-MM-DD")
    )
    found: dict[str, dict[str, int]] = {}
    # One outcome at a time, so that an index alone gives the counts.
    for outcome in (*Outcome, None):
        rule = turn.outcome.is_(None) if outcome is None else turn.outcome == outcome.value
        counted = select(day.label("day"), func.count()).where(
            turn.system == system, rule, turn.opened_at >= since
        )
        for name, count in connection.execute(counted.group_by("day")):
            found.setdefault(name, {})[OPEN if outcome is None else outcome.value] = count
    return [Day(name, found[name]) for name in sorted(found)]


def _run(wanted: Wanted, system: str, limit: int, after: tuple[datetime, str] | None) -> Select[Any]:
    turn, later = turn_table.c, turn_table.alias("later").c

    def fits(row: Any) -> list[Any]:
        rules = [row.system == system]
        if wanted.outcome:
            rules.append(row.outcome.is_(None) if wanted.outcome == OPEN else row.outcome == wanted.outcome)
        if wanted.since is not None:
            rules.append(row.opened_at >= wanted.since)
        if wanted.until is not None:
            rules.append(row.opened_at < wanted.until)
        return rules

    newer = or_(later.opened_at > turn.opened_at, and_(later.opened_at == turn.opened_at, later.id > turn.id))
    overtaken = select(later.id).where(later.conversation == turn.conversation, newer, *fits(later)).exists()
    mine = select(turn.conversation, turn.opened_at, turn.id, turn.system, turn.channel).where(
        *fits(turn), ~overtaken
    )
    if after is not None:
        at, identity = after
        mine = mine.where(or_(turn.opened_at < at, and_(turn.opened_at == at, turn.id < identity)))
    return mine.order_by(turn.opened_at.desc(), turn.id.desc()).limit(limit)


def _newest_of(connection: Connection, name: str) -> Any:
    turn = turn_table.c
    mine = select(turn.conversation, turn.opened_at, turn.id, turn.system, turn.channel)
    newest = mine.where(turn.conversation == name).order_by(turn.opened_at.desc(), turn.id.desc()).limit(1)
    return connection.execute(newest).one_or_none()


def _described(connection: Connection, rows: Sequence[Any]) -> list[Listed]:
    """The rows of a page with what is counted over all turns of each conversation."""
    turn = turn_table.c
    outcome = func.coalesce(turn.outcome, OPEN)
    counted = (
        select(
            turn.conversation,
            outcome.label("outcome"),
            func.count().label("turns"),
            _times(turn.by_ai).label("by_ai"),
            func.min(turn.opened_at).label("first_at"),
        )
        .where(turn.conversation.in_([row.conversation for row in rows]))
        .group_by(turn.conversation, outcome)
    )
    parts: dict[str, list[Any]] = {}
    for part in connection.execute(counted):
        parts.setdefault(part.conversation, []).append(part)
    return [
        Listed(
            row.conversation,
            row.system,
            row.channel,
            min(part.first_at for part in parts[row.conversation]),
            row.opened_at,
            row.id,
            sum(part.turns for part in parts[row.conversation]),
            sum(int(part.by_ai or 0) for part in parts[row.conversation]),
            tuple(sorted(part.outcome for part in parts[row.conversation])),
        )
        for row in rows
    ]


def _times(rule: Any) -> Any:
    return func.sum(case((rule, 1), else_=0))
