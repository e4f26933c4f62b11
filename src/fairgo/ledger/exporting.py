"""The log written to a folder as C2SP tlog-tiles lays it out: any static file server can serve it, any of its tools read it.

Each file appears whole or not at all, and the checkpoint last: a folder always holds the log its checkpoint names. An
export into a folder that holds an earlier one goes on from there, and says so when that one was of another history.
"""

import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from fairgo.core.errors import Conflict, EvidenceBroken, NotFound
from fairgo.ledger.note import BadNote, Checkpoint
from fairgo.ledger.receipts import newest_signed
from fairgo.ledger.tile_store import tile_reader, tree
from fairgo.ledger.tiles import WIDTH, Tile, TileTree, bundles, hash_tiles, unbundle
from fairgo.ledger.tree import leaf_hash, verify_consistency
from fairgo.ledger.witnesses import with_cosignatures
from fairgo.store.engine import Store

CHECKPOINT = "checkpoint"
TOGETHER = 64  # files written between two looks at the database: a long export keeps no transaction open


@dataclass(frozen=True, slots=True)
class Exported:
    """What a folder holds now: the log's origin and size, how many files, and how many of them had to be written."""

    origin: str
    size: int
    files: int
    written: int


def export(
    store: Store, folder: Path, progress: Callable[[int, int], None] = lambda _done, _all: None
) -> Exported:
    """Write the log up to its newest signed checkpoint. `progress` hears how many files are done, of how many.

    The server may go on meanwhile: what is added later is for the next export. Raises NotFound when nothing is signed
    yet, EvidenceBroken when what is kept does not lead to the signed root or the folder holds another history, and
    Conflict when it cannot be written.
    """
    with store.reading() as connection:
        newest = newest_signed(connection)
        if newest is None:
            raise NotFound("nothing is signed yet, so there is nothing to export")
        note = with_cosignatures(connection, newest)
        point = Checkpoint.within(note)
        kept = tree(connection, point.size)
        _must_be(kept.root() == point.root, f"the tiles do not lead to the checkpoint at {point.size}")
        before = _before(folder, point, kept)
    try:
        written = _write_tiles(store, folder, point.size, progress)
        os.sync()  # once for all tiles: a checkpoint on the disk must not be without them after a power cut
        written += _write(folder / CHECKPOINT, note.encode())
        _sync(folder)
        _remove_outgrown(folder, before, point.size)
    except OSError as wrong:
        raise Conflict(f"{folder} cannot be written ({wrong.strerror})") from None
    return Exported(point.origin, point.size, len(_tiles(point.size)) + 1, written)


def _write_tiles(store: Store, folder: Path, size: int, progress: Callable[[int, int], None]) -> int:
    tiles = _tiles(size)
    written = 0
    for start in range(0, len(tiles), TOGETHER):
        with store.reading() as connection:
            read = tile_reader(connection, size)
            for tile in tiles[start : start + TOGETHER]:
                data = read(tile.path)
                if tile.level is None:
                    _fit(tile, data, read(Tile(0, tile.index, tile.width).path))
                written += _write(folder / tile.path, data)
        progress(min(start + TOGETHER, len(tiles)), len(tiles))
    return written


def _fit(tile: Tile, data: bytes, hashes: bytes) -> None:
    found = b"".join(leaf_hash(entry) for entry in unbundle(data))
    _must_be(found == hashes, f"{tile.path} does not fit its hashes")


def _tiles(size: int) -> list[Tile]:
    return list(chain(bundles(size), hash_tiles(size)))


def _before(folder: Path, point: Checkpoint, kept: TileTree) -> int:
    """The size of an earlier export that the folder holds; 0 without one."""
    try:
        note = (folder / CHECKPOINT).read_text(encoding="utf-8")
        then = Checkpoint.within(note)
    except FileNotFoundError:
        if folder.is_dir() and any(entry.name != "tile" for entry in folder.iterdir()):
            raise Conflict(f"{folder} holds something else", hint="name an empty or a new folder") from None
        return 0
    except OSError as wrong:
        raise Conflict(f"{folder} cannot be read ({wrong.strerror})") from None
    except (UnicodeDecodeError, BadNote):
        raise Conflict(
            f"{folder / CHECKPOINT} is not a checkpoint", hint="name an empty or a new folder"
        ) from None
    if then.origin != point.origin:
        raise Conflict(f"{folder} holds the log {then.origin}, and this is {point.origin}")
    try:
        verify_consistency(then.size, then.root, point.size, point.root, kept.consistency(then.size))
    except (ValueError, IndexError):
        raise EvidenceBroken(
            f"this is another history: {folder} holds one of {then.size} leaves that this one does not continue",
            hint="keep that folder: one of the two was changed",
        ) from None
    return then.size


def _write(path: Path, data: bytes) -> bool:
    """Write a file at once; one that is there already and right is left as it is. True when it was written."""
    with suppress(FileNotFoundError):
        if path.read_bytes() == data:
            return False
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.new")
    with draft.open("wb") as file:
        file.write(data)
        if path.name == CHECKPOINT:
            file.flush()
            os.fsync(file.fileno())
    draft.replace(path)
    return True


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    with suppress(OSError):  # not every file system can do it
        os.fsync(handle)
    os.close(handle)


def _remove_outgrown(folder: Path, before: int, size: int) -> None:
    """Partial tiles of the earlier export that have grown: the specification lets them go."""
    still = {tile.path for tile in _tiles(size) if tile.width < WIDTH}
    for tile in _tiles(before):
        if tile.width < WIDTH and tile.path not in still:
            path = folder / tile.path
            path.unlink(missing_ok=True)
            with suppress(OSError):  # something else lies there: not ours to remove
                path.parent.rmdir()


def _must_be(fits: bool, otherwise: str) -> None:  # noqa: FBT001 - a condition, not a switch
    if not fits:
        raise EvidenceBroken(otherwise, hint="fairgo ledger verify")
