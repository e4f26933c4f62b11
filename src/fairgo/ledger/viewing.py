"""The ledger for the console: how it stands, and one event with its way up to the signed checkpoint, computed anew."""

from itertools import groupby
from typing import Any

from sqlalchemy import Connection, func, select

from fairgo.core.errors import EvidenceBroken, NotFound
from fairgo.core.ports import EventLine, EventProof, Health, ProofStep, Signed, WitnessLine
from fairgo.ledger import records
from fairgo.ledger.counters import process_counter
from fairgo.ledger.leaves import read_leaf
from fairgo.ledger.note import BadNote, Checkpoint, open_note
from fairgo.ledger.reading import verifiers
from fairgo.ledger.sequencer import waiting
from fairgo.ledger.tile_store import tile_reader
from fairgo.ledger.tiles import BITS, HASH, WIDTH, TileTree, tile_path, width_in
from fairgo.ledger.tree import leaf_hash, node_hash, split
from fairgo.ledger.witnesses import standing

NEWEST = 50


def health(connection: Connection, *, exact: bool = False) -> Health:
    """How the evidence stands, from counters, the size of the tree and newest rows: quick however long the ledger is.

    `exact` counts every leaf that is kept instead, which shows one that was taken away: slower the more there are.
    """
    unplaced = waiting(connection)
    counted = (
        select(func.count()).select_from(records.leaf)
        if exact
        else select(func.max(records.checkpoint.c.size))
    )
    leaves = (connection.scalar(counted) or 0) + (0 if exact else unplaced)
    point = _newest(connection)
    mismatches, unfinished = glance(connection, leaves)
    row = records.leaf.c
    newest = connection.execute(
        select(row.name, row.position, row.leaf).order_by(row.seq.desc()).limit(NEWEST)
    )
    return Health(
        leaves=leaves,
        waiting=unplaced,
        checkpoint=None if point is None else _signed(connection, point),
        witnesses=tuple(
            WitnessLine(one.name, one.size, one.cosigned_at, one.problem) for one in standing(connection)
        ),
        mismatches=mismatches,
        unfinished=unfinished,
        newest=tuple(_line(one, _value(one.leaf), point) for one in newest),
    )


def glance(connection: Connection, leaves: int) -> tuple[tuple[str, ...], int]:
    """What the counters alone can tell: what does not agree with them, in words, and how many turns never closed."""
    rows = connection.execute(select(process_counter).order_by(process_counter.c.run)).all()
    found = []
    if (told := sum(row.last for row in rows)) != leaves:
        found.append(f"the counters tell of {told} events, {leaves} are kept")
    for run, some in groupby(rows, key=lambda row: row.run):
        of_run = list(some)
        seen = max(row.seen for row in of_run) - max(row.listed for row in of_run)
        without = seen - sum(row.refused + row.opened for row in of_run)
        if without < 0:
            found.append(f"process {run}: {-without} turns or refusals that the gateway never saw")
        elif without and any(row.stopped_at for row in of_run):
            found.append(f"process {run}: {without} requests were seen and left no leaf")
    return tuple(found), sum(row.opened - row.closed for row in rows)


def event(connection: Connection, name: str) -> EventProof:
    """One event and its proof, computed anew from its bytes. Raises NotFound when no leaf has that name."""
    row = records.leaf.c
    found = connection.execute(select(row.name, row.position, row.leaf).where(row.name == name)).one_or_none()
    if found is None:
        raise NotFound("there is no event of that name", hint="the page Evidence lists the newest ones")
    value = _value(found.leaf)
    point = _newest(connection)
    proof: dict[str, Any] = {"leaf_fits": False, "steps": (), "checkpoint": None, "root_signed": False}
    if _covered(found, point):
        proof["checkpoint"] = signed = _signed(connection, point)
        try:
            proof |= _climb(connection, found, Checkpoint.within(point.note))
            proof["root_signed"] = proof["root_signed"] and bool(signed.key)
        except (ValueError, IndexError, EvidenceBroken, NotFound) as fault:
            proof["problem"] = fault.message if isinstance(fault, EvidenceBroken) else str(fault)
    return EventProof(
        line=_line(found, value, point),
        policy=str(value.get("policy", "")),
        facts=value.get("facts", {}),
        commitments=value.get("commitments", {}),
        text=found.leaf.decode(errors="replace"),
        fingerprint=leaf_hash(found.leaf).hex(),
        **proof,
    )


