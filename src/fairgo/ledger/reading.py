"""Reading the ledger: its leaves, its checkpoints, proofs for one leaf, and a check of the whole."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from fairgo.core.errors import EvidenceBroken, NotFound
from fairgo.ledger import records
from fairgo.ledger.leaves import read_leaf
from fairgo.ledger.note import BadNote, Verifier
from fairgo.ledger.tree import inclusion_proof
from fairgo.ledger.verify import LogBroken, Verified, verify_log

CHUNK = 5_000


@dataclass(frozen=True, slots=True)
class Proof:
    """That a leaf is in the tree: its position, the path to the root, and the signed checkpoint."""

    position: int
    path: tuple[bytes, ...]
    checkpoint: str


def leaves(connection: Connection, size: int | None = None) -> Iterator[tuple[int, bytes]]:
    """Every leaf that has its place, in order; with `size` only the first so many."""
    place = records.leaf.c.position
    placed = select(place, records.leaf.c.leaf).where(place.is_not(None)).order_by(place)
    if size is not None:
        placed = placed.where(place < size)
    rows = connection.execute(placed.execution_options(yield_per=CHUNK))
    yield from ((row.position, row.leaf) for row in rows)


def contents(connection: Connection) -> Iterator[dict[str, Any]]:
    """Every leaf as a value, in order."""
    return (read_leaf(leaf) for _position, leaf in leaves(connection))


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
        return verify_log(leaves(connection, max(signed, default=0)), signed.values(), known)
    except (LogBroken, BadNote) as fault:
        raise EvidenceBroken(f"the ledger does not verify: {fault}") from None


def prove(connection: Connection, identity: str) -> Proof:
    """The proof that the leaf with this id is in the tree. Raises NotFound when it is not, or not yet."""
    newest = connection.execute(
        select(records.checkpoint.c.size, records.checkpoint.c.note)
        .where(records.checkpoint.c.note.is_not(None))
        .order_by(records.checkpoint.c.size.desc())
        .limit(1)
    ).one_or_none()
    found = next((place for place, leaf in leaves(connection) if read_leaf(leaf)["id"] == identity), None)
    if newest is None or found is None or found >= newest.size:
        raise NotFound(
            "no leaf with that id is in the tree", hint="new leaves enter the tree within about a second"
        )
    place = records.leaf.c.position
    hashes = list(connection.scalars(select(records.leaf.c.hash).where(place < newest.size).order_by(place)))
    return Proof(found, tuple(inclusion_proof(hashes, found)), newest.note)
