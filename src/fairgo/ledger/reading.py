"""Reading the ledger: its leaves, its checkpoints, proofs for one leaf, and a check of the whole."""

from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from fairgo.core.errors import EvidenceBroken, NotFound
from fairgo.ledger import records
from fairgo.ledger.leaves import read_leaf
from fairgo.ledger.note import BadNote, Checkpoint, Verifier
from fairgo.ledger.tree import Frontier, inclusion_proof, leaf_hash, root_from_proof
from fairgo.ledger.verify import LogBroken, Verified, verify_log

CHUNK = 5_000


@dataclass(frozen=True, slots=True)
class Proof:
    """That a leaf is in the tree: its position, the path to the root, and the signed checkpoint."""

    position: int
    path: tuple[bytes, ...]
    checkpoint: str


def leaves(connection: Connection, size: int | None = None) -> Generator[tuple[int, bytes]]:
    """Every leaf that has its place, in order; with `size` only the first so many."""
    place = records.leaf.c.position
    placed = select(place, records.leaf.c.leaf).where(place.is_not(None)).order_by(place)
    if size is not None:
        placed = placed.where(place < size)
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
    """Check the whole ledger up to its newest signed checkpoint. `verifier` is a key the caller trusts; without it the keys kept here are used.

    Raises EvidenceBroken naming the place of the first fault.
    """
    try:
        known = [Verifier.parse(verifier)] if verifier else verifiers(connection)
        signed = checkpoints(connection)
        size = max(signed, default=0)
        with closing(_as_hashed(connection, size)) as covered:
            verified = verify_log(covered, signed.values(), known)
        _check_rest(connection, size)
    except (LogBroken, BadNote) as fault:
        raise EvidenceBroken(f"the ledger does not verify: {fault}") from None
    return verified


def prove(connection: Connection, identity: str) -> Proof:
    """The proof that the leaf with this id is in the tree.

    Raises NotFound when it is not, or not yet; EvidenceBroken when the path does not lead to the signed root.
    """
    newest = connection.execute(
        select(records.checkpoint.c.size, records.checkpoint.c.note)
        .where(records.checkpoint.c.note.is_not(None))
        .order_by(records.checkpoint.c.size.desc())
        .limit(1)
    ).one_or_none()
    size = 0 if newest is None else newest.size
    found = _find(connection, identity, size)
    if newest is None or found is None:
        raise NotFound(
            "no leaf with that id is in the tree", hint="new leaves enter the tree within about a second"
        )
    position, leaf = found
    place = records.leaf.c.position
    hashes = list(connection.scalars(select(records.leaf.c.hash).where(place < size).order_by(place)))
    if len(hashes) != size:
        raise EvidenceBroken("the ledger does not verify: leaves are missing", hint="fairgo ledger verify")
    path = tuple(inclusion_proof(hashes, position))
    if root_from_proof(leaf_hash(leaf), position, size, path) != Checkpoint.within(newest.note).root:
        raise EvidenceBroken(
            "the ledger does not verify: no proof leads to its root", hint="fairgo ledger verify"
        )
    return Proof(position, path, newest.note)


def _find(connection: Connection, identity: str, size: int) -> tuple[int, bytes] | None:
    wanted = identity.encode()
    with closing(leaves(connection, size)) as rows:
        for position, leaf in rows:
            if wanted in leaf and read_leaf(leaf).get("id") == identity:
                return position, leaf
    return None


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
    stray = connection.scalar(select(row.position).where(~row.position.between(0, newest - 1)).limit(1))
    if stray is not None:
        raise LogBroken(f"a leaf has the place {stray}, which no checkpoint covers")


def _fits(size: int, packed: bytes, root: bytes) -> bool:
    try:
        return Frontier.from_bytes(size, packed).root() == root
    except ValueError:
        return False
