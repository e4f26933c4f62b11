"""Signed notes and checkpoints as C2SP signed-note and tlog-checkpoint say, with Ed25519 (type 0x01).

Standard library and `cryptography` only, so a verifier can stand alone.
"""

import base64
import binascii
import hashlib
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

ED25519 = b"\x01"
DASH = "\u2014 "


class BadNote(ValueError):
    """A note that is malformed, or not signed by the key it should be."""


@dataclass(frozen=True, slots=True)
class Verifier:
    """A public key with its name: what an auditor needs to check a note."""

    name: str
    public: bytes

    @property
    def identity(self) -> bytes:
        """The first four bytes of SHA-256(name ‖ 0x0A ‖ type ‖ key)."""
        return hashlib.sha256(self.name.encode() + b"\n" + ED25519 + self.public).digest()[:4]

    def __str__(self) -> str:
        """The verifier key as signed-note writes it: name+hash+base64(type ‖ key)."""
        return f"{self.name}+{self.identity.hex()}+{base64.b64encode(ED25519 + self.public).decode()}"

    @classmethod
    def parse(cls, text: str) -> "Verifier":
        """The key that `str()` wrote. Raises BadNote when it is not one."""
        try:
            name, identity, packed = text.strip().split("+", 2)
            blob = base64.b64decode(packed, validate=True)
        except ValueError:
            raise BadNote("not a verifier key") from None
        key = cls(name, blob[1:])
        if blob[:1] != ED25519 or len(blob) != 33 or key.identity.hex() != identity:
            raise BadNote("not an Ed25519 verifier key, or its hash does not fit")
        return key


@dataclass(frozen=True, slots=True)
class Signer:
    """A private key with its name."""

    name: str
    _seed: bytes = field(repr=False)

    @property
    def verifier(self) -> Verifier:
        """The public half."""
        public = Ed25519PrivateKey.from_private_bytes(self._seed).public_key()
        return Verifier(self.name, public.public_bytes(Encoding.Raw, PublicFormat.Raw))

    def sign(self, text: str) -> str:
        """The text as a signed note. The text must end with a newline."""
        signature = Ed25519PrivateKey.from_private_bytes(self._seed).sign(text.encode())
        blob = base64.b64encode(self.verifier.identity + signature).decode()
        return f"{text}\n{DASH}{self.name} {blob}\n"


def open_note(note: str, verifier: Verifier) -> str:
    """The text of a note that this key signed. Signatures by unknown keys are ignored. Raises BadNote otherwise."""
    text, gap, block = note.rpartition("\n\n")
    if not gap or not block.endswith("\n") or any(ord(c) < 0x20 and c != "\n" for c in note):
        raise BadNote("not a signed note")
    text += "\n"
    signed = False
    for line in block.splitlines():
        name, blob = _signature(line)
        if name != verifier.name or blob[:4] != verifier.identity:
            continue
        try:
            Ed25519PublicKey.from_public_bytes(verifier.public).verify(blob[4:], text.encode())
        except InvalidSignature:
            raise BadNote(f"the signature of {name} does not fit the text") from None
        signed = True
    if not signed:
        raise BadNote(f"not signed by {verifier.name}")
    return text


def _signature(line: str) -> tuple[str, bytes]:
    name, space, packed = line.removeprefix(DASH).partition(" ")
    try:
        blob = base64.b64decode(packed, validate=True)
    except binascii.Error:
        blob = b""
    if not line.startswith(DASH) or not space or len(blob) < 5:
        raise BadNote("a signature line is malformed")
    return name, blob


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a log commits to: its origin, how many leaves, and their root."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """The three lines that are signed."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"

    @classmethod
    def parse(cls, text: str) -> "Checkpoint":
        """The checkpoint a note's text holds. Raises BadNote when it is not one."""
        lines = text.split("\n")
        try:
            origin, size, root = lines[0], lines[1], base64.b64decode(lines[2], validate=True)
        except (IndexError, ValueError):
            raise BadNote("not a checkpoint") from None
        if (
            not origin
            or not size.isascii()
            or not size.isdigit()
            or str(int(size)) != size
            or len(root) != 32
        ):
            raise BadNote("not a checkpoint")
        return cls(origin, int(size), root)
