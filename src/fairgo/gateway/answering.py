"""From a decision to an answer: the assistant's words made safe, or the human way. One path for streams and whole replies.

Parts come out as they may go to the client. A turn is closed in the ledger before its last part comes out, so that
whatever a client has whole is in the evidence.
"""

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import orjson

from fairgo.core.errors import BadRequest, UpstreamFailed
from fairgo.core.verdicts import Outcome
from fairgo.gateway import evidence
from fairgo.gateway.evidence import Closing
from fairgo.gateway.pipeline import Decision
from fairgo.gateway.upstream import Upstream, read_whole
from fairgo.gateway.wire import chat
from fairgo.gateway.wire.chat_reply import ChatReply, Wording, spoken
from fairgo.gateway.wire.sse import Frames
from fairgo.ledger.counters import Usage
from fairgo.ledger.recording import Ledger
from fairgo.privacy.security import Rules
from fairgo.transparency import disclosure

Chunk = dict[str, Any]


@dataclass(slots=True)
class Answer:
    """One answer under way. `verdict` and `reason` are known as soon as the first chunk is.

    `receipt` is the name of the newest leaf about this turn: that it was opened, then that it was closed.
    """

    decision: Decision
    asked: chat.Asked
    ledger: Ledger
    upstream: Upstream
    arrived: float
    verdict: Outcome = Outcome.ALLOW
    reason: str = "none"
    disclosed: bool = False
    receipt: str = field(default="", init=False)
    opened: bool = field(default=False, init=False)
    _reply: ChatReply | None = field(default=None, init=False)
    _heard: ChatReply | None = field(default=None, init=False)
    _closing: bool = field(default=False, init=False)

    async def chunks(self) -> AsyncGenerator[Chunk, None]:
        """The answer as chat chunks. A cancelled answer closes its turn with what had gone out."""
        self.verdict, self.reason = self.decision.outcome, self.decision.reason
        if not self.decision.calls_model:
            self.receipt = await self.ledger.submit(
                lambda tx: evidence.answered(tx, self.decision, self.arrived)
            )
            self.opened = True
            self.disclosed = self.reason == "disclosure.asked"
            for chunk in self._own_words(self.decision.last.reply or ""):
                yield chunk
            return
        self.receipt = await self.ledger.submit(lambda tx: evidence.opened(tx, self.decision))
        self.opened = True
        try:
            async for chunk in self._from_assistant():
                yield chunk
        except (asyncio.CancelledError, GeneratorExit):
            # The client left. What it had received is evidence; waiting for the commit must not be cancelled too.
            if not self._closing:
                await asyncio.shield(asyncio.ensure_future(self._close(self.verdict, "client.left")))
            raise

    async def _from_assistant(self) -> AsyncIterator[Chunk]:
        turn = self.decision.turn
        opening = disclosure.opening(turn, self.decision.recalled["transparency.disclosure"])
        rules = Rules(turn.contacts, turn.privacy, turn.locale)
        self._reply = reply = ChatReply(Wording(turn.vault, rules, opening, " ".join(turn.said)[-200:] + " "))
        self.disclosed = bool(opening)
        if opening:
            self.verdict = Outcome.CHANGE
        body = chat.rewrite(self.asked, turn.texts, model=turn.system.upstream.model)
        ending = None
        self._heard = reply
        try:
            async with self.upstream.chat(turn.system, body) as response:
                async for received in _received(response, streaming=self.asked.streaming):
                    for chunk in reply.feed(received):
                        yield chunk
            _must_be_complete(reply)
        except BadRequest as problem:
            await self._close(Outcome.REFUSE, problem.detail)
            raise
        except UpstreamFailed as failure:
            self.verdict, self.reason = Outcome.HAND_OVER, failure.detail
            if not reply.spoke:
                self._reply = None
                async for chunk in self._human_way():
                    yield chunk
                return
            ending = "\n\n" + turn.system.human.words
        tail = reply.finish(None if ending is None else lambda _index: ending)
        if reply.counts or reply.unknown:
            self.verdict = Outcome.CHANGE if self.verdict is Outcome.ALLOW else self.verdict
        await self._close(self.verdict, self.reason)
        for chunk in tail:
            yield chunk

    async def _human_way(self) -> AsyncIterator[Chunk]:
        """Nothing of the assistant went out: the whole answer is the way to a person."""
        words = self.decision.turn.system.human.words
        self.disclosed = False
        closing = Closing(
            Outcome.HAND_OVER,
            self.reason,
            by_ai=False,
            reply=[words] * self.asked.choices,
            usage=self._usage(),
        )
        self._closing = True
        self.receipt = await self.ledger.submit(lambda tx: evidence.closed(tx, self.decision, closing))
        for chunk in self._own_words(words):
            yield chunk

    async def _close(self, outcome: Outcome, reason: str) -> None:
        self._closing = True
        reply = self._reply
        spoke = reply is not None and reply.spoke
        closing = Closing(
            outcome,
            reason,
            by_ai=spoke,
            reply=reply.texts() if reply else [],
            opened_with_statement=spoke and self.disclosed,
            hidden=dict(reply.counts) if reply else {},
            restored=reply.restored if reply else 0,
            unknown=reply.unknown if reply else 0,
            scanned=reply.scanned if reply else 0,
            usage=self._usage(),
        )
        self.receipt = await self.ledger.submit(lambda tx: evidence.closed(tx, self.decision, closing))

    def _usage(self) -> Usage | None:
        return None if self._heard is None else self._heard.usage

    def _own_words(self, words: str) -> list[Chunk]:
        return spoken(
            words,
            identity=f"chatcmpl-{self.decision.turn.id}",
            model=self.asked.model or self.decision.turn.system.name,
            created=int(time.time()),
            choices=self.asked.choices,
            usage=self.asked.usage or not self.asked.streaming,
        )


async def _received(response: aiohttp.ClientResponse, *, streaming: bool) -> AsyncIterator[Any]:
    """What the assistant sent, parsed: chunks of a stream, or one whole reply (also where a stream was asked for)."""
    if not streaming or "text/event-stream" not in response.headers.get("content-type", ""):
        yield await read_whole(response)
        return
    frames = Frames()
    async for piece in response.content.iter_any():
        for event in frames.feed(piece):
            if event == b"[DONE]":
                return
            yield _parsed(event)
    for event in frames.finish():
        if event != b"[DONE]":
            yield _parsed(event)


def _must_be_complete(reply: ChatReply) -> None:
    if not reply.complete:
        raise UpstreamFailed("the assistant broke off", detail="upstream.broke_off")


def _parsed(event: bytes) -> Any:
    try:
        return orjson.loads(event)
    except orjson.JSONDecodeError:
        raise UpstreamFailed(
            "the assistant sent a frame that is not JSON", detail="upstream.garbage"
        ) from None
