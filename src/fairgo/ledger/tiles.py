"""Tiles of the tree as C2SP tlog-tiles lays them out: paths, bundles of leaves, and proofs read out of tiles.

A tile at level L holds up to 256 hashes of perfect subtrees of 256^L leaves. Standard library only, so a verifier
can stand alone.
"""

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from fairgo.ledger.tree import EMPTY, Frontier, leaf_hash, node_hash, split

WIDTH = 256
HASH = 32
BITS = 8  # a tile spans this many levels of the tree
LEVELS = 8  # 256^8 leaves: more than any tree will have
LONGEST = 0xFFFF  # an entry's length is written in two bytes
ENTRIES = "entries"
PATH = re.compile(
    r"tile/(?P<level>entries|[0-7])/(?P<index>(?:x[0-9]{3}/){0,6}[0-9]{3})(?:\.p/(?P<width>[1-9][0-9]{0,2}))?",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Tile:
    """One tile: its level (None for a bundle of entries), its index there, and how many hashes or entries it has."""

    level: int | None
    index: int
    width: int = WIDTH

    @property
    def path(self) -> str:
        """Where it lies below the log's prefix."""
        if self.level is None:
            return entries_path(self.index, self.width)
        return tile_path(self.level, self.index, self.width)


def tile_path(level: int, index: int, width: int = WIDTH) -> str:
    """Where a hash tile lies: `tile/0/x001/234`, a partial one `tile/0/x001/234.p/17`.

    Raises ValueError for a tile that cannot be.
    """
    if not 0 <= level < LEVELS:
        raise ValueError(f"a tree has no tiles at level {level}")
    return f"tile/{level}/{_numbered(index, width)}"


def entries_path(index: int, width: int = WIDTH) -> str:
    """Where a bundle of entries lies: `tile/entries/x001/234`. Raises ValueError for one that cannot be."""
    return f"tile/{ENTRIES}/{_numbered(index, width)}"


def parse_path(path: str) -> Tile:
    """The tile that a path names. Raises ValueError for every other way of writing it."""
    found = PATH.fullmatch(path)
    if found is None:
        raise ValueError("not the path of a tile")
    level = None if found["level"] == ENTRIES else int(found["level"])
    tile = Tile(level, int(found["index"].replace("x", "").replace("/", "")), int(found["width"] or WIDTH))
    if tile.path != path:
        raise ValueError("not the path of a tile")
    return tile


def width_in(level: int | None, index: int, size: int) -> int:
    """How many hashes (or, for level None, entries) a tile has in a tree of this size: 0 to 256."""
    return max(0, min(WIDTH, (size >> BITS * (level or 0)) - WIDTH * index))


def hash_tiles(size: int) -> Iterator[Tile]:
    """Every hash tile of a tree of this size, the lowest level first."""
    for level in range(LEVELS):
        yield from _row(level, size >> BITS * level)


def bundles(size: int) -> Iterator[Tile]:
    """Every bundle of entries of a tree of this size, in order."""
    return _row(None, size)


def bundle(entries: Iterable[bytes]) -> bytes:
    """Entries behind their lengths, two bytes each, big-endian. Raises ValueError for one over 65,535 bytes."""
    parts: list[bytes] = []
    for entry in entries:
        if len(entry) > LONGEST:
            raise ValueError(f"an entry has {len(entry)} bytes; a bundle takes at most {LONGEST}")
        parts.append(len(entry).to_bytes(2, "big"))
        parts.append(entry)
    return b"".join(parts)


def unbundle(data: bytes) -> list[bytes]:
    """The entries that `bundle` wrote. Raises ValueError when the bytes end too early."""
    entries: list[bytes] = []
    at = 0
    while at < len(data):
        start = at + 2
        at = start + int.from_bytes(data[at:start], "big")
        if at > len(data) or start > len(data):
            raise ValueError(f"entry {len(entries)} of a bundle is cut short")
        entries.append(data[start:at])
    return entries


def tile_root(hashes: bytes) -> bytes:
    """The root over a whole power of two of hashes: of a full tile, the hash that stands for it one level up."""
    row = hashes
    while len(row) > HASH:
        row = b"".join(
            hashlib.sha256(b"\x01" + row[at : at + 2 * HASH]).digest() for at in range(0, len(row), 2 * HASH)
        )
    return row


class TileTree:
    """A tree of `size` leaves read out of its tiles, a few at a time, so the log may be of any length.

    `read` gives the bytes of the tile at a path; what it raises comes through. Every method raises ValueError for a
    tile that has not the length it should. Nothing here is checked against a signature: compare `root()` with one.
    """

    def __init__(self, read: Callable[[str], bytes], size: int) -> None:
        if size < 0:
            raise ValueError("a tree has no negative size")
        self.size = size
        self._read = lru_cache(maxsize=64)(read)
        self._entries = lru_cache(maxsize=4)(self._unbundled)

    def root(self) -> bytes:
        """The root over all leaves."""
        return self._over(0, self.size)

    def leaf(self, index: int) -> bytes:
        """The leaf at a position. Raises IndexError where there is none, ValueError when it does not fit its hash."""
        self._inside(index)
        entry = self._entries(index // WIDTH)[index % WIDTH]
        if leaf_hash(entry) != self.leaf_hash(index):
            raise ValueError(f"leaf {index} does not fit its hash")
        return entry

    def leaf_hash(self, index: int) -> bytes:
        """The hash of the leaf at a position. Raises IndexError where there is none."""
        self._inside(index)
        return self._subtree(0, index)

    def inclusion(self, index: int) -> list[bytes]:
        """The audit path for a leaf, nearest sibling first (RFC 6962 section 2.1.1). Raises IndexError where there is none."""
        self._inside(index)
        path: list[bytes] = []
        low, high = 0, self.size
        while high - low > 1:
            middle = low + split(high - low)
            if index < middle:
                path.append(self._over(middle, high))
                high = middle
            else:
                path.append(self._over(low, middle))
                low = middle
        return path[::-1]

    def consistency(self, old_size: int) -> list[bytes]:
        """The proof that the tree of the first `old_size` leaves is how this one began (RFC 6962 section 2.1.2).

        Empty for an `old_size` of 0 or of the whole. Raises IndexError for one that lies outside.
        """
        if not 0 <= old_size <= self.size:
            raise IndexError(f"no tree of {old_size} leaves within one of {self.size}")
        if old_size in {0, self.size}:
            return []
        path: list[bytes] = []
        low, high = 0, self.size
        while old_size != high:
            middle = low + split(high - low)
            if old_size <= middle:
                path.append(self._over(middle, high))
                high = middle
            else:
                path.append(self._over(low, middle))
                low = middle
        if low:
            path.append(self._over(low, high))
        return path[::-1]

    def frontier(self) -> Frontier:
        """The tree's right edge: what is needed to go on appending to it."""
        return Frontier(self.size, self._peaks(0, self.size))

    def _over(self, low: int, high: int) -> bytes:
        """The root over the leaves from `low` to below `high`, where `low` is as the tree is divided."""
        if low == high:
            return EMPTY
        *rest, root = self._peaks(low, high)
        for peak in reversed(rest):
            root = node_hash(peak, root)
        return root

    def _peaks(self, low: int, high: int) -> Iterator[bytes]:
        """The perfect subtrees that make up a range, largest first."""
        while low < high:
            height = (high - low).bit_length() - 1
            yield self._subtree(height, low >> height)
            low += 1 << height

    def _subtree(self, height: int, index: int) -> bytes:
        """The root of the perfect subtree of 2^height leaves at this index: it lies within one tile."""
        level, above = divmod(height, BITS)
        first = index << above
        hashes = self._tile(level, first // WIDTH)
        at = first % WIDTH * HASH
        return tile_root(hashes[at : at + (HASH << above)])

    def _tile(self, level: int, index: int) -> bytes:
        width = width_in(level, index, self.size)
        path = tile_path(level, index, width)
        data = self._read(path)
        if len(data) != width * HASH:
            raise ValueError(f"{path} has {len(data)} bytes, not {width * HASH}")
        return data

    def _unbundled(self, index: int) -> list[bytes]:
        width = width_in(None, index, self.size)
        path = entries_path(index, width)
        try:
            entries = unbundle(self._read(path))
        except ValueError as wrong:
            raise ValueError(f"{path}: {wrong}") from None
        if len(entries) != width:
            raise ValueError(f"{path} has {len(entries)} entries, not {width}")
        return entries

    def _inside(self, index: int) -> None:
        if not 0 <= index < self.size:
            raise IndexError(f"no leaf {index} in a tree of {self.size}")


def _numbered(index: int, width: int) -> str:
    if index < 0 or not 0 < width <= WIDTH:
        raise ValueError(f"a tree has no tile {index} of width {width}")
    digits = str(index)
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    *upper, last = (digits[at : at + 3] for at in range(0, len(digits), 3))
    part = "" if width == WIDTH else f".p/{width}"
    return "".join(f"x{group}/" for group in upper) + last + part


def _row(level: int | None, count: int) -> Iterator[Tile]:
    full, rest = divmod(count, WIDTH)
    for index in range(full):
        yield Tile(level, index)
    if rest:
        yield Tile(level, full, rest)
