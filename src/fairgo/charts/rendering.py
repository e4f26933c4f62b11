"""Drawing in a process of its own, and remembering what was drawn.

The drawing library holds a JavaScript engine whose memory grows with every picture (measured: about 100 MB after six
pictures and slowly more), so it lives in a child process that is replaced after a number of them. A picture is
remembered by the hash of its specification. The child is given specifications only, and fetches nothing.
"""

import atexit
import contextlib
import hashlib
import json
import os
import struct
import subprocess
import sys
import threading
from collections import OrderedDict
from collections.abc import Mapping
from typing import IO, Any, Literal

from fairgo.core.errors import FairgoError

Form = Literal["svg", "png"]

_RECYCLED_AFTER = 200
_LONGEST = 60.0  # seconds; a start with a cold cache takes about two
_REMEMBERED = 32 * 1024 * 1024  # bytes
_LENGTH = struct.Struct(">I")
_DRAWN = b"\x00"


class _Broke(Exception):
    """The drawing process ended, was too slow, or refused."""


class Renderer:
    """One drawing process at a time, and a memory of pictures; safe to use from several threads."""

    def __init__(
        self,
        *,
        recycled_after: int = _RECYCLED_AFTER,
        longest: float = _LONGEST,
        remembered: int = _REMEMBERED,
    ) -> None:
        self.started = 0
        self._recycled_after = recycled_after
        self._longest = longest
        self._room = remembered
        self._memory: OrderedDict[str, bytes] = OrderedDict()
        self._held = 0
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._owner = 0
        self._drawn = 0

    def render(self, specification: Mapping[str, Any], form: Form, *, scale: float = 1.0) -> bytes:
        """The picture of a Vega-Lite specification. Raises FairgoError when it cannot be drawn, twice over."""
        asked = json.dumps(
            {"spec": specification, "form": form, "scale": scale}, sort_keys=True, separators=(",", ":")
        ).encode()
        mark = hashlib.sha256(asked).hexdigest()
        with self._lock:
            known = self._memory.get(mark)
            if known is not None:
                self._memory.move_to_end(mark)
                return known
            picture = self._draw(asked)
            self._remember(mark, picture)
            return picture

    def close(self) -> None:
        """End the drawing process; the next picture starts another."""
        with self._lock:
            self._stop()

    def _draw(self, asked: bytes) -> bytes:
        # A process that died in between is no fault of the picture: a fresh one gets a second try.
        for _ in range(2):
            with contextlib.suppress(_Broke):
                return self._ask(asked)
            self._stop()
        raise FairgoError("a picture could not be drawn", hint="its table has the same content")

    def _ask(self, asked: bytes) -> bytes:
        process = self._started()
        watch = threading.Timer(self._longest, process.kill)
        watch.start()
        try:
            if process.stdin is None or process.stdout is None:
                raise _Broke
            process.stdin.write(_LENGTH.pack(len(asked)) + asked)
            process.stdin.flush()
            state = _exactly(process.stdout, 1)
            picture = _exactly(process.stdout, _LENGTH.unpack(_exactly(process.stdout, _LENGTH.size))[0])
        except OSError:
            raise _Broke from None
        finally:
            watch.cancel()
        self._drawn += 1
        if state != _DRAWN:
            raise _Broke
        return picture

    def _started(self) -> "subprocess.Popen[bytes]":
        if self._process is not None and self._owner != os.getpid():
            self._process = None  # a fork: the child process belongs to the parent
        if self._drawn >= self._recycled_after:
            self._stop()
        if self._process is None:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "fairgo.charts.drawing"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={
                    name: os.environ[name]
                    for name in ("PATH", "HOME", "PYTHONPATH", "LANG")
                    if name in os.environ
                },
            )
            self._owner = os.getpid()
            self.started += 1
            self._drawn = 0
        return self._process

    def _stop(self) -> None:
        process, self._process = self._process, None
        self._drawn = 0
        if process is None or self._owner != os.getpid():
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()

    def _remember(self, mark: str, picture: bytes) -> None:
        self._memory[mark] = picture
        self._held += len(picture)
        while self._held > self._room and self._memory:
            self._held -= len(self._memory.popitem(last=False)[1])


def _exactly(pipe: IO[bytes], size: int) -> bytes:
    data = pipe.read(size)
    if len(data) != size:
        raise _Broke
    return data


_shared = Renderer()
atexit.register(_shared.close)


def render(specification: Mapping[str, Any], form: Form, *, scale: float = 1.0) -> bytes:
    """The picture of a specification, by the one drawing process of this program."""
    return _shared.render(specification, form, scale=scale)
