"""OpenAI Chat Completions, the reply: one transformer for streamed and whole replies, so both say the same.

A whole reply is fed as a single chunk. Text goes out up to each choice's safe cut; what is held leaves before the
choice's finish reason; usage comes last. Fields that could carry raw text and cannot be checked are left out.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from fairgo.core.errors import UpstreamFailed
from fairgo.core.turns import Vault
from fairgo.ledger.counters import Usage, usage_of
from fairgo.privacy.security import Reply, Rules, restore_arguments

SPOKEN = ("content", "refusal")  # the fields of a message in which the assistant speaks
ENVELOPE = ("id", "object", "created", "model", "service_tier", "system_fingerprint")
FINISHES = frozenset({"stop", "length", "tool_calls", "content_filter", "function_call"})


@dataclass(frozen=True, slots=True)
class Wording:
    """What the reply's texts need: the placeholders, what may pass, what stands before the first word.

    `asked` is what the customer said: words that show what a bare number in the answer is.
    """

    vault: Vault
    rules: Rules
    opening: str
    asked: str = ""


@dataclass(slots=True)
class _Choice:
    """One choice on its way out."""

    voices: dict[str, Reply]
    spoke: bool = False
    role_sent: bool = False
    finish: str | None = None
    calls: dict[int, dict[str, Any]] = field(default_factory=dict)
    sent: list[str] = field(default_factory=list)


class ChatReply:
    """Turns chunks of the assistant into chunks for the customer.

    After the last chunk call `finish()`. `counts`, `restored`, `unknown` and `scanned` say what was done.
    """

    def __init__(self, wording: Wording) -> None:
        self._wording = wording
        self._choices: dict[int, _Choice] = {}
        self._envelope: dict[str, Any] = {}
        self._usage: Any = None
        self.counts: Counter[str] = Counter()
        self.restored = 0
        self.unknown = 0
        self.scanned = 0

    @property
    def complete(self) -> bool:
        """True when every choice the assistant began has its finish reason."""
        return bool(self._choices) and all(choice.finish for choice in self._choices.values())

    @property
    def spoke(self) -> bool:
        """True when the assistant said at least one word."""
        return any(choice.spoke for choice in self._choices.values())

    @property
    def usage(self) -> Usage:
        """What the assistant said of this reply so far."""
        return usage_of(self._envelope.get("id"), self._usage)

    def texts(self) -> list[str]:
        """What each choice has sent so far, by index."""
        return ["".join(self._choices[i].sent) for i in sorted(self._choices)]

    def feed(self, chunk: Any) -> list[dict[str, Any]]:
        """What may go out after this chunk. Raises UpstreamFailed when it is not a chat chunk."""
        if not isinstance(chunk, dict) or "error" in chunk or not isinstance(chunk.get("choices", []), list):
            raise UpstreamFailed(
                "the assistant sent something that is not a chat reply", detail="upstream.garbage"
            )
        if not self._envelope:
            self._envelope = {name: chunk[name] for name in ENVELOPE if name in chunk}
        self._usage = chunk.get("usage") or self._usage
        out: list[dict[str, Any]] = []
        for item in chunk.get("choices", []):
            if not isinstance(item, dict) or not isinstance(item.get("index", 0), int):
                raise UpstreamFailed(
                    "the assistant sent a choice that cannot be read", detail="upstream.garbage"
                )
            out += self._feed_choice(item.get("index", 0), item)
        return out

    def finish(self, ending: Callable[[int], str] | None = None) -> list[dict[str, Any]]:
        """The held tails, a finish reason for every choice, and usage. `ending` adds words to choices cut short."""
        out: list[dict[str, Any]] = []
        for index in sorted(self._choices or {0: self._choice(0)}):
            choice = self._choices[index]
            if choice.finish is None:
                out += self._tail(index, choice, cut_off=True)
                if ending is not None:
                    words = ending(index)
                    choice.sent.append(words)
                    out.append(self._chunk(index, {"content": words}))
                choice.finish = "stop"
                out.append(self._chunk(index, {}, finish="stop"))
        if self._usage is not None:
            out.append({**self._envelope, "choices": [], "usage": self._usage})
        return out

    def _choice(self, index: int) -> _Choice:
        if index not in self._choices:
            voices = {
                name: Reply(self._wording.vault, self._wording.rules, before=self._wording.asked)
                for name in SPOKEN
            }
            self._choices[index] = _Choice(voices)
        return self._choices[index]

    def _feed_choice(self, index: int, item: dict[str, Any]) -> list[dict[str, Any]]:
        choice = self._choice(index)
        if choice.finish is not None:
            return []
        delta = item.get("delta") or item.get("message") or {}
        out: list[dict[str, Any]] = []
        for name in SPOKEN:
            words = delta.get(name)
            if isinstance(words, str) and words:
                released = self._opening(choice) + choice.voices[name].feed(words)
                out += self._say(index, choice, name, released)
        self._gather(choice, delta)
        if item.get("finish_reason"):
            out += self._tail(index, choice, cut_off=item["finish_reason"] == "length")
            choice.finish = item["finish_reason"] if item["finish_reason"] in FINISHES else "stop"
            out.append(self._chunk(index, {}, finish=choice.finish))
        return out

    def _opening(self, choice: _Choice) -> str:
        if choice.spoke:
            return ""
        choice.spoke = True
        return self._wording.opening

    def _say(self, index: int, choice: _Choice, name: str, words: str) -> list[dict[str, Any]]:
        if not words:
            return []
        choice.sent.append(words)
        return [self._chunk(index, {name: words})]

    def _gather(self, choice: _Choice, delta: dict[str, Any]) -> None:
        """Keep the pieces of tool calls: arguments are checked only when they are whole."""
        calls: Iterable[Any] = delta.get("tool_calls") or []
        if isinstance(delta.get("function_call"), dict):
            calls = [*calls, {"index": -1, "function": delta["function_call"]}]
        for place, call in enumerate(calls):
            if not isinstance(call, dict):
                continue
            kept = choice.calls.setdefault(
                call.get("index", place), {"function": {"name": "", "arguments": ""}}
            )
            kept |= {key: call[key] for key in ("id", "type") if call.get(key)}
            function = call.get("function") or {}
            kept["function"]["name"] += function.get("name") or ""
            kept["function"]["arguments"] += function.get("arguments") or ""

    def _tail(self, index: int, choice: _Choice, *, cut_off: bool) -> list[dict[str, Any]]:
        out: list[dict[str, Any]] = []
        for name, voice in choice.voices.items():
            out += self._say(index, choice, name, voice.finish(cut_off=cut_off))
            self.counts.update(voice.counts)
            self.restored += voice.restored
            self.unknown += voice.unknown
            self.scanned += voice.scanned
        for place, call in sorted(choice.calls.items()):
            cleaned = restore_arguments(
                call["function"]["arguments"], self._wording.vault, self._wording.rules
            )
            self.counts.update(cleaned.counts)
            function = {"name": call["function"]["name"], "arguments": cleaned.text}
            whole = {
                "index": place,
                **{k: v for k, v in call.items() if k != "function"},
                "function": function,
            }
            out.append(
                self._chunk(index, {"function_call": function} if place < 0 else {"tool_calls": [whole]})
            )
        return out

    def _chunk(self, index: int, delta: dict[str, Any], finish: str | None = None) -> dict[str, Any]:
        choice = self._choices[index]
        if not choice.role_sent:
            choice.role_sent = True
            delta = {"role": "assistant", **delta}
        item = {"index": index, "delta": delta, "logprobs": None, "finish_reason": finish}
        return {**self._envelope, "choices": [item]}


def whole(chunks: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """The chunks of one reply put together as a reply that is not streamed."""
    choices: dict[int, dict[str, Any]] = {}
    reply: dict[str, Any] = {}
    for chunk in chunks:
        reply |= {key: value for key, value in chunk.items() if key != "choices"}
        for item in chunk["choices"]:
            kept = choices.setdefault(
                item["index"],
                {
                    "index": item["index"],
                    "message": {"role": "assistant", "content": None, "refusal": None},
                    "logprobs": None,
                },
            )
            kept["finish_reason"] = item["finish_reason"]
            _join(kept["message"], item["delta"])
    return reply | {"object": "chat.completion", "choices": [choices[i] for i in sorted(choices)]}


def _join(message: dict[str, Any], delta: dict[str, Any]) -> None:
    for name in SPOKEN:
        if name in delta:
            message[name] = (message[name] or "") + delta[name]
    for call in delta.get("tool_calls", []):
        message.setdefault("tool_calls", []).append({k: v for k, v in call.items() if k != "index"})
    if "function_call" in delta:
        message["function_call"] = delta["function_call"]


def spoken(
    words: str, *, identity: str, model: str, created: int, choices: int, usage: bool
) -> list[dict[str, Any]]:
    """A reply that no model wrote, as chunks: the same words for every choice that was asked for."""
    envelope = {"id": identity, "object": "chat.completion.chunk", "created": created, "model": model}
    out: list[dict[str, Any]] = []
    for index in range(choices):
        for delta, finish in (({"role": "assistant", "content": words}, None), ({}, "stop")):
            item = {"index": index, "delta": delta, "logprobs": None, "finish_reason": finish}
            out.append({**envelope, "choices": [item]})
    if usage:
        none = {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}
        out.append({**envelope, "choices": [], "usage": none})
    return out
