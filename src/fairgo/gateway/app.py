"""The gateway as plain ASGI: `POST /v1/chat/completions` and `GET /v1/models`. Nothing else stands on the hot path."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import orjson

from fairgo.core.errors import BadRequest, FairgoError, NotFound
from fairgo.core.policy import Policy
from fairgo.core.settings import Settings
from fairgo.core.verdicts import Outcome
from fairgo.gateway import evidence, records
from fairgo.gateway.answering import Answer, Chunk
from fairgo.gateway.pipeline import Decision, run
from fairgo.gateway.reading import caller, make_turn
from fairgo.gateway.upstream import Upstream
from fairgo.gateway.wire import chat, chat_reply, openai_errors, sse
from fairgo.ledger.receipts import address
from fairgo.ledger.recording import Ledger

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Headers = dict[str, str]
log = logging.getLogger(__name__)

CHAT = "/v1/chat/completions"
MODELS = "/v1/models"


@dataclass(frozen=True, slots=True)
class Gateway:
    """The ASGI application. `upstream` must be started in the loop that serves."""

    policy: Policy
    settings: Settings
    ledger: Ledger
    upstream: Upstream

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; every refusal is recorded and comes in the caller's own format."""
        headers = {k.decode("latin-1"): v.decode("latin-1") for k, v in scope["headers"]}
        self.ledger.counters.saw_request()
        try:
            handler = _route(scope["method"], scope["path"])
            await handler(self, headers, receive, send)
        except FairgoError as problem:
            await self._refuse(problem, headers, send)
        except Exception as fault:  # noqa: BLE001 - whatever it is, the caller gets a reference and no details
            reference = uuid4().hex[:12]
            where = fault.__traceback__
            while where is not None and where.tb_next is not None:
                where = where.tb_next
            place = f"{where.tb_frame.f_code.co_filename}:{where.tb_lineno}" if where else "?"
            log.error("fault %s: %s at %s", reference, type(fault).__name__, place)  # noqa: TRY400 - values stay out
            await _reply(send, 500, openai_errors.fault_body(reference))

    async def models(self, headers: Headers, _receive: Receive, send: Send) -> None:
        """The one system that the caller's key opens, as a list of models."""
        system = self.policy.system(await asyncio.to_thread(self._system, headers))
        item = {"id": system.name, "object": "model", "created": 0, "owned_by": self.policy.organisation.name}
        self.ledger.counters.listed_models()
        await _reply(send, 200, {"object": "list", "data": [item]})

    async def completions(self, headers: Headers, receive: Receive, send: Send) -> None:
        """One turn of a conversation."""
        arrived = time.monotonic()
        raw = await _body(headers, receive, self.settings.body_limit)
        asked, decision = await asyncio.to_thread(self._consider, headers, raw)
        answer = Answer(decision, asked, self.ledger, self.upstream, arrived)
        work = asyncio.ensure_future(self._answer(answer, send))
        leaving = asyncio.ensure_future(_left(receive))
        try:
            await asyncio.wait({work, leaving}, return_when=asyncio.FIRST_COMPLETED)
            if not work.done():
                work.cancel()
            await asyncio.gather(work, return_exceptions=False)
        except asyncio.CancelledError:
            if not leaving.done():
                raise  # the server is stopping, not the client leaving
        finally:
            leaving.cancel()

    async def _answer(self, answer: Answer, send: Send) -> None:
        """Send the answer. Where evidence cannot be kept no AI answer goes out: the customer gets the human way."""
        try:
            async with aclosing(answer.chunks()) as chunks:
                if answer.asked.streaming:
                    await self._stream(answer, chunks, send)
                else:
                    reply = chat_reply.whole([chunk async for chunk in chunks])
                    await _reply(send, 200, reply | {"fairgo": self._state(answer)}, self._headers(answer))
        except FairgoError as problem:
            if not answer.opened:
                raise
            told = _as_headers({"receipt": address(answer.receipt)})
            await _reply(send, problem.status, openai_errors.error_body(problem), told)
        except Exception as failure:  # noqa: BLE001 - the ledger or our own fault: never a bare error to a customer
            log.error("the turn could not be kept (%s)", type(failure).__name__)  # noqa: TRY400 - values stay out
            await self._without_evidence(answer, send)

    async def _stream(self, answer: Answer, chunks: Any, send: Send) -> None:
        started = False
        try:
            async for chunk in chunks:
                if not started:
                    started = True
                    chunk["fairgo"] = self._state(answer)
                    await _start(send, 200, b"text/event-stream", self._headers(answer))
                await _part(send, sse.frame(orjson.dumps(chunk)))
        except Exception as failure:
            if not started:
                raise
            # Bytes have gone out: the end is missing on purpose, so that the client knows the answer is not whole.
            log.error("a stream could not be ended (%s)", type(failure).__name__)  # noqa: TRY400 - values stay out
            return
        await _part(send, sse.DONE, more=False)

    async def _without_evidence(self, answer: Answer, send: Send) -> None:
        answer.verdict, answer.reason, answer.disclosed = Outcome.HAND_OVER, "evidence.failed", False
        words = answer.decision.turn.system.human.words
        chunks = chat_reply.spoken(
            words,
            identity=f"chatcmpl-{answer.decision.turn.id}",
            model=answer.asked.model,
            created=int(time.time()),
            choices=answer.asked.choices,
            usage=True,
        )
        if not answer.asked.streaming:
            reply = chat_reply.whole(chunks) | {"fairgo": self._state(answer)}
            await _reply(send, 200, reply, self._headers(answer))
            return
        await _start(send, 200, b"text/event-stream", self._headers(answer))
        for chunk in chunks:
            await _part(send, sse.frame(orjson.dumps(chunk)))
        await _part(send, sse.DONE, more=False)

    def _consider(self, headers: Headers, raw: bytes) -> tuple[chat.Asked, Decision]:
        """Off the event loop: whose key, what is asked, and what the steps say."""
        with self.ledger.store.reading() as connection:
            system = records.system_of(connection, _bearer(headers))
            asked = chat.read(raw)
            who = caller(headers, locale=self.policy.organisation.locale)
            turn = make_turn(self.policy, self.ledger.keys, system, who, asked, connection=connection)
            return asked, run(connection, self.ledger.keys, turn)

    def _system(self, headers: Headers) -> str:
        with self.ledger.store.reading() as connection:
            return records.system_of(connection, _bearer(headers))

    async def _refuse(self, problem: FairgoError, headers: Headers, send: Send) -> None:
        try:
            system = await asyncio.to_thread(self._system, headers)
        except FairgoError:
            system = ""
        told: list[tuple[bytes, bytes]] = []
        try:
            leaf = await self.ledger.submit(lambda tx: evidence.refused(tx, problem.detail, system))
            told = _as_headers({"receipt": address(leaf)})
        except Exception as failure:  # noqa: BLE001 - a refusal is safe to send though its record failed
            log.error("a refusal could not be kept (%s)", type(failure).__name__)  # noqa: TRY400 - values stay out
        await _reply(send, problem.status, openai_errors.error_body(problem), told)

    def _headers(self, answer: Answer) -> list[tuple[bytes, bytes]]:
        return _as_headers(self._state(answer))

    def _state(self, answer: Answer) -> Chunk:
        state: Chunk = {
            "verdict": answer.verdict.value,
            "reason": answer.reason,
            "turn": answer.decision.turn.id,
            "policy": self.policy.version[:16],
            "disclosed": answer.disclosed,
        }
        return state | ({"receipt": address(answer.receipt)} if answer.receipt else {})


