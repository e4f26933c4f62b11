"""Codes from an authenticator app (RFC 6238), each taken once, and recovery codes for the day the app is gone."""

import base64
import hashlib
import re
import secrets
from datetime import datetime

import pyotp
from cryptography.exceptions import InvalidTag

from fairgo.core.errors import EvidenceBroken
from fairgo.store.keys import Keys, decrypt, encrypt

WINDOW = 1  # a clock may be half a minute off, either way
CODES = 10
CODE_BYTES = 10  # 80 random bits: a plain hash of them cannot be turned round


def new_secret() -> str:
    """160 random bits in base32, as authenticator apps read them."""
    return pyotp.random_base32(32)


def seal(keys: Keys, member: str, secret: str) -> bytes:
    """The secret as it is kept: encrypted, and bound to its member."""
    return encrypt(keys.derived("staff-totp"), secret.encode(), member.encode())


def unseal(keys: Keys, member: str, sealed: bytes) -> str:
    """The secret again. Raises EvidenceBroken when it was changed or moved to another member."""
    try:
        return decrypt(keys.derived("staff-totp"), sealed, member.encode()).decode()
    except InvalidTag:
        raise EvidenceBroken(
            "the secret of an authenticator app was changed, or moved from where it was sealed"
        ) from None


def accepted_step(secret: str, code: str, *, at: datetime, after: int) -> int | None:
    """The time step a code is for, when it fits now and is later than `after`; None refuses it.

    Keeping the step and giving it as `after` next time is what refuses a code that was used before.
    """
    digits = re.sub(r"\s", "", code)
    if not re.fullmatch(r"[0-9]{6}", digits):
        return None
    try:
        step = pyotp.TOTP(secret).verify_and_get_timecode(digits, for_time=at, valid_window=WINDOW)
    except pyotp.OTPVerificationError:
        return None
    return step if step > after else None


def address(secret: str, *, name: str, issuer: str) -> str:
    """The `otpauth://` address that opens an authenticator app with this secret."""
    return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=issuer)


def grouped(secret: str) -> str:
    """The secret in groups of four, for typing."""
    return " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))


def new_recovery_codes() -> tuple[str, ...]:
    """Ten codes, each good once; what is kept of them is `recovery_hash`."""
    return tuple(_dashed(secrets.token_bytes(CODE_BYTES)) for _ in range(CODES))


def recovery_hash(code: str) -> str:
    """What is kept of a recovery code. How it was typed (dashes, spaces, capitals) does not matter."""
    plain = re.sub(r"[\s-]", "", code).lower()
    return hashlib.sha256(f"recovery\x00{plain}".encode("utf-8", "surrogatepass")).hexdigest()


def _dashed(random: bytes) -> str:
    text = base64.b32encode(random).decode().lower()
    return "-".join(text[at : at + 4] for at in range(0, len(text), 4))
