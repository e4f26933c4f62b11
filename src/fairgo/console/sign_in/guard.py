"""Who is asking: the middleware in front of every page of the console.

It finds the session behind the cookie and puts the member where the doors look for them. What a door refuses because
nobody is signed in, or because they must prove anew that it is them, becomes a way to do so; what was typed is kept.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from urllib.parse import quote

from sqlalchemy import Connection
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from fairgo.console.sign_in import cookies, visitor
from fairgo.console.sign_in.entrance import SIGN_IN, Entrance, here_of
from fairgo.core.errors import FairgoError, SignInNeeded, StepUpNeeded
from fairgo.staff import accounts, kept, sessions
from fairgo.staff.doors import MEMBER
from fairgo.staff.forms import FIELD, GUARD, FormGuard
from fairgo.staff.rights import Member
from fairgo.staff.sessions import Session
from fairgo.web.forms import FORM, read_form
from fairgo.web.guards import SAFE_METHODS

SESSION = "fairgo.session"
TENANTS = "fairgo.tenants"
FRESH = timedelta(minutes=1)  # a cookie that is younger is not written anew


@dataclass(frozen=True, slots=True)
class Found:
    """Whoever a request's cookie names, and where they have a role now. `member` is None when the session is over."""

    session: Session
    member: Member | None
    tenants: tuple[str, ...] = ()
    renewed: str = ""


class Guard:
    """Puts the member, their session and their forms' guard into the scope, or nothing."""

    def __init__(self, app: ASGIApp, entrance: Entrance) -> None:
        self.app = app
        self.entrance = entrance

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
        elif self.entrance.demo:
            await visitor.visit(self.app, self.entrance, (scope, receive, send))
        else:
            await self._guarded(scope, receive, send)

    async def _guarded(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        found = await self._found(request)
        scope[MEMBER] = found.member if found else None
        if found and found.member:
            scope[SESSION] = found.session
            scope[TENANTS] = found.tenants
            scope[GUARD] = FormGuard(self.entrance.secret("form"), found.session.id)
        begun = False

        async def renewing(message: Message) -> None:
            nonlocal begun
            begun = begun or message["type"] == "http.response.start"
            if found and found.renewed and message["type"] == "http.response.start":
                _renew(MutableHeaders(scope=message), found.renewed)
            await send(message)

        try:
            await self.app(scope, receive, renewing)
        except (SignInNeeded, StepUpNeeded) as needed:
            if begun or not _is_browser(request):
                raise
            await (await self._way_in(request, found, needed))(scope, receive, send)

    async def _found(self, request: Request) -> Found | None:
        read = sessions.read_cookie(self.entrance.secret("cookie"), request.cookies.get(cookies.SESSION, ""))
        if read is None:
            return None
        token, used = read
        now = self.entrance.clock()
        found = await self.entrance.read(_session_and_member, token, now)
        if found is None:
            return None
        session, member, tenants = found
        idle = now.timestamp() - used
        if session.ends_at <= now or idle >= self.entrance.idle.total_seconds():
            return Found(session, None)
        # A page that listens for news in the background is nobody doing something.
        works = "text/event-stream" not in request.headers.get("accept", "")
        stale = works and idle >= FRESH.total_seconds()
        secret = self.entrance.secret("cookie")
        return Found(session, member, tenants, sessions.cookie_value(secret, token, now) if stale else "")

    async def _way_in(self, request: Request, found: Found | None, needed: FairgoError) -> Response:
        here = here_of(request)
        page = "/again" if isinstance(needed, StepUpNeeded) else ""
        wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        if request.method not in SAFE_METHODS:
            wanted = f"{here}/"
            if found and await self._kept(request, found):
                page = f"{page}?kept=1"
        join = "&" if "?" in page else "?"
        return RedirectResponse(
            f"{here}{SIGN_IN}{page}{join}next={quote(wanted, safe='/')}", HTTPStatus.SEE_OTHER
        )

    async def _kept(self, request: Request, found: Found) -> bool:
        """True when what was sent is kept: a form that a page of this very session made. No password ever is."""
        own = (f"{here_of(request)}{SIGN_IN}", f"{here_of(request)}/account", f"{here_of(request)}/sign-out")
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind != FORM or request.url.path.startswith(own):
            return False
        try:
            fields = await read_form(request)
            FormGuard(self.entrance.secret("form"), found.session.id).check(fields.pop(FIELD, ""))
        except FairgoError:
            return False
        member, path = found.session.member, request.url.path
        await self.entrance.write(lambda tx: kept.keep(tx, member, path, fields))
        return True


def session_of(request: Request) -> Session:
    """The session that a page is shown to. Raises SignInNeeded when there is none."""
    session = request.scope.get(SESSION)
    if not isinstance(session, Session):
        raise SignInNeeded("Sign in first.", hint="The session may have ended.")
    return session


def _session_and_member(
    connection: Connection, token: str, now: datetime
) -> tuple[Session, Member | None, tuple[str, ...]] | None:
    session = sessions.named_by(connection, token)
    account = None if session is None else accounts.find(connection, session.member)
    if session is None or account is None:
        return None
    member = accounts.as_member(account, session.tenant, at=now, stepped_up_at=session.stepped_up_at)
    open_to_them = tuple(one for one in account.tenants if accounts.as_member(account, one, at=now))
    return session, member, open_to_them


def _renew(headers: MutableHeaders, value: str) -> None:
    """Write the last use into the cookie, unless the page has just set it itself, or the reply is kept by caches."""
    if "public" in headers.get("cache-control", "") or cookies.SESSION in headers.get("set-cookie", ""):
        return
    carrier = Response()
    cookies.keep_session(carrier, value)
    headers.append("set-cookie", carrier.headers["set-cookie"])


def _is_browser(request: Request) -> bool:
    """True for whoever takes pages; programs get a problem reply."""
    return "text/html" in request.headers.get("accept", "")
