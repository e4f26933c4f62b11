"""What every page of signing in needs, and what it may believe about a request: its address, its origin, where to go on."""

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TypeVar
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.types import Scope

from fairgo.core.clock import Clock
from fairgo.ledger.recording import Ledger, Recording
from fairgo.staff.limits import ACCOUNT, ADDRESS, Counted, counted
from fairgo.staff.oidc import Provider
from fairgo.staff.passkeys import Place
from fairgo.staff.passwords import Passwords
from fairgo.web.guards import LOOPBACK_HOSTS, host_of

Result = TypeVar("Result")
HASHING_AT_ONCE = 4  # each takes 64 MiB and a tenth of a second of a processor
PATH = re.compile(r"/[A-Za-z0-9._~!$&'()*+,;=:@%/?-]*")
SIGN_IN = "/sign-in"


@dataclass(frozen=True, slots=True)
class Entrance:
    """The house's door: its ledger, its passwords, how long a session lasts, and who else may sign staff in.

    `address` is the console's https address for other machines, empty when there is none. `demo_systems` is None
    outside the demo; in the demo nobody signs in, and everybody on this machine is its visitor.
    """

    ledger: Ledger
    passwords: Passwords
    organisation: str
    address: str = ""
    proxies: frozenset[str] = frozenset()
    idle: timedelta = timedelta(minutes=30)
    lasts: timedelta = timedelta(hours=12)
    provider: Provider | None = None
    demo_systems: frozenset[str] | None = None
    hashing: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(HASHING_AT_ONCE))

    @property
    def demo(self) -> bool:
        """True in the demo's house, where nobody signs in."""
        return self.demo_systems is not None

    @property
    def clock(self) -> Clock:
        """The house's time."""
        return self.ledger.clock

    def secret(self, use: str) -> bytes:
        """A key of its own for cookies or forms."""
        return self.ledger.keys.derived("sign-in", use)

    async def read(self, look: Callable[..., Result], *values: object, **named: object) -> Result:
        """What `look(connection, ...)` finds, off the event loop."""

        def work() -> Result:
            with self.ledger.store.reading() as connection:
                return look(connection, *values, **named)

        return await asyncio.to_thread(work)

    async def write(self, work: Callable[[Recording], Result]) -> Result:
        """Do it, with its evidence."""
        return await self.ledger.submit(work)

    async def hash(self, work: Callable[..., Result], *values: object) -> Result:
        """Something slow about passwords: a few at a time, so that a flood of them cannot take all memory."""
        async with self.hashing:
            return await asyncio.to_thread(work, *values)

    def of_account(self, login: str) -> Counted:
        """What failures of this account are counted under."""
        return counted(self.ledger.keys, ACCOUNT, login)

    def of_address(self, request: Request) -> Counted:
        """What failures from this address are counted under."""
        return counted(self.ledger.keys, ADDRESS, caller_of(request.scope, self.proxies))

    def place(self, request: Request) -> Place | None:
        """Where a passkey made or used on this page is good; None where browsers know none: under a bare address."""
        origin = self.origin(request)
        host = urlsplit(origin).hostname or ""
        if host != "localhost" and not re.search(r"[a-z]", host.rpartition(".")[2]):
            return None
        return Place(host, origin, self.organisation)

    def origin(self, request: Request) -> str:
        """Scheme, host and port under which the browser sees us. A proxy that ends TLS is why the setting goes first."""
        named = request.headers.get("host", "")
        if self.address and host_of(named) == urlsplit(self.address).hostname:
            return self.address
        scheme = "http" if host_of(named) in LOOPBACK_HOSTS else "https"
        return f"{scheme}://{named.lower()}"


def caller_of(scope: Scope, proxies: frozenset[str]) -> str:
    """Who calls: the connection's other end, or, when that is a proxy of ours, whom it says it speaks for."""
    client = str((scope.get("client") or ("",))[0])
    if client not in proxies:
        return client
    said: list[str] = [
        value.decode("latin-1") for name, value in scope["headers"] if name == b"x-forwarded-for"
    ]
    for hop in reversed([part.strip() for line in said for part in line.split(",")]):
        if hop not in proxies:
            return hop
    return client


def here_of(request: Request) -> str:
    """Where the console is mounted, such as `/console`."""
    return str(request.scope.get("root_path", ""))


def safe_next(request: Request, wanted: str) -> str:
    """Where to go on after signing in: a page of this console that is not about signing in itself, else its home."""
    here = here_of(request)
    home = f"{here}/"
    path = wanted.partition("?")[0]
    climbs = any(part in {".", ".."} for part in path.replace("%2e", ".").replace("%2E", ".").split("/"))
    if not PATH.fullmatch(wanted) or wanted.startswith("//") or climbs or not wanted.startswith(home):
        return home
    if path.startswith((f"{here}{SIGN_IN}", f"{here}/sign-out")):
        return home
    return wanted
