"""Live parts: a stream of server-sent events that says when something was recorded, and no more than that.

Whatever takes effect leaves a leaf, so the number of the newest leaf tells that a page may have changed. The page then
loads its part anew, through its own door.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from threading import Event

from sqlalchemy import func, select
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import BaseRoute

from fairgo.console.office import Office
from fairgo.ledger.records import leaf
from fairgo.staff.doors import page
from fairgo.staff.rights import Right

EVERY = 2.0  # seconds between two looks
TICK = 0.2  # seconds after which a stream notices that the server stops
ROUNDS = 15  # looks of one stream: the browser comes again by itself, and its session is checked again
AGAIN_MS = 2000


def routes(office: Office) -> Sequence[BaseRoute]:
    """`/live`."""

    def newest() -> int:
        with office.ledger.store.reading() as connection:
            return connection.scalar(select(func.max(leaf.c.seq))) or 0

    async def stream(request: Request) -> AsyncIterator[bytes]:
        seen = _seen(request.headers.get("last-event-id", ""))
        yield f"retry: {AGAIN_MS}\n\n".encode()
        for _round in range(ROUNDS):
            now = await run_in_threadpool(newest)
            if seen is not None and now != seen:
                yield f"id: {now}\nevent: changed\ndata: {now}\n\n".encode()
            elif seen is None:
                yield f"id: {now}\ndata: {now}\n\n".encode()
            seen = now
            if await _over(request, office.ending):
                return

    async def live(request: Request) -> Response:
        return StreamingResponse(stream(request), media_type="text/event-stream")

    return [page("/live", live, right=Right.STATUS_READ)]


async def _over(request: Request, ending: Event) -> bool:
    """Wait for the next look; True when there is none, since the reader left or the server stops."""
    for _tick in range(max(1, round(EVERY / TICK))):
        await asyncio.sleep(min(TICK, EVERY))
        if ending.is_set():
            return True
    return await request.is_disconnected()


def _seen(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 19 else None
