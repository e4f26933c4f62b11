"""The sequencer: gives new leaves their place in the tree, and signs a checkpoint over them.

A root is committed before it is signed, a size is a primary key, and a checkpoint is signed before the next is made:
whatever is killed when, two different checkpoints of one size can never both be signed, and at most one is unsigned.
"""

from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, text, update
from sqlalchemy.exc import IntegrityError

from fairgo.core.clock import Clock
from fairgo.core.errors import EvidenceBroken
from fairgo.ledger import records
from fairgo.ledger.note import Checkpoint, Signer
from fairgo.ledger.tree import Frontier
from fairgo.store.engine import Store

BATCH = 10_000
LOCK = 0x676F  # "go": one sequencer at a time among all processes on one PostgreSQL
UNSIGNED = select(records.checkpoint).where(records.checkpoint.c.note.is_(None))
WAITING = select(records.leaf.c.seq).where(records.leaf.c.position.is_(None))


def integrate(store: Store, signer: Signer, clock: Clock) -> int:
    """Put every waiting leaf into the tree and sign. Gives the size of the tree.

    Leaves another process is integrating at this moment are left to it. Raises EvidenceBroken, and signs nothing,
    when the newest checkpoint is not as it was made.
    """
    while _has_work(store):
        with store.writing() as connection:
            if not _lead(connection):
                break
            _sign(connection, signer)
            taken = _take(connection, clock)
        if taken:
            with store.writing() as connection:
                _sign(connection, signer)
        if taken < BATCH:
            break
    with store.reading() as connection:
        return connection.scalar(select(func.max(records.checkpoint.c.size))) or 0


def waiting(connection: Connection) -> int:
    """How many leaves have no place in the tree yet."""
    return connection.scalar(select(func.count()).where(records.leaf.c.position.is_(None))) or 0


def _has_work(store: Store) -> bool:
    with store.reading() as connection:
        return any(connection.execute(rows.limit(1)).first() is not None for rows in (WAITING, UNSIGNED))


def _lead(connection: Connection) -> bool:
    if connection.dialect.name != "postgresql":
        return True  # the write lock of SQLite is held already
    return bool(connection.scalar(text("SELECT pg_try_advisory_xact_lock(:lock)"), {"lock": LOCK}))


def _take(connection: Connection, clock: Clock) -> int:
    rows = connection.execute(
        WAITING.add_columns(records.leaf.c.hash).order_by(records.leaf.c.seq).limit(BATCH)
    ).all()
    if not rows:
        return 0
    frontier = _newest(connection)
    places = []
    for row in rows:
        places.append({"row": row.seq, "place": frontier.size})
        frontier.append(row.hash)
    try:
        connection.execute(
            text("UPDATE ledger_leaf SET position = :place WHERE seq = :row AND position IS NULL"), places
        )
    except IntegrityError:
        raise EvidenceBroken(
            "a leaf has a place in the tree that no checkpoint covers", hint="fairgo ledger verify"
        ) from None
    connection.execute(
        insert(records.checkpoint).values(
            size=frontier.size, root=frontier.root(), frontier=frontier.to_bytes(), made_at=clock()
        )
    )
    return len(rows)


def _newest(connection: Connection) -> Frontier:
    last = connection.execute(
        select(records.checkpoint).order_by(records.checkpoint.c.size.desc()).limit(1)
    ).one_or_none()
    return Frontier() if last is None else _frontier(last)


def _frontier(row: Row[Any]) -> Frontier:
    try:
        frontier = Frontier.from_bytes(row.size, row.frontier)
    except ValueError:
        frontier = Frontier()
    if frontier.size != row.size or frontier.root() != row.root:
        raise EvidenceBroken(
            f"the checkpoint at {row.size} is not as it was made", hint="fairgo ledger verify"
        )
    return frontier


def _sign(connection: Connection, signer: Signer) -> None:
    for row in connection.execute(UNSIGNED).all():
        _frontier(row)
        note = signer.sign(Checkpoint(signer.name, row.size, row.root).text())
        still = (records.checkpoint.c.size == row.size) & records.checkpoint.c.note.is_(None)
        connection.execute(update(records.checkpoint).where(still).values(note=note))
