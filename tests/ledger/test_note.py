"""Signed notes and checkpoints: the published vector, and everything a malformed one can be."""

import base64
import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairgo.ledger.note import BadNote, Checkpoint, Signer, Verifier, open_note

# From the C2SP signed-note specification.
VECTOR = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
ONE = Signer("one.example/log", b"1" * 32)
TWO = Signer("two.example/log", b"2" * 32)
TEXT = "one.example/log\n7\n" + base64.b64encode(b"r" * 32).decode() + "\n"
NOTE = ONE.sign(TEXT)


def line(name: str, blob: bytes) -> str:
    return f"\u2014 {name} {base64.b64encode(blob).decode()}\n"


def test_the_vector_parses_and_its_hash_recomputes():
    key = Verifier.parse(VECTOR)
    assert (key.name, key.identity.hex(), str(key)) == ("example.com/foo", "530d903a", VECTOR)
    packed = base64.b64decode(VECTOR.split("+", 2)[2])
    assert hashlib.sha256(b"example.com/foo\n" + packed).hexdigest()[:8] == "530d903a"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "example.com/foo",
        "example.com/foo+530d903a",
        VECTOR.replace("530d903a", "530d903b"),
        VECTOR.replace("530d903a", "530D903A"),
        VECTOR.replace("foo", "fop"),
        VECTOR[:-1] + "l",  # spare bits of base64
        VECTOR[:-4],
        VECTOR + "=",
        VECTOR.replace("Aeky", "Beky"),
        VECTOR.replace("Aeky", "\u00e9eky"),
        VECTOR.replace("example.com/foo", "exam ple"),
        "+" + Verifier("", b"k" * 32).identity.hex() + "+" + base64.b64encode(b"\1" + b"k" * 32).decode(),
    ],
)
def test_what_is_no_verifier_key_is_refused(text: str):
    with pytest.raises(BadNote):
        Verifier.parse(text)


def test_a_signed_note_opens_with_its_key_only():
    assert open_note(NOTE, ONE.verifier) == TEXT
    assert Verifier.parse(str(ONE.verifier)) == ONE.verifier
    with pytest.raises(BadNote, match=r"not signed by two\.example/log"):
        open_note(NOTE, TWO.verifier)
    with pytest.raises(BadNote, match=r"not signed by one\.example/log"):
        open_note(NOTE, Signer(ONE.name, b"3" * 32).verifier)


def test_the_layout_is_that_of_the_specification():
    text, signature = NOTE.split("\n\n")
    assert f"{text}\n" == TEXT
    dash, name, packed = signature.removesuffix("\n").split(" ")
    blob = base64.b64decode(packed)
    assert (dash, name, blob[:4], len(blob)) == ("\u2014", ONE.name, ONE.verifier.identity, 68)


def test_unknown_signatures_are_ignored_before_and_after():
    strangers = "".join(line(f"witness{i}.example", bytes([i]) * 76) for i in range(20))
    head, known = NOTE.split("\n\n")
    assert open_note(f"{head}\n\n{strangers}{known}{strangers}", ONE.verifier) == TEXT
    assert (
        open_note(f"{head}\n\n{line(ONE.name, b'other key 68 bytes'.ljust(68))}{known}", ONE.verifier) == TEXT
    )


def test_one_wrong_signature_of_a_known_key_spoils_the_note():
    head, known = NOTE.split("\n\n")
    wrong = line(ONE.name, ONE.verifier.identity + b"x" * 64)
    for block in (wrong, known + wrong, wrong + known):
        with pytest.raises(BadNote, match="does not fit the text"):
            open_note(f"{head}\n\n{block}", ONE.verifier)


def test_two_may_sign_one_text():
    both = NOTE + TWO.sign(TEXT).split("\n\n")[1]
    assert open_note(both, ONE.verifier) == open_note(both, TWO.verifier) == TEXT


def test_a_text_may_hold_blank_lines():
    text = "words\n\nmore words\n"
    assert open_note(ONE.sign(text), ONE.verifier) == text


