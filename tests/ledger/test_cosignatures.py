"""Cosignatures: the two kinds, byte for byte as the specification lays them out, and everything a wrong one can be."""

import base64
import hashlib
import struct

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from fairgo.ledger import cosignatures
from fairgo.ledger.cosignatures import ED25519, ML_DSA_44, Cosigner, CosignerKey, cosigned, has_ml_dsa
from fairgo.ledger.note import BadNote, Checkpoint, Signer

LOG = Signer("log.example/one", b"l" * 32)
POINT = Checkpoint(LOG.name, 7, b"r" * 32)
TEXT = POINT.text()
NOTE = LOG.sign(TEXT)
ONE = Cosigner("witness.example/one", b"1" * 32)
MOMENT = 1_679_315_147
needs_ml_dsa = pytest.mark.skipif(not has_ml_dsa(), reason="this version of cryptography has no ML-DSA-44")


def blob_of(line: str) -> bytes:
    return base64.b64decode(line.split(" ")[2])


def test_an_ed25519_cosignature_is_laid_out_as_specified():
    line = ONE.cosign(TEXT, MOMENT)
    dash, name, packed = line.removesuffix("\n").split(" ")
    blob = base64.b64decode(packed)
    public = ONE.key.public
    assert (dash, name, len(blob)) == ("\u2014", ONE.name, 4 + 8 + 64)
    assert blob[:4] == hashlib.sha256(b"witness.example/one\n\x04" + public).digest()[:4]
    assert struct.unpack(">Q", blob[4:12]) == (MOMENT,)
    message = f"cosignature/v1\ntime 1679315147\n{TEXT}".encode()
    Ed25519PublicKey.from_public_bytes(public).verify(blob[12:], message)


@needs_ml_dsa
def test_an_ml_dsa_cosignature_is_laid_out_as_specified():
    from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PublicKey

    two = Cosigner("witness.example/two", b"2" * 32, ML_DSA_44)
    blob = blob_of(two.cosign(TEXT, MOMENT))
    assert len(two.key.public) == 1312
    assert len(blob) == 4 + 8 + 2420
    assert blob[:4] == hashlib.sha256(b"witness.example/two\n\x06" + two.key.public).digest()[:4]
    message = (
        b"subtree/v1\n\0" + b"\x13witness.example/two" + struct.pack(">Q", MOMENT)
        + b"\x0flog.example/one" + struct.pack(">QQ", 0, 7) + b"r" * 32
    )  # fmt: skip
    MLDSA44PublicKey.from_public_bytes(two.key.public).verify(blob[12:], message)
    (found,) = cosigned(NOTE + two.cosign(TEXT, MOMENT), [two.key])
    assert (found.moment, found.key) == (MOMENT, two.key)
    with pytest.raises(BadNote, match="does not fit"):
        two.key.check(Checkpoint(LOG.name, 8, b"r" * 32).text(), blob)


@needs_ml_dsa
def test_without_ml_dsa_such_a_cosignature_is_neither_taken_nor_called_wrong(monkeypatch: pytest.MonkeyPatch):
    two = Cosigner("witness.example/two", b"2" * 32, ML_DSA_44)
    key, note = two.key, NOTE + two.cosign(TEXT, MOMENT)
    monkeypatch.setattr(cosignatures, "mldsa", None)
    assert not has_ml_dsa()
    with pytest.raises(BadNote, match="cannot be checked here"):
        cosigned(note, [key])


@pytest.mark.parametrize("kind", [ED25519, pytest.param(ML_DSA_44, marks=needs_ml_dsa)])
def test_a_key_comes_back_from_its_text_and_no_other_text_is_a_key(kind: bytes):
    key = Cosigner("witness.example/one", b"1" * 32, kind).key
    text = str(key)
    assert CosignerKey.parse(text) == key
    name, identity, packed = text.split("+", 2)
    log_key = str(LOG.verifier)
    for wrong in ("", name, f"{name}+{identity}", f"x{text}", text[:-4], f"{text}=", f" {text}", log_key,
                  f"{name}+{identity.upper()}x+{packed}", f"{name}+00000000+{packed}"):  # fmt: skip
        with pytest.raises(BadNote):
            CosignerKey.parse(wrong)


def test_unknown_witnesses_are_ignored_and_a_wrong_cosignature_spoils_the_note():
    other = Cosigner("witness.example/other", b"3" * 32)
    note = NOTE + other.cosign(TEXT, 5) + ONE.cosign(TEXT, MOMENT)
    assert [one.moment for one in cosigned(note, [ONE.key])] == [MOMENT]
    assert [one.key.name for one in cosigned(note, [ONE.key, other.key])] == [other.name, ONE.name]
    assert cosigned(NOTE, [ONE.key]) == []
    spoilt = NOTE + ONE.cosign(Checkpoint(LOG.name, 8, b"r" * 32).text(), MOMENT)
    with pytest.raises(BadNote, match=r"witness\.example/one does not fit"):
        cosigned(spoilt, [ONE.key])


@given(st.integers(4, 75), st.integers(1, 255))
def test_any_changed_byte_of_time_or_signature_is_refused(at: int, change: int):
    blob = bytearray(blob_of(ONE.cosign(TEXT, MOMENT)))
    blob[at] ^= change
    with pytest.raises(BadNote):
        ONE.key.check(TEXT, bytes(blob))


def test_only_checkpoints_are_cosigned_and_lengths_are_exact():
    with pytest.raises(BadNote, match="not a checkpoint"):
        ONE.cosign("words\n", MOMENT)
    blob = blob_of(ONE.cosign(TEXT, MOMENT))
    for wrong in (blob[:-1], blob + b"x", blob[:12]):
        with pytest.raises(BadNote, match="malformed"):
            ONE.key.check(TEXT, wrong)
    with pytest.raises(BadNote, match="malformed"):
        ONE.key.check(TEXT, blob[:4] + b"\xff" * 8 + blob[12:])


@needs_ml_dsa
def test_a_name_too_long_for_ml_dsa_is_refused():
    long = Cosigner("w" * 256, b"2" * 32, ML_DSA_44)
    with pytest.raises(BadNote, match="255 bytes"):
        long.cosign(TEXT, MOMENT)
