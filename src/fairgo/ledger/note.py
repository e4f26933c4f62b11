"""Signed notes and checkpoints as C2SP signed-note and tlog-checkpoint say, with Ed25519 (type 0x01).

Standard library and `cryptography` only, so a verifier can stand alone.
"""

import base64
import hashlib
import re
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

ED25519 = b"\x01"
PLAIN = re.compile(r"[^\x00-\x09\x0b-\x1f\ud800-\udfff]*")
NAME = re.compile(r"[^\s+]+")  # signed-note: no Unicode space, no plus
SIZE = re.compile(r"0|[1-9][0-9]{0,18}")  # tlog-checkpoint: decimal, no leading zeros
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
        name, _plus, rest = text.strip().partition("+")
        identity, _plus, packed = rest.partition("+")
        blob = unpacked(packed)
        if not NAME.fullmatch(name) or blob is None:
            raise BadNote("not a verifier key")
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
        """The text as a signed note. Raises BadNote when the text cannot be one: it must end with a newline."""
        if not text.endswith("\n") or not NAME.fullmatch(self.name) or not _is_plain(text):
            raise BadNote("not the text of a note")
        signature = Ed25519PrivateKey.from_private_bytes(self._seed).sign(text.encode())
        return f"{text}\n{write_signature(self.name, self.verifier.identity + signature)}"


def open_note(note: str, verifier: Verifier) -> str:
    """The text of a note that this key signed. Signatures by unknown keys are ignored. Raises BadNote otherwise."""
    text, signatures = read_note(note)
    signed = False
    for name, blob in signatures:
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


def read_note(note: str) -> tuple[str, list[tuple[str, bytes]]]:
    """A note's text, and its signatures as (name, key id ‖ signature), whoever made them. Raises BadNote."""
    text, gap, block = note.rpartition("\n\n")
    if not gap or not block.endswith("\n") or not _is_plain(note):
        raise BadNote("not a signed note")
    return text + "\n", [read_signature(line) for line in block[:-1].split("\n")]


def write_signature(name: str, blob: bytes) -> str:
    """A signature line, its newline included."""
    return f"{DASH}{name} {base64.b64encode(blob).decode()}\n"


def read_signature(line: str) -> tuple[str, bytes]:
    """The name and the key id ‖ signature on a line without its newline. Raises BadNote."""
    name, _space, packed = line.removeprefix(DASH).partition(" ")
    blob = unpacked(packed)
    if not line.startswith(DASH) or not NAME.fullmatch(name) or blob is None or len(blob) < 5:
        raise BadNote("a signature line is malformed")
    return name, blob


def unpacked(packed: str) -> bytes | None:
    """The bytes of base64 written the one right way; else None. Python alone would overlook spare bits."""
    try:
        blob = base64.b64decode(packed, validate=True)
    except ValueError:
        return None
    return blob if base64.b64encode(blob).decode() == packed else None


def _is_plain(text: str) -> bool:
    """True for text that UTF-8 can write, with no control character but the newline."""
    return PLAIN.fullmatch(text) is not None


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
        *lines, end = text.split("\n")
        if len(lines) < 3 or end or not all(lines):
            raise BadNote("not a checkpoint")
        origin, size, root = lines[0], lines[1], unpacked(lines[2])
        if not NAME.fullmatch(origin) or not SIZE.fullmatch(size) or root is None or len(root) != 32:
            raise BadNote("not a checkpoint")
        return cls(origin, int(size), root)

    @classmethod
    def within(cls, note: str) -> "Checkpoint":
        """The checkpoint in a signed note; that the signature fits is for somebody else to check. Raises BadNote."""
        return cls.parse(note.rpartition("\n\n")[0] + "\n")
