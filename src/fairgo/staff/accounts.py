"""Accounts: who may sign in, with which roles in which tenant. Every change is evidence, by the member's random id."""

import secrets
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import ColumnElement, Connection, Row, delete, func, insert, select, update

from fairgo.core.errors import BadRequest, Conflict, NotAllowed, NotFound
from fairgo.core.events import Event
from fairgo.ledger.recording import Recording
from fairgo.staff import records
from fairgo.staff.rights import Member, Role
from fairgo.staff.sessions import end_all, token_hash

INVITED_FOR = timedelta(hours=24)
COMMAND = "command"  # who acts when nobody is signed in: whoever may run commands on this machine
LONGEST_NAME = 128


@dataclass(frozen=True, slots=True)
class Grant:
    """One role in one tenant; `systems` None means all of them, `until` None means until it is taken back."""

    tenant: str
    role: Role
    systems: frozenset[str] | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """A member as kept, and which proofs they have."""

    id: str
    name: str
    login: str | None
    password: str | None
    totp: bytes | None
    totp_step: int
    made_at: datetime
    disabled_at: datetime | None
    grants: tuple[Grant, ...]
    passkeys: int
    issuer: str | None = None

    @property
    def tenants(self) -> tuple[str, ...]:
        """Where they have a role, in order."""
        return tuple(sorted({grant.tenant for grant in self.grants}))

    @property
    def has_second_factor(self) -> bool:
        """True with an authenticator app or a passkey."""
        return self.totp is not None or self.passkeys > 0

    @property
    def standing(self) -> str:
        """In one word."""
        if self.disabled_at is not None:
            return "disabled"
        return "active" if self.issuer or self.has_second_factor else "not set up"


def normal_login(name: str) -> str:
    """A name as it is compared: capitals, kinds of spaces and ways to write an accent make no difference."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def create(tx: Recording, name: str, grants: Collection[Grant], *, by: str = COMMAND) -> str:
    """A new account, which still needs a password or a passkey. Gives its id.

    Raises BadRequest for a name that cannot be one, Conflict when it is taken.
    """
    login = normal_login(name)
    if not login or len(name) > LONGEST_NAME or not all(letter.isprintable() for letter in name):
        raise BadRequest("This cannot be a name to sign in with.", hint="1 to 128 letters, digits and signs")
    if by_login(tx.connection, name) is not None:
        raise Conflict("There is an account of this name already.", hint="fairgo staff list")
    identity = uuid4().hex
    row = {
        "id": identity,
        "name": " ".join(name.split()),
        "login": login,
        "totp_step": 0,
        "made_at": tx.moment,
    }
    tx.execute(insert(records.member).values(row))
    tx.append(Event("staff.member.added", facts={"member": identity, "by": by}))
    for grant in grants:
        give_role(tx, identity, grant, by=by)
    return identity


def give_role(tx: Recording, identity: str, grant: Grant, *, by: str = COMMAND) -> None:
    """Give a role in a tenant, or change until when and for which systems it is. Raises BadRequest for an open auditor."""
    if grant.role is Role.AUDITOR and (grant.systems is None or grant.until is None):
        raise BadRequest(
            "An auditor comes for some systems and for a time.",
            hint="--systems NAME[,NAME] --until YYYY-MM-DD",
        )
    _take(tx, identity, grant.tenant, grant.role)
    systems = None if grant.systems is None else " ".join(sorted(grant.systems))
    row = {"member": identity, "tenant": grant.tenant, "role": grant.role.value, "systems": systems}
    tx.execute(insert(records.role).values(row | {"until": grant.until}))
    facts = {"member": identity, "role": grant.role.value, "tenant": grant.tenant, "by": by}
    tx.append(Event("staff.role.given", facts=facts))


def take_role(tx: Recording, identity: str, tenant: str, role: Role, *, by: str = COMMAND) -> None:
    """Take a role back, at once. Raises NotFound when they do not have it, Conflict for the last owner's."""
    if not _take(tx, identity, tenant, role):
        raise NotFound(f"they are no {role.value} in {tenant!r}", hint="fairgo staff list")
    if role is Role.OWNER:
        _an_owner_stays(tx.connection, tenant)
    facts = {"member": identity, "role": role.value, "tenant": tenant, "by": by}
    tx.append(Event("staff.role.taken", facts=facts))


