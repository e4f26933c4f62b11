"""Keys: one master key in a file of mode 0600; everything else is wrapped by it or derived from it."""

import base64
import hashlib
import hmac
import os
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from fairgo.core.errors import Misconfigured

SIZE = 32
NONCE = 12


def make_key_file(path: Path) -> None:
    """Write 32 fresh random bytes as base64 to a new file of mode 0600; an existing file is left as it is."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(handle, "wb") as file:
        file.write(base64.b64encode(os.urandom(SIZE)) + b"\n")
        file.flush()
        os.fsync(file.fileno())


def read_key_file(path: Path) -> bytes:
    """The 32 bytes of a key file. Raises Misconfigured when it is missing, open to others, or not a key."""
    try:
        mode = path.stat().st_mode & 0o777
        text = path.read_bytes()
    except FileNotFoundError:
        raise Misconfigured(
            f"the key file {path} is missing",
            hint="`fairgo init` makes one; restore it from backup if there was one",
        ) from None
    except OSError as wrong:
        raise Misconfigured(f"the key file {path} cannot be read ({wrong.strerror})") from None
    if mode & 0o077:
        raise Misconfigured(
            f"the key file {path} has mode {mode:04o}: others can read it", hint=f"chmod 600 {path}"
        )
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except ValueError:
        key = b""
    if len(key) != SIZE:
        raise Misconfigured(f"the key file {path} does not hold a 32-byte key in base64")
    return key


@dataclass(frozen=True, slots=True)
class Keys:
    """What the master key opens: customers' data keys, pseudonyms, conversation secrets."""

    _master: bytes = field(repr=False)

    def derived(self, use: str, *parts: str) -> bytes:
        """32 bytes for one use and these parts (HKDF-SHA256); the same input gives the same bytes."""
        return _derive(self._master, b"\x00".join(part.encode() for part in ("fairgo", use, *parts)))

    def pseudonym(self, kind: str, *parts: str) -> str:
        """A name that stands for something in tables and never says what: keyed, 160 bits, lower case."""
        mark = hmac.new(self.derived("pseudonym", kind), "\x00".join(parts).encode(), hashlib.sha256).digest()
        return base64.b32encode(mark[:20]).decode().lower()

    def wrap(self, customer: str, key: bytes) -> bytes:
        """A customer's data key, encrypted for storage and bound to that customer."""
        return encrypt(self.derived("wrap"), key, customer.encode())

    def unwrap(self, customer: str, wrapped: bytes) -> bytes:
        """The data key again. Raises Misconfigured when this master key did not wrap it."""
        try:
            return decrypt(self.derived("wrap"), wrapped, customer.encode())
        except InvalidTag:
            raise Misconfigured(
                "the master key does not open this data",
                hint="use the key file that was there when the data was made",
            ) from None


@lru_cache(maxsize=1024)
def _derive(master: bytes, info: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=SIZE, salt=None, info=info).derive(master)


def encrypt(key: bytes, plain: bytes, bound_to: bytes) -> bytes:
    """AES-256-GCM with a random nonce in front; `bound_to` must be given again to decrypt."""
    nonce = os.urandom(NONCE)
    return nonce + AESGCM(key).encrypt(nonce, plain, bound_to)


def decrypt(key: bytes, sealed: bytes, bound_to: bytes) -> bytes:
    """The plain bytes. Raises cryptography's InvalidTag when key, bytes or binding differ."""
    return AESGCM(key).decrypt(sealed[:NONCE], sealed[NONCE:], bound_to)
