"""Keys: one master key in a file of mode 0600; everything else is wrapped by it or derived from it."""

import base64
import hashlib
import hmac
import os
from contextlib import suppress
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
TAG = 16


def make_key_file(path: Path) -> None:
    """Write 32 fresh random bytes as base64 to a new file of mode 0600; an existing file is left as it is.

    Raises Misconfigured when it cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        _write_new(path, base64.b64encode(os.urandom(SIZE)) + b"\n")
    except OSError as wrong:
        if not (isinstance(wrong, FileExistsError) and path.is_file()):
            raise Misconfigured(f"the key file {path} cannot be written ({wrong.strerror})") from None


def _write_new(path: Path, content: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    folder = os.open(path.parent, os.O_RDONLY)
    with suppress(OSError):  # not every file system can do it
        os.fsync(folder)  # data is sealed under this key from now on: a power cut must not take it
    os.close(folder)


def read_key_file(path: Path) -> bytes:
    """The 32 bytes of a key file. Raises Misconfigured when it is missing, open to others, or not a key.

    A link is followed, as secrets are often mounted that way: the mode of the file it leads to counts.
    """
    try:
        text = _private(path)
    except FileNotFoundError:
        raise Misconfigured(
            f"the key file {path} is missing",
            hint="`fairgo init` makes one; restore it from backup if there was one",
        ) from None
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except ValueError:
        key = b""
    if len(key) != SIZE:
        raise Misconfigured(
            f"the key file {path} does not hold a 32-byte key in base64", hint="restore it from backup"
        )
    return key


def read_secret_file(path: Path) -> str:
    """The text of a file with somebody else's secret, without the line's end; empty when there is no file.

    Raises Misconfigured when it is open to others or cannot be read.
    """
    try:
        return _private(path).decode("utf-8", "replace").strip()
    except FileNotFoundError:
        return ""


def _private(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode & 0o777
            text = file.read(1024)
    except FileNotFoundError:
        raise
    except OSError as wrong:
        raise Misconfigured(f"the key file {path} cannot be read ({wrong.strerror})") from None
    if mode & 0o077:
        raise Misconfigured(
            f"the key file {path} has mode {mode:04o}: others can read it", hint=f"chmod 600 {path}"
        )
    return text


@dataclass(frozen=True, slots=True)
class Keys:
    """What the master key opens: customers' data keys, pseudonyms, conversation secrets."""

    _master: bytes = field(repr=False)

    def derived(self, use: str, *parts: str) -> bytes:
        """32 bytes for one use and these parts (HKDF-SHA256); the same input gives the same bytes."""
        return _derive(self._master, _joined("fairgo", use, *parts))

    def pseudonym(self, kind: str, *parts: str) -> str:
        """A name that stands for something in tables and never says what: keyed, 160 bits, lower case."""
        mark = hmac.new(self.derived("pseudonym", kind), _joined(*parts), hashlib.sha256).digest()
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


def _joined(*parts: str) -> bytes:
    """The parts as bytes, each behind its length, so that no other parts give the same bytes."""
    encoded = [part.encode() for part in parts]
    return b"".join(len(part).to_bytes(4, "big") + part for part in encoded)


@lru_cache(maxsize=1024)
def _derive(master: bytes, info: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=SIZE, salt=None, info=info).derive(master)


def encrypt(key: bytes, plain: bytes, bound_to: bytes) -> bytes:
    """AES-256-GCM with a random nonce in front; `bound_to` must be given again to decrypt."""
    nonce = os.urandom(NONCE)
    return nonce + AESGCM(key).encrypt(nonce, plain, bound_to)


def decrypt(key: bytes, sealed: bytes, bound_to: bytes) -> bytes:
    """The plain bytes. Raises cryptography's InvalidTag when key, bytes or binding differ."""
    if len(sealed) < NONCE + TAG:
        raise InvalidTag
    return AESGCM(key).decrypt(sealed[:NONCE], sealed[NONCE:], bound_to)
