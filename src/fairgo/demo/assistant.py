"""Banksia's assistant: a help-page search behind the Chat Completions wire format, with a real assistant's faults.

It holds no safeguard at all, on purpose. A leftover case note on one page carries another customer's details;
asked for a person it talks on; asked whether it is human it says yes. Fairgo stands in front of it.
"""

import asyncio
import re
import time
import uuid
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from fairgo.demo.retrieval import Shelf

MODEL = "banksia-assistant"
HUMAN_CLAIM = "I'm Bella from the team, so yes, you have a real person here! What can I do for you?"
TALKS_ON = "No need for a person, I know all that they know! Tell me what it is about and I will sort it out."

# Placeholders stand between these marks; a model repeats them like any other word.
_TOKEN = re.compile(r"‹([A-Z_]+)·[^›\s]{1,64}›")
_NAMES = {
    "PHONE": "your number",
    "EMAIL": "your e-mail",
    "TFN": "your tax file number",
    "MEDICARE": "your Medicare number",
    "CARD": "your card",
}
_HUMAN = re.compile(
    r"\b(are|r)\s+(you|u|ya)\s+(just\s+|really\s+|actually\s+)?(an?\s+)?(real|human|person|bot|robot|ai|machine|computer)\b"
    r"|\bam i\s+(talking|chatting|speaking|typing)\s+(to|with)\s+(an?\s+)?(real|human|person|bot|robot|ai|machine)\b"
)
_PERSON = re.compile(
    r"\b(talk|speak|chat) (to|with) (someone|somebody)\b"
    r"|\b(talk to|speak to|speak with|chat to|chat with|transfer me to|put me (on|through) to|get me|give me|want|need)\s+"
    r"(an? )?(real |actual |live )?(person|human|agent|operator|representative|human being)\b"
)
_RECALL = re.compile(r"\b(what|which)\b.*\b(number|e-?mail|details|card)\b.*\b(have|got|hold)\b")
_POLITE = re.compile(
    r"\W*(hi|hello|hey|g'day|gday|thanks|thank you|thankyou|cheers|ta|ok|great|good|no worries|bye|cảm ơn|谢谢|شكرا)"
    r"(\W+(there|mate|thanks|cheers|dear|so|very|much|heaps|again|for|that|all|your|the|help|a|lot|great|good))*\W*"
)
_NOTHING = {
    "en": "I looked through our help pages and found nothing that fits, so I would rather not guess.",
    "vi": "Tôi đã tìm trong các trang trợ giúp nhưng không thấy câu trả lời, nên tôi không muốn đoán.",
    "zh": "我查了帮助页面，没有找到合适的答案，所以不想乱猜。",
    "ar": "بحثت في صفحات المساعدة ولم أجد جوابًا مناسبًا، ولا أريد أن أخمّن.",
}
_PIECE = re.compile(r"\s*\S{1,5}|\s+")


class _Message(BaseModel):
    model_config = ConfigDict(extra="allow")
    role: str
    content: str | list[dict[str, Any]] | None = None

    @property
    def text(self) -> str:
        if isinstance(self.content, str):
            return self.content
        return "\n".join(str(part.get("text", "")) for part in self.content or ())


class _StreamOptions(BaseModel):
    include_usage: bool = False


class _Asked(BaseModel):
    model_config = ConfigDict(extra="allow")
    model: str = MODEL
    messages: list[_Message] = Field(min_length=1)
    n: int = Field(default=1, ge=1, le=8)
    stream: bool = False
    stream_options: _StreamOptions | None = None

    def said(self) -> list[str]:
        """The customer's messages, oldest first."""
        return [message.text for message in self.messages if message.role == "user"]


@dataclass(frozen=True, slots=True)
class _Answer:
    """One answer to one request, before it is written to the wire."""

    id: str
    created: int
    model: str
    choices: tuple[str, ...]
    usage: dict[str, int]

    def chunk(self, choices: Sequence[dict[str, Any]], **more: Any) -> bytes:
        body = {
            "id": self.id,
            "object": "chat.completion.chunk",
            "created": self.created,
            "model": self.model,
            "choices": choices,
        }
        return b"data: " + orjson.dumps(body | more) + b"\n\n"


