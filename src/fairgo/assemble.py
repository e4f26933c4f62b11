"""The composition root: a house in, one application out. A reader sees here what is connected to what."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from fastapi import FastAPI
from sqlalchemy import Connection
from starlette.applications import Starlette
from starlette.responses import RedirectResponse
from starlette.routing import Mount, Route

from fairgo.bias.area import AREA as BIAS
from fairgo.consent import routes as consent_routes
from fairgo.consent.area import AREA as CONSENT
from fairgo.console.app import app as console_app
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
from fairgo.ledger import viewing
from fairgo.ledger.house import House
from fairgo.ledger.witnessing import Witnessing
from fairgo.privacy.area import AREA as PRIVACY
from fairgo.privacy.security.replaying import replay_kept
from fairgo.public.app import app as public_app
from fairgo.public.evidence import app as evidence_app
from fairgo.store.engine import Store
from fairgo.transparency.area import AREA as TRANSPARENCY
from fairgo.web.guards import LOOPBACK_HOSTS, is_loopback
from fairgo.web.typed import typed_api

# Monitoring, stakeholders and culture have no strategy built yet; their manifests join here.
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


def application(house: House) -> "Application":
    """The one ASGI application: the gateway first, since it is the hot path, then the surfaces."""
    upstream = Upstream(house.settings, calling=house.ledger.counters.called_assistant)
    gateway = Gateway(house.policy, house.settings, house.ledger, upstream)
    surfaces = Starlette(
        routes=[
            Route("/", lambda _request: RedirectResponse("/console/")),
            Mount("/api", _api(house)),
            Mount("/ledger", evidence_app(house.store)),
            Mount(
                "/console",
                console_app(
                    Overview(house.policy.organisation.name, lambda: rows(house.store)),
                    _evidence(house.store),
                ),
            ),
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
    return Application(house, gateway, surfaces)


@dataclass(frozen=True, slots=True)
class Application:
    """Starts and stops what the house needs, and sends each request to its surface."""

    house: House
    gateway: Gateway
    surfaces: Starlette

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
        try:
            yield
        finally:
            await self.gateway.upstream.stop()
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


def _api(house: House) -> FastAPI:
    def pseudonym(connection: Connection, customer: str) -> str:
        return customer_name(connection, house.ledger.keys, customer)

    api = typed_api("Fairgo")
    api.include_router(consent_routes.router(house.policy, house.ledger, system_of, pseudonym))
    return api


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
