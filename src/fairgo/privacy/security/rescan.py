"""Looking for what must be gone in every byte of every file: a data key, its wrapped form, ciphertext, pseudonyms, words.

What is random may be looked for again later, so a print of it is kept: a keyed hash of 32 bytes, which says nothing
to anybody and finds those 32 bytes wherever they stand. Words are looked for once, from memory; no hash of them is kept,
since whoever holds the master key could guess words until one fits.
"""

import hmac
import os
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np

from fairgo.store.keys import Keys

WIDTH = 32
PIECE = 1 << 16
BITS = 20
WEAK, STRONG = (
    6,
    16,
)  # bytes of a print: two small hashes that find candidates fast, then an HMAC that decides
SHORTEST_WORD = 8


@dataclass(frozen=True, slots=True)
class Canaries:
    """What a scan looks for. `kept` are prints of random bytes; `windows` (prints) and `words` are never kept."""

    kept: frozenset[bytes] = frozenset()
    windows: frozenset[bytes] = frozenset()
    words: frozenset[bytes] = frozenset()

    def packed(self) -> bytes:
        """The prints that may be kept, one after the other."""
        return b"".join(sorted(self.kept))

    @classmethod
    def unpacked(cls, packed: bytes) -> "Canaries":
        """What `packed` gave."""
        size = WEAK + STRONG
        return cls(frozenset(packed[at : at + size] for at in range(0, len(packed), size)))


@dataclass(frozen=True, slots=True)
class Scan:
    """What was looked through, and where something was found. `unread` could not be opened: nothing is known of it."""

    files: int = 0
    bytes: int = 0
    found: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()

    def __add__(self, other: "Scan") -> "Scan":
        return Scan(
            self.files + other.files,
            self.bytes + other.bytes,
            self.found + other.found,
            self.unread + other.unread,
        )


class Searcher:
    """Looks for canaries in streams of bytes."""

    def __init__(self, keys: Keys, canaries: Canaries) -> None:
        self._key = keys.derived("canary")
        self._factors = _factors(self._key)
        self._prints = canaries.kept | canaries.windows
        self._words = canaries.words
        self._overlap = max([WIDTH, *map(len, self._words)]) - 1
        self._likely = [np.zeros(1 << BITS, dtype=bool) for _ in self._factors]
        for known in self._prints:
            for likely, weak in zip(self._likely, (known[:3], known[3:6]), strict=True):
                likely[int.from_bytes(weak, "big")] = True

    def file(self, name: str, file: IO[bytes]) -> Scan:
        """Look through one open file, and inside it when it is a ZIP archive."""
        found, size = self.stream(_pieces(file))
        scan = Scan(1, size, (name,) if found else ())
        if file.seekable() and zipfile.is_zipfile(file):
            file.seek(0)
            scan += self._archive(name, file)
        return scan

    def stream(self, pieces: Iterable[bytes]) -> tuple[bool, int]:
        """Whether a canary stands in the pieces, wherever they were cut, and how many bytes they have together."""
        tail, size, found = b"", 0, False
        for piece in _gathered(pieces):
            size += len(piece)
            window = tail + piece
            found = found or self._in(window)
            tail = window[-self._overlap :]
        return found, size

    def _archive(self, name: str, file: IO[bytes]) -> Scan:
        scan = Scan()
        try:
            with zipfile.ZipFile(file) as archive:
                for member in archive.infolist():
                    if not member.is_dir():
                        with archive.open(member) as inside:
                            found, size = self.stream(_pieces(inside))
                        scan += Scan(0, size, (f"{name}:{member.filename}",) if found else ())
        except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError, OSError):
            scan += Scan(unread=(name,))  # damaged, or encrypted
        return scan

    def _in(self, window: bytes) -> bool:
        if any(word in window for word in self._words):
            return True
        if not self._prints or len(window) < WIDTH or window.count(0) == len(window):
            return False
        data = np.frombuffer(window, dtype=np.uint8)
        last = len(window) - WIDTH
        for offset in range(4):
            words = data[offset : offset + (len(window) - offset) // 4 * 4].view("<u4")
            candidates = np.flatnonzero(self._likely[0][_small(words[:-1], self._factors[0])])
            candidates = candidates[self._likely[1][_small(words[candidates + 1], self._factors[1])]]
            for at in (candidates * 4 + offset).tolist():
                if at <= last and _print(self._key, window[at : at + WIDTH]) in self._prints:
                    return True
        return False


def make_prints(keys: Keys, windows: Iterable[bytes]) -> frozenset[bytes]:
    """The prints of the first 32 bytes of each; what is shorter has none."""
    key = keys.derived("canary")
    return frozenset(_print(key, window[:WIDTH]) for window in windows if len(window) >= WIDTH)


def with_words(keys: Keys, canaries: Canaries, words: Iterable[str]) -> Canaries:
    """The canaries, and these words as well, to be looked for once. Words too short to be anybody's own are left out."""
    written = {word.encode() for word in words if len(word.encode()) >= SHORTEST_WORD}
    return Canaries(
        canaries.kept,
        canaries.windows | make_prints(keys, (word for word in written if len(word) >= WIDTH)),
        canaries.words | {word for word in written if len(word) < WIDTH},
    )


def scan_folder(searcher: Searcher, folder: Path) -> Scan:
    """Look through every file below a folder."""
    files = [Path(place, name) for place, _below, names in os.walk(folder) for name in names]
    return scan_files(searcher, sorted(files), folder)


def scan_files(searcher: Searcher, files: Iterable[Path], folder: Path) -> Scan:
    """Look through these files; places are named as seen from a folder. Pipes and sockets hold nothing to be read."""
    scan = Scan()
    for path in files:
        name = str(path.relative_to(folder)) if path.is_relative_to(folder) else path.name
        try:
            if path.is_file():
                with path.open("rb") as file:
                    scan += searcher.file(name, file)
        except FileNotFoundError:
            continue  # gone meanwhile, as a write-ahead log goes
        except OSError:
            scan += Scan(unread=(name,))
    return scan


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    return iter(lambda: file.read(PIECE), b"")


def _gathered(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in fewer pieces."""
    waiting: list[bytes] = []
    size = 0
    for piece in pieces:
        waiting.append(piece)
        size += len(piece)
        if size >= PIECE:
            yield b"".join(waiting)
            waiting, size = [], 0
    yield b"".join(waiting)


def _print(key: bytes, window: bytes) -> bytes:
    starts = np.frombuffer(window[:8], dtype="<u4")
    weak = [int(_small(starts[at : at + 1], factor)[0]) for at, factor in enumerate(_factors(key))]
    return b"".join(part.to_bytes(3, "big") for part in weak) + hmac.digest(key, window, "sha256")[:STRONG]


def _factors(key: bytes) -> list[Any]:
    """Two odd numbers, keyed, so that the small hashes in a print say nothing without the key."""
    digest = hmac.digest(key, b"factors", "sha256")
    return [np.uint32(int.from_bytes(digest[at : at + 4], "big") | 1) for at in (0, 4)]


def _small(words: Any, factor: Any) -> Any:
    """A hash of 20 bits of each 4 bytes: multiply and shift."""
    return (words * factor) >> np.uint32(32 - BITS)
