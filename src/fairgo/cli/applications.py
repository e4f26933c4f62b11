"""`fairgo application`: the company's programs that call `/api`, their scopes and their keys."""

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fairgo.cli.serving import Data, Json, Policy, show
from fairgo.core.policy import MAIN

if TYPE_CHECKING:
    from fairgo.staff.applications import Application

BY = "command"  # who acts when nobody is signed in: whoever may run commands on this machine
Name = Annotated[str, typer.Argument(metavar="NAME", help="small letters, digits and -")]
Tenant = Annotated[str, typer.Option(help="the tenant it belongs to")]
Days = Annotated[
    int, typer.Option("--days", help="after how many days the key ends; 0 is never", min=0, max=731)
]

app = typer.Typer(
    name="application", help="Programs that call /api: their keys and scopes.", no_args_is_help=True
)


@app.command()
def add(
    name: Name,
    scopes: Annotated[str, typer.Option(help="rights with commas between: systems.read,audits.read")],
    *,
    systems: Annotated[str, typer.Option(help="systems with commas between; none is all of the tenant")] = "",
    tenant: Tenant = MAIN,
    days: Days = 365,
    policy: Policy = Path(),
    data: Data = Path("data"),
    as_json: Json = False,
) -> None:
    """Add an application and print its key. It is shown once: only its hash is kept."""
    from fairgo.ledger.house import visiting
    from fairgo.staff import applications

    with visiting(policy, data) as house:
        own = _systems(house, tenant, systems)
        with house.ledger.recorded() as tx:
            ends_at = applications.end_of(days or None, tx.moment)
            wanted = applications.Wanted(applications.scopes_of(_words(scopes)), own, ends_at)
            key = applications.add(tx, name, tenant, wanted, by=BY)
    show({"application": name, "tenant": tenant, "key": key}, as_json, key)


@app.command("list")
def list_(
    tenant: Tenant = MAIN, policy: Policy = Path(), data: Data = Path("data"), as_json: Json = False
) -> None:
    """Show the applications of a tenant: scopes, and each key's beginning, end and last use."""
    from fairgo.ledger.house import visiting
    from fairgo.staff import applications

    with visiting(policy, data, existing=True) as house, house.store.reading() as connection:
        found = applications.page_of(connection, tenant)
    lines = [line for one in found for line in _lines(one)]
    show([_value(one) for one in found], as_json, "\n".join(lines) or "no application yet")


@app.command()
def rotate(
    name: Name,
    *,
    tenant: Tenant = MAIN,
    days: Days = 365,
    overlap: Annotated[
        int, typer.Option("--overlap-hours", help="how long the keys there are go on", min=0, max=720)
    ] = 24,
    policy: Policy = Path(),
    data: Data = Path("data"),
    as_json: Json = False,
) -> None:
    """Print another key for an application; those there are end after the overlap."""
    from fairgo.ledger.house import visiting
    from fairgo.staff import applications

    with visiting(policy, data, existing=True) as house, house.ledger.recorded() as tx:
        ends_at = applications.end_of(days or None, tx.moment)
        key = applications.rotate(tx, tenant, name, ends_at=ends_at, overlap=timedelta(hours=overlap), by=BY)
    show({"application": name, "tenant": tenant, "key": key}, as_json, key)


@app.command()
def revoke(
    name: Name,
    tenant: Tenant = MAIN,
    policy: Policy = Path(),
    data: Data = Path("data"),
    as_json: Json = False,
) -> None:
    """Revoke an application: its keys open nothing from now on."""
    from fairgo.ledger.house import visiting
    from fairgo.staff import applications

    with visiting(policy, data, existing=True) as house, house.ledger.recorded() as tx:
        applications.revoke(tx, tenant, name, by=BY)
    show({"application": name, "tenant": tenant, "revoked": True}, as_json, f"{name}: revoked")


def _words(said: str) -> list[str]:
    return [word.strip() for word in said.split(",") if word.strip()]


def _systems(house: Any, tenant: str, said: str) -> frozenset[str] | None:
    """The systems an application is for. Raises NotFound for a tenant or a system that the policy does not have."""
    from fairgo.core.errors import NotFound, nearest

    own = {name for name, system in house.policy.systems.items() if system.tenant == tenant}
    if not own:
        known = {system.tenant for system in house.policy.systems.values()}
        raise NotFound(f"no system of the policy belongs to a tenant {tenant!r}", hint=nearest(tenant, known))
    for name in _words(said):
        if name not in own:
            raise NotFound(f"no system {name!r} in the tenant {tenant!r}", hint=nearest(name, own))
    return frozenset(_words(said)) or None


def _value(one: "Application") -> dict[str, Any]:
    return {
        "application": one.name,
        "tenant": one.tenant,
        "scopes": sorted(one.scopes),
        "systems": None if one.systems is None else sorted(one.systems),
        "revoked": one.revoked_at is not None,
        "keys": [
            {
                "prefix": key.prefix,
                "ends_at": None if key.ends_at is None else key.ends_at.isoformat(),
                "used_at": None if key.used_at is None else key.used_at.isoformat(),
            }
            for key in one.keys
        ],
    }


def _lines(one: "Application") -> list[str]:
    systems = "all systems" if one.systems is None else ", ".join(sorted(one.systems))
    state = " (revoked)" if one.revoked_at is not None else ""
    keys = [
        f"  {key.prefix}…  ends {key.ends_at.date() if key.ends_at else 'never'}, "
        f"last used {key.used_at.strftime('%Y-%m-%d %H:00 UTC') if key.used_at else 'never'}"
        for key in one.keys
    ]
    return [f"{one.name}{state}: {', '.join(sorted(one.scopes))}; {systems}", *keys]
