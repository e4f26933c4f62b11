"""OpenAI Chat Completions, the request: every text of it as the safeguards need it, and the request rewritten.

Nothing textual goes upstream that was not among the texts: unknown fields are walked too. Images, audio and files
cannot be scanned, so they are refused rather than passed unread.
"""

from collections.abc import Iterator, MutableMapping, MutableSequence, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from fairgo.core.errors import BadRequest
from fairgo.core.turns import Role, Text

ROLES = {
    "system": Role.SYSTEM,
    "developer": Role.SYSTEM,
    "user": Role.CUSTOMER,
    "assistant": Role.AI,
    "tool": Role.TOOL,
    "function": Role.TOOL,
}
TEXT_PARTS = {"text", "refusal"}
# Values of these are words of the protocol, never of a person.
PROTOCOL = frozenset(
    {
        "model",
        "n",
        "stream",
        "stream_options",
        "temperature",
        "top_p",
        "max_tokens",
        "max_completion_tokens",
        "presence_penalty",
        "frequency_penalty",
        "logit_bias",
        "seed",
        "stop",
        "response_format",
        "tool_choice",
        "parallel_tool_calls",
        "function_call",
        "modalities",
        "reasoning_effort",
        "service_tier",
        "verbosity",
        "messages",
    }
)
# Names of people or of their sessions, which the assistant has no need for; log-probabilities repeat raw tokens.
WITHHELD = ("user", "metadata", "safety_identifier", "prompt_cache_key", "store", "logprobs", "top_logprobs")
MOST_CHOICES = 16
DEEPEST = 64

Slot = tuple[MutableMapping[str, Any] | MutableSequence[Any], Any, Role, bool]


@dataclass(frozen=True, slots=True)
class Asked:
    """A chat request as read: its body, its texts in the order of `slots`, and how the reply is wanted."""

    body: dict[str, Any]
    texts: tuple[Text, ...]
    model: str
    choices: int
    streaming: bool
    usage: bool


def read(raw: bytes) -> Asked:
    """The request. Raises BadRequest naming the field that does not fit."""
    try:
        body = orjson.loads(raw)
    except orjson.JSONDecodeError as wrong:
        raise BadRequest(
            f"the body is not valid JSON ({wrong})", hint="send a JSON object in UTF-8"
        ) from None
    if not isinstance(body, dict):
        raise BadRequest("the body must be a JSON object", hint='{"model": …, "messages": […]}')
    messages = body.get("messages")
    if not isinstance(messages, list) or not messages:
        raise BadRequest("'messages' must be a list with at least one message")
    model = body.get("model", "")
    if not isinstance(model, str):
        raise BadRequest("'model' must be text")
    choices = 1 if body.get("n") is None else body["n"]
    if not isinstance(choices, int) or isinstance(choices, bool) or not 1 <= choices <= MOST_CHOICES:
        raise BadRequest(f"'n' must be a whole number from 1 to {MOST_CHOICES}")
    streaming, options = body.get("stream") or False, body.get("stream_options") or {}
    if not isinstance(streaming, bool) or not isinstance(options, dict):
        raise BadRequest("'stream' must be true or false, and 'stream_options' an object")
    texts = tuple(Text(role, holder[key], latest) for holder, key, role, latest in slots(body))
    return Asked(body, texts, model, choices, streaming, bool(options.get("include_usage")))


def ask(messages: Sequence[tuple[str, str]]) -> Asked:
    """The request that these (role, words) would have made: for conversations that come in through our own pages."""
    return read(orjson.dumps({"messages": [{"role": role, "content": words} for role, words in messages]}))


def rewrite(asked: Asked, texts: Sequence[Text], *, model: str) -> bytes:
    """The request for the assistant: the same, with `texts` in place of its own, and nothing withheld left in."""
    for (holder, key, _role, _latest), text in zip(slots(asked.body), texts, strict=True):
        holder[key] = text.text
    for name in WITHHELD:
        asked.body.pop(name, None)
    if model:
        asked.body["model"] = model
    return orjson.dumps(asked.body)


def slots(body: dict[str, Any]) -> Iterator[Slot]:
    """Every place of the request that holds text: (holder, key, who wrote it, said since the last AI message)."""
    messages = body["messages"]
    last_ai = max(
        (i for i, m in enumerate(messages) if isinstance(m, dict) and m.get("role") == "assistant"),
        default=-1,
    )
    for i, message in enumerate(messages):
        if not isinstance(message, dict) or message.get("role") not in ROLES:
            raise BadRequest(f"'messages[{i}].role' must be one of {', '.join(ROLES)}")
        yield from _message(message, i, ROLES[message["role"]], latest=i > last_ai)
    for name, value in body.items():
        if name not in PROTOCOL and name not in WITHHELD:
            yield from _within(body, name, value, 0)


def _message(message: dict[str, Any], i: int, role: Role, *, latest: bool) -> Iterator[Slot]:
    content = message.get("content")
    if isinstance(content, str):
        yield message, "content", role, latest
    elif isinstance(content, list):
        yield from _parts(content, i, role, latest=latest)
    elif content is not None:
        raise BadRequest(f"'messages[{i}].content' must be text or a list of parts")
    for name, value in message.items():
        if name == "audio" and value is not None:
            raise BadRequest(
                f"'messages[{i}].audio' is not accepted: audio cannot be checked", hint="send text"
            )
        if name == "tool_calls" and isinstance(value, list):
            calls = [call for call in value if isinstance(call, dict)]
            for call in calls:
                yield from _within(call, "function", call.get("function"), 0, role)
        elif name not in {"role", "content", "tool_call_id"}:
            yield from _within(message, name, value, 0, role)


def _parts(parts: list[Any], i: int, role: Role, *, latest: bool) -> Iterator[Slot]:
    for j, part in enumerate(parts):
        kind = part.get("type") if isinstance(part, dict) else None
        if kind not in TEXT_PARTS:
            raise BadRequest(
                f"'messages[{i}].content[{j}]' is not text: this system accepts text only",
                hint="images, audio and files cannot be checked for personal information yet",
            )
        if not isinstance(part.get(kind), str):
            raise BadRequest(f"'messages[{i}].content[{j}].{kind}' must be text")
        yield part, kind, role, latest


def _within(holder: Any, key: Any, value: Any, depth: int, role: Role = Role.SYSTEM) -> Iterator[Slot]:
    """Every text below a value."""
    if depth > DEEPEST:
        raise BadRequest("the body is nested too deeply")
    if isinstance(value, str):
        yield holder, key, role, False
    elif isinstance(value, dict):
        for name in list(value):
            yield from _within(value, name, value[name], depth + 1, role)
    elif isinstance(value, list):
        for i, item in enumerate(value):
            yield from _within(value, i, item, depth + 1, role)
