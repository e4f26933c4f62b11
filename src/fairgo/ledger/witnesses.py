"""What witnesses have said: their cosignatures by checkpoint, and how it stands with each of them.

Cosignatures have no leaf of their own: each leaf makes a new checkpoint, which would have to be cosigned, without end.
They are evidence in themselves, by somebody else's key.
"""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Row,
    String,
    Table,
    Text,
    delete,
    func,
    insert,
    select,
    update,
)

from fairgo.ledger.note import Checkpoint
from fairgo.ledger.trust import Witness
from fairgo.store.schema import Moment, insert_unless_there, metadata

witness_table = Table(
    "witness",
    metadata,
    # SHA-256 of the verifier key: as text, a key of ML-DSA-44 is too long to be indexed.
    Column("witness", String(64), primary_key=True),
    Column("name", Text, nullable=False),
    # The size of the newest checkpoint it has cosigned; 0 before the first.
    Column("size", BigInteger, nullable=False),
    Column("asked_at", Moment, nullable=False),
    Column("cosigned_at", Moment, nullable=True),
    Column("problem", String(32), nullable=False),
)
cosignature_table = Table(
    "cosignature",
    metadata,
    Column("size", BigInteger, primary_key=True, autoincrement=False),
    Column("witness", String(64), primary_key=True),
    Column("line", Text, nullable=False),
    Column("kept_at", Moment, nullable=False),
)
LOOK_BACK = 32  # cosigned checkpoints among which the one with most cosignatures is taken


@dataclass(frozen=True, slots=True)
class Standing:
    """How it stands with one witness. `problem` is a code, empty when its last answer was a cosignature."""

    name: str
    size: int
    asked_at: datetime
    cosigned_at: datetime | None
    problem: str

    def age(self, now: datetime) -> timedelta | None:
        """How old its newest cosignature is; None when there is none."""
        return None if self.cosigned_at is None else max(now - self.cosigned_at, timedelta())


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of asking a witness: a cosignature line for the checkpoint of this size, or a problem."""

    size: int
    line: str = ""
    problem: str = ""


def standing(connection: Connection) -> list[Standing]:
    """Every witness that is asked, by name; nothing when none is."""
    row = witness_table.c
    return [
        _standing(one) for one in connection.execute(select(witness_table).order_by(row.name, row.witness))
    ]


def known(connection: Connection, witness: Witness) -> Standing | None:
    """How it stands with one; None when it was never asked."""
    mine = select(witness_table).where(witness_table.c.witness == mark(witness))
    row = connection.execute(mine).one_or_none()
    return None if row is None else _standing(row)


def claim(connection: Connection, witness: Witness, since: Standing | None, now: datetime) -> bool:
    """Take it on to ask a witness, whose standing was as read; False when another process did so meanwhile."""
    if since is None:
        first = {"witness": mark(witness), "name": witness.key.name, "asked_at": now}
        first |= {"size": 0, "cosigned_at": None, "problem": ""}
        return insert_unless_there(connection, witness_table, first)
    row = witness_table.c
    as_read = (row.witness == mark(witness)) & (row.asked_at == since.asked_at)
    return connection.execute(update(witness_table).where(as_read).values(asked_at=now)).rowcount == 1


def keep(connection: Connection, witness: Witness, answer: Answer, now: datetime) -> None:
    """Keep what a witness answered. A newer cosignature of the same checkpoint takes the place of the older."""
    mine = update(witness_table).where(witness_table.c.witness == mark(witness))
    if not answer.line:
        connection.execute(mine.values(problem=answer.problem))
        return
    connection.execute(mine.values(size=answer.size, cosigned_at=now, problem=""))
    row = cosignature_table.c
    connection.execute(delete(cosignature_table).where(row.size == answer.size, row.witness == mark(witness)))
    kept = {"size": answer.size, "witness": mark(witness), "line": answer.line, "kept_at": now}
    connection.execute(insert(cosignature_table).values(kept))


def forget_others(connection: Connection, witnesses: Collection[Witness]) -> None:
    """No longer show how it stands with witnesses that are not asked any more. What they cosigned stays."""
    marks = [mark(witness) for witness in witnesses]
    connection.execute(delete(witness_table).where(witness_table.c.witness.not_in(marks)))


def with_cosignatures(connection: Connection, note: str) -> str:
    """A signed checkpoint with the cosignatures that are kept for it, one line each."""
    row = cosignature_table.c
    size = Checkpoint.within(note).size
    lines = connection.scalars(select(row.line).where(row.size == size).order_by(row.witness))
    return note + "".join(lines)


def most_cosigned(connection: Connection, above: int) -> int | None:
    """The checkpoint over more than `above` leaves that most witnesses cosigned, among the newest; None without any."""
    row = cosignature_table.c
    rows = connection.execute(
        select(row.size, func.count().label("lines"))
        .where(row.size > above)
        .group_by(row.size)
        .order_by(row.size.desc())
        .limit(LOOK_BACK)
    ).all()
    return max(rows, key=lambda one: (one.lines, one.size)).size if rows else None


def mark(witness: Witness) -> str:
    """What a witness is called in the tables."""
    return hashlib.sha256(str(witness.key).encode()).hexdigest()


def _standing(row: Row[Any]) -> Standing:
    return Standing(row.name, row.size, row.asked_at, row.cosigned_at, row.problem)
