"""Cosignatures of witnesses as C2SP tlog-cosignature says: Ed25519 (type 0x04) and ML-DSA-44 (type 0x06).

Standard library, `cryptography` and this package's note only, so a verifier can stand alone.
"""

import base64
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from fairgo.ledger.note import NAME, BadNote, Checkpoint, read_note, unpacked, write_signature

mldsa: Any
try:
    from cryptography.hazmat.primitives.asymmetric import mldsa
except ImportError:  # older versions of `cryptography` have none
    mldsa = None

ED25519 = b"\x04"
ML_DSA_44 = b"\x06"
KEY_BYTES = {ED25519: 32, ML_DSA_44: 1312}
SIGNATURE_BYTES = {ED25519: 64, ML_DSA_44: 2420}
LATEST = 2**63 - 1
LABEL = b"subtree/v1\n\0"


@dataclass(frozen=True, slots=True)
class CosignerKey:
    """The public key of a witness, with its name and type: what is needed to check its cosignatures."""

    name: str
    kind: bytes
    public: bytes = field(repr=False)

    @property
    def identity(self) -> bytes:
        """The first four bytes of SHA-256(name ‖ 0x0A ‖ type ‖ key)."""
        return hashlib.sha256(self.name.encode() + b"\n" + self.kind + self.public).digest()[:4]

    def __str__(self) -> str:
        """The verifier key as signed-note writes it: name+hash+base64(type ‖ key)."""
        return f"{self.name}+{self.identity.hex()}+{base64.b64encode(self.kind + self.public).decode()}"

    @classmethod
    def parse(cls, text: str) -> "CosignerKey":
        """The key that `str()` wrote. Raises BadNote when it is none, or of a kind that signs no cosignatures."""
        name, _plus, rest = text.partition("+")
        identity, _plus, packed = rest.partition("+")
        blob = unpacked(packed)
        if not NAME.fullmatch(name) or not blob:
            raise BadNote("not a verifier key")
        if KEY_BYTES.get(blob[:1]) != len(blob) - 1:
            raise BadNote("not the key of a witness: those are of type 0x04 (Ed25519) or 0x06 (ML-DSA-44)")
        key = cls(name, blob[:1], blob[1:])
        if key.identity.hex() != identity:
            raise BadNote("the hash of a verifier key does not fit it")
        return key

    def check(self, text: str, blob: bytes) -> int:
        """When this witness cosigned a checkpoint's text, in seconds since 1970; `blob` is key id ‖ time ‖ signature.

        Raises BadNote when it did not.
        """
        moment, signature = int.from_bytes(blob[4:12], "big"), blob[12:]
        if len(signature) != SIGNATURE_BYTES[self.kind] or moment > LATEST:
            raise BadNote(f"the cosignature of {self.name} is malformed")
        if self.kind == ML_DSA_44 and not has_ml_dsa():
            raise BadNote(
                f"the cosignature of {self.name} cannot be checked here: "
                "this version of `cryptography` has no ML-DSA-44"
            )
        message = _message(self.kind, self.name, text, moment)
        try:
            self._verify(signature, message)
        except (InvalidSignature, ValueError):
            raise BadNote(f"the cosignature of {self.name} does not fit the checkpoint") from None
        return moment

    def _verify(self, signature: bytes, message: bytes) -> None:
        if self.kind == ED25519:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
        else:
            mldsa.MLDSA44PublicKey.from_public_bytes(self.public).verify(signature, message)


@dataclass(frozen=True, slots=True)
class Cosigner:
    """A witness's private key with its name; `seed` is 32 random bytes that serve nothing else."""

    name: str
    seed: bytes = field(repr=False)
    kind: bytes = ED25519

    @property
    def key(self) -> CosignerKey:
        """The public half."""
        public = self._private().public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        return CosignerKey(self.name, self.kind, public)

    def cosign(self, text: str, moment: int) -> str:
        """The signature line for a checkpoint's text at a moment (seconds since 1970). Raises BadNote for other text."""
        signature = self._private().sign(_message(self.kind, self.name, text, moment))
        return write_signature(self.name, self.key.identity + moment.to_bytes(8, "big") + signature)

    def _private(self) -> Any:
        if self.kind == ED25519:
            return Ed25519PrivateKey.from_private_bytes(self.seed)
        return mldsa.MLDSA44PrivateKey.from_seed_bytes(self.seed)


@dataclass(frozen=True, slots=True)
class Cosigned:
    """One cosignature that fits: whose, and when it was given (seconds since 1970)."""

    key: CosignerKey
    moment: int
    line: str


def has_ml_dsa() -> bool:
    """True where `cryptography` can sign and check ML-DSA-44."""
    try:
        mldsa.MLDSA44PrivateKey.from_seed_bytes(bytes(32))
    except (AttributeError, UnsupportedAlgorithm):
        return False
    return True


def cosigned(note: str, keys: Iterable[CosignerKey]) -> list[Cosigned]:
    """The cosignatures on a checkpoint that these keys made. Those of unknown keys are ignored.

    Raises BadNote when the note is malformed, or when a cosignature by a known key does not fit.
    """
    text, signatures = read_note(note)
    known = {(key.name, key.identity): key for key in keys}
    found = []
    for name, blob in signatures:
        key = known.get((name, blob[:4]))
        if key is not None:
            found.append(Cosigned(key, key.check(text, blob), write_signature(name, blob)))
    return found


def _message(kind: bytes, name: str, text: str, moment: int) -> bytes:
    """What is signed: for Ed25519 lines of text, for ML-DSA-44 a structure of RFC 8446's presentation language."""
    point = Checkpoint.parse(text)
    if kind == ED25519:
        return f"cosignature/v1\ntime {moment}\n{text}".encode()
    counts = [number.to_bytes(8, "big") for number in (moment, 0, point.size)]
    time, start, end = counts
    return LABEL + _short(name) + time + _short(point.origin) + start + end + point.root


def _short(text: str) -> bytes:
    """Text behind its length in one byte. Raises BadNote when it is too long for that."""
    data = text.encode()
    if not 0 < len(data) < 256:
        raise BadNote("a name of more than 255 bytes cannot be cosigned with ML-DSA-44")
    return len(data).to_bytes(1, "big") + data
