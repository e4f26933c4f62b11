"""The console: today its home, the same as JSON, and the evidence. Read-only; there is no sign-in yet, so only this machine gets in."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime

from jinja2 import PackageLoader
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from fairgo.console.evidence import routes
from fairgo.console.status import Status, by_area, read_status, summary
from fairgo.core.clock import Clock, system_clock
from fairgo.core.ports import Evidence, Overview
from fairgo.core.verdicts import State
from fairgo.web.guards import LOOPBACK_HOSTS, Hosts, LoopbackOnly
from fairgo.web.rendering import Site, page, templates
from fairgo.web.static import read_assets
from fairgo.web.surface import surface

TONES: Mapping[State, str] = {
    State.OK: "good",
    State.ATTENTION: "warn",
    State.CANNOT_TELL: "unsure",
    State.NOT_BUILT: "quiet",
}
MEANINGS: Mapping[State, str] = {
    State.OK: "Measured, and nothing needs doing.",
    State.ATTENTION: "Measured, and someone should look.",
    State.CANNOT_TELL: "Too little is known to say.",
    State.NOT_BUILT: "This version does not do it.",
}


def app(overview: Overview, evidence: Evidence, *, clock: Clock = system_clock) -> Starlette:
    """The console, to be mounted at `/console`: `/` is the page of the 21 rows, `/status.json` the same for programs.

    `/evidence` is how the evidence stands, `/evidence/leaf/NAME` the proof of one event. Answers only clients on
    this machine that call it by a loopback name; everyone else gets 403 or 400.
    """
    site = Site(
        templates=templates(PackageLoader("fairgo.console", "pages")),
        assets=read_assets("fairgo.web"),
        shared={"organisation": overview.organisation, "lang": "en-AU", "direction": "ltr"},
        frank=True,
    )

    def home(request: Request) -> Response:
        status = read_status(overview, clock())
        return page(site, request, "home.html", values=_shown(status))

    def twin(_: Request) -> Response:
        return JSONResponse(asdict(read_status(overview, clock())))

    return surface(
        site,
        [Route("/", home), Route("/status.json", twin), *routes(site, evidence, clock)],
        guards=[Middleware(Hosts, allowed=LOOPBACK_HOSTS), Middleware(LoopbackOnly)],
    )


def _shown(status: Status) -> Mapping[str, object]:
    return {
        "status": status,
        "when": datetime.fromisoformat(status.at),
        "areas": [(name, title, rows, summary(rows)) for name, title, rows in by_area(status)],
        "states": [(state, status.counts[state], MEANINGS[state]) for state in State],
        "tones": TONES,
        "not_built": State.NOT_BUILT,
    }
