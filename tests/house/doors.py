"""Every route of the assembled application, and one request to it, without a server or a client in between."""

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from starlette.routing import BaseRoute, Mount

from fairgo.staff.rights import Right


@dataclass(frozen=True)
class Way:
    """One route: its path with parameters in braces, its methods, and the right it names or why it is open."""

    path: str
    methods: tuple[str, ...]
    right: Right | None
    public: str

    def __str__(self) -> str:
        return f"{'|'.join(self.methods)} {self.path}"


@dataclass(frozen=True)
class Reply:
    """What came back: the status, the headers, and the text (empty for a stream that goes on)."""

    status: int
    headers: Mapping[str, str]
    text: str


def ways(app: Any, prefix: str = "") -> Iterator[Way]:
    """The routes of an application, those of what is mounted in it or wrapped by it included.

    Raises AssertionError for something that answers requests and shows no routes.
    """
    while not hasattr(app, "routes"):
        inner = getattr(app, "app", None)
        assert inner is not None, f"{app!r} at {prefix} answers requests and shows no routes"
        app = inner
    yield from _of(app.routes, prefix)


def _of(routes: Any, prefix: str) -> Iterator[Way]:
    for route in routes:
        if isinstance(route, Mount):
            yield from ways(route.app, prefix + route.path)
        elif hasattr(route, "original_router"):  # FastAPI's own way of including a router
            yield from _of(route.original_router.routes, prefix + route.include_context.prefix)
        else:
            yield _way(route, prefix)


def _way(route: BaseRoute, prefix: str) -> Way:
    methods = tuple(sorted((getattr(route, "methods", None) or {"WEBSOCKET"}) - {"HEAD"}))
    right = getattr(route, "right", None)
    assert right is None or isinstance(right, Right)
    path = prefix + str(getattr(route, "path", "?"))
    return Way(path, methods, right, getattr(route, "public", ""))


async def ask(app: Any, method: str, path: str, headers: Mapping[str, str]) -> Reply:
    """One request with an empty body from this machine. A stream of events is left after its first line."""
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "client": ("127.0.0.1", 50000),
        "server": ("localhost", 8088),
    }
    sent: list[dict[str, Any]] = []
    over = asyncio.Event()
    asked = False

    async def receive() -> dict[str, Any]:
        nonlocal asked
        if asked:
            await over.wait()
            return {"type": "http.disconnect"}
        asked = True
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)
        streams = b"text/event-stream" in dict(sent[0].get("headers", ())).get(b"content-type", b"")
        if streams or (message["type"] == "http.response.body" and not message.get("more_body")):
            over.set()

    task = asyncio.ensure_future(app(scope, receive, send))
    ended = asyncio.ensure_future(over.wait())
    await asyncio.wait({task, ended}, return_when=asyncio.FIRST_COMPLETED)
    ended.cancel()
    if not task.done():
        task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert sent, f"{method} {path}: {task!r}"
    said = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    body = b"".join(message.get("body", b"") for message in sent[1:])
    return Reply(sent[0]["status"], said, body.decode(errors="replace"))