def disable(tx: Recording, identity: str, *, by: str = COMMAND) -> None:
    """Let them in no more and end their sessions. Raises NotFound, and Conflict for the last owner."""
    account = existing(tx.connection, identity)
    tx.execute(update(records.member).where(_this(identity)).values(disabled_at=tx.moment))
    for grant in account.grants:
        if grant.role is Role.OWNER:
            _an_owner_stays(tx.connection, grant.tenant)
    _forget_invitations(tx, identity)
    end_all(tx, identity, reason="disabled")
    tx.append(Event("staff.member.disabled", facts={"member": identity, "by": by}))


def enable(tx: Recording, identity: str, *, by: str = COMMAND) -> None:
    """Let them in again."""
    existing(tx.connection, identity)
    tx.execute(update(records.member).where(_this(identity)).values(disabled_at=None))
    tx.append(Event("staff.member.enabled", facts={"member": identity, "by": by}))


def reset(tx: Recording, identity: str, *, by: str = COMMAND) -> None:
    """Take away password, app, passkeys and recovery codes, and end every session: they set up anew. Raises NotFound."""
    existing(tx.connection, identity)
    tx.execute(update(records.member).where(_this(identity)).values(password=None, totp=None))
    for table in (records.passkey, records.recovery_code):
        tx.execute(delete(table).where(table.c.member == identity))
    _forget_invitations(tx, identity)
    end_all(tx, identity, reason="reset")
    tx.append(Event("staff.member.reset", facts={"member": identity, "by": by}))


def invite(tx: Recording, identity: str, *, by: str = COMMAND) -> str:
    """A secret for a link with which they set up their account once, within a day. Only its hash is kept."""
    _forget_invitations(tx, identity)
    token = secrets.token_urlsafe(32)
    row = {"hash": token_hash(token), "member": identity, "ends_at": tx.moment + INVITED_FOR}
    tx.execute(insert(records.invitation).values(row))
    tx.append(Event("staff.member.invited", facts={"member": identity, "by": by}))
    return token


def invited(connection: Connection, token: str, *, at: datetime) -> Account:
    """Whom a link is for. Raises NotAllowed when it was used, is too old, or was never given."""
    kept = records.invitation
    row = connection.execute(select(kept).where(kept.c.hash == token_hash(token))).one_or_none()
    account = None if row is None or row.ends_at <= at else find(connection, row.member)
    if account is None or account.disabled_at is not None:
        raise NotAllowed(
            "This link was used already, or it is too old.",
            hint="Ask whoever gave it to you for a new one: `fairgo staff reset` prints it.",
            detail="link",
        )
    return account


def accept(tx: Recording, token: str) -> Account:
    """Use up a link. Raises NotAllowed when another was quicker."""
    account = invited(tx.connection, token, at=tx.moment)
    kept = records.invitation
    if tx.execute(delete(kept).where(kept.c.hash == token_hash(token))).rowcount != 1:
        raise NotAllowed("This link was used already.", hint="Ask for a new one.", detail="link")
    tx.append(Event("staff.invitation.accepted", facts={"member": account.id}))
    return account


def set_password(tx: Recording, identity: str, hashed: str, *, by: str = COMMAND) -> None:
    """Keep the hash of a new password."""
    tx.execute(update(records.member).where(_this(identity)).values(password=hashed))
    tx.append(Event("staff.password.set", facts={"member": identity, "by": by}))


def rehash(tx: Recording, identity: str, before: str, hashed: str) -> None:
    """Keep the same password under today's parameters, unless it was changed meanwhile."""
    mine = update(records.member).where(_this(identity), records.member.c.password == before)
    if tx.execute(mine.values(password=hashed)).rowcount:
        tx.append(Event("staff.password.rehashed", facts={"member": identity}))


def password_of(connection: Connection, name: str) -> tuple[str, str | None]:
    """Id and password's hash of the account of that name; empty and None when there is none that may sign in.

    One question, whatever the answer is, so that its time tells nothing.
    """
    kept = records.member.c
    mine = select(kept.id, kept.password).where(kept.login == normal_login(name), kept.disabled_at.is_(None))
    row = connection.execute(mine).one_or_none()
    return ("", None) if row is None else (row.id, row.password)


