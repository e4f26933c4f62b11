"""Frames out of bytes, however they are cut."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairgo.core.errors import UpstreamFailed
from fairgo.gateway.wire import sse
from fairgo.gateway.wire.sse import Frames

ENDS = st.sampled_from([b"\n", b"\r\n", b"\r"])
DATA = st.binary(min_size=1, max_size=12).filter(
    lambda d: b"\n" not in d and b"\r" not in d and not d.startswith(b" ")
)


def collect(pieces: list[bytes]) -> list[bytes]:
    frames = Frames()
    return [event for piece in pieces for event in frames.feed(piece)] + frames.finish()


@given(st.lists(st.lists(DATA, min_size=1, max_size=3), max_size=4), ENDS, st.data())
def test_any_cut_gives_the_same_events(events: list[list[bytes]], end: bytes, data: st.DataObject) -> None:
    raw = b"".join(b"".join(b"data: " + line + end for line in event) + end for event in events)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(raw)), max_size=8)))
    pieces = [raw[a:b] for a, b in zip([0, *cuts], [*cuts, len(raw)], strict=True)]
    assert collect(pieces) == [b"\n".join(event) for event in events]


def test_f7_a_last_frame_without_its_empty_line_is_not_lost() -> None:
    assert collect([b"data: one\n\ndata: two"]) == [b"one", b"two"]


def test_comments_and_other_fields_are_passed_over() -> None:
    assert collect([b": keep-alive\nevent: x\nid: 4\ndata: yes\n\n: more\n\n"]) == [b"yes"]


def test_a_frame_that_never_ends_is_refused() -> None:
    frames = Frames()
    with pytest.raises(UpstreamFailed):
        [frames.feed(b"x" * 1_000_000) for _ in range(sse.FRAME_LIMIT // 1_000_000 + 2)]
