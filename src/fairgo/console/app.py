"""The console as one application: its rooms, behind whoever says who is asking."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from threading import Event

from jinja2 import PackageLoader
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.routing import BaseRoute, Route

from fairgo.console import (
    audit_pages,
    conversations,
    evidence,
    home,
    live,
    people,
    register,
    search,
    systems,
)
from fairgo.console.frame import around
from fairgo.console.measuring import Measured
from fairgo.console.office import Office
from fairgo.core.clock import Clock, system_clock
from fairgo.core.jobs import JobLine
from fairgo.core.policy import Policy
from fairgo.core.ports import Evidence
from fairgo.ledger.recording import Ledger
from fairgo.web.rendering import Site, templates
from fairgo.web.static import read_assets
from fairgo.web.surface import surface

OWN = (home, systems, register, conversations, audit_pages, evidence, people, search, live)
# One for all consoles of a process, so that a page is compiled once.
PAGES = templates(PackageLoader("fairgo.console", "pages"))
Rooms = Callable[[Office], Sequence[BaseRoute]]
Around = Callable[[Request], Mapping[str, object]]


@dataclass(frozen=True, slots=True)
class Back:
    """What the console stands on: the policy, the ledger, the measures, and what is read through a port.

    Whoever sets `ending` ends what pages are still being told. `jobs` lists those that search finds.
    """

    policy: Policy
    ledger: Ledger
    measured: Measured
    evidence: Evidence
    clock: Clock = system_clock
    ending: Event = field(default_factory=Event)
    jobs: Callable[[], Sequence[JobLine]] = tuple


def read_pages() -> None:
    """Read and compile every page's template, so that the first reader does not wait for it."""
    for name in PAGES.list_templates():
        PAGES.get_template(name)


def app(
    back: Back, *, guards: Sequence[Middleware], rooms: Sequence[Rooms] = (), framed: Sequence[Around] = ()
) -> Starlette:
    """The console, to be mounted at `/console`. Every page asks for a right at its door.

    `guards` say who is asking and turn away who may not come in at all. `rooms` are pages of other parts, such as
    signing in and jobs; `framed` gives what the frame shows of them.
    """
    routes: list[BaseRoute] = []

    def frame(request: Request) -> Mapping[str, object]:
        built = frozenset(route.path for route in routes if isinstance(route, Route))
        values = dict(around(back.clock, built)(request))
        for more in framed:
            values |= more(request)
        return values

    site = Site(
        templates=PAGES,
        assets=read_assets("fairgo.web", "fairgo.console"),
        shared={"organisation": back.measured.organisation, "lang": "en-AU", "direction": "ltr"},
        frank=True,
        around=frame,
    )
    office = Office(
        site, back.policy, back.ledger, back.measured, back.evidence, back.ending, back.jobs, back.clock
    )
    for room in (*(own.routes for own in OWN), *rooms):
        routes += room(office)
    return surface(site, routes, guards=guards)