def by_login(connection: Connection, name: str) -> Account | None:
    """The account of that name, or None."""
    row = connection.execute(
        select(records.member).where(records.member.c.login == normal_login(name))
    ).one_or_none()
    return None if row is None else _account(connection, row)


def by_subject(connection: Connection, issuer: str, subject: str) -> Account | None:
    """The account that a provider calls so, or None."""
    kept = records.member
    mine = select(kept).where(kept.c.issuer == issuer, kept.c.subject == subject)
    row = connection.execute(mine).one_or_none()
    return None if row is None else _account(connection, row)


def find(connection: Connection, identity: str) -> Account | None:
    """The account with this id, or None."""
    row = connection.execute(select(records.member).where(_this(identity))).one_or_none()
    return None if row is None else _account(connection, row)


def existing(connection: Connection, identity: str) -> Account:
    """The account with this id. Raises NotFound."""
    account = find(connection, identity)
    if account is None:
        raise NotFound("there is no such account", hint="fairgo staff list")
    return account


def named(connection: Connection, name: str) -> Account:
    """The account of that name. Raises NotFound."""
    account = by_login(connection, name) or find(connection, name)
    if account is None:
        raise NotFound("there is no account of this name", hint="fairgo staff list")
    return account


def everyone(connection: Connection) -> list[Account]:
    """All accounts, by name."""
    rows = connection.execute(select(records.member).order_by(records.member.c.name)).all()
    return [_account(connection, row) for row in rows]


def as_member(
    account: Account, tenant: str, *, at: datetime, stepped_up_at: datetime | None = None
) -> Member | None:
    """What the account may be in a tenant now; None when it is disabled or has no role there.

    An auditor's role is narrow; whoever has a wider one besides is not narrowed by it.
    """
    grants = [grant for grant in account.grants if grant.tenant == tenant]
    grants = [grant for grant in grants if grant.until is None or at < grant.until]
    if account.disabled_at is not None or not grants:
        return None
    wide = [grant for grant in grants if grant.systems is None and grant.until is None]
    member = Member(
        id=account.id,
        name=account.name,
        roles=frozenset(grant.role for grant in wide or grants),
        tenant=tenant,
        stepped_up_at=stepped_up_at,
    )
    if wide:
        return member
    scopes = [grant.systems for grant in grants if grant.systems is not None]
    untils = [grant.until for grant in grants if grant.until is not None]
    return replace(
        member,
        # Roles with scopes of their own are taken together only where all of them reach: none widens another.
        systems=frozenset.intersection(*scopes) if scopes else None,
        until=min(untils, default=None),
    )


def _account(connection: Connection, row: Row[tuple[object, ...]]) -> Account:
    values = row._mapping  # noqa: SLF001 - the documented name of a row's columns
    grants = connection.execute(
        select(records.role).where(records.role.c.member == values["id"]).order_by(*records.role.primary_key)
    ).all()
    keys = select(func.count()).where(records.passkey.c.member == values["id"])
    kept = ("id", "name", "login", "password", "totp", "totp_step", "made_at", "disabled_at", "issuer")
    return Account(
        **{name: values[name] for name in kept},
        grants=tuple(
            Grant(
                one.tenant,
                Role(one.role),
                None if one.systems is None else frozenset(one.systems.split()),
                one.until,
            )
            for one in grants
        ),
        passkeys=connection.scalar(keys) or 0,
    )


def _take(tx: Recording, identity: str, tenant: str, role: Role) -> bool:
    kept = records.role.c
    mine = (kept.member == identity, kept.tenant == tenant, kept.role == role.value)
    return tx.execute(delete(records.role).where(*mine)).rowcount > 0


def _an_owner_stays(connection: Connection, tenant: str) -> None:
    owners = (
        select(func.count())
        .select_from(records.role.join(records.member, records.role.c.member == records.member.c.id))
        .where(records.role.c.role == Role.OWNER.value, records.role.c.tenant == tenant)
        .where(records.member.c.disabled_at.is_(None))
    )
    if not connection.scalar(owners):
        raise Conflict(f"{tenant!r} would have no owner any more", hint="make somebody else an owner first")


def _forget_invitations(tx: Recording, identity: str) -> None:
    tx.execute(delete(records.invitation).where(records.invitation.c.member == identity))


def _this(identity: str) -> ColumnElement[bool]:
    return records.member.c.id == identity
