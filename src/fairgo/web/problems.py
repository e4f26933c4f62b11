"""Problem replies: a fault with a name tells what to do next; a fault of our own gives a reference number only."""

import logging
import secrets
from collections.abc import Mapping
from http import HTTPStatus

from jinja2 import TemplateError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from fairgo.core.errors import FairgoError, NotAllowed
from fairgo.web.rendering import Site, page

LOG = logging.getLogger(__name__)
PROBLEM_JSON = "application/problem+json"
OURS = "Something went wrong on our side."
TELL_US = "If you tell us about it, give this reference."
HEADINGS: Mapping[int, str] = {
    400: "That could not be read",
    403: "Not allowed",
    404: "Page not found",
    405: "That cannot be done here",
    409: "It changed in the meantime",
    502: "No answer came",
}
UNNAMED: Mapping[int, tuple[str, str]] = {
    404: ("This page does not exist.", "Check the address."),
    405: ("This address does not take that kind of request.", ""),
}


class BrokeOff(Exception):
    """A reply failed after it had begun; the connection must end. Carries the reference only."""


class Problems:
    """Turns everything that is raised inside into a problem reply, and lets no value of it out."""

    def __init__(self, app: ASGIApp, site: Site) -> None:
        self.app = app
        self.site = site

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request. Raises BrokeOff when the reply had begun, so that the server cuts the connection."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        begun = False

        async def send_watched(message: Message) -> None:
            nonlocal begun
            begun = begun or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, receive, send_watched)
        except ClientDisconnect:
            return
        except Exception as error:  # noqa: BLE001 - the one place where nothing may pass
            reference = _record(error)
            if begun:
                raise BrokeOff(f"the reply broke off, reference {reference}") from None
            await problem(self.site, Request(scope), error, reference)(scope, receive, send)


async def http_problem(_: Request, error: Exception) -> Response:
    """The router's own refusals (no such page, no such method) go the same way as every other fault."""
    raise error


def problem(site: Site, request: Request, error: Exception, reference: str) -> Response:
    """A fault as a page when the caller takes HTML, else as problem JSON (RFC 9457).

    A page that cannot be rendered falls back to plain text, so that a broken template still gives the reference.
    """
    headers = error.headers if isinstance(error, HTTPException) else None
    status = status_of(error)
    said = _words(site, error, reference) | {"status": status, "title": HTTPStatus(status).phrase}
    if "text/html" not in request.headers.get("accept", ""):
        return JSONResponse(said, status, headers, media_type=PROBLEM_JSON)
    values = {"problem": said, "heading": HEADINGS.get(status, OURS)}
    try:
        reply = page(site, request, "problem.html", status=status, values=values)
    except TemplateError as broken:
        return PlainTextResponse(f"{OURS} {TELL_US} {_record(broken)}", HTTPStatus.INTERNAL_SERVER_ERROR)
    reply.headers.update(headers or {})
    return reply


def status_of(error: Exception) -> int:
    """The HTTP status of a fault. Not allowed is 403 here: a 401 must name a way to sign in, and pages have none."""
    if isinstance(error, NotAllowed):
        return HTTPStatus.FORBIDDEN
    if isinstance(error, FairgoError):
        return error.status
    return error.status_code if isinstance(error, HTTPException) else HTTPStatus.INTERNAL_SERVER_ERROR


def _words(site: Site, error: Exception, reference: str) -> dict[str, object]:
    status = status_of(error)
    if isinstance(error, FairgoError) and (status < HTTPStatus.INTERNAL_SERVER_ERROR or site.frank):
        return {"detail": error.message, "code": error.code, "hint": error.hint}
    if isinstance(error, HTTPException):
        detail, hint = UNNAMED.get(status, (HTTPStatus(status).phrase, ""))
        return {"detail": detail, "code": "http", "hint": hint}
    code = error.code if isinstance(error, FairgoError) else "fault"
    return {"detail": OURS, "code": code, "hint": TELL_US, "reference": reference}


def _record(error: Exception) -> str:
    """Log class and place of a fault, never its words, and give the reference to find it by."""
    reference = secrets.token_hex(4)
    if status_of(error) >= HTTPStatus.INTERNAL_SERVER_ERROR:
        LOG.error("reference %s: %s at %s", reference, type(error).__qualname__, _place(error))
    return reference


def _place(error: Exception) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return "an unknown place"
    frame = trace.tb_frame
    return f"{frame.f_globals.get('__name__', '?')}.{frame.f_code.co_name}:{trace.tb_lineno}"
