"""Finding what is missing from long lists in little memory: numbers that have no leaf, and two sets that should be one."""

import secrets
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b

PARTS = 4096
RUNS = 10_000
LISTED = 200


@dataclass(frozen=True, slots=True)
class Mismatch:
    """One place where two records of the same thing do not agree: of which kind, where, and in words."""

    kind: str
    place: str
    words: str


class Mismatches:
    """Every mismatch is counted; of each kind the first 200 are listed."""

    def __init__(self) -> None:
        self.listed: list[Mismatch] = []
        self.counts = Counter[str]()

    def add(self, kind: str, place: str, words: str, count: int = 1) -> None:
        """Add `count` mismatches that lie in one place."""
        if self.counts[kind] < LISTED:
            self.listed.append(Mismatch(kind, place, words))
        self.counts[kind] += count


class Numbers:
    """Which numbers were seen. What comes nearly in order is kept as a few runs, however long it is."""

    def __init__(self) -> None:
        self._runs: list[list[int]] = []

    def add(self, number: int) -> None:
        """A number was seen."""
        if self._runs and self._runs[-1][1] == number - 1:
            self._runs[-1][1] = number
            return
        self._runs.append([number, number])
        if len(self._runs) > RUNS:
            self._runs = self._merged()

    def missing(self, first: int, last: int) -> Iterator[tuple[int, int]]:
        """The ranges between `first` and `last`, both included, of which no number was seen."""
        for low, high in self._merged():
            if first < low:
                yield first, min(low - 1, last)
            first = max(first, high + 1)
            if first > last:
                return
        if first <= last:
            yield first, last

    @property
    def highest(self) -> int:
        """The highest number seen; 0 when there was none."""
        return max((high for _low, high in self._runs), default=0)

    def _merged(self) -> list[list[int]]:
        merged: list[list[int]] = []
        for low, high in sorted(self._runs):
            if merged and merged[-1][1] >= low - 1:
                merged[-1][1] = max(merged[-1][1], high)
            else:
                merged.append([low, high])
        return merged


class Balance:
    """Whether two large sets of pairs are the same, in constant memory; where not, in which of 4,096 parts.

    A pair belongs to the part of its key. Each part is the sum of keyed hashes, the second set's taken off: equal sets
    leave 0, and others leave 0 with a chance of about 1 in 2^128, even if somebody chose what is in them.
    """

    def __init__(self) -> None:
        self._secret = secrets.token_bytes(16)
        self._sums = [0] * PARTS

    def left(self, key: str, value: str = "") -> None:
        """A pair of the first set."""
        self._sums[self._part(key)] += self._hash(f"{key} {value}")

    def right(self, key: str, value: str = "") -> None:
        """A pair of the second set."""
        self._sums[self._part(key)] -= self._hash(f"{key} {value}")

    @property
    def even(self) -> bool:
        """True when both sets are the same."""
        return not any(self._sums)

    def differs_at(self, key: str) -> bool:
        """True when the sets differ in the part where this key belongs."""
        return self._sums[self._part(key)] != 0

    def _part(self, key: str) -> int:
        return self._hash(key) % PARTS

    def _hash(self, words: str) -> int:
        hashed = blake2b(words.encode(errors="surrogatepass"), digest_size=16, key=self._secret)
        return int.from_bytes(hashed.digest(), "big")
