"""A house with a door, for tests: a clock that can be moved, quick hashes, and a browser that keeps its cookies."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyotp
from argon2 import PasswordHasher
from jinja2 import PackageLoader
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Mount
from starlette.testclient import TestClient
from starlette.types import ASGIApp, Receive, Scope, Send

from fairgo.console.frame import around as frame
from fairgo.console.sign_in import app as sign_in
from fairgo.console.sign_in.entrance import Entrance
from fairgo.console.sign_in.guard import Guard
from fairgo.ledger.recording import Ledger
from fairgo.staff import accounts, factors, forms, totp
from fairgo.staff.accounts import Grant
from fairgo.staff.doors import MEMBER, member_of, page
from fairgo.staff.forms import GUARD, FormGuard
from fairgo.staff.passwords import Passwords
from fairgo.staff.rights import Member, Right, Role
from fairgo.web.rendering import Site, templates
from fairgo.web.static import read_assets
from fairgo.web.surface import surface
from tests.ledger.ledgers import opened, running

NOON = datetime(2026, 11, 23, 12, 0, 5, tzinfo=UTC)
PASSWORD = "tram window lemon choir"
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
NAME = "priya"
PAGE = {"accept": "text/html"}
ADDRESS = "198.51.100.7"
# Compiled once for all houses.
PAGES = templates(PackageLoader("fairgo.console", "pages"))
ASSETS = read_assets("fairgo.web", "fairgo.console")


class Hands:
    """A clock whose hands a test moves."""

    def __init__(self, now: datetime = NOON) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **by: float) -> None:
        self.now += timedelta(**by)


@contextmanager
def a_house(folder: Path, hands: Hands) -> Iterator[Ledger]:
    """A running ledger on the clock."""
    with opened(folder, clock=hands) as ledger, running(ledger, checkpoint_seconds=5):
        yield ledger


def an_entrance(ledger: Ledger, **how: Any) -> Entrance:
    """The door of a house."""
    values = {"passwords": Passwords(["Banksia Mobile"], QUICK), "organisation": "Banksia Mobile"}
    return Entrance(ledger, **(values | how))


def a_member(
    ledger: Ledger,
    *,
    name: str = NAME,
    password: str | None = PASSWORD,
    app: bool = True,
    roles: tuple[Role, ...] = (Role.OWNER,),
    tenant: str = "main",
) -> tuple[str, str]:
    """An account that is set up. Gives its id and the secret of its app."""
    secret = totp.new_secret()
    with ledger.recorded() as tx:
        identity = accounts.create(tx, name, [Grant(tenant, role) for role in roles])
        if password is not None:
            accounts.set_password(tx, identity, QUICK.hash(password))
        if app:
            factors.set_app(tx, identity, secret, step=1)
    return identity, secret


def a_console(entrance: Entrance) -> ASGIApp:
    """A small console behind the door: a page to read, a form to send, something dangerous."""

    def look(request: Request) -> Response:
        member = member_of(request)
        return JSONResponse({"id": member.id, "roles": sorted(member.roles), "tenant": member.tenant, "token": forms.token(request)})  # fmt: skip

    async def write(request: Request) -> Response:
        return JSONResponse(await forms.read(request))

    async def rows(request: Request) -> Response:
        return PlainTextResponse("data: x\n\n", media_type="text/event-stream")

    values = frame(entrance.clock, frozenset({"/", "/sign-out"}))
    site = Site(
        PAGES,
        ASSETS,
        {"organisation": "Banksia Mobile", "lang": "en-AU", "direction": "ltr"},
        frank=True,
        around=lambda request: {**values(request), **sign_in.around(request)},
    )
    routes = [
        *sign_in.routes(site, entrance),
        page("/", look, right=Right.ACCOUNT_OWN),
        page("/thing", look, right=Right.STATUS_READ),
        page("/live", rows, right=Right.STATUS_READ),
        page("/thing", write, right=Right.STATUS_READ, methods=["POST"]),
        page("/danger", write, right=Right.STAFF_MANAGE, methods=["POST"]),
    ]
    for route in routes:
        if getattr(route, "clock", None):
            route.clock = entrance.clock  # type: ignore[attr-defined]
    guards = [Middleware(Guard, entrance=entrance)]
    return Starlette(routes=[Mount("/console", surface(site, routes, guards))])


class Browser:
    """A browser with JavaScript off: it follows redirects, keeps cookies, and sends the forms it is shown."""

    def __init__(self, app: ASGIApp, *, address: str = ADDRESS, base: str = "https://localhost") -> None:
        self.client = TestClient(app, base_url=base, client=(address, 50000), headers={**PAGE, "user-agent": "Mozilla/5.0 (X11; Linux x86_64) Chrome/156"})  # fmt: skip
        self.page: Any = None

    def open(self, path: str, **how: Any) -> Any:
        self.page = self.client.get(path, **how)
        return self.page

    @property
    def token(self) -> str:
        """The token of the first form on the page."""
        return self.token_of("")

    def token_of(self, action: str) -> str:
        """The token of the form that goes to this address, else of the first on the page."""
        found = re.search(rf'action="{action}".*?name="token" value="([^"]+)"', self.page.text, re.DOTALL)
        found = found or re.search(r'name="token" value="([^"]+)"', self.page.text)
        return found[1] if found else self.page.json()["token"]

    def send(self, path: str, fields: Mapping[str, str] | None = None, **how: Any) -> Any:
        """Send a form of this page."""
        token = self.token_of(path)
        self.page = self.client.post(path, data={"token": token, **(fields or {})}, **how)
        return self.page

    def enter_password(
        self, name: str = NAME, password: str = PASSWORD, path: str = "/console/sign-in"
    ) -> Any:
        self.open(path)
        return self.send("/console/sign-in", {"name": name, "password": password})

    def sign_in(self, secret: str, hands: Hands, *, path: str = "/console/sign-in") -> Any:
        """By password and the app's code of now. A code counts once, so the clock goes on first."""
        hands.forward(seconds=30)
        self.enter_password(path=path)
        return self.send("/console/sign-in/code", {"code": code_of(secret, hands)})


def code_of(secret: str, hands: Hands) -> str:
    """What the app shows now."""
    return pyotp.TOTP(secret).at(hands.now)


def signed_in(app: ASGIApp, member: Member) -> ASGIApp:
    """An application whose every caller is this member, for tests of pages that have no house behind them."""

    async def call(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            scope[MEMBER] = member
            scope[GUARD] = FormGuard(b"f" * 32, member.id)
        await app(scope, receive, send)

    return call