def _climb(connection: Connection, found: Any, point: Checkpoint) -> dict[str, Any]:
    """Every step from the leaf to the root, compared wherever the tree keeps a hash: at the leaf, at each tile, on top.

    Where one does not fit the climb goes on from the hash that is kept, so that a mark tells of its own place only.
    """
    read = tile_reader(connection, point.size)
    tree = TileTree(read, point.size)
    kept = tree.leaf_hash(found.position)
    steps: list[ProofStep] = []
    pending: list[ProofStep] = []
    chain = kept
    path = tree.inclusion(found.position)
    for sibling, (low, middle, high) in zip(path, _ranges(found.position, point.size), strict=True):
        on_left = found.position >= middle
        chain = node_hash(sibling, chain) if on_left else node_hash(chain, sibling)
        first, last = (low, middle - 1) if on_left else (middle, high - 1)
        pending.append(ProofStep(sibling.hex(), first, last, on_left, chain.hex(), fits=False))
        anchor = point.root if high - low == point.size else _kept(read, low, high, point.size)
        if anchor is not None:
            steps += [_marked(step, fits=chain == anchor) for step in pending]
            pending, chain = [], anchor
    top = steps[-1].fits if steps else kept == point.root
    return {"leaf_fits": leaf_hash(found.leaf) == kept, "steps": tuple(steps), "root_signed": top}


def _ranges(position: int, size: int) -> list[tuple[int, int, int]]:
    """The parts of the tree above a leaf, smallest first: where each begins, is divided, and ends."""
    low, high = 0, size
    ranges = []
    while high - low > 1:
        middle = low + split(high - low)
        ranges.append((low, middle, high))
        low, high = (low, middle) if position < middle else (middle, high)
    return ranges[::-1]


def _kept(read: Any, low: int, high: int, size: int) -> bytes | None:
    """The hash that a tile keeps for the leaves from `low` to below `high`; None where no tile has it as its own."""
    level, odd = divmod((high - low).bit_length() - 1, BITS)
    if odd or high - low != 1 << level * BITS:
        return None
    tile, at = divmod(low >> level * BITS, WIDTH)
    hashes: bytes = read(tile_path(level, tile, width_in(level, tile, size)))
    return hashes[at * HASH : (at + 1) * HASH]


def _marked(step: ProofStep, *, fits: bool) -> ProofStep:
    return ProofStep(step.sibling, step.first, step.last, step.on_left, step.result, fits)


def _newest(connection: Connection) -> Any:
    point = records.checkpoint.c
    signed = select(point.size, point.note, point.made_at).where(point.note.is_not(None))
    return connection.execute(signed.order_by(point.size.desc()).limit(1)).one_or_none()


def _signed(connection: Connection, point: Any) -> Signed:
    key = ""
    for verifier in verifiers(connection):
        try:
            open_note(point.note, verifier)
        except BadNote:
            continue
        key = f"{verifier.name}+{verifier.identity.hex()}"
    return Signed(point.size, Checkpoint.within(point.note).root.hex(), point.made_at, key)


def _covered(row: Any, point: Any) -> bool:
    return point is not None and row.position is not None and row.position < point.size


def _line(row: Any, value: dict[str, Any], point: Any) -> EventLine:
    type_, at, system = (str(value.get(name, "")) for name in ("type", "time", "system"))
    return EventLine(row.name, type_, at, system, row.position if _covered(row, point) else None)


def _value(leaf: bytes) -> dict[str, Any]:
    try:
        return read_leaf(leaf)
    except EvidenceBroken:
        return {}
