"""Reading the ledger: its leaves, its checkpoints, and a check of the whole."""

from collections.abc import Generator
from contextlib import closing
from typing import Any

from sqlalchemy import Connection, func, select

from fairgo.core.errors import EvidenceBroken
from fairgo.ledger import records
from fairgo.ledger.keyring import handed_over
from fairgo.ledger.leaves import read_leaf
from fairgo.ledger.note import BadNote, Checkpoint, Verifier
from fairgo.ledger.tile_store import check as check_tiles
from fairgo.ledger.tree import Frontier, leaf_hash
from fairgo.ledger.verify import LogBroken, Verified, verify_log

CHUNK = 5_000


def leaves(connection: Connection, size: int | None = None) -> Generator[tuple[int, bytes]]:
    """Every leaf of the tree, in order; with `size` only the first so many."""
    place = records.leaf.c.position
    newest = select(func.coalesce(func.max(records.checkpoint.c.size), 0)).scalar_subquery()
    placed = (
        select(place, records.leaf.c.leaf).where(place < (newest if size is None else size)).order_by(place)
    )
    with connection.execute(placed.execution_options(yield_per=CHUNK)) as rows:
        for row in rows:
            yield row.position, row.leaf


def contents(connection: Connection) -> Generator[dict[str, Any]]:
    """Every leaf as a value, in order."""
    with closing(leaves(connection)) as rows:
        for _position, leaf in rows:
            yield read_leaf(leaf)


def checkpoints(connection: Connection) -> dict[int, str]:
    """Every signed checkpoint by its size, smallest first. A newest one that waits for its signature is left out.

    Raises EvidenceBroken when an older one has lost its signature.
    """
    point = records.checkpoint.c
    rows = connection.execute(select(point.size, point.note).order_by(point.size)).all()
    signed = {row.size: row.note for row in rows if row.note is not None}
    newest = max(signed, default=0)
    if any(row.note is None and row.size < newest for row in rows):
        raise EvidenceBroken("an older checkpoint has lost its signature")
    return signed


def verifiers(connection: Connection) -> list[Verifier]:
    """The keys that signed here. An auditor should bring their own copy instead."""
    return [Verifier.parse(text) for text in connection.scalars(select(records.key.c.verifier))]


def verify(connection: Connection, verifier: str = "") -> Verified:
    """Check the whole ledger up to its newest signed checkpoint.

    `verifier` is a key the caller trusts, and with it those it was handed over from and to; without it the keys kept
    here are used.

    Raises EvidenceBroken naming the place of the first fault.
    """
    try:
        signed = checkpoints(connection)
        known = verifiers(connection)
        if verifier:
            known = handed_over(Verifier.parse(verifier), known, signed.values())
        size = max(signed, default=0)
        with closing(_as_hashed(connection, size)) as covered:
            verified = verify_log(covered, signed.values(), known)
        _check_rest(connection, size)
    except (LogBroken, BadNote) as fault:
        raise EvidenceBroken(f"the ledger does not verify: {fault}") from None
    return verified


def _as_hashed(connection: Connection, size: int) -> Generator[tuple[int, bytes]]:
    """The leaves below `size`, each checked against the hash kept with it: so the very place of a change is known."""
    row = records.leaf.c
    covered = (
        select(row.position, row.leaf, row.hash)
        .where(row.position.between(0, size - 1))
        .order_by(row.position)
    )
    with connection.execute(covered.execution_options(yield_per=CHUNK)) as rows:
        for position, leaf, hashed in rows:
            if leaf_hash(leaf) != hashed:
                raise LogBroken(f"leaf {position} does not fit the hash kept with it")
            yield position, leaf


def _check_rest(connection: Connection, size: int) -> None:
    """What no signature covers: leaves that wait, and what is kept beside the signed notes to go on from."""
    row, point = records.leaf.c, records.checkpoint.c
    outside = select(row.seq, row.leaf, row.hash).where(
        row.position.is_(None) | ~row.position.between(0, size - 1)
    )
    with connection.execute(outside.execution_options(yield_per=CHUNK)) as waiting:
        for seq, leaf, hashed in waiting:
            if leaf_hash(leaf) != hashed:
                raise LogBroken(f"the waiting leaf in row {seq} does not fit the hash kept with it")
    newest = 0
    for kept in connection.execute(select(records.checkpoint).order_by(point.size)):
        signed = None if kept.note is None else Checkpoint.within(kept.note)
        if signed is not None and (signed.size, signed.root) != (kept.size, kept.root):
            raise LogBroken(f"what is kept beside the checkpoint at {signed.size} differs from it")
        if not _fits(kept.size, kept.frontier, kept.root):
            raise LogBroken(f"the frontier kept at {kept.size} does not lead to its root")
        if kept.size > size and newest > size:
            raise LogBroken(f"the checkpoint at {newest} has lost its signature")
        newest = kept.size
    hashes = select(row.hash).where(row.position.between(0, newest - 1)).order_by(row.position)
    with connection.execute(hashes.execution_options(yield_per=CHUNK)) as rows:
        check_tiles(connection, rows.scalars())
    _check_places(connection, newest)


def _check_places(connection: Connection, size: int) -> None:
    """No leaf lies beyond the tree, but on SQLite those that wait: they have their places, one after the other."""
    place = records.leaf.c.position
    beyond = select(func.count(), func.min(place), func.max(place)).where(~place.between(0, size - 1))
    count, first, last = connection.execute(beyond).one()
    if not count:
        return
    if connection.dialect.name != "sqlite" or first < size:
        raise LogBroken(f"a leaf has the place {first}, which no checkpoint covers")
    if first != size or last != size + count - 1:
        raise LogBroken(f"a leaf between {size} and {last} is missing among those that wait to be signed")


def _fits(size: int, packed: bytes, root: bytes) -> bool:
    try:
        return Frontier.from_bytes(size, packed).root() == root
    except ValueError:
        return False
