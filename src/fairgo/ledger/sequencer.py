"""The sequencer: gives new leaves their place in the tree, and signs a checkpoint over them.

A root is committed before it is signed, and a size is a primary key: whatever is killed when, two different
checkpoints of one size can never both be signed.
"""

from sqlalchemy import Connection, func, insert, select, text, update

from fairgo.core.clock import Clock
from fairgo.ledger import records
from fairgo.ledger.note import Checkpoint, Signer
from fairgo.ledger.tree import Frontier
from fairgo.store.engine import Store

BATCH = 10_000
LOCK = 0x676F  # "go": one sequencer at a time among all processes on one PostgreSQL


def integrate(store: Store, signer: Signer, clock: Clock) -> int:
    """Put every waiting leaf into the tree and sign. Gives the size of the tree.

    Leaves another process is integrating at this moment are left to it.
    """
    while True:
        with store.writing() as connection:
            if not _lead(connection):
                break
            taken = _take(connection, clock)
        _sign(store, signer)
        if taken < BATCH:
            break
    with store.reading() as connection:
        return connection.scalar(select(func.max(records.checkpoint.c.size))) or 0


def waiting(connection: Connection) -> int:
    """How many leaves have no place in the tree yet."""
    return connection.scalar(select(func.count()).where(records.leaf.c.position.is_(None))) or 0


def _lead(connection: Connection) -> bool:
    if connection.dialect.name != "postgresql":
        return True  # the write lock of SQLite is held already
    return bool(connection.scalar(text("SELECT pg_try_advisory_xact_lock(:lock)"), {"lock": LOCK}))


def _take(connection: Connection, clock: Clock) -> int:
    last = connection.execute(
        select(records.checkpoint).order_by(records.checkpoint.c.size.desc()).limit(1)
    ).one_or_none()
    frontier = Frontier.from_bytes(last.size, last.frontier) if last else Frontier()
    rows = connection.execute(
        select(records.leaf.c.seq, records.leaf.c.hash)
        .where(records.leaf.c.position.is_(None))
        .order_by(records.leaf.c.seq)
        .limit(BATCH)
    ).all()
    if not rows:
        return 0
    places = []
    for row in rows:
        places.append({"row": row.seq, "place": frontier.size})
        frontier.append(row.hash)
    connection.execute(
        text("UPDATE ledger_leaf SET position = :place WHERE seq = :row AND position IS NULL"), places
    )
    connection.execute(
        insert(records.checkpoint).values(
            size=frontier.size, root=frontier.root(), frontier=frontier.to_bytes(), made_at=clock()
        )
    )
    return len(rows)


def _sign(store: Store, signer: Signer) -> None:
    unsigned = select(records.checkpoint).where(records.checkpoint.c.note.is_(None))
    with store.reading() as connection:
        if connection.execute(unsigned.limit(1)).one_or_none() is None:
            return
    with store.writing() as connection:
        for row in connection.execute(unsigned).all():
            note = signer.sign(Checkpoint(signer.name, row.size, row.root).text())
            connection.execute(
                update(records.checkpoint).where(records.checkpoint.c.size == row.size).values(note=note)
            )
