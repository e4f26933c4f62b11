"""What needs somebody today: what their rights let them do something about, the most pressing first."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from fairgo.bias.records import kept_audits
from fairgo.console.navigation import PLACES
from fairgo.console.registered import Registered, unfinished
from fairgo.console.status import Status, StatusRow
from fairgo.core.article import AREAS
from fairgo.core.verdicts import State
from fairgo.privacy.records import erasures_by_state
from fairgo.staff import applications
from fairgo.staff.doors import sees_the_house
from fairgo.staff.notices.inbox import inbox
from fairgo.staff.register.entry import missing
from fairgo.staff.rights import Member, Right, Role

# Whose business an area's rows are, besides the owner's.
WHOSE: Mapping[str, frozenset[Role]] = {
    "bias": frozenset({Role.ANALYST, Role.COMMITTEE_MEMBER}),
    "privacy": frozenset({Role.PRIVACY_OFFICER}),
    "transparency": frozenset({Role.ENGINEER, Role.PRIVACY_OFFICER}),
    "consent": frozenset({Role.PRIVACY_OFFICER, Role.DESK_AGENT}),
    "monitoring": frozenset({Role.ENGINEER, Role.ANALYST, Role.COMMITTEE_MEMBER}),
    "stakeholders": frozenset({Role.DESK_AGENT, Role.COMMITTEE_MEMBER}),
    "culture": frozenset({Role.PRIVACY_OFFICER}),
}
SOON = timedelta(days=14)
AUDIT_AGE = timedelta(days=90)
NOTICES = 3
REQUESTED = "requested"


@dataclass(frozen=True, slots=True)
class Duty:
    """One thing to do: what, why, where, and how pressing (the tone)."""

    title: str
    why: str
    path: str
    tone: str = "warn"


@dataclass(frozen=True, slots=True)
class Desk:
    """What duties are found in: who asks, the rows, and what the register holds of their systems."""

    member: Member
    rights: frozenset[Right]
    status: Status
    registered: Sequence[Registered]
    at: datetime


def duties(connection: Connection, desk: Desk) -> list[Duty]:
    """Everything that needs this member now; what is late comes before what is only unfinished."""
    found = [
        *_rows(desk),
        *_told(connection, desk),
        *_erasures(connection, desk),
        *_to_decide(desk),
        *_keys(connection, desk),
        *_register(desk),
        *_audits(connection, desk),
    ]
    return sorted(found, key=lambda duty: duty.tone != "warn")


def _rows(desk: Desk) -> Iterator[Duty]:
    for row in desk.status.rows:
        mine = Role.OWNER in desk.member.roles or WHOSE[row.area] & desk.member.roles
        if row.state is State.ATTENTION and mine:
            yield Duty(f"{AREAS[row.area]}: {row.value}", row.detail or row.asks, _page_of(row))


def _page_of(row: StatusRow) -> str:
    """The strategy's own page, where there is one; else its area's."""
    own = f"/{row.area}/{row.strategy.replace('_', '-')}"
    return own if any(place.path == own for place in PLACES) else f"/{row.area}"


def _told(connection: Connection, desk: Desk) -> Iterator[Duty]:
    if Right.NOTICES_READ not in desk.rights:
        return
    for line in inbox(connection, desk.member, only_unread=True, limit=NOTICES):
        yield Duty(line.title, line.asks, line.page or "/notices", "unsure")


def _erasures(connection: Connection, desk: Desk) -> Iterator[Duty]:
    theirs = Right.CUSTOMERS_ERASE in desk.rights and sees_the_house(desk.member)
    waiting = erasures_by_state(connection).get(REQUESTED, 0) if theirs else 0
    if waiting:
        what = "erasure waits" if waiting == 1 else "erasures wait"
        yield Duty(f"{waiting} {what} for a second person", "`fairgo erase --list` names them.", "/privacy")


def _to_decide(desk: Desk) -> Iterator[Duty]:
    if Right.SYSTEMS_APPROVE not in desk.rights:
        return
    for one in desk.registered:
        ready = one.entry is not None and not missing(one.entry.said) and one.answers is not None
        if ready and one.decision is None:
            yield Duty(
                f"Decide about {one.system.name}",
                "Its entry and its tier stand; nobody has decided about this version.",
                f"/systems/{one.system.name}/decide",
            )


def _keys(connection: Connection, desk: Desk) -> Iterator[Duty]:
    if Right.APPLICATIONS_MANAGE not in desk.rights:
        return
    for application in applications.page_of(connection, desk.member.tenant):
        ends = [key.ends_at for key in application.keys]
        lasting = any(at is None or at > desk.at + SOON for at in ends)
        last = max((at for at in ends if at is not None), default=None)
        if application.revoked_at is None and not lasting and last is not None:
            when = f"{last.day} {last:%B}"
            yield Duty(
                f"The key of {application.name} ends {'soon' if last > desk.at else 'here'}",
                f"It ends on {when}, and it has no newer one.",
                "/applications",
            )


def _register(desk: Desk) -> Iterator[Duty]:
    if Right.REGISTER_WRITE not in desk.rights:
        return
    for one, what in unfinished(desk.registered, desk.at):
        part = "tier" if what == "has no tier yet" else "entry"
        yield Duty(
            f"{one.system.name} {what}",
            "Tier and approval need it.",
            f"/systems/{one.system.name}/{part}",
            "unsure",
        )


def _audits(connection: Connection, desk: Desk) -> Iterator[Duty]:
    if Right.AUDITS_RUN not in desk.rights:
        return
    seen = {one.system.name for one in desk.registered} | ({""} if sees_the_house(desk.member) else set())
    newest = next(iter(kept_audits(connection, frozenset(seen), limit=1)), None)
    if newest is None:
        yield Duty("No audit is kept", "`fairgo audit` runs one and keeps it.", "/bias/audits", "unsure")
    elif desk.at - newest.made_at > AUDIT_AGE:
        yield Duty(
            "The newest audit is older than 90 days",
            "`fairgo audit` runs another.",
            "/bias/audits",
            "unsure",
        )
