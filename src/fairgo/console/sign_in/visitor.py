"""The demo's visitor: signed in without an account, in a role that can be switched, and told so on every page.

Only the demo's own house gives an entrance this (`Entrance.demo_systems`), and it answers on this machine alone.
"""

from datetime import timedelta
from http import HTTPStatus

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from fairgo.console.sign_in import cookies
from fairgo.console.sign_in.entrance import Entrance, safe_next
from fairgo.core.errors import BadRequest, NotFound
from fairgo.staff import forms
from fairgo.staff.doors import MEMBER
from fairgo.staff.forms import GUARD, FormGuard
from fairgo.staff.rights import Member, Role
from fairgo.web.forms import random_name, sign, unsign

VISITOR = "demo"
NAME = "Demo visitor"
AUDITOR_FOR = timedelta(days=1)
BROWSER = "fairgo.demo.browser"


async def visit(app: ASGIApp, entrance: Entrance, call: tuple[Scope, Receive, Send]) -> None:
    """One request of the demo's visitor; a browser that comes for the first time gets a name of its own."""
    scope, receive, send = call
    request = Request(scope)
    known = _read(entrance, request)
    role, browser = known or (Role.OWNER, random_name())
    scope[MEMBER] = _member(entrance, role)
    scope[GUARD] = FormGuard(entrance.secret("form"), browser)
    scope[BROWSER] = browser

    async def remembering(message: Message) -> None:
        if known is None and message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            if "public" not in headers.get("cache-control", ""):
                headers.append("set-cookie", _cookie(entrance, role, browser))
        await send(message)

    await app(scope, receive, remembering)


async def switch(entrance: Entrance, request: Request) -> Response:
    """Go on in another role. Raises NotFound outside the demo, BadRequest for a role nobody knows."""
    if not entrance.demo:
        raise NotFound("There is nothing here.")
    fields = await forms.read(request)
    wanted = fields.get("role", "")
    if wanted not in set(Role):
        raise BadRequest("There is no such role.")
    response = RedirectResponse(safe_next(request, fields.get("next", "")), HTTPStatus.SEE_OTHER)
    response.headers.append("set-cookie", _cookie(entrance, Role(wanted), str(request.scope[BROWSER])))
    return response


def _member(entrance: Entrance, role: Role) -> Member:
    now = entrance.clock()
    auditor = role is Role.AUDITOR
    return Member(
        id=VISITOR,
        name=NAME,
        roles=frozenset({role}),
        systems=entrance.demo_systems if auditor else None,
        until=now + AUDITOR_FOR if auditor else None,
        stepped_up_at=now,
        demo=True,
    )


def _read(entrance: Entrance, request: Request) -> tuple[Role, str] | None:
    said = unsign(entrance.secret("demo"), "demo", request.cookies.get(cookies.DEMO, "")) or ""
    role, _, browser = said.partition(".")
    return (Role(role), browser) if browser and role in set(Role) else None


def _cookie(entrance: Entrance, role: Role, browser: str) -> str:
    carrier = Response()
    cookies.keep_demo(carrier, sign(entrance.secret("demo"), "demo", f"{role.value}.{browser}"))
    return carrier.headers["set-cookie"]
