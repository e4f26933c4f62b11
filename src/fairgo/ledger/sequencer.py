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
from fairgo.ledger.keyring import must_be_newest
from fairgo.ledger.note import Checkpoint, Signer
from fairgo.ledger.tile_store import fits, grow, tree
from fairgo.ledger.tree import Frontier
from fairgo.store.engine import Store

BATCH = 10_000
LOCK = 0x676F  # "go": one sequencer at a time among all processes on one PostgreSQL
UNSIGNED = select(records.checkpoint).where(records.checkpoint.c.note.is_(None))
SIZE = select(func.coalesce(func.max(records.checkpoint.c.size), 0)).scalar_subquery()
# SQLite has one writer at a time, so a leaf gets its place as it arrives and waits only to be signed; PostgreSQL has
# many, so leaves wait without a place until the sequencer gives them one.
WAITING = (
    select(records.leaf.c.seq).where(records.leaf.c.position.is_(None)),
    select(records.leaf.c.seq).where(records.leaf.c.position >= SIZE),
)


def integrate(store: Store, signer: Signer, clock: Clock) -> int:
    """Put every waiting leaf into the tree and sign. Gives the size of the tree.

    Leaves another process is integrating at this moment are left to it. Raises EvidenceBroken, and signs nothing,
    when the newest checkpoint is not as it was made; Misconfigured when another key has taken over.
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


def intact(connection: Connection) -> None:
    """Compare the newest checkpoint with the tiles and the newest leaf. Raises EvidenceBroken when they do not fit."""
    newest = _newest(connection)
    fits(connection, newest.size, newest.root())
    if newest.size:
        try:
            tree(connection, newest.size).leaf(newest.size - 1)
        except ValueError as wrong:
            raise EvidenceBroken(str(wrong), hint="fairgo ledger verify") from None


def waiting(connection: Connection) -> int:
    """How many leaves are not in the tree yet."""
    return sum(connection.scalar(select(func.count()).select_from(rows.subquery())) or 0 for rows in WAITING)


def _has_work(store: Store) -> bool:
    with store.reading() as connection:
        return any(connection.execute(rows.limit(1)).first() is not None for rows in (*WAITING, UNSIGNED))


def _lead(connection: Connection) -> bool:
    if connection.dialect.name != "postgresql":
        return True  # the write lock of SQLite is held already
    return bool(connection.scalar(text("SELECT pg_try_advisory_xact_lock(:lock)"), {"lock": LOCK}))


def _take(connection: Connection, clock: Clock) -> int:
    frontier = _newest(connection)
    size = frontier.size
    hashes = _arrived(connection, size) if connection.dialect.name == "sqlite" else _placed(connection, size)
    if not hashes:
        return 0
    for hashed in hashes:
        frontier.append(hashed)
    grow(connection, size, hashes)
    fits(connection, frontier.size, frontier.root())
    connection.execute(
        insert(records.checkpoint).values(
            size=frontier.size, root=frontier.root(), frontier=frontier.to_bytes(), made_at=clock()
        )
    )
    return len(hashes)


def _arrived(connection: Connection, size: int) -> list[bytes]:
    """The leaves that have a place beyond the tree, in order. Raises EvidenceBroken when one between is missing."""
    rows = connection.exec_driver_sql(
        "SELECT position, hash FROM ledger_leaf WHERE position >= ? ORDER BY position LIMIT ?", (size, BATCH)
    ).all()
    if rows and (rows[0][0] != size or rows[-1][0] != size + len(rows) - 1):
        raise EvidenceBroken("a leaf is missing that waited to be signed", hint="fairgo ledger reconcile")
    return [row[1] for row in rows]


def _placed(connection: Connection, size: int) -> list[bytes]:
    """The leaves that have no place, in the order of their arrival, and now one after the other beyond the tree."""
    rows = connection.execute(
        WAITING[0].add_columns(records.leaf.c.hash).order_by(records.leaf.c.seq).limit(BATCH)
    ).all()
    places = {"seqs": [row.seq for row in rows], "places": list(range(size, size + len(rows)))}
    try:
        connection.execute(PLACE, places)
    except IntegrityError:
        raise EvidenceBroken(
            "a leaf has a place in the tree that no checkpoint covers", hint="fairgo ledger verify"
        ) from None
    return [row.hash for row in rows]


PLACE = text(
    "UPDATE ledger_leaf SET position = given.place FROM "
    "(SELECT unnest(CAST(:seqs AS bigint[])) AS seq, unnest(CAST(:places AS bigint[])) AS place) AS given "
    "WHERE ledger_leaf.seq = given.seq AND ledger_leaf.position IS NULL"
)


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
        fits(connection, row.size, row.root)
        must_be_newest(connection, signer.verifier)
        note = signer.sign(Checkpoint(signer.name, row.size, row.root).text())
        still = (records.checkpoint.c.size == row.size) & records.checkpoint.c.note.is_(None)
        connection.execute(update(records.checkpoint).where(still).values(note=note))
