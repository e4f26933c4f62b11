"""A surface: routes behind the guards, in the one order that is right."""

import re
from collections.abc import Sequence

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.routing import BaseRoute, Mount
from starlette.types import ASGIApp

from fairgo.web.guards import SameOrigin, SecurityHeaders
from fairgo.web.problems import Problems, http_problem
from fairgo.web.rendering import Site


def mounted(path: str, app: ASGIApp) -> Mount:
    """An application under a path, whatever stands behind it: a line break in an address gets its own refusal too."""
    mount = Mount(path, app)
    mount.path_regex = re.compile(mount.path_regex.pattern, re.DOTALL)
    return mount


def surface(site: Site, routes: Sequence[BaseRoute], guards: Sequence[Middleware] = ()) -> Starlette:
    """An application whose every reply has the security headers and whose every fault is a problem reply.

    Headers are outermost, so that a refusal has them too; then the problem replies; then `guards`, which say who may
    come in; then the same-origin check; then the routes and the static files.
    """
    return Starlette(
        routes=[*routes, site.assets.route],
        middleware=[
            Middleware(SecurityHeaders),
            Middleware(Problems, site=site),
            *guards,
            Middleware(SameOrigin),
        ],
        exception_handlers={HTTPException: http_problem},
    )
