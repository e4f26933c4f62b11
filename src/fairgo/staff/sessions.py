"""Sessions: a random token in the browser, only its hash here; rotated, listed, revoked, and ended by two clocks.

The token is 256 random bits. It is another one after every sign-in and every step-up. A session ends for good some
hours after it began (`ends_at`), and when it lies idle: when it was last used stands, signed, beside the token in the
cookie, so that looking at pages writes nothing.
"""

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import Connection, Row, delete, insert, select, update

from fairgo.core.errors import NotFound
from fairgo.core.events import Event
from fairgo.ledger.recording import Recording
from fairgo.staff.records import session
from fairgo.web.forms import sign, unsign

COOKIE = "session"
KEPT_FOR = timedelta(days=1)  # after its end, so that whoever sends a form late is recognised
TOKEN_BYTES = 32
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("Firefox", "Firefox"),
    ("Chrom", "Chrome"),
    ("Safari", "Safari"),
    ("curl", "curl"),
    ("python", "Python"),
)
MACHINES = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("CrOS", "Chromebook"),
    ("Linux", "Linux"),
)


@dataclass(frozen=True, slots=True)
class Session:
    """One sign-in that is in force: whose, where, since when, how it was made, and when it ends."""

    id: str
    member: str
    tenant: str
    way: str
    device: str
    made_at: datetime
    stepped_up_at: datetime
    ends_at: datetime


def token_hash(token: str) -> str:
    """What is kept of a random token. It has too many bits to be guessed, so a plain hash is enough."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def begin(
    tx: Recording,
    *,
    member: str,
    tenant: str,
    way: str,
    device: str,
    lasts: timedelta,
    provider_session: str | None = None,
) -> str:
    """Begin a session. Gives its token, which is nowhere else."""
    tx.execute(delete(session).where(session.c.ends_at < tx.moment - KEPT_FOR))
    token = secrets.token_urlsafe(TOKEN_BYTES)
    row = {
        "hash": token_hash(token),
        "id": uuid4().hex,
        "member": member,
        "tenant": tenant,
        "way": way,
        "device": device,
        "made_at": tx.moment,
        "stepped_up_at": tx.moment,
        "ends_at": tx.moment + lasts,
        "provider_session": provider_session,
    }
    tx.execute(insert(session).values(row))
    tx.append(Event("staff.session.began", facts={"member": member, "proof": way, "tenant": tenant}))
    return token


def named_by(connection: Connection, token: str) -> Session | None:
    """The session of a token, ended or not; None when there is none (any more)."""
    row = connection.execute(select(session).where(session.c.hash == token_hash(token))).one_or_none()
    return None if row is None else _session(row)


def step_up(tx: Recording, identity: str, *, way: str) -> str:
    """They have proved anew that it is them. Gives the new token; the one before is worth nothing. Raises NotFound."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    mine = update(session).where(session.c.id == identity, session.c.ends_at > tx.moment)
    if not tx.execute(mine.values(hash=token_hash(token), stepped_up_at=tx.moment)).rowcount:
        raise NotFound("This session has ended.", hint="Sign in again.")
    facts = {"member": _owner(tx.connection, identity), "proof": way}
    tx.append(Event("staff.session.stepped_up", facts=facts))
    return token


def move(tx: Recording, identity: str, tenant: str) -> None:
    """Go over to another tenant."""
    tx.execute(update(session).where(session.c.id == identity).values(tenant=tenant))
    facts = {"member": _owner(tx.connection, identity), "tenant": tenant}
    tx.append(Event("staff.session.moved", facts=facts))


def end(tx: Recording, identity: str, member: str, *, reason: str) -> None:
    """End one session of a member. Raises NotFound when it is not theirs or has ended."""
    mine = (session.c.id == identity, session.c.member == member)
    if not tx.execute(delete(session).where(*mine)).rowcount:
        raise NotFound("This session has ended already.", hint="The list shows those that are in force.")
    tx.append(Event("staff.session.ended", facts={"member": member, "reason": reason, "count": 1}))


def end_all(tx: Recording, member: str, *, reason: str, but: str = "") -> int:
    """End all sessions of a member, one of them excepted. Gives how many there were."""
    mine = (session.c.member == member, session.c.id != but)
    count = tx.execute(delete(session).where(*mine)).rowcount
    if count:
        tx.append(Event("staff.session.ended", facts={"member": member, "reason": reason, "count": count}))
    return count


def end_of_provider(tx: Recording, member: str, provider_session: str | None) -> int:
    """End what began with a provider's session, or all of the member's when the provider names none."""
    mine = [session.c.member == member]
    if provider_session is not None:
        mine.append(session.c.provider_session == provider_session)
    count = tx.execute(delete(session).where(*mine)).rowcount
    tx.append(Event("staff.session.ended", facts={"member": member, "reason": "provider", "count": count}))
    return count


def of_member(connection: Connection, member: str, *, at: datetime) -> list[Session]:
    """The member's sessions in force, newest first."""
    mine = select(session).where(session.c.member == member, session.c.ends_at > at)
    return [_session(row) for row in connection.execute(mine.order_by(session.c.made_at.desc())).all()]


def cookie_value(secret: bytes, token: str, at: datetime) -> str:
    """What the browser keeps: the token and when it was last used, signed."""
    return sign(secret, COOKIE, f"{token}.{int(at.timestamp())}")


def read_cookie(secret: bytes, value: str) -> tuple[str, int] | None:
    """Token and last use (seconds) of a cookie of ours; None for any other."""
    token, _, used = (unsign(secret, COOKIE, value) or "").rpartition(".")
    return (token, int(used)) if token and used.isdecimal() else None


def device_words(user_agent: str) -> str:
    """A browser and a kind of machine, as far as they name themselves: enough to recognise one's own."""
    browser = next((name for mark, name in BROWSERS if mark in user_agent), "A browser")
    machine = next((name for mark, name in MACHINES if re.search(rf"\b{mark}", user_agent)), "")
    return f"{browser} on {machine}" if machine else browser


def _owner(connection: Connection, identity: str) -> str:
    return connection.scalar(select(session.c.member).where(session.c.id == identity)) or ""


def _session(row: Row[tuple[object, ...]]) -> Session:
    values = row._mapping  # noqa: SLF001 - the documented name of a row's columns
    return Session(**{name: values[name] for name in Session.__dataclass_fields__})
