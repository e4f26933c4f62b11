"""The composition root: a house in, one application out. A reader sees here what is connected to what."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from importlib import metadata
from threading import Event

from sqlalchemy import Connection
from starlette.applications import Starlette
from starlette.responses import RedirectResponse
from starlette.routing import Mount
from starlette.types import ASGIApp

from fairgo.api import applications, evidence, notices, people, readings
from fairgo.api import jobs as job_routes
from fairgo.api.app import app as api_app
from fairgo.api.desk import Desk
from fairgo.bias import routes as bias_routes
from fairgo.bias.area import AREA as BIAS
from fairgo.consent import routes as consent_routes
from fairgo.consent.area import AREA as CONSENT
from fairgo.console import jobs as job_pages
from fairgo.console import notices as notice_pages
from fairgo.console.app import Back, read_pages
from fairgo.console.app import app as console_app
from fairgo.console.measuring import Measured
from fairgo.console.sign_in import app as sign_in
from fairgo.console.sign_in.entrance import Entrance
from fairgo.console.sign_in.guard import Guard
from fairgo.core.article import STRATEGIES
from fairgo.core.policy import Human
from fairgo.core.ports import Chat, EventProof, Evidence, Health, Overview, Row
from fairgo.core.settings import Settings
from fairgo.core.verdicts import NOT_BUILT
from fairgo.gateway.app import Gateway, Receive, Scope, Send
from fairgo.gateway.reading import customer_name
from fairgo.gateway.records import system_of
from fairgo.gateway.upstream import Upstream
from fairgo.gateway.visiting import Visits
from fairgo.jobs.desk import desk as jobs_desk
from fairgo.jobs.house import jobs_of
from fairgo.jobs.running import Runner
from fairgo.ledger import viewing
from fairgo.ledger.house import House
from fairgo.ledger.witnessing import Witnessing
from fairgo.privacy import routes as privacy_routes
from fairgo.privacy.area import AREA as PRIVACY
from fairgo.privacy.security.replaying import replay_kept
from fairgo.public.app import app as public_app
from fairgo.public.evidence import app as evidence_app
from fairgo.staff.callers import Callers, Rate
from fairgo.store.engine import Store
from fairgo.transparency.area import AREA as TRANSPARENCY
from fairgo.web.guards import LOOPBACK_HOSTS, SecurityHeaders, is_loopback
from fairgo.web.open_routes import OpenRoute
from fairgo.web.surface import mounted
from fairgo.web.typed import Faults

# Monitoring, stakeholders and culture have no strategy built yet; their manifests join here.
VERSION = metadata.version("fairgo")
AREAS = (BIAS, PRIVACY, TRANSPARENCY, CONSENT)


def rows(store: Store) -> list[Row]:
    """The 21 rows as they stand now; a strategy without a live measure is not built yet."""
    measures = {(area.name, name): measure for area in AREAS for name, measure in area.measures.items()}
    with store.reading() as connection:
        return [
            Row(
                strategy,
                measures[found](connection)
                if (found := (strategy.area, strategy.name)) in measures
                else NOT_BUILT,
            )
            for strategy in STRATEGIES
        ]


def application(house: House, *, with_jobs: bool | None = None, demo: bool = False) -> "Application":
    """The one ASGI application: the gateway first, since it is the hot path, then the surfaces.

    In the demo's house (`demo`) nobody signs in to the console: whoever is at this machine is its visitor.

    `with_jobs` says whether it runs jobs too; unless told otherwise it does on SQLite, where there is one writer.
    """
    upstream = Upstream(house.settings, calling=house.ledger.counters.called_assistant)
    gateway = Gateway(house.policy, house.settings, house.ledger, upstream)
    shown = overview(house)
    measured, ending = Measured(shown), Event()
    door = sign_in.entrance(house, demo=demo)
    surfaces = Starlette(
        routes=[
            OpenRoute("/", lambda _: RedirectResponse("/console/"), why="leads to the console, which asks"),
            # The demo's visitor is one of the console only: programs come with their keys there too.
            mounted("/api", api(house, shown) if demo else Guard(api(house, shown), door)),
            Mount("/ledger", evidence_app(house.store)),
            mounted("/console", console(house, measured, door, ending)),
            Mount(
                "/you",
                public_app(
                    _chat(house, gateway),
                    secret=house.ledger.keys.derived("visitor"),
                    hosts=_names(house.settings),
                ),
            ),
        ]
    )
    runs_jobs = house.store.is_sqlite if with_jobs is None else with_jobs
    runner = Runner(house, jobs_of(AREAS)) if runs_jobs else None
    return Application(house, gateway, surfaces, runner, measured, ending)


@dataclass(frozen=True, slots=True)
class Application:
    """Starts and stops what the house needs, and sends each request to its surface.

    Whoever serves it sets `ending` when it stops, so that pages that listen let go.
    """

    house: House
    gateway: Gateway
    surfaces: Starlette
    runner: Runner | None
    measured: Measured
    ending: Event

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request, or the life of the server."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http" and scope["path"].startswith("/v1/"):
            await self.gateway(scope, receive, send)
        else:
            await self.surfaces(scope, receive, send)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """The committer, the sequencer, the asking of witnesses and the connections to assistants, for as long as the server lives."""
        house = self.house
        await asyncio.to_thread(replay_kept, house.ledger, house.data)
        asked = house.trust.witnesses.values()
        witnessing = Witnessing(house.store, asked, seconds=house.settings.witness_seconds)
        house.ledger.start(checkpoint_seconds=house.settings.checkpoint_seconds)
        witnessing.start()
        await self.gateway.upstream.start()
        if self.runner is not None:
            self.runner.start()
        self.measured.begin()
        await asyncio.to_thread(read_pages)
        try:
            yield
        finally:
            if self.runner is not None:
                await asyncio.to_thread(self.runner.stop)
            await self.gateway.upstream.stop()
            await asyncio.to_thread(self.measured.end)
            witnessing.stop()
            house.close()

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        async with self.running():
            await send({"type": "lifespan.startup.complete"})
            with suppress(
                asyncio.CancelledError
            ):  # a second Ctrl+C: no waiting, but the ledger is closed all the same
                await receive()
        await send({"type": "lifespan.shutdown.complete"})


def _evidence(store: Store) -> Evidence:
    def health() -> Health:
        with store.reading() as connection:
            return viewing.health(connection)

    def event(name: str) -> EventProof:
        with store.reading() as connection:
            return viewing.event(connection, name)

    return Evidence(health, event)


def overview(house: House) -> Overview:
    """Whose house it is, and its 21 rows as they stand whenever they are asked for."""
    return Overview(house.policy.organisation.name, lambda: rows(house.store))


def console(house: House, measured: Measured, door: Entrance, ending: Event) -> Starlette:
    """The console: its rooms, those of jobs and notices, and the door in front of them."""
    jobs = jobs_desk(house, jobs_of(AREAS))
    return console_app(
        Back(house.policy, house.ledger, measured, _evidence(house.store), ending=ending, jobs=jobs.jobs),
        guards=sign_in.guards(door),
        rooms=(
            lambda office: sign_in.routes(office.site, door),
            lambda office: job_pages.routes(office, jobs),
            notice_pages.routes,
        ),
        framed=(sign_in.around,),
    )


def api(house: House, shown: Overview) -> ASGIApp:
    """The typed API. From the outside in: headers, faults, who calls and how often, routes."""

    def pseudonym(connection: Connection, customer: str, tenant: str) -> str:
        return customer_name(connection, house.ledger.keys, customer, tenant)

    ledger, policy = house.ledger, house.policy
    desk = Desk(policy, ledger, shown, _evidence(house.store), ledger.keys.derived("cursor"))
    api = api_app(
        [
            readings.status_router(desk),
            readings.systems_router(desk),
            readings.conversations_router(desk),
            evidence.router(desk),
            people.router(desk),
            applications.router(desk),
            notices.router(desk),
            job_routes.router(desk, jobs_desk(house, jobs_of(AREAS))),
            consent_routes.router(policy, ledger, pseudonym),
            bias_routes.router(policy, ledger, desk.secret),
            privacy_routes.router(policy),
        ],
        version=VERSION,
    )
    rate = Rate(house.settings.api_per_minute)
    callers = Callers(api, ledger=ledger, policy=policy, system_of=system_of, rate=rate)
    return SecurityHeaders(Faults(callers))


def _chat(house: House, gateway: Gateway) -> Chat:
    system = next(iter(house.policy.systems.values()))
    visits = Visits(gateway, system.name)
    wording = house.policy.disclosure(house.policy.organisation.locale, "web")
    return Chat(
        organisation=house.policy.organisation.name,
        statement=wording.statement,
        label_ai=wording.label_ai,
        label_person=wording.label_person,
        human_way=_human_way(system.human),
        read=visits.read,
        say=visits.say,
        ask_for_person=visits.ask_for_person,
        choose=visits.choose,
    )


def _names(settings: Settings) -> frozenset[str] | None:
    """On loopback only its own names count, so that no web page can reach in by rebinding a name; elsewhere any does."""
    return frozenset(LOOPBACK_HOSTS) if settings.host == "localhost" or is_loopback(settings.host) else None


def _human_way(human: Human) -> str:
    """How to reach a person, in whole sentences, for every page."""
    phone = f"Call {human.phone}." if human.phone else ""
    page = f"See {human.url}." if human.url else ""
    return " ".join(part for part in (phone, page, f"People are there {human.hours}.") if part)
