"""Names of leaves: a random number for the process, and a count without gaps within it.

A count that is missing later shows that a leaf was lost or taken away.
"""

import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Names:
    """Gives names inside a transaction; when it comes to nothing, its names are given again to the next."""

    def __init__(self) -> None:
        self.given = 0
        self._process = secrets.token_hex(8)
        self._turn = threading.Lock()

    @property
    def process(self) -> str:
        """The random number (16 hex digits) of this process."""
        return self._process

    def take(self) -> str:
        """The next name."""
        self.given += 1
        return f"{self._process}.{self.given}"

    @contextmanager
    def held(self) -> Iterator[None]:
        """One transaction at a time gives names. After a failure it goes on under a new number for the process.

        A commit that failed may have happened all the same; its names must not be given twice. A count that ends
        early is no gap.
        """
        with self._turn:
            mark = self.given
            try:
                yield
            except BaseException:
                if self.given != mark:
                    self._process, self.given = secrets.token_hex(8), 0
                raise
