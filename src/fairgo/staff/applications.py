"""Applications of the company that call `/api`: each with scopes (rights), a tenant, and keys of its own.

A key is `fga_PREFIX_SECRET`. It is shown once; the prefix stays, to tell keys apart, and a SHA-256 of the whole (the
secret has 256 random bits). Rotating makes a second key; the first goes on for a time that the caller chooses.
"""

import hashlib
import hmac
import re
import secrets
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import Column, Connection, Index, Integer, String, Table, delete, insert, or_, select, update

from fairgo.core.errors import BadRequest, Conflict, NotAllowed, NotFound, nearest
from fairgo.core.events import Event, Fact
from fairgo.ledger.recording import Recording
from fairgo.staff.rights import SCOPES, Member, Right
from fairgo.store.schema import Moment, metadata

PREFIX = "fga_"
FORM = re.compile(r"fga_([0-9a-f]{12})_[A-Za-z0-9_-]{43}")
NAME = re.compile(r"[a-z][a-z0-9-]{0,62}")
NOBODY = "0" * 64
USED_EVERY = timedelta(hours=1)  # how exactly it is kept when a key was last used
LONGEST_LIFE = timedelta(days=731)
STALE = "application.stale"

application = Table(
    "application",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("tenant", String(64), nullable=False),
    Column("name", String(64), nullable=False),
    Column("scopes", String(2000), nullable=False),  # rights with spaces between
    Column("systems", String(4000), nullable=True),  # names with spaces between; none is all of the tenant
    Column("version", Integer, nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("made_by", String(64), nullable=False),
    Column("revoked_at", Moment, nullable=True),
    Index("ix_application_name", "tenant", "name", unique=True),
)
key = Table(
    "application_key",
    metadata,
    Column("prefix", String(16), primary_key=True),
    Column("application", String(64), nullable=False, index=True),
    Column("hash", String(64), nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("ends_at", Moment, nullable=True),
    Column("used_at", Moment, nullable=True),
)


@dataclass(frozen=True, slots=True)
class KeyLine:
    """A key as it may be shown: its beginning, and when it was made, ends and was last used (to the hour)."""

    prefix: str
    made_at: datetime
    ends_at: datetime | None
    used_at: datetime | None


@dataclass(frozen=True, slots=True)
class Application:
    """An application as it may be shown. `version` counts its edits; `systems` None is all of the tenant."""

    id: str
    tenant: str
    name: str
    scopes: frozenset[Right]
    systems: frozenset[str] | None
    version: int
    made_at: datetime
    revoked_at: datetime | None
    keys: tuple[KeyLine, ...]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an application is to be allowed: scopes and systems. `ends_at` is when its key ends; None is never."""

    scopes: frozenset[Right]
    systems: frozenset[str] | None = None
    ends_at: datetime | None = None


def scopes_of(words: Iterable[str]) -> frozenset[Right]:
    """The scopes that these words name. Raises BadRequest for one that no application may hold, naming the nearest."""
    found = set()
    for word in words:
        if word not in SCOPES:
            known = [right.value for right in SCOPES]
            raise BadRequest(f"{word!r} is no scope of an application", hint=nearest(word, known))
        found.add(Right(word))
    if not found:
        raise BadRequest(
            "an application needs at least one scope", hint="docs/reference/rights.md lists them"
        )
    return frozenset(found)


def within(member: Member, wanted: "Wanted | Application") -> None:
    """Raises NotAllowed when an application would have more than the member who sees to it: a scope or a system."""
    more = wanted.scopes - member.rights
    if more:
        raise NotAllowed(
            "an application gets no right that you do not have yourself",
            hint=", ".join(sorted(more)),
            status=403,
        )
    if member.systems is not None and (wanted.systems is None or not wanted.systems <= member.systems):
        raise NotAllowed("an application gets no system that you do not see yourself", status=403)


def add(tx: Recording, name: str, tenant: str, wanted: Wanted, *, by: str) -> str:
    """Add an application and give its first key, which is shown this once.

    Raises BadRequest for a name or an end that does not fit, Conflict when the tenant has one of that name.
    """
    if not NAME.fullmatch(name):
        raise BadRequest("an application's name has small letters, digits and - only", hint="such as crm")
    if _row(tx.connection, tenant, name) is not None:
        raise Conflict("there is an application of this name already", hint="choose another name")
    identity = uuid4().hex
    values = {
        "id": identity,
        "tenant": tenant,
        "name": name,
        **_permitted(wanted.scopes, wanted.systems),
        "version": 1,
        "made_at": tx.moment,
        "made_by": by,
    }
    tx.execute(insert(application).values(values))
    fresh = _make_key(tx, identity, wanted.ends_at)
    _tell(tx, "added", identity, by, scopes={right.value: 1 for right in wanted.scopes})
    return fresh


def change(tx: Recording, tenant: str, name: str, *, wanted: Wanted, seen: int, by: str) -> Application:
    """Set scopes and systems anew. `seen` is the version the caller looked at.

    Raises NotFound; Conflict (412) when it was changed meanwhile, or (409) when it is revoked.
    """
    row = _standing(tx.connection, tenant, name)
    mine = (application.c.id == row.id) & (application.c.version == seen)
    values = {**_permitted(wanted.scopes, wanted.systems), "version": seen + 1}
    if tx.execute(update(application).where(mine).values(values)).rowcount != 1:
        raise Conflict(
            "somebody else changed this application meanwhile",
            hint="compare both versions, then send yours again with the new ETag",
            detail=STALE,
            status=412,
        )
    _tell(tx, "changed", row.id, by, scopes={right.value: 1 for right in wanted.scopes})
    return one(tx.connection, tenant, name)


def rotate(
    tx: Recording, tenant: str, name: str, *, ends_at: datetime | None, overlap: timedelta, by: str
) -> str:
    """Another key, which is shown this once; those there are end after `overlap` at the latest. Raises NotFound, Conflict."""
    row = _standing(tx.connection, tenant, name)
    last = tx.moment + overlap
    older = (key.c.application == row.id) & or_(key.c.ends_at.is_(None), key.c.ends_at > last)
    tx.execute(update(key).where(older).values(ends_at=last))
    tx.execute(delete(key).where(key.c.application == row.id, key.c.ends_at <= tx.moment))
    fresh = _make_key(tx, row.id, ends_at)
    _tell(tx, "rotated", row.id, by)
    return fresh


def revoke(tx: Recording, tenant: str, name: str, *, by: str) -> None:
    """End an application and all its keys at once. Raises NotFound, Conflict when it is revoked already."""
    row = _standing(tx.connection, tenant, name)
    tx.execute(update(application).where(application.c.id == row.id).values(revoked_at=tx.moment))
    tx.execute(delete(key).where(key.c.application == row.id))
    _tell(tx, "revoked", row.id, by)


def page_of(
    connection: Connection, tenant: str, *, after: str | None = None, limit: int | None = None
) -> list[Application]:
    """The applications of a tenant by name, those after the name `after`; all of them without a limit."""
    mine = select(application).where(application.c.tenant == tenant)
    if after is not None:
        mine = mine.where(application.c.name > after)
    rows = connection.execute(mine.order_by(application.c.name).limit(limit)).all()
    return _shown(connection, rows)


def one(connection: Connection, tenant: str, name: str) -> Application:
    """The application of that name. Raises NotFound."""
    row = _row(connection, tenant, name)
    if row is None:
        raise NotFound("no application has this name", hint="the list of applications shows their names")
    return _shown(connection, [row])[0]


def whose(connection: Connection, said: str, at: datetime) -> tuple[Member, bool]:
    """The application that a key opens as a member, and whether its use should be kept anew.

    Takes the same time for an unknown key as for a wrong one. Raises NotAllowed.
    """
    form = FORM.fullmatch(said)
    row = None
    if form is not None:
        both = key.join(application, application.c.id == key.c.application)
        found = select(key.c.hash, key.c.ends_at, key.c.used_at, application).select_from(both)
        row = connection.execute(found.where(key.c.prefix == form[1])).one_or_none()
    fits = hmac.compare_digest(_hash(said), NOBODY if row is None else row.hash)
    ended = row is not None and (
        row.revoked_at is not None or (row.ends_at is not None and row.ends_at <= at)
    )
    if row is None or not fits or ended:
        raise NotAllowed("the API key is missing, unknown or ended", detail="wrong_key")
    member = Member(
        id=f"application:{row.id}",
        name=row.name,
        roles=frozenset(),
        tenant=row.tenant,
        systems=_names(row.systems),
        scopes=_rights(row.scopes),
    )
    return member, row.used_at is None or at - row.used_at >= USED_EVERY


def keep_use(tx: Recording, said: str) -> None:
    """Keep that a key was used in this hour, with its leaf."""
    form = FORM.fullmatch(said)
    if form is None:
        raise NotAllowed("the API key is missing, unknown or ended", detail="wrong_key")
    hour = tx.moment.replace(minute=0, second=0, microsecond=0)
    tx.execute(update(key).where(key.c.prefix == form[1]).values(used_at=hour))
    owner = tx.connection.scalar(select(key.c.application).where(key.c.prefix == form[1]))
    tx.append(Event("staff.application.used", facts={"application": owner or ""}))


def end_of(days: int | None, at: datetime) -> datetime | None:
    """When a key made at a moment ends; None is never. Raises BadRequest beyond two years."""
    if days is None:
        return None
    if not timedelta(0) < timedelta(days=days) <= LONGEST_LIFE:
        raise BadRequest(f"a key lives from 1 to {LONGEST_LIFE.days} days")
    return at + timedelta(days=days)


def _make_key(tx: Recording, owner: str, ends_at: datetime | None) -> str:
    prefix = secrets.token_hex(6)
    fresh = f"{PREFIX}{prefix}_{secrets.token_urlsafe(32)}"
    values = {
        "prefix": prefix,
        "application": owner,
        "hash": _hash(fresh),
        "made_at": tx.moment,
        "ends_at": ends_at,
    }
    tx.execute(insert(key).values(values))
    return fresh


def _tell(tx: Recording, what: str, identity: str, by: str, **more: Fact) -> None:
    tx.append(Event(f"staff.application.{what}", facts={"application": identity, "by": by, **more}))


def _permitted(scopes: Collection[Right], systems: frozenset[str] | None) -> dict[str, str | None]:
    if not scopes or not SCOPES.issuperset(scopes):
        raise BadRequest("an application needs scopes that applications may hold")
    return {
        "scopes": " ".join(sorted(scopes)),
        "systems": None if systems is None else " ".join(sorted(systems)),
    }


def _row(connection: Connection, tenant: str, name: str) -> Any:
    mine = select(application).where(application.c.tenant == tenant, application.c.name == name)
    return connection.execute(mine).one_or_none()


def _standing(connection: Connection, tenant: str, name: str) -> Any:
    row = _row(connection, tenant, name)
    if row is None:
        raise NotFound("no application has this name", hint="the list of applications shows their names")
    if row.revoked_at is not None:
        raise Conflict("this application is revoked", hint="add another one")
    return row


def _shown(connection: Connection, rows: Sequence[Any]) -> list[Application]:
    """Applications with their keys, oldest key first: two statements however many there are."""
    keys: dict[str, list[KeyLine]] = {row.id: [] for row in rows}
    theirs = select(key).where(key.c.application.in_(keys)).order_by(key.c.made_at, key.c.prefix)
    for one_key in connection.execute(theirs):
        line = KeyLine(PREFIX + one_key.prefix, one_key.made_at, one_key.ends_at, one_key.used_at)
        keys[one_key.application].append(line)
    return [
        Application(
            id=row.id,
            tenant=row.tenant,
            name=row.name,
            scopes=_rights(row.scopes),
            systems=_names(row.systems),
            version=row.version,
            made_at=row.made_at,
            revoked_at=row.revoked_at,
            keys=tuple(keys[row.id]),
        )
        for row in rows
    ]


def _rights(text: str) -> frozenset[Right]:
    """The scopes of a row that are still rights: one that a later version dropped opens nothing."""
    return frozenset(Right(word) for word in text.split() if word in SCOPES)


def _names(text: str | None) -> frozenset[str] | None:
    return None if text is None else frozenset(text.split())


def _hash(said: str) -> str:
    return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()
