"""Forms: signed names for cookies, tokens that tie a form to its visitor, and a reader that takes only so much."""

import base64
import hashlib
import hmac
import secrets
from urllib.parse import parse_qsl

from starlette.requests import Request

from fairgo.core.errors import BadRequest, NotAllowed

FORM = "application/x-www-form-urlencoded"
LARGEST_FORM = 256 * 1024  # 4,000 characters take at most 48,000 bytes; the rest is for a helpful "too long"
MOST_FIELDS = 64


def random_name() -> str:
    """128 random bits as text that is safe in a cookie and an address."""
    return secrets.token_urlsafe(16)


def sign(secret: bytes, purpose: str, value: str) -> str:
    """`value.signature`. A signature made for one purpose does not fit another."""
    return f"{value}.{_mac(secret, purpose, value)}"


def unsign(secret: bytes, purpose: str, signed: str) -> str | None:
    """The value that was signed, or None when the signature does not fit."""
    value, _, signature = signed.rpartition(".")
    return value if value and _equal(signature, _mac(secret, purpose, value)) else None


def form_token(secret: bytes, visitor: str) -> str:
    """A token for a form that only this visitor can send back: a random part, and an HMAC over it and the visitor."""
    return sign(secret, f"form/{visitor}", random_name())


def check_form_token(secret: bytes, visitor: str, token: str) -> None:
    """Raises NotAllowed unless the token was made for this visitor. The visitor's cookie is the other half of it."""
    if unsign(secret, f"form/{visitor}", token) is None:
        raise NotAllowed(
            "We could not tell that this came from your own page, so nothing was done.",
            hint="Open the page again and send it from there.",
        )


async def read_form(request: Request) -> dict[str, str]:
    """The fields of a posted form, the last one where a name is doubled.

    Raises BadRequest for another content type, for more than 256 kB and for more than 64 fields.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
        raise BadRequest("This address takes a form.", hint=f"content-type: {FORM}")
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_FORM:
            raise BadRequest("That is too much to send at once.", hint="Send it in smaller parts.")
    try:
        pairs = parse_qsl(
            body.decode("latin-1"), keep_blank_values=True, errors="replace", max_num_fields=MOST_FIELDS
        )
    except ValueError:
        raise BadRequest("The form has too many fields.") from None
    return dict(pairs)


def _mac(secret: bytes, purpose: str, value: str) -> str:
    # The length in front keeps purpose and value from running into each other.
    said = _bytes(f"fairgo/web/{len(purpose)}/{purpose}/{value}")
    digest = hmac.new(secret, said, hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def _equal(given: str, expected: str) -> bool:
    return hmac.compare_digest(_bytes(given), _bytes(expected))


def _bytes(text: str) -> bytes:
    # What a caller sends may be any text, half a character included; it must be refused, not crash.
    return text.encode("utf-8", "surrogatepass")
