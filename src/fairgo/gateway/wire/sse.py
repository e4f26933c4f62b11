"""Server-sent events: frames out of bytes in whatever pieces they come, and bytes out of frames."""

from fairgo.core.errors import UpstreamFailed

FRAME_LIMIT = 8 * 1024 * 1024
DONE = b"data: [DONE]\n\n"


class Frames:
    """Collects the data of each event. Lines may end in LF, CRLF or CR; pieces may split anything, even a character."""

    def __init__(self) -> None:
        self._rest = b""
        self._data: list[bytes] = []
        self._size = 0

    def feed(self, piece: bytes) -> list[bytes]:
        """The data of every event that `piece` completes. Raises UpstreamFailed when a frame grows past all sense."""
        held = self._rest + piece
        # A CR at the very end may be the first half of a CRLF that is still to come.
        tail = b"\r" if held.endswith(b"\r") else b""
        lines = held[: len(held) - len(tail)].replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
        self._rest = lines.pop() + tail
        events = [event for line in lines if (event := self._line(line)) is not None]
        if self._size + len(self._rest) > FRAME_LIMIT:
            raise UpstreamFailed("the assistant sent a frame that never ends", detail="upstream.garbage")
        return events

    def finish(self) -> list[bytes]:
        """The data of a last event that was not ended by an empty line."""
        events = self.feed(b"\n\n")
        self._rest = b""
        return events

    def _line(self, line: bytes) -> bytes | None:
        if not line:
            event, self._data, self._size = b"\n".join(self._data), [], 0
            return event or None
        if line.startswith(b"data:"):
            value = line[5:].removeprefix(b" ")
            self._data.append(value)
            self._size += len(value)
        return None


def frame(data: bytes) -> bytes:
    """One event."""
    return b"data: " + data + b"\n\n"
