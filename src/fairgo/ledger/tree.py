"""The Merkle tree of RFC 6962 section 2.1: hashes, roots, proofs. Standard library only, so a verifier can stand alone."""

import hashlib
from collections.abc import Iterable, Sequence

EMPTY = hashlib.sha256(b"").digest()


def leaf_hash(leaf: bytes) -> bytes:
    """SHA-256(0x00 ‖ leaf)."""
    return hashlib.sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 ‖ left ‖ right)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Frontier:
    """The perfect subtrees along the right edge: all that is needed to append and to know the root.

    `peaks` run from the largest subtree (left) to the smallest (right); their sizes are the bits of `size`.
    """

    def __init__(self, size: int = 0, peaks: Iterable[bytes] = ()) -> None:
        self.size = size
        self.peaks = list(peaks)
        if size < 0 or len(self.peaks) != size.bit_count() or any(len(peak) != 32 for peak in self.peaks):
            raise ValueError("a frontier has one peak of 32 bytes for each set bit of its size")

    def append(self, hashed: bytes) -> None:
        """Add one leaf hash at the end."""
        trailing_ones = (~self.size & (self.size + 1)).bit_length() - 1
        for _ in range(trailing_ones):
            hashed = node_hash(self.peaks.pop(), hashed)
        self.peaks.append(hashed)
        self.size += 1

    def root(self) -> bytes:
        """The root over everything appended so far."""
        if not self.peaks:
            return EMPTY
        *rest, root = self.peaks
        for peak in reversed(rest):
            root = node_hash(peak, root)
        return root

    def to_bytes(self) -> bytes:
        """The peaks, 32 bytes each, largest first."""
        return b"".join(self.peaks)

    @classmethod
    def from_bytes(cls, size: int, packed: bytes) -> "Frontier":
        """The frontier that `to_bytes` packed. Raises ValueError when it does not fit the size."""
        return cls(size, (packed[i : i + 32] for i in range(0, len(packed), 32)))


def root_of(hashes: Iterable[bytes]) -> bytes:
    """The root over leaf hashes in order."""
    frontier = Frontier()
    for hashed in hashes:
        frontier.append(hashed)
    return frontier.root()


def inclusion_proof(hashes: Sequence[bytes], position: int) -> list[bytes]:
    """The audit path of RFC 6962 section 2.1.1 for the leaf at `position`, nearest sibling first.

    Raises IndexError when there is no such leaf.
    """
    if not 0 <= position < len(hashes):
        raise IndexError("no leaf at that position")
    path: list[bytes] = []
    low, high = 0, len(hashes)
    while high - low > 1:
        middle = low + split(high - low)
        if position < middle:
            path.append(root_of(hashes[middle:high]))
            high = middle
        else:
            path.append(root_of(hashes[low:middle]))
            low = middle
    return path[::-1]


def root_from_proof(hashed: bytes, position: int, size: int, path: Sequence[bytes]) -> bytes:
    """The root that a leaf hash, its position and its path lead to (RFC 9162 section 2.1.3.2).

    Raises ValueError when the path cannot belong to that position and size.
    """
    if not 0 <= position < size:
        raise ValueError("the position lies outside the tree")
    if any(len(part) != 32 for part in (hashed, *path)):
        raise ValueError("a hash has 32 bytes")
    first, second = position, size - 1
    result = hashed
    for sibling in path:
        if second == 0:
            raise ValueError("the path is too long")
        if first & 1 or first == second:
            result = node_hash(sibling, result)
            while first and not first & 1:
                first >>= 1
                second >>= 1
        else:
            result = node_hash(result, sibling)
        first >>= 1
        second >>= 1
    if second:
        raise ValueError("the path is too short")
    return result


def consistency_proof(hashes: Sequence[bytes], old_size: int) -> list[bytes]:
    """The proof of RFC 6962 section 2.1.2 that the first `old_size` leaf hashes are how the tree over all began.

    Empty for an `old_size` of 0 or of the whole. Raises IndexError for one that lies outside.
    """
    if not 0 <= old_size <= len(hashes):
        raise IndexError("no tree of that size")
    if old_size in {0, len(hashes)}:
        return []
    return _subproof(hashes, old_size, whole=True)


def _subproof(hashes: Sequence[bytes], old_size: int, *, whole: bool) -> list[bytes]:
    """SUBPROOF as the standard writes it; `whole` while the old tree's root is known to whoever verifies."""
    if old_size == len(hashes):
        return [] if whole else [root_of(hashes)]
    middle = split(len(hashes))
    if old_size <= middle:
        return [*_subproof(hashes[:middle], old_size, whole=whole), root_of(hashes[middle:])]
    return [*_subproof(hashes[middle:], old_size - middle, whole=False), root_of(hashes[:middle])]


def verify_consistency(old_size: int, old_root: bytes, size: int, root: bytes, path: Sequence[bytes]) -> None:
    """Check that the tree of `size` leaves begins with the tree of `old_size` leaves (RFC 9162 section 2.1.4.2).

    Raises ValueError, which says why, when the path does not show it.
    """
    if not 0 <= old_size <= size:
        raise ValueError("a log cannot shrink")
    if any(len(part) != 32 for part in (old_root, root, *path)):
        raise ValueError("a hash has 32 bytes")
    if old_size in {0, size}:
        if path:
            raise ValueError("the path is too long")
        if old_root != (root if old_size else EMPTY) or (size == 0 and root != EMPTY):
            raise ValueError("the roots differ")
        return
    proved = _roots_from(old_size, old_root, size, path)
    if proved[0] != old_root:
        raise ValueError("the path does not lead to the old root")
    if proved[1] != root:
        raise ValueError("the path does not lead to the new root")


def _roots_from(old_size: int, old_root: bytes, size: int, path: Sequence[bytes]) -> tuple[bytes, bytes]:
    """The old and the new root that a path leads to."""
    parts = list(path) if old_size & (old_size - 1) else [old_root, *path]
    if not parts:
        raise ValueError("the path is too short")
    first, second = old_size - 1, size - 1
    while first & 1:
        first >>= 1
        second >>= 1
    old = new = parts[0]
    for part in parts[1:]:
        if second == 0:
            raise ValueError("the path is too long")
        if first & 1 or first == second:
            old, new = node_hash(part, old), node_hash(part, new)
            while first and not first & 1:
                first >>= 1
                second >>= 1
        else:
            new = node_hash(new, part)
        first >>= 1
        second >>= 1
    if second:
        raise ValueError("the path is too short")
    return old, new


def split(size: int) -> int:
    """The largest power of two below `size` (2 or more): where RFC 6962 divides a tree."""
    return 1 << (size - 1).bit_length() - 1
