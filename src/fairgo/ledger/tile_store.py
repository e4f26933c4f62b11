"""Tiles in the database: grown by the sequencer in the transaction that gives leaves their places, never changed after.

Only the last tile of a level may still grow; hashes are added at its end. Bundles of entries are not kept twice: they
are read from the leaves.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    LargeBinary,
    SmallInteger,
    Table,
    func,
    insert,
    select,
    text,
)
from sqlalchemy.exc import IntegrityError

from fairgo.core.errors import EvidenceBroken, NotFound
from fairgo.ledger import records
from fairgo.ledger.tiles import HASH, WIDTH, Tile, TileTree, bundle, parse_path, tile_root, width_in
from fairgo.ledger.verify import LogBroken
from fairgo.store.schema import metadata

tile_table = Table(
    "ledger_tile",
    metadata,
    Column("level", SmallInteger, primary_key=True, autoincrement=False),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("hashes", LargeBinary, nullable=False),
)
FULL = WIDTH * HASH
CHECK_HINT = "fairgo ledger verify"
EXTEND = text("UPDATE ledger_tile SET hashes = :hashes WHERE level = :level AND number = :number")


def grow(connection: Connection, old_size: int, new_hashes: Sequence[bytes]) -> None:
    """Add the hashes of new leaves to the tiles of a tree that had `old_size` leaves; the work is for the new ones only.

    Raises EvidenceBroken, for the caller to roll back, when the tiles are not as they were left.
    """
    level, size, row = 0, old_size, b"".join(new_hashes)
    fresh: list[dict[str, Any]] = []
    while row:
        number, have = divmod(size, WIDTH)
        if have:
            row = _last(connection, level, number, have) + row
        parts = [row[at : at + FULL] for at in range(0, len(row), FULL)]
        values = [{"level": level, "number": number + nth, "hashes": part} for nth, part in enumerate(parts)]
        if have:
            connection.execute(EXTEND, values[0])
        fresh += values[1:] if have else values
        row = b"".join(tile_root(part) for part in parts if len(part) == FULL)
        level, size = level + 1, number
    if not fresh:
        return
    try:
        connection.execute(insert(tile_table), fresh)
    except IntegrityError:
        raise EvidenceBroken(
            f"the tree of {old_size} leaves has tiles beyond its end", hint=CHECK_HINT
        ) from None


def tile_reader(connection: Connection, size: int) -> Callable[[str], bytes]:
    """Reads the tile at a path out of the database, as it is in the tree of `size` leaves or was in a smaller one.

    The reader raises NotFound for a path that is no tile of that tree, EvidenceBroken when a tile is not whole.
    """

    def read(path: str) -> bytes:
        try:
            tile = parse_path(path)
        except ValueError:
            tile = Tile(None, 0, 0)
        if not 0 < tile.width <= width_in(tile.level, tile.index, size):
            raise NotFound("the tree has no such tile")
        if tile.level is None:
            return _bundle(connection, tile.index, tile.width)
        return _hashes(connection, tile.level, tile.index, tile.width)

    return read


def tree(connection: Connection, size: int) -> TileTree:
    """The tree of the first `size` leaves, for roots and proofs."""
    return TileTree(tile_reader(connection, size), size)


def fits(connection: Connection, size: int, root: bytes) -> None:
    """Compare what the tiles lead to with a root that was kept elsewhere: a few tiles are read, whatever the size.

    Raises EvidenceBroken when they differ.
    """
    if tree(connection, size).root() != root:
        raise EvidenceBroken(f"the tiles do not lead to the checkpoint at {size}", hint=CHECK_HINT)


def check(connection: Connection, hashes: Iterable[bytes]) -> None:
    """Compare every tile with the one that these leaf hashes give. Raises LogBroken naming the first that differs."""
    rows: list[bytearray] = [bytearray()]
    counts = [0]
    for hashed in hashes:
        _add(connection, rows, counts, hashed)
    for level, rest in enumerate(rows):
        if rest:
            _compare(connection, Tile(level, counts[level], len(rest) // HASH), bytes(rest))
            counts[level] += 1
    kept = connection.scalar(select(func.count()).select_from(tile_table))
    if kept != sum(counts):
        raise LogBroken(f"{kept} tiles are kept where the leaves give {sum(counts)}")


def _add(connection: Connection, rows: list[bytearray], counts: list[int], hashed: bytes) -> None:
    """One more hash at level 0; a tile that is full is compared and stands for itself one level up."""
    level = 0
    while True:
        rows[level] += hashed
        if len(rows[level]) < FULL:
            return
        full = bytes(rows[level])
        _compare(connection, Tile(level, counts[level]), full)
        counts[level] += 1
        rows[level].clear()
        hashed = tile_root(full)
        level += 1
        if level == len(rows):
            rows.append(bytearray())
            counts.append(0)


def _compare(connection: Connection, tile: Tile, expected: bytes) -> None:
    if _kept(connection, tile.level or 0, tile.index) != expected:
        raise LogBroken(f"{tile.path} is not what the leaves give")


def _last(connection: Connection, level: int, number: int, width: int) -> bytes:
    """The last tile of a level, which must have exactly so many hashes."""
    kept = _kept(connection, level, number)
    if len(kept) != width * HASH:
        raise EvidenceBroken(f"{Tile(level, number, width).path} is not as it was left", hint=CHECK_HINT)
    return kept


def _hashes(connection: Connection, level: int, number: int, width: int) -> bytes:
    """The first `width` hashes of a tile."""
    kept = _kept(connection, level, number)[: width * HASH]
    if len(kept) < width * HASH:
        raise EvidenceBroken(f"{Tile(level, number, width).path} is not whole", hint=CHECK_HINT)
    return kept


def _kept(connection: Connection, level: int, number: int) -> bytes:
    row = tile_table.c
    kept = connection.scalar(select(row.hashes).where(row.level == level, row.number == number))
    return bytes(kept or b"")


def _bundle(connection: Connection, number: int, width: int) -> bytes:
    place, first = records.leaf.c.position, number * WIDTH
    wanted = select(records.leaf.c.leaf).where(place.between(first, first + width - 1)).order_by(place)
    entries = list(connection.scalars(wanted))
    if len(entries) != width:
        raise EvidenceBroken(f"{Tile(None, number, width).path} is not whole", hint=CHECK_HINT)
    return bundle(entries)