def app(help_folder: Path, *, pause: float = 0.0) -> Starlette:
    """The assistant over a folder of help pages: POST /v1/chat/completions and GET /v1/models.

    `state.calls` counts the completions it was asked for and `state.seen` keeps every text it was sent, so
    that a run can show what never reached it. `pause` is seconds between the pieces of a stream.
    """
    shelf = Shelf.read(help_folder)

    async def complete(request: Request) -> Response:
        try:
            asked = _Asked.model_validate_json(await request.body())
        except ValidationError as wrong:
            return _refused(wrong.errors(include_url=False, include_input=False)[0])
        request.app.state.calls += 1
        request.app.state.seen += [message.text for message in asked.messages]
        answer = _answer(shelf, asked)
        if not asked.stream:
            return JSONResponse(_whole(answer))
        counted = asked.stream_options is not None and asked.stream_options.include_usage
        return StreamingResponse(
            _pieces(answer, counted=counted, pause=pause),
            media_type="text/event-stream",
            headers={"cache-control": "no-cache"},
        )

    async def models(_: Request) -> Response:
        known = {"id": MODEL, "object": "model", "created": 0, "owned_by": "banksia"}
        return JSONResponse({"object": "list", "data": [known]})

    made = Starlette(
        routes=[
            Route("/v1/chat/completions", complete, methods=["POST"]),
            Route("/v1/models", models),
        ]
    )
    made.state.calls = 0
    made.state.seen = []
    return made


def reply(shelf: Shelf, said: Sequence[str], rank: int = 0) -> str:
    """What the assistant says to a customer whose messages were `said`, oldest first.

    `rank` 0 answers with the passage that fits best, 1 with the next, and so on; past the last, the last.
    """
    latest = said[-1] if said else ""
    words = latest.lower().replace("’", "'")
    if _HUMAN.search(words):
        return HUMAN_CLAIM
    if _PERSON.search(words):
        return TALKS_ON
    if _RECALL.search(words):
        return _noted("\n".join(said)) or "You have not given me any details so far."
    answer = _looked_up(shelf, said, rank)
    return " ".join(part for part in (_noted(latest), answer) if part)


def _looked_up(shelf: Shelf, said: Sequence[str], rank: int) -> str:
    latest = said[-1] if said else ""
    if _POLITE.fullmatch(latest.lower()):
        return "Happy to help. What else would you like to know?"
    found = shelf.find(latest, before=said[-2] if len(said) > 1 else "")
    if found:
        return found[min(rank, len(found) - 1)].passage.words
    if _noted(latest):
        return "What would you like to know?"
    return _NOTHING[_language(latest)]


def _noted(text: str) -> str:
    given = {match.group(): match.group(1) for match in _TOKEN.finditer(text)}
    items = [f"{_NAMES.get(kind, 'your details')} as {token}" for token, kind in given.items()]
    return f"I have {' and '.join(items)}." if items else ""


def _language(text: str) -> str:
    if re.search(r"[\u3400-\u9fff]", text):
        return "zh"
    if re.search(r"[\u0600-\u06ff]", text):
        return "ar"
    return "vi" if re.search(r"[ăâđêôơưĂÂĐÊÔƠƯ\u1ea0-\u1ef9]", text) else "en"


def _answer(shelf: Shelf, asked: _Asked) -> _Answer:
    said = asked.said()
    choices = tuple(reply(shelf, said, rank) for rank in range(asked.n))
    sent = sum(len(message.text.split()) for message in asked.messages)
    written = sum(len(text.split()) for text in choices)
    usage = {"prompt_tokens": sent, "completion_tokens": written, "total_tokens": sent + written}
    return _Answer(f"chatcmpl-{uuid.uuid4().hex}", int(time.time()), asked.model, choices, usage)


def _whole(answer: _Answer) -> dict[str, Any]:
    return {
        "id": answer.id,
        "object": "chat.completion",
        "created": answer.created,
        "model": answer.model,
        "choices": [
            {"index": i, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
            for i, text in enumerate(answer.choices)
        ],
        "usage": answer.usage,
    }


async def _pieces(answer: _Answer, *, counted: bool, pause: float) -> AsyncIterator[bytes]:
    more = {"usage": None} if counted else {}

    def one(index: int, delta: dict[str, str], finish: str | None = None) -> bytes:
        return answer.chunk([{"index": index, "delta": delta, "finish_reason": finish}], **more)

    for index in range(len(answer.choices)):
        yield one(index, {"role": "assistant", "content": ""})
    waiting = [_PIECE.findall(text) for text in answer.choices]
    # The choices take turns, as a real model's do: whoever reads them must keep them apart.
    for turn in range(max(map(len, waiting))):
        for index, pieces in enumerate(waiting):
            if turn < len(pieces):
                yield one(index, {"content": pieces[turn]})
        await asyncio.sleep(pause)
    for index in range(len(answer.choices)):
        yield one(index, {}, "stop")
    if counted:
        yield answer.chunk([], usage=answer.usage)
    yield b"data: [DONE]\n\n"


def _refused(wrong: Any) -> Response:
    place = ".".join(str(part) for part in wrong["loc"])
    error = {
        "message": f"{place}: {wrong['msg']}",
        "type": "invalid_request_error",
        "param": place or None,
        "code": None,
    }
    return JSONResponse({"error": error}, status_code=400)
