"""Signing in as one thing for the console: its routes, and what it needs of a house."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from urllib.parse import urlsplit

from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.routing import BaseRoute

from fairgo.console.sign_in import account, again, enrolling, entering, leaving, providing
from fairgo.console.sign_in.entrance import Entrance
from fairgo.console.sign_in.guard import TENANTS, Guard
from fairgo.console.sign_in.showing import Desk
from fairgo.ledger.house import House
from fairgo.staff.doors import MEMBER
from fairgo.staff.oidc import Provider
from fairgo.staff.passwords import Passwords
from fairgo.staff.rights import Member, Role
from fairgo.store.keys import read_secret_file
from fairgo.web.guards import LOOPBACK_HOSTS, Hosts, LoopbackOnly
from fairgo.web.rendering import Site


def entrance(house: House, *, demo: bool = False) -> Entrance:
    """The door of a house, as its settings and its policy say.

    Raises Misconfigured when the provider cannot be used as it is configured.
    """
    settings, policy = house.settings, house.policy
    configured = policy.staff.provider
    context = [policy.organisation.name, policy.organisation.ledger_origin, *policy.systems]
    return Entrance(
        ledger=house.ledger,
        passwords=Passwords(context),
        organisation=policy.organisation.name,
        address=settings.console_address,
        proxies=frozenset(part.strip() for part in settings.console_proxies.split(",") if part.strip()),
        idle=timedelta(minutes=settings.session_idle_minutes),
        lasts=timedelta(hours=settings.session_hours),
        provider=None
        if configured is None
        else Provider(configured, read_secret_file(settings.oidc_secret_file)),
        demo_systems=frozenset(policy.systems) if demo else None,
    )


def guards(entrance: Entrance) -> Sequence[Middleware]:
    """Who may come in at all, and who they are. Without an https address, and in the demo, only this machine may."""
    host = urlsplit(entrance.address).hostname
    near = LOOPBACK_HOSTS if entrance.demo or host is None else {*LOOPBACK_HOSTS, host}
    only_here = [Middleware(LoopbackOnly)] if entrance.demo or host is None else []
    return [Middleware(Hosts, allowed=near), *only_here, Middleware(Guard, entrance=entrance)]


def routes(site: Site, entrance: Entrance) -> Sequence[BaseRoute]:
    """Everything about signing in and about one's own account."""
    desk = Desk(site, entrance)
    return [
        *entering.routes(desk),
        *enrolling.routes(desk),
        *again.routes(desk),
        *providing.routes(desk),
        *leaving.routes(site, entrance),
        *account.routes(site, entrance),
    ]


def around(request: Request) -> Mapping[str, object]:
    """What the frame shows of it: the tenants to go over to; the demo's roles, which is taken, and where switching leads."""
    member = request.scope.get(MEMBER)
    tenants = {"tenants": request.scope.get(TENANTS, ())}
    if not isinstance(member, Member) or not member.demo:
        return {"demo_role": "", "demo_roles": (), "demo_next": "", **tenants}
    return {
        **tenants,
        "demo_role": next(iter(member.roles)).value,
        "demo_roles": [(role.value, role.value.replace("_", " ")) for role in Role],
        "demo_next": request.url.path if request.method == "GET" else "",
    }
