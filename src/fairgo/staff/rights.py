"""The one table of permissions: which right each role has, and what a right takes besides.

Deny by default: what no row grants, nobody may. A route names its right (`fairgo.staff.doors`), never a role.
`docs/reference/rights.md` is generated from this table.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum


class Role(StrEnum):
    """What a staff member is here for. One member may have several."""

    OWNER = "owner"
    ENGINEER = "engineer"
    ANALYST = "analyst"
    PRIVACY_OFFICER = "privacy_officer"
    DESK_AGENT = "desk_agent"
    COMMITTEE_MEMBER = "committee_member"
    AUDITOR = "auditor"
    STAFF = "staff"


class Right(StrEnum):
    """What a route can ask for."""

    ACCOUNT_OWN = "account.own"
    NOTICES_READ = "notices.read"
    STATUS_READ = "status.read"
    SYSTEMS_READ = "systems.read"
    REGISTER_WRITE = "register.write"
    SYSTEMS_APPROVE = "systems.approve"
    CONVERSATIONS_LIST = "conversations.list"
    CONTENT_READ = "content.read"
    EVIDENCE_READ = "evidence.read"
    AUDITS_READ = "audits.read"
    AUDITS_RUN = "audits.run"
    CHOICES_READ = "choices.read"
    CHOICES_WRITE = "choices.write"
    TEXT_REDACT = "text.redact"
    DESK_WORK = "desk.work"
    CUSTOMERS_ERASE = "customers.erase"
    JOBS_READ = "jobs.read"
    JOBS_RUN = "jobs.run"
    STAFF_READ = "staff.read"
    STAFF_MANAGE = "staff.manage"
    APPLICATIONS_READ = "applications.read"
    APPLICATIONS_MANAGE = "applications.manage"
    KEYS_MANAGE = "keys.manage"


class Answer(StrEnum):
    """What the table says to a member who asks."""

    YES = "yes"
    STEP_UP = "step up first"
    NO = "no"


STEP_UP_LASTS = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Permission:
    """One row: a right, what it lets one do, the roles that have it, and what it takes besides.

    `changes` is True when something takes effect by it. `dangerous` rights take a step-up: the member proved again,
    within the last ten minutes, that it is them. `for_applications` says whether an application's key may hold it.
    """

    right: Right
    lets: str
    roles: frozenset[Role]
    changes: bool = False
    dangerous: bool = False
    for_applications: bool = False


EVERYONE = frozenset(Role)
_O, _E, _A, _P = Role.OWNER, Role.ENGINEER, Role.ANALYST, Role.PRIVACY_OFFICER
_D, _C, _X = Role.DESK_AGENT, Role.COMMITTEE_MEMBER, Role.AUDITOR
_ALL_BUT_STAFF = EVERYONE - {Role.STAFF}


def _row(right: Right, lets: str, roles: frozenset[Role] | set[Role], **besides: bool) -> Permission:
    return Permission(right, lets, frozenset(roles), **besides)


TABLE: tuple[Permission, ...] = (
    _row(Right.ACCOUNT_OWN, "see and change one's own account, sessions and settings", EVERYONE),
    _row(Right.NOTICES_READ, "read one's own notices", EVERYONE),
    _row(Right.STATUS_READ, "see the 21 rows and how they stand", EVERYONE, for_applications=True),
    _row(
        Right.SYSTEMS_READ,
        "see the systems, their register entries and their traffic",
        _ALL_BUT_STAFF,
        for_applications=True,
    ),
    _row(Right.REGISTER_WRITE, "edit a system's register entry and answers", {_O, _E}, changes=True),
    _row(Right.SYSTEMS_APPROVE, "approve or refuse a system", {_O, _C}, changes=True),
    _row(
        Right.CONVERSATIONS_LIST,
        "list conversations and their turns without their words",
        {_O, _E, _A, _P, _D, _X},
        for_applications=True,
    ),
    _row(
        Right.CONTENT_READ,
        "read what a customer wrote and was told: states a purpose and leaves evidence",
        {_O, _P, _D},
        changes=True,
    ),
    _row(
        Right.EVIDENCE_READ,
        "see how the evidence stands, events, proofs and receipts",
        _ALL_BUT_STAFF,
        for_applications=True,
    ),
    _row(Right.AUDITS_READ, "read the results of audits", {_O, _E, _A, _P, _C, _X}, for_applications=True),
    _row(Right.AUDITS_RUN, "run an audit and keep its record", {_O, _E, _A}, changes=True),
    _row(Right.CHOICES_READ, "see a customer's choices", {_O, _P, _D}, for_applications=True),
    _row(
        Right.CHOICES_WRITE,
        "pass on a customer's choice",
        {_O, _P, _D},
        changes=True,
        for_applications=True,
    ),
    _row(
        Right.TEXT_REDACT,
        "hide personal information in a text",
        {_O, _E, _A, _P, _D},
        for_applications=True,
    ),
    _row(Right.DESK_WORK, "take conversations at the desk and answer customers", {_O, _D}, changes=True),
    _row(Right.CUSTOMERS_ERASE, "erase a customer for good", {_O, _P}, changes=True, dangerous=True),
    _row(
        Right.JOBS_READ, "see schedules, jobs and dead letters", {_O, _E, _A, _P, _X}, for_applications=True
    ),
    _row(Right.JOBS_RUN, "start, retry and stop jobs", {_O, _E}, changes=True, for_applications=True),
    _row(Right.STAFF_READ, "see who has an account and which roles", {_O, _P, _X}),
    _row(
        Right.STAFF_MANAGE,
        "add, change and remove staff accounts",
        {_O},
        changes=True,
        dangerous=True,
    ),
    _row(Right.APPLICATIONS_READ, "see the applications and their scopes", {_O, _E, _P, _X}),
    _row(
        Right.APPLICATIONS_MANAGE,
        "make, rotate and revoke applications' keys",
        {_O, _E},
        changes=True,
        dangerous=True,
    ),
    _row(
        Right.KEYS_MANAGE,
        "make and revoke the gateway's keys, rotate signing keys",
        {_O, _E},
        changes=True,
        dangerous=True,
    ),
)
PERMISSIONS: Mapping[Right, Permission] = {row.right: row for row in TABLE}
GRANTS: Mapping[Role, frozenset[Right]] = {
    role: frozenset(row.right for row in TABLE if role in row.roles) for role in Role
}
DANGEROUS = frozenset(row.right for row in TABLE if row.dangerous)
SCOPES = frozenset(row.right for row in TABLE if row.for_applications)


@dataclass(frozen=True, slots=True)
class Member:
    """Who is asking: a staff member who signed in, or an application with a key (`roles` empty, `scopes` set).

    `systems` narrows what they see to these systems of their tenant; None is all of them. An auditor always has both
    `systems` and `until`: without either they may do nothing. `stepped_up_at` is when they last proved anew that it
    is them. `demo` is True for the demo's visitor, who is told so on every page.
    """

    id: str
    name: str
    roles: frozenset[Role]
    tenant: str = "main"
    systems: frozenset[str] | None = None
    until: datetime | None = None
    stepped_up_at: datetime | None = None
    demo: bool = False
    scopes: frozenset[Right] = field(default_factory=frozenset)

    @property
    def rights(self) -> frozenset[Right]:
        """What the table grants to any of their roles, and an application's scopes; step-up and expiry aside."""
        return frozenset().union(*(GRANTS[role] for role in self.roles), self.scopes & SCOPES)


def answer(member: Member | None, right: Right, *, system: str | None = None, at: datetime) -> Answer:
    """What the table says: yes, no, or only after a step-up. `system`, when given, must be within the member's scope.

    That the system is one of the member's tenant is the policy's to say: `fairgo.staff.doors.systems_of`.
    """
    if member is None or right not in member.rights or not _in_force(member, at):
        return Answer.NO
    if system is not None and member.systems is not None and system not in member.systems:
        return Answer.NO
    if right in DANGEROUS and not _stepped_up(member, at):
        return Answer.STEP_UP
    return Answer.YES


def allowed(member: Member | None, right: Right, *, system: str | None = None, at: datetime) -> bool:
    """True only when the answer is a plain yes."""
    return answer(member, right, system=system, at=at) is Answer.YES


def _in_force(member: Member, at: datetime) -> bool:
    if member.until is not None and at >= member.until:
        return False
    # An auditor comes from outside, for a time and for some systems.
    return Role.AUDITOR not in member.roles or (member.until is not None and member.systems is not None)


def _stepped_up(member: Member, at: datetime) -> bool:
    return member.stepped_up_at is not None and at - member.stepped_up_at < STEP_UP_LASTS
