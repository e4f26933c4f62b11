"""A scripted assistant: the one fake, at the outside boundary.

A real HTTP server that keeps to the Chat Completions contract unless the script says otherwise, and remembers every
body it was sent.
"""

import asyncio
import json
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

Handler = Callable[[web.Request, dict[str, Any]], Any]


@dataclass
class Assistant:
    """`texts` are the choices it answers with; `pieces` cuts the bytes of a stream; `handler` replaces everything."""

    texts: Sequence[str] = ("Hello, I can help with that.",)
    words: Callable[[str], list[str]] = lambda text: [text[i : i + 5] for i in range(0, len(text), 5)]
    pieces: Callable[[bytes], list[bytes]] = lambda data: [data]
    handler: Handler | None = None
    address: str = ""
    seen: list[dict[str, Any]] = field(default_factory=list)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        body = json.loads(await request.read())
        self.seen.append(body)
        if self.handler is not None:
            return await self.handler(request, body)
        return await self.plainly(request, body)

    async def plainly(self, request: web.Request, body: dict[str, Any]) -> web.StreamResponse:
        texts = [self.texts[i % len(self.texts)] for i in range(body.get("n") or 1)]
        if not body.get("stream"):
            return web.json_response(whole(texts))
        response = web.StreamResponse(headers={"content-type": "text/event-stream"})
        await response.prepare(request)
        usage = bool((body.get("stream_options") or {}).get("include_usage"))
        for piece in self.pieces(b"".join(stream(texts, self.words, usage=usage))):
            await response.write(piece)
        return response


def whole(texts: Sequence[str]) -> dict[str, Any]:
    """A reply that is not streamed."""
    choices = [
        {"index": i, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
        for i, text in enumerate(texts)
    ]
    usage = {"prompt_tokens": 3, "completion_tokens": 5, "total_tokens": 8}
    return {
        "id": "c1",
        "object": "chat.completion",
        "created": 1,
        "model": "m",
        "choices": choices,
        "usage": usage,
    }


def stream(
    texts: Sequence[str], words: Callable[[str], list[str]], *, usage: bool = False
) -> Iterator[bytes]:
    """The frames of a streamed reply, choices taking turns as a real server interleaves them."""
    for i in range(len(texts)):
        yield chunk([{"index": i, "delta": {"role": "assistant", "content": ""}, "finish_reason": None}])
    cut = [words(text) for text in texts]
    for place in range(max(map(len, cut), default=0)):
        for i, parts in enumerate(cut):
            if place < len(parts):
                yield chunk([{"index": i, "delta": {"content": parts[place]}, "finish_reason": None}])
    for i in range(len(texts)):
        yield chunk([{"index": i, "delta": {}, "finish_reason": "stop"}])
    if usage:
        yield chunk([], usage={"prompt_tokens": 3, "completion_tokens": 5, "total_tokens": 8})
    yield b"data: [DONE]\n\n"


def chunk(choices: list[dict[str, Any]], **more: Any) -> bytes:
    """One frame."""
    value = {
        "id": "c1",
        "object": "chat.completion.chunk",
        "created": 1,
        "model": "m",
        "choices": choices,
        **more,
    }
    return b"data: " + json.dumps(value, ensure_ascii=False).encode() + b"\n\n"


async def _end(runner: web.AppRunner) -> None:
    await runner.cleanup()
    rest = asyncio.all_tasks() - {asyncio.current_task()}
    for task in rest:
        task.cancel()
    await asyncio.gather(*rest, return_exceptions=True)


@contextmanager
def scripted() -> Iterator[Assistant]:
    """A scripted assistant, serving on a free port of this machine."""
    assistant = Assistant()
    app = web.Application(client_max_size=1 << 26)
    app.router.add_post("/v1/chat/completions", assistant.answer)
    loop = asyncio.new_event_loop()
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)

    async def begin() -> None:
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        assistant.address = f"http://127.0.0.1:{runner.addresses[0][1]}/v1"

    loop.run_until_complete(begin())
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield assistant
    finally:
        asyncio.run_coroutine_threadsafe(_end(runner), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()
