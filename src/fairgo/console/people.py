"""Staff and applications: who may come in and with which rights; adding, changing and ending, each of it evidence."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute

from fairgo.console.exports import exported
from fairgo.console.frame import ROLES
from fairgo.console.office import Blank, Office
from fairgo.console.tables import Cell, Column, Table, chip, moment, words
from fairgo.core.errors import BadRequest, Conflict, FairgoError, NotFound
from fairgo.ledger.recording import Recording
from fairgo.staff import accounts, applications, forms
from fairgo.staff.accounts import Account, Grant
from fairgo.staff.doors import member_of, page
from fairgo.staff.rights import PERMISSIONS, SCOPES, Member, Right, Role

SEE_OTHER, BAD = 303, 400
STAFF = (
    Column("name", "Name"),
    Column("roles", "Roles"),
    Column("systems", "Systems"),
    Column("until", "Until"),
    Column("standing", "Account"),
    Column("made_at", "Added (UTC)"),
)
APPLICATIONS = (
    Column("name", "Application"),
    Column("scopes", "May"),
    Column("systems", "Systems"),
    Column("keys", "Keys"),
    Column("last_end", "Keys end (UTC)"),
    Column("used", "Last used (UTC)"),
    Column("standing", "State"),
)
STANDING = {"active": "good", "not set up": "unsure", "disabled": "quiet", "revoked": "quiet"}
LIVES = {"30": "30 days", "90": "90 days", "365": "1 year", "": "no end"}
# The fields of the three forms about staff, as the list of what is wrong calls them.
LABELS = {
    "add.name": "Name",
    **{
        f"{which}.{name}": label
        for which in ("add", "role", "access")
        for name, label in (("role", "Role"), ("systems", "Systems"), ("until", "Until"), ("member", "Who"))
    },
}
Form = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Said:
    """What a form said and what is wrong with it, for showing it again; and a secret that is shown this once."""

    typed: Blank
    wrong: Blank
    secret: str = ""
    about: str = ""


NOTHING = Said(Blank(), Blank())


def routes(office: Office) -> Sequence[BaseRoute]:
    """`/staff` and `/applications`, and where their forms go."""

    def show(handler: Callable[[Office, Request], Response]) -> Callable[[Request], Response]:
        return lambda request: handler(office, request)

    def take(handler: Callable[[Office, Request, Form], Response]) -> Callable[[Request], Any]:
        async def posted(request: Request) -> Response:
            form = await forms.read(request)
            return await run_in_threadpool(handler, office, request, form)

        return posted

    staff, apps = Right.STAFF_MANAGE, Right.APPLICATIONS_MANAGE
    return [
        page("/staff", show(_staff), right=Right.STAFF_READ),
        page("/staff/add", take(_add_member), right=staff, methods=["POST"]),
        page("/staff/role", take(_change_role), right=staff, methods=["POST"]),
        page("/staff/access", take(_change_access), right=staff, methods=["POST"]),
        page("/applications", show(_applications), right=Right.APPLICATIONS_READ),
        page("/applications/add", take(_add_application), right=apps, methods=["POST"]),
        page("/applications/end", take(_end_application), right=apps, methods=["POST"]),
    ]


def _staff(office: Office, request: Request, said: Said = NOTHING) -> Response:
    member = member_of(request)
    with office.ledger.store.reading() as connection:
        known = [one for one in accounts.everyone(connection) if member.tenant in one.tenants]
    table = Table(
        "staff",
        "Staff",
        STAFF,
        [_member_row(one, member.tenant) for one in known],
        empty="Nobody has an account yet. `fairgo staff add` makes the first owner.",
    )
    values = {
        "table": table,
        "known": {one.id: one.name for one in known},
        "labels": LABELS,
        "roles": {role.value: ROLES[role] for role in Role},
        "systems": sorted(office.systems(request)),
        "may_manage": office.may(request, Right.STAFF_MANAGE),
        "said": said,
    }
    status = BAD if said.wrong else 200
    return exported(request, table) or office.show(request, "staff.html", values, status=status)


def _member_row(account: Account, tenant: str) -> list[Cell]:
    grants = [grant for grant in account.grants if grant.tenant == tenant]
    ends = [grant.until for grant in grants if grant.until is not None]
    systems = sorted({name for grant in grants for name in grant.systems or ()})
    return [
        words(account.name),
        words(", ".join(ROLES[grant.role] for grant in grants)),
        words(", ".join(systems) or "all"),
        moment(max(ends, default=None)),
        chip(account.standing, STANDING[account.standing]),
        moment(account.made_at),
    ]


def _add_member(office: Office, request: Request, form: Form) -> Response:
    """The link with which they set up their account is shown once, on the page that answers."""
    tenant = member_of(request).tenant

    def work(tx: Recording) -> tuple[str, str]:
        grant = _grant(form, tenant, office.systems(request))
        identity = accounts.create(tx, form.get("name", ""), [grant], by=member_of(request).id)
        return identity, accounts.invite(tx, identity, by=member_of(request).id)

    try:
        with office.ledger.recorded() as tx:
            _identity, token = work(tx)
    except (BadRequest, Conflict) as problem:
        return _staff(office, request, _refused("add", form, problem, "name"))
    return _staff(office, request, Said(Blank(), Blank(), _link(request, token), form.get("name", "")))


def _link(request: Request, token: str) -> str:
    here = request.scope.get("root_path", "")
    return f"{request.base_url.scheme}://{request.base_url.netloc}{here}/sign-in/invited/{token}"


def _refused(which: str, form: Form, problem: FairgoError, usual: str) -> Said:
    """One form of several on a page: what was typed into it, and what is wrong beside which of its fields."""
    typed = Blank({f"{which}.{name}": value for name, value in form.items()})
    return Said(typed, Blank({f"{which}.{_field(problem, usual)}": _words(problem)}))


def _grant(form: Form, tenant: str, mine: frozenset[str]) -> Grant:
    """The role a form gives. Raises BadRequest whose `detail` names the field."""
    role = form.get("role", "")
    if role not in set(Role):
        raise BadRequest("Choose a role.", detail="role")
    chosen = frozenset(name for name in form.get("systems", "").replace(",", " ").split() if name)
    if chosen - mine:
        raise BadRequest("One of these systems does not exist.", detail="systems")
    return Grant(tenant, Role(role), chosen or None, _end_of(form.get("until", "")))


def _end_of(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=UTC) if text else None
    except ValueError:
        raise BadRequest("Write the date as year-month-day, such as 2027-03-31.", detail="until") from None


def _change_role(office: Office, request: Request, form: Form) -> Response:
    member, identity = member_of(request), form.get("member", "")

    def work(tx: Recording) -> None:
        _theirs(tx, identity, member)
        grant = _grant(form, member.tenant, office.systems(request))
        if form.get("what") == "take":
            accounts.take_role(tx, identity, member.tenant, grant.role, by=member.id)
        else:
            accounts.give_role(tx, identity, grant, by=member.id)

    try:
        with office.ledger.recorded() as tx:
            work(tx)
    except (BadRequest, Conflict, NotFound) as problem:
        return _staff(office, request, _refused("role", form, problem, "member"))
    return _back(request, "/staff")


def _change_access(office: Office, request: Request, form: Form) -> Response:
    """Let somebody in no more, or again, or have them set up anew by a link that is shown once."""
    member, identity, what = member_of(request), form.get("member", ""), form.get("what", "")

    def work(tx: Recording) -> tuple[str, str]:
        account = _theirs(tx, identity, member)
        if set(account.tenants) != {member.tenant}:
            raise Conflict("They have a role in another tenant too: take back the one here.", detail="member")
        if what == "end":
            accounts.disable(tx, identity, by=member.id)
        elif what == "again":
            accounts.enable(tx, identity, by=member.id)
        elif what == "anew":
            accounts.reset(tx, identity, by=member.id)
            return account.name, accounts.invite(tx, identity, by=member.id)
        else:
            raise BadRequest("Choose what is to be done.", detail="member")
        return account.name, ""

    try:
        with office.ledger.recorded() as tx:
            name, token = work(tx)
    except (BadRequest, Conflict, NotFound) as problem:
        return _staff(office, request, _refused("access", form, problem, "member"))
    if token:
        return _staff(office, request, Said(Blank(), Blank(), _link(request, token), name))
    return _back(request, "/staff")


def _theirs(tx: Recording, identity: str, member: Member) -> Account:
    """The account. Raises NotFound for one of another tenant, as for none."""
    account = accounts.find(tx.connection, identity)
    if account is None or member.tenant not in account.tenants:
        raise NotFound("Choose somebody of the list.", detail="member")
    return account


def _back(request: Request, path: str) -> Response:
    return RedirectResponse(f"{request.scope.get('root_path', '')}{path}", SEE_OTHER)


def _applications(office: Office, request: Request, said: Said = NOTHING) -> Response:
    tenant = member_of(request).tenant
    with office.ledger.store.reading() as connection:
        known = applications.page_of(connection, tenant)
    table = Table(
        "applications",
        "Applications",
        APPLICATIONS,
        [_application_row(one) for one in known],
        empty="No application may call the API yet.",
    )
    values = {
        "table": table,
        "known": {one.name: one.name for one in known if one.revoked_at is None},
        "scopes": {right.value: PERMISSIONS[right].lets for right in Right if right in SCOPES},
        "lives": LIVES,
        "may_manage": office.may(request, Right.APPLICATIONS_MANAGE),
        "said": said,
    }
    status = BAD if said.wrong else 200
    return exported(request, table) or office.show(request, "applications.html", values, status=status)


def _application_row(one: applications.Application) -> list[Cell]:
    ends = [key.ends_at for key in one.keys if key.ends_at is not None]
    used = [key.used_at for key in one.keys if key.used_at is not None]
    standing = "revoked" if one.revoked_at else "active"
    return [
        words(one.name),
        words(", ".join(sorted(one.scopes))),
        words(", ".join(sorted(one.systems)) if one.systems is not None else "all"),
        words(", ".join(key.prefix for key in one.keys) or "–"),
        moment(max(ends, default=None)),
        moment(max(used, default=None), never="never"),
        chip(standing, STANDING[standing]),
    ]


def _add_application(office: Office, request: Request, form: Form) -> Response:
    """The key is shown once, on the page that answers."""
    member = member_of(request)
    chosen = [name.removeprefix("scope.") for name in form if name.startswith("scope.")]
    try:
        if form.get("days", "") not in LIVES:
            raise BadRequest("Choose how long the key lasts.", detail="days")  # noqa: TRY301 - shown like what the rules below refuse
        scopes = applications.scopes_of(chosen)
        days = int(form["days"]) if form.get("days") else None
        wanted = applications.Wanted(scopes, None, applications.end_of(days, office.clock()))
        with office.ledger.recorded() as tx:
            key = applications.add(tx, form.get("name", "").strip(), member.tenant, wanted, by=member.id)
    except (BadRequest, Conflict) as problem:
        field = "scopes" if not chosen else _field(problem, "name")
        return _applications(office, request, Said(Blank(form), Blank({field: _words(problem)})))
    return _applications(office, request, Said(Blank(), Blank(), key, form.get("name", "")))


def _end_application(office: Office, request: Request, form: Form) -> Response:
    member = member_of(request)

    try:
        with office.ledger.recorded() as tx:
            applications.revoke(tx, member.tenant, form.get("application", ""), by=member.id)
    except (BadRequest, Conflict, NotFound) as problem:
        wrong = Said(Blank(form), Blank({_field(problem, "member"): _words(problem)}))
        return _applications(office, request, wrong)
    return _back(request, "/applications")


def _field(problem: FairgoError, usual: str) -> str:
    return problem.detail if problem.detail in {"role", "systems", "until", "days", "member"} else usual


def _words(problem: FairgoError) -> str:
    return problem.message[:1].upper() + problem.message[1:].removesuffix(".") + "."
