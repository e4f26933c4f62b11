"""Running an application with uvicorn, the same way for `serve` and for the demo."""

import asyncio
import socket
from collections.abc import Callable
from threading import Event
from types import FrameType
from typing import Any

import uvicorn

from fairgo.core.errors import Misconfigured


async def listen(
    app: Any, address: tuple[str, int], ready: Callable[[str], None], until: asyncio.Event | None = None
) -> None:
    """Serve until a signal comes or `until` is set; `ready` gets the base address once requests are answered.

    An application with an event `ending` is told by it when no new request comes: replies that go on and on end then.

    Raises Misconfigured when the address is taken or not ours.
    """
    host, port = address
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind((host, port))
    except OSError as wrong:
        sock.close()
        raise Misconfigured(
            f"cannot listen on {host} port {port} ({wrong.strerror})", hint="--port 0 takes a free port"
        ) from None
    shown = f"[{host}]" if family == socket.AF_INET6 else host
    server = _Server(app, lambda: ready(f"http://{shown}:{sock.getsockname()[1]}"))
    if until is None:
        await server.serve(sockets=[sock])
        return
    serving = asyncio.ensure_future(server.serve(sockets=[sock]))
    ending = asyncio.ensure_future(until.wait())
    await asyncio.wait({serving, ending}, return_when=asyncio.FIRST_COMPLETED)
    ending.cancel()
    server.should_exit = True
    await serving


class _Server(uvicorn.Server):
    """uvicorn's server, which says when it answers, and tells the application when it stops."""

    def __init__(self, app: Any, ready: Callable[[], None]) -> None:
        super().__init__(configuration(app))
        self._ready = ready
        self._ending: Event | None = getattr(app, "ending", None)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """A signal asks for an orderly end, and an orderly end is a success: it is not raised again afterwards."""
        super().handle_exit(sig, frame)
        self._captured_signals.clear()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Open the sockets, then say so."""
        await super().startup(sockets)
        if self.started:
            self._ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Take no more connections; wait for what is being answered."""
        if self._ending is not None:
            self._ending.set()
        await super().shutdown(sockets)


def configuration(app: Any) -> uvicorn.Config:
    """How uvicorn serves us: nothing about requests is logged, and a proxy's word about the client is not taken."""
    return uvicorn.Config(
        app,
        lifespan="on",
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=10,
    )
