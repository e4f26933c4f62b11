"""`fairgo staff`: who may sign in to the console, and with which roles."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fairgo.cli.serving import Data, Json, Policy, show
from fairgo.core.errors import BadRequest, NotFound, nearest
from fairgo.core.policy import MAIN

if TYPE_CHECKING:
    from collections.abc import Callable

    from fairgo.ledger.house import House
    from fairgo.ledger.recording import Recording
    from fairgo.staff.accounts import Account, Grant

Name = Annotated[str, typer.Argument(metavar="NAME", help="the name they sign in with")]
Tenant = Annotated[str, typer.Option(help="the tenant in which they have the role")]
Systems = Annotated[
    str, typer.Option(help="systems with commas between; none is all of the tenant; an auditor needs some")
]
Until = Annotated[str, typer.Option(help="the day on which the role ends: YYYY-MM-DD; an auditor needs one")]

app = typer.Typer(name="staff", help="Who may sign in to the console, and as what.", no_args_is_help=True)


@app.command()
def add(
    name: Name,
    role: Annotated[list[str], typer.Option(help="owner, engineer, analyst, …; may be given again")],
    *,
    tenant: Tenant = MAIN,
    systems: Systems = "",
    until: Until = "",
    password: Annotated[
        bool, typer.Option("--password", help="ask for a password here, or read it from standard input")
    ] = False,
    policy: Policy = Path(),
    data: Data = Path("data"),
    as_json: Json = False,
) -> None:
    """Add somebody, and print the link with which they set up their account, once, within a day."""
    from fairgo.ledger.house import visiting
    from fairgo.staff import accounts

    with visiting(policy, data) as house:
        grants = [_grant(house, one, tenant, systems, until) for one in role]
        hashed = _password(house, name) if password else ""
        with house.ledger.recorded() as tx:
            identity = accounts.create(tx, name, grants)
            if hashed:
                accounts.set_password(tx, identity, hashed)
            link = "" if hashed else _link(house, accounts.invite(tx, identity))
    said = {"name": name, "id": identity, "roles": role, "tenant": tenant, "link": link}
    after = "they set up an app or a passkey at their first sign-in"
    show(said, as_json, link or f"{name}: added; {after}")


@app.command("list")
def list_(policy: Policy = Path(), data: Data = Path("data"), as_json: Json = False) -> None:
    """Show everybody: their roles, and whether their account is set up."""
    from fairgo.ledger.house import visiting
    from fairgo.staff import accounts

    with visiting(policy, data, existing=True) as house, house.store.reading() as connection:
        found = accounts.everyone(connection)
    lines = [f"{one.name:24} {one.standing:12} {_roles(one)}" for one in found]
    show([_value(one) for one in found], as_json, "\n".join(lines) or "nobody yet")


@app.command()
def role(
    name: Name,
    role: Annotated[str, typer.Argument(metavar="ROLE")],
    *,
    tenant: Tenant = MAIN,
    systems: Systems = "",
    until: Until = "",
    take: Annotated[bool, typer.Option("--take", help="take the role back")] = False,
    policy: Policy = Path(),
    data: Data = Path("data"),
    as_json: Json = False,
) -> None:
    """Give somebody a role, or take one back; in force on their next click."""
    from fairgo.staff import accounts
    from fairgo.staff.rights import Role

    def work(house: "House", tx: "Recording", account: "Account") -> None:
        if take:
            accounts.take_role(tx, account.id, tenant, Role(_role(role)))
        else:
            accounts.give_role(tx, account.id, _grant(house, role, tenant, systems, until))

    _change(policy, data, name, work)
    said = {"name": name, "role": role, "tenant": tenant, "taken": take}
    show(said, as_json, f"{name}: {role} in {tenant}{' taken back' if take else ''}")


@app.command()
def disable(name: Name, policy: Policy = Path(), data: Data = Path("data"), as_json: Json = False) -> None:
    """Let somebody in no more, and end their sessions. What they did stays theirs in the evidence."""
    from fairgo.staff import accounts

    _change(policy, data, name, lambda _house, tx, account: accounts.disable(tx, account.id))
    show({"name": name, "disabled": True}, as_json, f"{name}: disabled")


@app.command()
def enable(name: Name, policy: Policy = Path(), data: Data = Path("data"), as_json: Json = False) -> None:
    """Let somebody in again who was disabled."""
    from fairgo.staff import accounts

    _change(policy, data, name, lambda _house, tx, account: accounts.enable(tx, account.id))
    show({"name": name, "disabled": False}, as_json, f"{name}: may sign in again")


@app.command()
def reset(name: Name, policy: Policy = Path(), data: Data = Path("data"), as_json: Json = False) -> None:
    """Take away password, app, passkeys and recovery codes, and print a new link. For who lost them all."""
    from fairgo.staff import accounts

    def work(house: "House", tx: "Recording", account: "Account") -> str:
        if account.login is None:
            raise BadRequest("this account is the provider's to reset", hint="ask who runs the provider")
        accounts.reset(tx, account.id)
        return _link(house, accounts.invite(tx, account.id))

    link = _change(policy, data, name, work)
    show({"name": name, "link": link}, as_json, link)


@app.command()
def sessions(
    name: Name,
    *,
    revoke: Annotated[str, typer.Option(help="end this one (its id), or `all`", metavar="ID")] = "",
    policy: Policy = Path(),
    data: Data = Path("data"),
    as_json: Json = False,
) -> None:
    """Show where somebody is signed in, or end it."""
    from fairgo.ledger.house import visiting
    from fairgo.staff import accounts
    from fairgo.staff import sessions as kept

    def work(_house: "House", tx: "Recording", account: "Account") -> None:
        if revoke != "all":
            kept.end(tx, revoke, account.id, reason="revoked")
        elif not kept.end_all(tx, account.id, reason="revoked"):
            raise NotFound("they are not signed in anywhere")

    if revoke:
        _change(policy, data, name, work)
    with visiting(policy, data, existing=True) as house, house.store.reading() as connection:
        account = accounts.named(connection, name)
        found = kept.of_member(connection, account.id, at=house.ledger.clock())
    said = [
        {"id": one.id, "device": one.device, "way": one.way, "tenant": one.tenant}
        | {"since": one.made_at.isoformat(), "ends": one.ends_at.isoformat()}
        for one in found
    ]
    lines = [
        f"{one.id}  {one.made_at:%Y-%m-%d %H:%M} UTC  {one.device}, by {one.way.replace(' ', ' and ')}"
        for one in found
    ]
    show(said, as_json, "\n".join(lines) or "signed in nowhere")


def _change(policy: Path, data: Path, name: str, work: "Callable[[House, Recording, Account], Any]") -> Any:
    from fairgo.ledger.house import visiting
    from fairgo.staff import accounts

    with visiting(policy, data, existing=True) as house, house.ledger.recorded() as tx:
        return work(house, tx, accounts.named(tx.connection, name))


def _link(house: "House", token: str) -> str:
    base = house.settings.console_address or f"http://localhost:{house.settings.port}"
    return f"{base}/console/sign-in/invited/{token}"


def _password(house: "House", name: str) -> str:
    """The hash of a password from the terminal or from standard input; never from an argument, which others could see."""
    from getpass import getpass

    from fairgo.staff.passwords import Passwords

    if sys.stdin.isatty():
        said = getpass("Password: ")
        if getpass("The same once more: ") != said:
            raise BadRequest("the two do not say the same")
    else:
        said = sys.stdin.readline().rstrip("\r\n")
    passwords = Passwords([house.policy.organisation.name, house.policy.organisation.ledger_origin])
    complaint = passwords.complaint(said, about=[name])
    if complaint:
        raise BadRequest("this cannot be a password", hint=complaint)
    return passwords.hashed(said)


def _role(said: str) -> str:
    from fairgo.staff.rights import Role

    if said not in set(Role):
        raise NotFound(f"no role {said!r}", hint=nearest(said, [role.value for role in Role]))
    return said


def _grant(house: "House", role: str, tenant: str, systems: str, until: str) -> "Grant":
    """What a role is given for. Raises NotFound for what the policy does not have, BadRequest for what is no day."""
    from fairgo.staff.accounts import Grant
    from fairgo.staff.rights import Role

    own = {name for name, system in house.policy.systems.items() if system.tenant == tenant}
    if not own:
        known = {system.tenant for system in house.policy.systems.values()}
        raise NotFound(f"no system of the policy belongs to a tenant {tenant!r}", hint=nearest(tenant, known))
    wanted = frozenset(word.strip() for word in systems.split(",") if word.strip())
    for name in wanted - own:
        raise NotFound(f"no system {name!r} in the tenant {tenant!r}", hint=nearest(name, own))
    try:
        day = datetime.strptime(until, "%Y-%m-%d").replace(tzinfo=UTC) if until else None
    except ValueError:
        raise BadRequest(f"{until!r} is no day", hint="YYYY-MM-DD") from None
    if day is not None and day <= house.ledger.clock():
        raise BadRequest("this day is over already", hint="--until takes a day to come")
    return Grant(tenant, Role(_role(role)), wanted or None, day)


def _roles(account: "Account") -> str:
    return ", ".join(
        grant.role.value if grant.tenant == MAIN else f"{grant.role.value} ({grant.tenant})"
        for grant in account.grants
    )


def _value(account: "Account") -> dict[str, Any]:
    return {
        "name": account.name,
        "id": account.id,
        "standing": account.standing,
        "provider": account.issuer,
        "app": account.totp is not None,
        "passkeys": account.passkeys,
        "roles": [
            {
                "role": grant.role.value,
                "tenant": grant.tenant,
                "systems": None if grant.systems is None else sorted(grant.systems),
                "until": None if grant.until is None else grant.until.isoformat(),
            }
            for grant in account.grants
        ],
    }
