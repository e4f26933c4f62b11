"""Doors: every route names the right it takes, or says why it is open to all. A house test walks them.

Who asks is in `scope["fairgo.member"]` (a Member or None), put there by the session's or the key's middleware.
A door that stays shut raises an error of `fairgo.core.errors`, before the form is read:

- `SignInNeeded` (401): nobody is signed in. The session's middleware turns it into a redirect for a page.
- `StepUpNeeded` (403): allowed, once they have proved anew that it is them.
- `NotAllowed` (403): the table says no.
"""

from collections.abc import Callable, Sequence
from typing import Any

from fastapi import APIRouter, Request
from fastapi.routing import APIRoute
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from fairgo.core.clock import Clock, system_clock
from fairgo.core.errors import NotAllowed, NotFound, SignInNeeded, StepUpNeeded
from fairgo.core.policy import MAIN, Policy
from fairgo.staff.rights import PERMISSIONS, Answer, Member, Right, answer
from fairgo.web.open_routes import OpenRoute

MEMBER = "fairgo.member"
REFUSED = "Your role does not let you do this."


class Door(Route):
    """A route behind a right."""

    def __init__(
        self,
        path: str,
        endpoint: Callable[..., Any],
        *,
        right: Right,
        methods: Sequence[str] = ("GET",),
        name: str | None = None,
        clock: Clock = system_clock,
    ) -> None:
        super().__init__(path, endpoint, methods=list(methods), name=name)
        self.right = right
        self.clock = clock

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request. Raises SignInNeeded, StepUpNeeded or NotAllowed."""
        pass_through(scope.get(MEMBER), self.right, self.clock)
        await super().handle(scope, receive, send)


def page(
    path: str,
    endpoint: Callable[..., Any],
    *,
    right: Right,
    methods: Sequence[str] = ("GET",),
    name: str | None = None,
) -> Door:
    """A route that only members with this right get through."""
    return Door(path, endpoint, right=right, methods=methods, name=name)


def public(
    path: str,
    endpoint: Callable[..., Any],
    *,
    why: str,
    methods: Sequence[str] = ("GET",),
    name: str | None = None,
) -> OpenRoute:
    """A route for everyone: signing in, static files. `why` is a sentence for whoever reviews the list."""
    return OpenRoute(path, endpoint, why=why, methods=methods, name=name)


class Needs:
    """A FastAPI dependency that lets only members with the right in, and gives the member."""

    def __init__(self, right: Right, clock: Clock = system_clock) -> None:
        self.right = right
        self.clock = clock

    async def __call__(self, request: Request) -> Member:
        """The member. Raises SignInNeeded, StepUpNeeded or NotAllowed."""
        return pass_through(request.scope.get(MEMBER), self.right, self.clock)


def needs(right: Right) -> Needs:
    """For a typed route: `member: Annotated[Member, Depends(needs(Right.SYSTEMS_READ))]`."""
    return Needs(right)


class TypedRoute(APIRoute):
    """A typed route whose door stands before everything else: who may not come in learns nothing of what fits."""

    @property
    def right(self) -> Right | None:
        """The right the route names through `needs`; None when it names none."""
        asked = (one.call for one in self.dependant.dependencies)
        return next((one.right for one in asked if isinstance(one, Needs)), None)

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request. Raises SignInNeeded, StepUpNeeded or NotAllowed."""
        if self.right is not None:
            pass_through(scope.get(MEMBER), self.right)
        await super().handle(scope, receive, send)


def typed_router(prefix: str, tag: str) -> APIRouter:
    """A router of typed routes, for `/api`. Each of its routes takes `needs(...)` as a dependency."""
    return APIRouter(prefix=prefix, tags=[tag], route_class=TypedRoute)


def member_of(request: Request) -> Member:
    """Who asks. Raises SignInNeeded; behind a door it never does."""
    member = request.scope.get(MEMBER)
    if not isinstance(member, Member):
        raise _sign_in()
    return member


def pass_through(member: Member | None, right: Right, clock: Clock = system_clock) -> Member:
    """The member, when the right is theirs. Raises SignInNeeded, StepUpNeeded or NotAllowed."""
    if member is None:
        raise _sign_in()
    said = answer(member, right, at=clock())
    if said is Answer.STEP_UP:
        raise StepUpNeeded("Prove once more that it is you.", hint="It takes your password or passkey.")
    if said is Answer.NO:
        raise NotAllowed(
            REFUSED,
            hint=f"It takes the right to {PERMISSIONS[right].lets}.",
            status=403,
        )
    return member


def systems_of(member: Member, policy: Policy) -> frozenset[str]:
    """The names of the systems a member may see: those of their tenant, narrowed to their scope."""
    of_tenant = {name for name, system in policy.systems.items() if system.tenant == member.tenant}
    return frozenset(of_tenant if member.systems is None else of_tenant & member.systems)


def sees_the_house(member: Member) -> bool:
    """True where what names no system may be shown: keys, policies, audits of the whole. That is the tenant `main`."""
    return member.tenant == MAIN


def system_within(member: Member, policy: Policy, name: str) -> str:
    """The name again. Raises NotFound for a system that does not exist or is not the member's to see: both alike."""
    if name not in systems_of(member, policy):
        raise NotFound("No system has this name.", hint="The list of systems shows those you may see.")
    return name


def _sign_in() -> SignInNeeded:
    return SignInNeeded("Sign in first.", hint="The session may have ended.")
