"""Who calls `/api`: an application with a key, the holder of a gateway's key, or a staff member with a session.

The session's middleware stands outside and has put its member into the scope already; a key goes before it.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from fairgo.core.errors import BadRequest, NotAllowed
from fairgo.core.policy import Policy
from fairgo.ledger.recording import Ledger
from fairgo.staff import applications
from fairgo.staff.doors import MEMBER
from fairgo.staff.rights import Member, Right
from fairgo.web.guards import SAFE_METHODS
from fairgo.web.typed import problem_reply

# What a gateway's key, which names one system, opens here besides the gateway itself.
GATEWAY_SCOPES = frozenset({Right.CHOICES_READ, Right.CHOICES_WRITE, Right.TEXT_REDACT})
REMEMBERED = 10_000
TOO_MANY = 429

# The system a gateway's key is for; raises NotAllowed for a key nobody knows.
SystemOf = Callable[[Any, str], str]


@dataclass(slots=True)
class Rate:
    """So many requests a minute for each caller, counted in this process. Who paused may do as many at once."""

    per_minute: int
    clock: Callable[[], float] = time.monotonic
    _left: OrderedDict[str, tuple[float, float]] = field(default_factory=OrderedDict)

    def wait(self, caller: str) -> float:
        """Take one request. Gives 0, or the seconds until there is room."""
        now = self.clock()
        left, at = self._left.pop(caller, (float(self.per_minute), now))
        left = min(float(self.per_minute), left + (now - at) * self.per_minute / 60)
        short = left < 1
        self._left[caller] = (left if short else left - 1, now)
        while len(self._left) > REMEMBERED:
            self._left.popitem(last=False)
        return (1 - left) * 60 / self.per_minute if short else 0.0


class Callers:
    """Puts who calls into the scope, and keeps each to so many requests a minute.

    A key that is not known is refused at once, whatever was asked for. A change that a browser with a session asks for
    must say that it comes from our own page: a key cannot be sent by a foreign page, a cookie can.
    """

    def __init__(
        self, app: ASGIApp, *, ledger: Ledger, policy: Policy, system_of: SystemOf, rate: Rate
    ) -> None:
        self.app = app
        self.ledger = ledger
        self.policy = policy
        self.system_of = system_of
        self.rate = rate

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        try:
            said = headers.get("authorization")
            if said is not None:
                scope[MEMBER] = await self._with_key(_bearer(said))
            elif scope.get(MEMBER) is not None:
                _ours(scope["method"], headers)
        except (NotAllowed, BadRequest) as refused:
            wait = self.rate.wait(f"unknown {(scope.get('client') or ('',))[0]}")
            reply = problem_reply(refused) if not wait else _too_many(wait)
            await reply(scope, receive, send)
            return
        member = scope.get(MEMBER)
        caller = member.id if isinstance(member, Member) else f"nobody {(scope.get('client') or ('',))[0]}"
        wait = self.rate.wait(caller)
        await (_too_many(wait) if wait else self.app)(scope, receive, send)

    async def _with_key(self, said: str) -> Member:
        if not said.startswith(applications.PREFIX):
            return await asyncio.to_thread(self._of_gateway, said)
        member, keep = await asyncio.to_thread(self._of_application, said)
        if keep:
            await self.ledger.submit(lambda tx: applications.keep_use(tx, said))
        return member

    def _of_application(self, said: str) -> tuple[Member, bool]:
        with self.ledger.store.reading() as connection:
            return applications.whose(connection, said, self.ledger.clock())

    def _of_gateway(self, said: str) -> Member:
        with self.ledger.store.reading() as connection:
            name = self.system_of(connection, said)
        system = self.policy.systems.get(name)
        if system is None:  # the policy has it no more, so its key opens nothing
            raise NotAllowed("the API key is for a system that the policy no longer has", detail="wrong_key")
        return Member(
            id=f"system:{name}",
            name=name,
            roles=frozenset(),
            tenant=system.tenant,
            systems=frozenset({name}),
            scopes=GATEWAY_SCOPES,
        )


def _bearer(said: str) -> str:
    scheme, _space, key = said.partition(" ")
    return key.strip() if scheme.lower() == "bearer" else ""


def _ours(method: str, headers: Headers) -> None:
    """Raises NotAllowed for a change that does not say it comes from our own page."""
    if method in SAFE_METHODS:
        return
    site, origin = headers.get("sec-fetch-site"), headers.get("origin", "")
    same = site == "same-origin" if site is not None else origin.partition("://")[2] == headers.get("host")
    if not same:
        raise NotAllowed(
            "this came from another site, so nothing was done",
            hint="use a key of an application",
            status=403,
        )


def _too_many(wait: float) -> ASGIApp:
    seconds = str(int(wait) + 1)
    refused = BadRequest(
        "too many requests", hint=f"try again in {seconds} s", detail="too_many", status=TOO_MANY
    )
    reply = problem_reply(refused)
    reply.headers["retry-after"] = seconds
    return reply
