"""The cookies of the console. All are `__Host-`: Secure, for the whole host and no other; unreadable for scripts.

Browsers take and send such cookies on plain http only from this machine itself (`localhost`, `127.0.0.1`): tried with
Chromium. So there is one kind of cookie, and none that a network could read.
"""

import base64
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import orjson
from cryptography.exceptions import InvalidTag
from starlette.requests import Request
from starlette.responses import Response

from fairgo.console.sign_in.entrance import Entrance
from fairgo.store.keys import decrypt, encrypt
from fairgo.web.forms import random_name

SESSION = "__Host-fairgo-session"
ENTRY = "__Host-fairgo-entry"
DEMO = "__Host-fairgo-demo"
ENTRY_LASTS = timedelta(minutes=10)
Stage = Literal["start", "code", "set-up", "provider", "again"]


@dataclass(frozen=True, slots=True)
class Entry:
    """A sign-in that is under way, as it stands, sealed, in its browser's cookie.

    `browser` ties forms to this browser; `challenge` is what a passkey has to sign, or what a provider has to give
    back; `secret` is that of an app or a provider's exchange. What is in here counts once: see `limits.spend`.
    """

    browser: str
    stage: Stage
    ends_at: float
    next: str = ""
    member: str = ""
    challenge: str = ""
    secret: str = ""
    invitation: str = ""
    state: str = ""

    @property
    def challenge_bytes(self) -> bytes:
        """The challenge as a passkey signs it."""
        return self.challenge.encode()

    @property
    def ends(self) -> datetime:
        """When it is too old."""
        return datetime.fromtimestamp(self.ends_at, UTC)


def new_entry(entrance: Entrance, stage: Stage, **values: Any) -> Entry:
    """A sign-in that begins now, with a challenge of its own."""
    ends = (entrance.clock() + ENTRY_LASTS).timestamp()
    return Entry(
        **{"browser": random_name(), "challenge": random_name(), **values, "stage": stage, "ends_at": ends}
    )


def entry_of(entrance: Entrance, request: Request) -> Entry | None:
    """The sign-in under way in this browser; None when there is none of ours, or it is too old."""
    try:
        sealed = base64.urlsafe_b64decode(request.cookies.get(ENTRY, "").encode("ascii"))
        entry = Entry(**orjson.loads(decrypt(entrance.secret("entry"), sealed, ENTRY.encode())))
    except (ValueError, InvalidTag):
        return None
    return entry if entry.ends_at > entrance.clock().timestamp() else None


def keep_entry(entrance: Entrance, response: Response, entry: Entry) -> None:
    """Put a sign-in under way into the browser. Lax, since a provider sends the browser back from its own site."""
    sealed = encrypt(entrance.secret("entry"), orjson.dumps(entry), ENTRY.encode())
    _set(response, ENTRY, base64.urlsafe_b64encode(sealed).decode(), samesite="lax")


def keep_session(response: Response, value: str) -> None:
    """Put a session into the browser; it goes when the browser closes, or when the house says so."""
    _set(response, SESSION, value, samesite="lax")


def forget(response: Response, name: str) -> None:
    """Take a cookie back."""
    response.delete_cookie(name, path="/", secure=True, httponly=True, samesite="lax")


def keep_demo(response: Response, value: str) -> None:
    """Put the demo's role into the browser."""
    _set(response, DEMO, value, samesite="lax")


def _set(response: Response, name: str, value: str, *, samesite: Literal["lax", "strict"]) -> None:
    response.set_cookie(name, value, path="/", secure=True, httponly=True, samesite=samesite)
