"""Visitors: an opaque random name in a signed cookie. It is all that ties a browser to its conversation."""

import re

from starlette.requests import Request
from starlette.responses import Response

from fairgo.core.errors import NotAllowed
from fairgo.web.forms import random_name, sign, unsign

COOKIE = "fairgo-visitor"
DAYS = 30
NAME = re.compile(r"[A-Za-z0-9_-]{22}")


def known_visitor(request: Request, secret: bytes) -> str | None:
    """The visitor whom the request's cookie names, or None when there is none or its signature does not fit."""
    name = unsign(secret, COOKIE, request.cookies.get(COOKIE, ""))
    return name if name is not None and NAME.fullmatch(name) else None


def visitor_or_new(request: Request, secret: bytes) -> str:
    """The visitor whom the request names, or a new one."""
    return known_visitor(request, secret) or random_name()


def visitor_named(request: Request, secret: bytes) -> str:
    """The visitor whom the request names. Raises NotAllowed when it names none."""
    visitor = known_visitor(request, secret)
    if visitor is None:
        raise NotAllowed(
            "This page needs one cookie, to know which chat is yours.",
            hint="Allow cookies for this site, then open the page again.",
        )
    return visitor


def remember(request: Request, response: Response, secret: bytes, visitor: str) -> None:
    """Put the visitor's cookie on a reply, for another 30 days."""
    response.set_cookie(
        COOKIE,
        sign(secret, COOKIE, visitor),
        max_age=DAYS * 24 * 3600,
        path=request.scope.get("root_path", "") or "/",
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="lax",
    )
