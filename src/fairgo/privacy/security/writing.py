"""Files that are written whole or not at all: whoever looks sees the old one or the new one."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from fairgo.core.errors import Misconfigured


@contextmanager
def replacing(path: Path, *, mode: int = 0o666) -> Iterator[IO[bytes]]:
    """A file that takes the place of `path` when the block ends well, and leaves no trace when it does not.

    Raises Misconfigured when it cannot be written.
    """
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    except OSError as wrong:
        raise Misconfigured(f"{path} cannot be written ({wrong.strerror})") from None
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError as wrong:
        raise Misconfigured(f"{path} cannot be written ({wrong.strerror})") from None
    finally:
        with suppress(FileNotFoundError):
            beside.unlink()