@given(st.integers(0, len(NOTE) - 1), st.characters(codec=None))
def test_changing_any_character_is_found(at: int, character: str):
    if NOTE[at] == character:
        return
    with pytest.raises(BadNote):
        open_note(NOTE[:at] + character + NOTE[at + 1 :], ONE.verifier)


@given(st.integers(0, len(NOTE) - 1))
def test_leaving_out_any_character_is_found(at: int):
    with pytest.raises(BadNote):
        open_note(NOTE[:at] + NOTE[at + 1 :], ONE.verifier)


@pytest.mark.parametrize(
    "note",
    [
        "",
        "\n\n",
        TEXT,
        NOTE.removesuffix("\n"),
        NOTE + "\n",
        NOTE + "words\n",
        NOTE.replace("\n\n", "\n"),
        NOTE.replace("\u2014", "-"),
        NOTE.replace("\n", "\r\n"),
        NOTE.replace(" one.example/log ", " one.example/log  "),
        NOTE + line("na+me", b"x" * 68),
        NOTE + line("na\u2028me", b"x" * 68),
        NOTE + line("", b"x" * 68),
        NOTE + line("short.example", b"1234"),
        NOTE + "\u2014 name.example not-base64\n",
        NOTE + "\u2014 name.example \u00e9\u00e9\u00e9\u00e9\n",
        NOTE + "\u2014 name.example\n",
        NOTE.replace("one", "o\x00ne"),
        NOTE + "\ud800",
    ],
)
def test_what_is_no_note_is_refused(note: str):
    with pytest.raises(BadNote):
        open_note(note, ONE.verifier)


@given(st.text(alphabet=st.characters(codec=None)))
def test_nothing_but_bad_note_comes_of_any_text(text: str):
    for parse in (Verifier.parse, Checkpoint.parse, Checkpoint.within, lambda t: open_note(t, ONE.verifier)):
        with pytest.raises(BadNote):
            parse(text)


@pytest.mark.parametrize("text", ["no newline", "", "tab\there\n", "\ud800\n"])
def test_only_the_text_of_a_note_is_signed(text: str):
    with pytest.raises(BadNote, match="not the text of a note"):
        ONE.sign(text)


@pytest.mark.parametrize("name", ["", "two words", "a+b", "a\nb"])
def test_only_a_name_that_can_be_read_again_signs(name: str):
    with pytest.raises(BadNote, match="not the text of a note"):
        Signer(name, b"1" * 32).sign(TEXT)


def test_a_signer_does_not_show_its_key():
    assert "1111" not in repr(ONE)


ROOT = base64.b64encode(b"r" * 32).decode()


@given(st.integers(0, 10**19 - 1), st.binary(min_size=32, max_size=32))
def test_a_checkpoint_reads_back(size: int, root: bytes):
    point = Checkpoint("one.example/log", size, root)
    assert Checkpoint.parse(point.text()) == point
    assert Checkpoint.within(ONE.sign(point.text())) == point


def test_extension_lines_are_allowed_and_ignored():
    assert Checkpoint.parse(f"o\n7\n{ROOT}\nextension\nanother\n") == Checkpoint("o", 7, b"r" * 32)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "o\n7\n",
        f"o\n7\n{ROOT}",
        f"\n7\n{ROOT}\n",
        f"o o\n7\n{ROOT}\n",
        f"o+o\n7\n{ROOT}\n",
        f"o\n\n{ROOT}\n",
        f"o\n07\n{ROOT}\n",
        f"o\n-7\n{ROOT}\n",
        f"o\n+7\n{ROOT}\n",
        f"o\n7.0\n{ROOT}\n",
        f"o\n\u0667\n{ROOT}\n",
        f"o\n{'9' * 5000}\n{ROOT}\n",
        f"o\n7\n{ROOT[:-4]}\n",
        f"o\n7\n{ROOT[:-2]}J=\n",  # spare bits of base64
        f"o\n7\n{ROOT}\n\n",
        f"o\n7\n{ROOT}\n\nextension\n",
    ],
)
def test_what_is_no_checkpoint_is_refused(text: str):
    with pytest.raises(BadNote, match="not a checkpoint"):
        Checkpoint.parse(text)
