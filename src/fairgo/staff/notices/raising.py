"""Raising a notice: a copy for everybody whose business it is, and, in the same transaction, what goes out by mail."""

import hashlib
from datetime import datetime

from sqlalchemy import Connection, insert

from fairgo.core.events import Event, Fact
from fairgo.ledger.recording import Recording
from fairgo.staff import accounts
from fairgo.staff.notices import preferences
from fairgo.staff.notices.kinds import Kind
from fairgo.staff.notices.preferences import Pace
from fairgo.staff.notices.records import IN_DIGEST, NO_MAIL, QUEUED, copy, notice
from fairgo.staff.rights import Member
from fairgo.store.queueing import put
from fairgo.store.schema import insert_unless_there

MAIL = "notices.mail"
WEBHOOK = "notices.webhook"
HOUSE = "main"  # the tenant that sees what belongs to the whole house
OWN = "notices."  # a notice that cannot be sent must not be followed by one that says so, and so on


def raise_notice(
    tx: Recording, kind: Kind, key: str, *, about: str = "", system: str = "", tenant: str = HOUSE
) -> str | None:
    """Tell everybody whose business it is. Gives the notice's id, or None when one of this kind and key was raised before.

    `about` is an id or a code of what it is about. What names no `system` is the whole house's business, so the
    tenant's that sees it. Nothing of a customer may stand in any of them.
    """
    identity = hashlib.sha256(f"{kind.code}/{key}".encode()).hexdigest()[:32]
    row = {"id": identity, "kind": kind.code, "about": about, "system": system, "tenant": tenant}
    if not insert_unless_there(tx.connection, notice, {**row, "raised_at": tx.moment}):
        return None
    outward = not about.startswith(OWN)
    told = whose(tx.connection, tx.moment, kind, system=system, tenant=tenant)
    for member in told:
        wishes = preferences.of_member(tx.connection, member)
        pace = wishes.pace(kind.code) if wishes.address and outward else Pace.CONSOLE
        mail = {Pace.NOW: QUEUED, Pace.DIGEST: IN_DIGEST, Pace.CONSOLE: NO_MAIL}[pace]
        values = {"member": member, "notice": identity, "raised_at": tx.moment, "read_at": None, "mail": mail}
        tx.execute(insert(copy).values(values))
        if pace is Pace.NOW:
            put(tx.connection, MAIL, f"{identity}/{member}", due=tx.moment, reference=f"{identity}/{member}")
    if outward:
        put(tx.connection, WEBHOOK, identity, due=tx.moment, reference=identity)
    facts: dict[str, Fact] = {"kind": kind.code, "notice": identity, "people": len(told)}
    tx.append(Event("staff.notice.raised", system=system, facts=facts))
    return identity


def whose(connection: Connection, at: datetime, kind: Kind, *, system: str, tenant: str) -> list[str]:
    """The ids of the members whose business it is: they have the right now, in that tenant, for that system."""
    return [
        account.id
        for account in accounts.everyone(connection)
        if _concerns(accounts.as_member(account, tenant, at=at), kind, system)
    ]


def _concerns(member: Member | None, kind: Kind, system: str) -> bool:
    """What is the whole house's business is nobody's who was let in for some systems only."""
    if member is None or kind.right not in member.rights:
        return False
    return member.systems is None or system in member.systems
