"""Lists of conversations, turns and leaves, newest first, without a word of what anybody said.

Each goes on after a key of the last row seen, and looks at a bounded number of rows however long the list is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import Connection, and_, case, func, or_, select

from fairgo.core.errors import EvidenceBroken
from fairgo.core.ports import EventLine
from fairgo.ledger import records
from fairgo.ledger.leaves import read_leaf
from fairgo.ledger.turns import turn_table

LOOKED_AT = 1_000  # leaves for one page at most: other tenants' leaves are passed over


@dataclass(frozen=True, slots=True)
class ConversationLine:
    """One conversation in a list: `turns` by outcome, `open` for those that never closed. No customer is named."""

    name: str
    system: str
    channel: str
    began_at: datetime
    last_at: datetime
    turns: dict[str, int]
    ai_answered: bool
    first: str  # the id of its first turn


@dataclass(frozen=True, slots=True)
class TurnLine:
    """One turn in a list."""

    id: str
    conversation: str
    system: str
    channel: str
    opened_at: datetime
    closed_at: datetime | None
    outcome: str
    reason: str
    by_ai: bool


@dataclass(frozen=True, slots=True)
class LeafLine:
    """One leaf in a list, with its row number to go on after."""

    seq: int
    line: EventLine


def conversations(
    connection: Connection, systems: Sequence[str], *, after: tuple[datetime, str] | None, limit: int
) -> list[ConversationLine]:
    """Conversations by when they began. `after` is `began_at` and `first` of the last one seen.

    Each system is read by its own index and the lists are merged, so the cost is that of one page for each system.
    """
    found = [row for system in systems for row in _first_turns(connection, system, after, limit)]
    newest = sorted(found, key=lambda row: (row.opened_at, row.id), reverse=True)[:limit]
    sums = _sums(connection, [row.conversation for row in newest])
    return [_conversation(row, sums[row.conversation]) for row in newest]


def turns(
    connection: Connection,
    conversation: str,
    systems: Sequence[str],
    *,
    after: tuple[datetime, str] | None,
    limit: int,
) -> list[TurnLine]:
    """The turns of a conversation, oldest first; none when it lies outside these systems."""
    turn = turn_table.c
    mine = select(turn_table).where(turn.conversation == conversation, turn.system.in_(systems))
    if after is not None:
        at, identity = after
        mine = mine.where(or_(turn.opened_at > at, and_(turn.opened_at == at, turn.id > identity)))
    rows = connection.execute(mine.order_by(turn.opened_at, turn.id).limit(limit))
    return [_turn(row) for row in rows]


def leaves(
    connection: Connection, shown: frozenset[str], *, before: int | None, limit: int
) -> tuple[list[LeafLine], int | None]:
    """Leaves that name one of the systems `shown` ("" stands for those that name none), newest first.

    Gives them, and the row number to go on before: None at the end. At most 1,000 leaves are looked at for a page.
    """
    row = records.leaf.c
    point = records.checkpoint.c
    size = connection.scalar(select(func.max(point.size)).where(point.note.is_not(None))) or 0
    newest = select(row.seq, row.name, row.position, row.leaf).order_by(row.seq.desc())
    if before is not None:
        newest = newest.where(row.seq < before)
    looked = connection.execute(newest.limit(LOOKED_AT)).all()
    fitting = (one for each in looked if (one := _leaf(each, size)).line.system in shown)
    found = list(islice(fitting, limit + 1))
    if len(found) > limit:
        return found[:limit], found[limit - 1].seq
    return found, looked[-1].seq if len(looked) == LOOKED_AT else None


def _first_turns(
    connection: Connection, system: str, after: tuple[datetime, str] | None, limit: int
) -> Sequence[Any]:
    turn, earlier = turn_table.c, turn_table.alias("earlier").c
    before = (
        select(earlier.id)
        .where(
            earlier.conversation == turn.conversation,
            earlier.opened_at <= turn.opened_at,
            or_(earlier.opened_at < turn.opened_at, earlier.id < turn.id),
        )
        .exists()
    )
    mine = select(turn.id, turn.conversation, turn.system, turn.channel, turn.opened_at)
    mine = mine.where(turn.system == system, ~before)
    if after is not None:
        at, identity = after
        older = or_(turn.opened_at < at, turn.id < identity)
        mine = mine.where(turn.opened_at <= at, older)
    return connection.execute(mine.order_by(turn.opened_at.desc(), turn.id.desc()).limit(limit)).all()


def _sums(connection: Connection, names: Sequence[str]) -> dict[str, list[Any]]:
    turn = turn_table.c
    outcome = func.coalesce(turn.outcome, "open").label("outcome")
    last = func.max(func.coalesce(turn.closed_at, turn.opened_at), type_=turn.opened_at.type).label("last")
    by_ai = func.max(case((turn.by_ai, 1), else_=0)).label("by_ai")
    grouped = (
        select(turn.conversation, outcome, func.count().label("count"), last, by_ai)
        .where(turn.conversation.in_(names))
        .group_by(turn.conversation, outcome)
    )
    sums: dict[str, list[Any]] = {name: [] for name in names}
    for row in connection.execute(grouped):
        sums[row.conversation].append(row)
    return sums


def _conversation(first: Any, sums: list[Any]) -> ConversationLine:
    return ConversationLine(
        name=first.conversation,
        system=first.system,
        channel=first.channel,
        began_at=first.opened_at,
        last_at=max(row.last for row in sums),
        turns={row.outcome: row.count for row in sorted(sums, key=lambda row: str(row.outcome))},
        ai_answered=any(row.by_ai for row in sums),
        first=first.id,
    )


def _turn(row: Any) -> TurnLine:
    return TurnLine(
        id=row.id,
        conversation=row.conversation,
        system=row.system,
        channel=row.channel,
        opened_at=row.opened_at,
        closed_at=row.closed_at,
        outcome=row.outcome or "open",
        reason=row.reason or "",
        by_ai=bool(row.by_ai),
    )


def _leaf(row: Any, size: int) -> LeafLine:
    try:
        value = read_leaf(row.leaf)
    except EvidenceBroken:  # it is shown all the same, without what cannot be read
        value = {}
    type_, at, system = (str(value.get(name, "")) for name in ("type", "time", "system"))
    covered = row.position is not None and row.position < size
    return LeafLine(row.seq, EventLine(row.name, type_, at, system, row.position if covered else None))
