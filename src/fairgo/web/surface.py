"""A surface: routes behind the guards, in the one order that is right."""

from collections.abc import Sequence

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.routing import BaseRoute

from fairgo.web.guards import SameOrigin, SecurityHeaders
from fairgo.web.problems import Problems, http_problem
from fairgo.web.rendering import Site


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
