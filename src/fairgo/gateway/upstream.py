"""The company's assistant, over HTTP: connection reuse, deadlines, and one kind of failure with a code for each cause."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import orjson

from fairgo.core.errors import BadRequest, UpstreamFailed
from fairgo.core.policy import System
from fairgo.core.settings import Settings

LARGEST_REPLY = 16 * 1024 * 1024
# What the assistant says of the request itself; anything else that is not a success is its own trouble.
CALLERS_FAULT = frozenset({400, 413, 422})


class Upstream:
    """One client for every system. Start it inside the event loop that will use it. `calling` hears of every call."""

    def __init__(self, settings: Settings, calling: Callable[[], None]) -> None:
        self._settings = settings
        self._calling = calling
        self._session: aiohttp.ClientSession | None = None

    async def start(self) -> None:
        """Open the pool of connections."""
        timeout = aiohttp.ClientTimeout(
            total=None,
            sock_connect=self._settings.upstream_connect_seconds,
            sock_read=self._settings.upstream_silence_seconds,
        )
        # No environment proxies and no cookies: calls go where the policy says and carry nothing between customers.
        self._session = aiohttp.ClientSession(
            timeout=timeout,
            trust_env=False,
            cookie_jar=aiohttp.DummyCookieJar(),
            connector=aiohttp.TCPConnector(limit=0),
        )

    async def stop(self) -> None:
        """Close every connection."""
        if self._session is not None:
            await self._session.close()

    @asynccontextmanager
    async def chat(self, system: System, body: bytes) -> AsyncIterator[aiohttp.ClientResponse]:
        """The assistant's answer to a chat request, its headers read. Raises UpstreamFailed or BadRequest."""
        self._calling()
        address = self._settings.upstream_of(system.name, str(system.upstream.base_url)).rstrip("/")
        headers = {"content-type": "application/json", "accept": "application/json, text/event-stream"}
        credential = self._settings.credential_of(system.name)
        if credential:
            headers["authorization"] = f"Bearer {credential}"
        if self._session is None:
            raise UpstreamFailed("the connection to the assistant is not open", detail="upstream.down")
        try:
            async with self._session.post(
                f"{address}/chat/completions", data=body, headers=headers, allow_redirects=False
            ) as response:
                if response.status in CALLERS_FAULT:
                    raise BadRequest(
                        f"the assistant did not accept the request (status {response.status})",
                        hint="check the parameters against what the assistant supports",
                        detail="upstream.refused",
                    )
                if response.status != 200:
                    raise UpstreamFailed(
                        f"the assistant answered with status {response.status}", detail="upstream.error"
                    )
                yield response
        except TimeoutError:
            raise UpstreamFailed("the assistant was silent for too long", detail="upstream.slow") from None
        except aiohttp.ClientPayloadError:
            raise UpstreamFailed("the assistant broke off", detail="upstream.broke_off") from None
        except aiohttp.ClientError:
            raise UpstreamFailed("the assistant cannot be reached", detail="upstream.down") from None


async def read_whole(response: aiohttp.ClientResponse) -> Any:
    """The JSON of a reply that is not streamed. Raises UpstreamFailed when it is not JSON or is beyond all sense."""
    raw = bytearray()
    async for piece in response.content.iter_any():
        raw += piece
        if len(raw) > LARGEST_REPLY:
            raise UpstreamFailed("the assistant's reply never ends", detail="upstream.garbage")
    try:
        return orjson.loads(bytes(raw))
    except orjson.JSONDecodeError:
        raise UpstreamFailed("the assistant's reply is not JSON", detail="upstream.garbage") from None
