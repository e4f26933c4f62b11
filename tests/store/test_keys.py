"""Key files that only their owner reads, and what is derived from and wrapped by the key in them."""

import base64
import os
import stat
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidTag
from hypothesis import given
from hypothesis import strategies as st

from fairgo.core.errors import Misconfigured
from fairgo.store.keys import SIZE, Keys, decrypt, encrypt, make_key_file, read_key_file

SOME = Keys(b"k" * SIZE)
OTHER = Keys(b"o" * SIZE)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "keys" / "master.key"


def test_a_made_key_is_for_its_owner_only_whatever_the_umask(path: Path):
    before = os.umask(0)
    try:
        make_key_file(path)
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert len(read_key_file(path)) == SIZE


def test_an_existing_key_is_left_as_it_is(path: Path):
    make_key_file(path)
    before = path.read_bytes()
    make_key_file(path)
    assert path.read_bytes() == before


def test_every_made_key_is_another(tmp_path: Path):
    for name in "ab":
        make_key_file(tmp_path / name)
    assert read_key_file(tmp_path / "a") != read_key_file(tmp_path / "b")


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660, 0o601])
def test_a_key_open_to_others_is_refused(path: Path, mode: int):
    make_key_file(path)
    path.chmod(mode)
    with pytest.raises(Misconfigured, match=f"has mode {mode:04o}") as wrong:
        read_key_file(path)
    assert wrong.value.hint == f"chmod 600 {path}"


@pytest.mark.parametrize("mode", [0o600, 0o400])
def test_a_key_for_its_owner_is_read(path: Path, mode: int):
    make_key_file(path)
    path.chmod(mode)
    assert len(read_key_file(path)) == SIZE


def test_a_missing_key_says_how_to_get_one(path: Path):
    with pytest.raises(Misconfigured, match="is missing") as wrong:
        read_key_file(path)
    assert "restore it from backup" in wrong.value.hint


@pytest.mark.parametrize(
    "content",
    [b"", b"\n", base64.b64encode(b"k" * 31), base64.b64encode(b"k" * 33), b"not base64!", b"k" * 32, b"\xff\xfe", b"A" * 9000],
)  # fmt: skip
def test_what_is_no_key_is_refused_without_being_shown(path: Path, content: bytes):
    make_key_file(path)
    path.write_bytes(content)
    with pytest.raises(Misconfigured, match="does not hold a 32-byte key") as wrong:
        read_key_file(path)
    assert not content.strip() or content.decode("latin-1").strip() not in wrong.value.message


def test_a_link_is_followed_and_the_file_it_leads_to_counts(path: Path, tmp_path: Path):
    make_key_file(path)
    link = tmp_path / "mounted.key"
    link.symlink_to(path)
    assert read_key_file(link) == read_key_file(path)
    path.chmod(0o644)
    with pytest.raises(Misconfigured, match="others can read it"):
        read_key_file(link)


def test_a_key_that_cannot_be_written_or_read_is_a_sentence(tmp_path: Path):
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    with pytest.raises(Misconfigured, match="cannot be written"):
        make_key_file(tmp_path / "file" / "master.key")
    (tmp_path / "folder").mkdir()
    with pytest.raises(Misconfigured, match="cannot be written"):
        make_key_file(tmp_path / "folder")
    with pytest.raises(Misconfigured, match="cannot be read"):
        read_key_file(tmp_path / "folder")
    (tmp_path / "dangling").symlink_to(tmp_path / "nowhere")
    with pytest.raises(Misconfigured, match="cannot be written"):
        make_key_file(tmp_path / "dangling")


def test_what_is_derived_is_the_same_again_and_different_for_every_use():
    derived = {
        keys.derived(use, *parts)
        for keys in (SOME, OTHER)
        for use in ("tokens", "visitor")
        for parts in ((), ("a",), ("b",), ("a", "b"), ("ab",), ("a\x00b",), ("", "a"), ("a", ""))
    }
    assert len(derived) == 2 * 2 * 8
    assert {len(one) for one in derived} == {SIZE}
    assert SOME.derived("tokens", "a") == Keys(b"k" * SIZE).derived("tokens", "a")


@given(st.lists(st.text(), max_size=3), st.lists(st.text(), max_size=3))
def test_pseudonyms_are_equal_only_for_equal_parts(one: list[str], two: list[str]):
    assert (SOME.pseudonym("customer", *one) == SOME.pseudonym("customer", *two)) == (one == two)


def test_a_pseudonym_is_keyed_short_and_says_nothing():
    name = SOME.pseudonym("customer", "jo@example.com")
    assert len(name) == 32
    assert name.isascii()
    assert name == name.lower()
    assert (
        len({name, OTHER.pseudonym("customer", "jo@example.com"), SOME.pseudonym("x", "jo@example.com")}) == 3
    )


def test_a_wrapped_key_opens_for_its_customer_and_its_master_only():
    wrapped = SOME.wrap("one", b"d" * SIZE)
    assert SOME.unwrap("one", wrapped) == b"d" * SIZE
    assert b"d" * SIZE not in wrapped
    for keys, customer, bytes_ in (
        (SOME, "two", wrapped),
        (OTHER, "one", wrapped),
        (SOME, "one", wrapped[:-1]),
        (SOME, "one", b""),
        (SOME, "one", wrapped[:20]),
    ):
        with pytest.raises(Misconfigured, match="the master key does not open this data"):
            keys.unwrap(customer, bytes_)


@given(st.binary(max_size=200), st.binary(max_size=20), st.data())
def test_any_change_to_what_is_encrypted_is_refused(plain: bytes, bound: bytes, data: st.DataObject):
    key = b"k" * SIZE
    sealed = encrypt(key, plain, bound)
    assert decrypt(key, sealed, bound) == plain
    at = data.draw(st.integers(0, len(sealed) - 1))
    changed = bytearray(sealed)
    changed[at] ^= data.draw(st.integers(1, 255))
    for other in (bytes(changed), sealed[:at], sealed + b"\0"):
        with pytest.raises(InvalidTag):
            decrypt(key, other, bound)
    with pytest.raises(InvalidTag):
        decrypt(key, sealed, bound + b"x")


def test_equal_words_are_never_encrypted_alike():
    assert encrypt(b"k" * SIZE, b"words", b"") != encrypt(b"k" * SIZE, b"words", b"")


def test_keys_do_not_show_themselves():
    assert "kkkk" not in repr(SOME)
