"""What erasure does to each table, as one visible list. A table that names customers and is not here stops every erasure.

Rows that hold content go. Of rows that measures count, a skeleton stays: a random name in place of each conversation's
pseudonyms, so that nothing leads to the customer or from one conversation to the next, and minutes in place of moments.
"""

import secrets
from base64 import b32encode
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, TableClause, column, inspect, select, table

from fairgo.core.errors import Misconfigured
from fairgo.ledger.recording import Recording
from fairgo.store.schema import Moment

CUSTOMER, CONVERSATION = "customer", "conversation"
NAMES = frozenset({CUSTOMER, CONVERSATION})


@dataclass(frozen=True, slots=True)
class Skeleton:
    """A row that stays: these moments become minutes, these columns get these values."""

    moments: tuple[str, ...] = ()
    values: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Holding:
    """One table: its key, which pseudonyms its rows carry, and what stays of a row; without a skeleton nothing does."""

    name: str
    key: str
    names: tuple[str, ...]
    skeleton: Skeleton | None = None

    @property
    def table(self) -> TableClause:
        """The table, as far as erasure needs it. Whose table it is makes no difference here."""
        columns = {self.key, *self.names}
        moments = self.skeleton.moments if self.skeleton else ()
        values = self.skeleton.values if self.skeleton else {}
        plain: list[Any] = [column(name) for name in sorted(columns | values.keys())]
        return table(self.name, *plain, *(column(name, Moment) for name in moments))


HOLDINGS = (
    Holding("content", "id", (CUSTOMER,)),
    Holding("token", "token", (CUSTOMER, CONVERSATION)),
    Holding(
        "turn",
        "id",
        (CUSTOMER, CONVERSATION),
        Skeleton(("opened_at", "closed_at"), {"request": "", "reply": None}),
    ),
    Holding("disclosure", "turn", (CONVERSATION,), Skeleton()),
    Holding(
        "handover",
        "id",
        (CUSTOMER, CONVERSATION),
        Skeleton(("asked_at", "joined_at", "ended_at"), {"state": "ended"}),
    ),
    Holding("choice", "seq", (CUSTOMER,), Skeleton(("made_at",))),
    Holding("content_reading", "id", (CUSTOMER, CONVERSATION)),
)
ELSEWHERE = ("customer_key", "erasure")  # the steps of erasure themselves see to these
TABLES = (*(holding.name for holding in HOLDINGS), *ELSEWHERE)


def nobody_forgotten(connection: Connection) -> None:
    """Raises Misconfigured when the database has a table that names customers and erasure does not know."""
    look = inspect(connection)
    for name in look.get_table_names():
        columns = {found["name"] for found in look.get_columns(name)}
        if columns & NAMES and name not in TABLES:
            raise Misconfigured(
                f"the table {name!r} names customers, and nobody said what erasure does to it",
                hint="add it to privacy/security/holdings.py",
            )


def is_known(connection: Connection, customer: str) -> bool:
    """True when any table names this pseudonym."""
    return any(
        connection.execute(select(rows.c[CUSTOMER]).where(rows.c[CUSTOMER] == customer).limit(1)).first()
        for rows in _naming(CUSTOMER)
    )


def customers(connection: Connection) -> set[str]:
    """Every pseudonym that any table names."""
    return {
        name for rows in _naming(CUSTOMER) for name in connection.scalars(select(rows.c[CUSTOMER]).distinct())
    }


def conversations(connection: Connection, customer: str) -> list[str]:
    """The pseudonyms of a customer's conversations."""
    found = {
        name
        for rows in _naming(CUSTOMER, CONVERSATION)
        for name in connection.scalars(
            select(rows.c[CONVERSATION]).where(rows.c[CUSTOMER] == customer).distinct()
        )
    }
    return sorted(found)


def clear(tx: Recording, customer: str) -> tuple[dict[str, int], dict[str, int]]:
    """Do to every table what the list says. Gives the rows deleted and the skeletons kept, by table."""
    gone, kept = Counter[str](), Counter[str]()
    talks = conversations(tx.connection, customer)
    for holding in HOLDINGS:
        if holding.skeleton is None:
            rows = holding.table
            gone[holding.name] += tx.execute(rows.delete().where(rows.c[CUSTOMER] == customer)).rowcount
        elif CONVERSATION not in holding.names:
            kept[holding.name] += _blind_each(tx, holding, customer)
    for talk in talks:
        blind = {CONVERSATION: _random_name(), CUSTOMER: _random_name()}
        for holding in HOLDINGS:
            if holding.skeleton is not None and CONVERSATION in holding.names:
                kept[holding.name] += _blind(tx, holding, {CONVERSATION: talk}, blind)
    return dict(gone), dict(kept)


def _blind_each(tx: Recording, holding: Holding, customer: str) -> int:
    """Rows of no conversation: each gets a name of its own, so that not even two of them hang together."""
    rows = holding.table
    mine = select(rows.c[holding.key]).where(rows.c[CUSTOMER] == customer)
    keys = tx.connection.scalars(mine).all()
    return sum(_blind(tx, holding, {holding.key: key}, {CUSTOMER: _random_name()}) for key in keys)


def _blind(tx: Recording, holding: Holding, where: dict[str, Any], names: dict[str, str]) -> int:
    rows, rule = holding.table, holding.skeleton or Skeleton()
    key = rows.c[holding.key]
    columns: list[Any] = [rows.c[name] for name in rule.moments]
    which = [rows.c[name] == value for name, value in where.items()]
    kept = tx.execute(select(key, *columns).where(*which)).all()
    fresh = {name: value for name, value in names.items() if name in holding.names} | rule.values
    for row in kept:
        minutes = {name: _minute(row[at]) for at, name in enumerate(rule.moments, start=1)}
        tx.execute(rows.update().where(key == row[0]).values(fresh | minutes))
    return len(kept)


def _naming(*names: str) -> list[TableClause]:
    return [holding.table for holding in HOLDINGS if set(names) <= set(holding.names)]


def _minute(moment: datetime | None) -> datetime | None:
    return None if moment is None else moment.replace(second=0, microsecond=0)


def _random_name() -> str:
    """What looks like a pseudonym and stands for nobody."""
    return b32encode(secrets.token_bytes(20)).decode().lower()