Handler = Callable[[Gateway, Headers, Receive, Send], Awaitable[None]]
ROUTES: dict[str, dict[str, Handler]] = {
    CHAT: {"POST": Gateway.completions},
    MODELS: {"GET": Gateway.models},
}


def _route(method: str, path: str) -> Handler:
    methods = ROUTES.get(path.rstrip("/"))
    if methods is None:
        raise NotFound(
            f"there is nothing at this address; the gateway serves {', '.join(ROUTES)}", detail="no_route"
        )
    if method not in methods:
        raise BadRequest(f"use {' or '.join(methods)} here", detail="wrong_method", status=405)
    return methods[method]


def _as_headers(state: Chunk) -> list[tuple[bytes, bytes]]:
    return [(f"fairgo-{name}".encode(), str(value).lower().encode()) for name, value in state.items()]


def _bearer(headers: Headers) -> str:
    scheme, _space, key = headers.get("authorization", "").partition(" ")
    return key.strip() if scheme.lower() == "bearer" else ""


async def _body(headers: Headers, receive: Receive, limit: int) -> bytes:
    if headers.get("content-encoding", "identity") != "identity":
        raise BadRequest("compressed bodies are not accepted", detail="compressed", status=415)
    too_large = BadRequest(
        f"the body is larger than {limit} bytes",
        hint="the setting body_limit",
        detail="too_large",
        status=413,
    )
    length = headers.get("content-length", "0")
    if length.isdigit() and int(length) > limit:
        raise too_large
    body = bytearray()
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise BadRequest("the request was broken off", detail="client.left")
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > limit:
            raise too_large
    return bytes(body)


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _start(send: Send, status: int, kind: bytes, extra: list[tuple[bytes, bytes]]) -> None:
    headers = [
        (b"content-type", kind),
        (b"cache-control", b"no-cache, no-store"),
        (b"x-accel-buffering", b"no"),
        (b"x-content-type-options", b"nosniff"),
        *extra,
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})


async def _part(send: Send, data: bytes, *, more: bool = True) -> None:
    await send({"type": "http.response.body", "body": data, "more_body": more})


async def _reply(send: Send, status: int, value: Any, extra: list[tuple[bytes, bytes]] | None = None) -> None:
    body = orjson.dumps(value)
    length = (b"content-length", str(len(body)).encode())
    await _start(send, status, b"application/json", [length, *(extra or [])])
    await _part(send, body, more=False)
