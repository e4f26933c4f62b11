"""The search: whatever is planted is found, wherever it stands and however the bytes arrive; nothing else is."""

import os
from collections.abc import Iterator
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from fairgo.privacy.security.rescan import (
    Canaries,
    Searcher,
    make_prints,
    scan_folder,
    with_words,
)
from fairgo.store.keys import Keys
from tests.ledger.ledgers import KEYS

SECRETS = [os.urandom(48) for _ in range(200)]
CANARIES = with_words(KEYS, Canaries(kept=make_prints(KEYS, SECRETS)), ["Wattle Street 9", "x" * 40])
SEARCHER = Searcher(KEYS, CANARIES)
PLANTED = st.sampled_from([*(secret[:32] for secret in SECRETS[:9]), b"Wattle Street 9", b"x" * 32])


def cut(data: bytes, sizes: list[int]) -> Iterator[bytes]:
    at = 0
    for size in sizes:
        yield data[at : at + size]
        at += size
    yield data[at:]


@given(
    planted=PLANTED,
    before=st.binary(max_size=300),
    zeros=st.sampled_from([0, 65_500, 65_536, 131_072]),
    after=st.binary(max_size=300),
    sizes=st.lists(st.integers(0, 70_000), max_size=5),
)
def test_what_is_planted_is_found(planted: bytes, before: bytes, zeros: int, after: bytes, sizes: list[int]):
    data = before + bytes(zeros) + planted + after
    assert SEARCHER.stream(cut(data, sizes)) == (True, len(data))
    almost = data.replace(planted, bytes([planted[0] ^ 1]) + planted[1:])
    assert SEARCHER.stream(cut(almost, sizes)) == (False, len(data))


@given(st.binary(max_size=2_000))
def test_what_was_not_planted_is_not_found(data: bytes):
    assert SEARCHER.stream([data]) == (False, len(data))


def test_prints_say_nothing_without_the_key_and_fit_only_theirs():
    packed = CANARIES.packed()
    assert Canaries.unpacked(packed).kept == CANARIES.kept
    assert not [secret for secret in SECRETS if secret[:8] in packed]
    stranger = Searcher(Keys(b"o" * 32), Canaries.unpacked(packed))
    assert stranger.stream([SECRETS[0]]) == (False, 48)


def test_words_are_never_among_what_is_kept():
    words = with_words(
        KEYS, Canaries(), ["short", "Wattle Street 9", "a sentence that is longer than thirty-two"]
    )
    assert words.packed() == b""
    assert words.words == {b"Wattle Street 9"}
    assert len(words.windows) == 1


def test_a_folder_is_read_with_all_that_is_below_it(tmp_path: Path):
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "b" / "deep").write_bytes(bytes(100_000) + SECRETS[3])
    (tmp_path / "empty").touch()
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "gone").symlink_to(tmp_path / "nowhere")
    scan = scan_folder(SEARCHER, tmp_path)
    assert (scan.files, scan.bytes, scan.found, scan.unread) == (2, 100_048, ("a/b/deep",), ())
