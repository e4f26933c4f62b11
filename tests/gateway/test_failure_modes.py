"""F1 to F17: seventeen ways in which redacting proxies were seen to fail, each tried on the real gateway.

The Responses format is not served yet. F6 and F16 are about it: they are tried on what is served, and say so.
"""

import asyncio
import json
import time
from collections.abc import Callable
from typing import Any

import httpx2 as httpx
import pytest
from aiohttp import web

from fairgo.core.turns import Vault
from fairgo.gateway.wire.chat_reply import ChatReply, Wording, whole
from fairgo.privacy.security import Rules, replies
from tests import scripted
from tests.scripted import Assistant
from tests.serving import Fairgo
from tests.turns import POLICY

STATEMENT = POLICY.disclosure("en-AU", "chat").statement
HUMAN = POLICY.system("assistant").human
LONG_EMAIL = "maria.fernanda.delacruz.santos.customer.relations.and.billing.enquiries.sydney1@example.com"


def ask(house: Fairgo, who: str, words: str | list[dict[str, Any]], **more: Any) -> httpx.Response:
    messages = [{"role": "user", "content": words}] if isinstance(words, str) else words
    return httpx.post(
        f"{house.base}/v1/chat/completions",
        headers={
            "authorization": f"Bearer {house.key}",
            "fairgo-customer": who,
            "fairgo-conversation": f"{who}-1",
        },
        json={"model": "assistant", "messages": messages, **more},
        timeout=20,
    )


def chunks(got: httpx.Response) -> list[dict[str, Any]]:
    frames = [line.removeprefix("data: ") for line in got.text.split("\n\n") if line]
    return [json.loads(frame) for frame in frames if frame != "[DONE]"]


def words(got: httpx.Response, index: int = 0) -> str:
    """What the customer reads, without the statement that comes first."""
    if "text/event-stream" in got.headers["content-type"]:
        deltas = [c["delta"] for part in chunks(got) for c in part["choices"] if c["index"] == index]
        said = "".join(delta.get("content") or "" for delta in deltas)
    else:
        said = got.json()["choices"][index]["message"]["content"]
    return said.removeprefix(STATEMENT).lstrip("\n")


def answering(
    assistant: Assistant, answer: Callable[[str], str]
) -> Callable[[web.Request, dict[str, Any]], Any]:
    """An assistant that makes its answer from what it is shown."""

    async def handler(request: web.Request, body: dict[str, Any]) -> Any:
        assistant.texts = [answer(body["messages"][-1]["content"])]
        return await assistant.plainly(request, body)

    return handler


def sending(*frames: bytes, then: Callable[[web.Request], Any] | None = None) -> Any:
    """An assistant that sends exactly these bytes as its stream."""

    async def handler(request: web.Request, _body: Any) -> Any:
        response = web.StreamResponse(headers={"content-type": "text/event-stream"})
        await response.prepare(request)
        for frame in frames:
            await response.write(frame)
        if then is not None:
            await then(request)
        return response

    return handler


def delta(text: str, index: int = 0) -> bytes:
    return scripted.chunk([{"index": index, "delta": {"content": text}, "finish_reason": None}])


def ended(reason: str = "stop", index: int = 0) -> bytes:
    return scripted.chunk([{"index": index, "delta": {}, "finish_reason": reason}])


DONE = b"data: [DONE]\n\n"


def test_f1_words_flow_though_something_was_hidden(house: Fairgo, assistant: Assistant) -> None:
    async def slowly(request: web.Request, body: dict[str, Any]) -> Any:
        response = web.StreamResponse(headers={"content-type": "text/event-stream"})
        await response.prepare(request)
        for (
            word
        ) in f"We will call {body['messages'][-1]['content']} about your bill today, I promise.".split():
            await response.write(delta(f"{word} "))
            await asyncio.sleep(0.05)
        await response.write(ended() + DONE)
        return response

    ask(house, "f1", "hi")  # the statement is out of the way
    assistant.handler = slowly
    began = time.monotonic()
    with httpx.stream(
        "POST",
        f"{house.base}/v1/chat/completions",
        headers={
            "authorization": f"Bearer {house.key}",
            "fairgo-customer": "f1",
            "fairgo-conversation": "f1-1",
        },
        json={"messages": [{"role": "user", "content": "0491 570 006"}], "stream": True},
    ) as response:
        arrivals = [time.monotonic() - began for line in response.iter_lines() if '"content":"' in line]
    assert len(arrivals) >= 6
    assert arrivals[0] < 0.5 * arrivals[-1]


@pytest.mark.parametrize("streaming", [False, True])
def test_f2_customers_read_their_own_values_and_not_a_mask(
    house: Fairgo, assistant: Assistant, streaming: bool
) -> None:
    assistant.handler = answering(assistant, lambda said: f"I will write to {said} and repeat it: {said}!")
    got = ask(house, f"f2-{streaming}", "jo@example.com", stream=streaming)
    assert words(got) == "I will write to jo@example.com and repeat it: jo@example.com!"


@pytest.mark.parametrize("streaming", [False, True])
def test_f3_a_placeholder_of_an_earlier_turn_is_put_back(
    house: Fairgo, assistant: Assistant, streaming: bool
) -> None:
    who = f"f3-{streaming}"
    ask(house, who, "my phone is 0491 570 157")
    token = assistant.seen[-1]["messages"][-1]["content"].removeprefix("my phone is ")
    assistant.texts = [f"We have {token}, and ‹PHONE·aaaaaa2222›."]
    assert words(ask(house, who, "what do you have?", stream=streaming)) == (
        "We have 0491 570 157, and [phone number removed]."
    )


@pytest.mark.parametrize("size", [1, 5, 50])
def test_f4_a_value_longer_than_any_fixed_window_leaks_nothing(
    house: Fairgo, assistant: Assistant, size: int
) -> None:
    assistant.texts = [f"Write to {LONG_EMAIL} or come here to make a change."]
    assistant.words = lambda text: [text[i : i + size] for i in range(0, len(text), size)]
    got = ask(house, f"f4-{size}", "hi", stream=True)
    assert words(got) == "Write to [email address removed] or come here to make a change."


def test_f5_a_stream_is_checked_like_a_whole_reply(house: Fairgo, assistant: Assistant) -> None:
    assistant.texts = ["Jane's number is 0491 570 110, her tax file number 123 456 782."]
    once, streamed = (ask(house, f"f5-{streaming}", "hi", stream=streaming) for streaming in (False, True))
    assert words(once) == words(streamed)
    assert "0491" not in words(streamed)
    assert "123 456 782" not in words(streamed)


def test_f6_no_field_is_a_way_around(house: Fairgo, assistant: Assistant) -> None:
    """`input` and `instructions` are fields of the Responses format, which is refused; on Chat they are read all the same."""
    secret = "my tfn is 123 456 782"
    got = ask(house, "f6", "hi", input=secret, instructions=secret, extra={"deep": [{"er": secret}]})
    assert got.status_code == 200
    assert "123 456 782" not in json.dumps(assistant.seen)
    refused = httpx.post(
        f"{house.base}/v1/responses",
        headers={"authorization": f"Bearer {house.key}"},
        json={"input": secret},
    )
    assert refused.status_code == 404
    assert len(assistant.seen) == 1


def test_f7_an_unterminated_last_frame_and_data_over_several_lines_are_read(
    house: Fairgo, assistant: Assistant
) -> None:
    split = delta("call 0491 570 110 ").replace(b'"choices"', b'\ndata: "choices"')
    assistant.handler = sending(split, ended("stop").rstrip(b"\n"))
    got = ask(house, "f7", "hi", stream=True)
    assert words(got).strip() == "call [phone number removed]"
    assert chunks(got)[-1]["choices"][0]["finish_reason"] == "stop"


def test_f8_characters_may_be_cut_into_bytes(house: Fairgo, assistant: Assistant) -> None:
    assistant.texts = ["Grüße an 王小明, 🙂 call 0491 570 110 ‹PHONE·aaaaaa2222› – bye"]
    assistant.pieces = lambda data: [data[i : i + 1] for i in range(len(data))]
    got = ask(house, "f8", "hi", stream=True)
    assert words(got).endswith("🙂 call [phone number removed] [phone number removed] – bye")
    assert "�" not in words(got)


async def _abort(request: web.Request) -> None:
    await asyncio.sleep(0.05)
    request.transport.abort()


async def _silence(_request: web.Request) -> None:
    await asyncio.sleep(1.5)  # longer than the house waits


@pytest.mark.parametrize("then", [_abort, _silence, None], ids=["error", "timeout", "end without a finish"])
def test_f9_what_was_held_comes_out_safe_when_the_assistant_breaks_off(
    house: Fairgo, assistant: Assistant, then: Any
) -> None:
    who = f"f9-{then}".replace(" ", "")[:40]
    ask(house, who, "my number is 0491 570 006")
    assistant.handler = sending(delta("Yours is 0491 570 006, hers is 0491 570 11"), delta("0"), then=then)
    said = words(ask(house, who, "which one?", stream=True))
    assert said == f"Yours is 0491 570 006, hers is [phone number removed]\n\n{HUMAN.words}"


GARBAGE = f"Hers is [personal detail removed]\n\n{HUMAN.words}"
SKIPPED = "Hers is [phone number removed]."


@pytest.mark.parametrize(
    ("odd", "expected"),
    [
        (b"data: jane@example.com\n\n", GARBAGE),
        (b'data: {"output_text": "jane@example.com", "choices": "jane@example.com"}\n\n', GARBAGE),
        (b'data: {"choices": ["jane@example.com"]}\n\n', GARBAGE),
        (b'data: "jane@example.com"\n\n', GARBAGE),
        (b'data: {"choices": [{"index": 0, "delta": {"annotations": ["jane@example.com"]}}]}\n\n', SKIPPED),
        (b'data: {"choices": [], "moderation": "jane@example.com"}\n\n', SKIPPED),
        (b"jane@example.com\n\n", SKIPPED),
    ],
)
def test_f10_a_shape_nobody_expects_never_goes_out_raw(
    house: Fairgo, assistant: Assistant, odd: bytes, expected: str
) -> None:
    assistant.handler = sending(delta("Hers is 0491 570 1"), odd, delta("10."), ended(), DONE)
    got = ask(house, f"f10 {odd!r}"[:80], "hi", stream=True)
    assert "jane" not in got.text
    assert words(got) == expected


def _received(house: Fairgo) -> tuple[bytes, bool]:
    """The bytes of a stream, and whether it was ended properly."""
    received = b""
    headers = {"authorization": f"Bearer {house.key}"}
    body = {"messages": [{"role": "user", "content": "hi"}], "stream": True}
    with httpx.stream("POST", f"{house.base}/v1/chat/completions", headers=headers, json=body) as response:
        try:
            for piece in response.iter_raw():
                received += piece
        except httpx.RemoteProtocolError:
            return received, False
    return received, True


@pytest.mark.parametrize("streaming", [False, True])
def test_f11_a_safeguard_that_breaks_lets_no_raw_text_out(
    house: Fairgo, assistant: Assistant, monkeypatch: pytest.MonkeyPatch, streaming: bool
) -> None:
    """Our own code is broken on purpose, in the middle of a reply."""
    scan = replies.Scanner.feed

    def broken(self: Any, text: str) -> Any:
        if "0491" in text:
            raise RuntimeError(text)
        return scan(self, text)

    monkeypatch.setattr(replies.Scanner, "feed", broken)
    assistant.texts = ["All is well. Hers is 0491 570 110."]
    assistant.words = lambda text: [text[:13], text[13:]]
    if not streaming:
        assert words(ask(house, "f11", "hi")) == HUMAN.words
        return
    received, whole = _received(house)
    assert not whole  # a client can see that something is missing
    assert b"All is" in received
    assert b"0491" not in received
    assert b"[DONE]" not in received


def test_f12_the_tail_comes_before_the_end_and_usage_last(house: Fairgo, assistant: Assistant) -> None:
    assistant.texts = ["One is 0491 570 110", "Two is jane@example.com"]
    got = ask(house, "f12", "hi", stream=True, n=2, stream_options={"include_usage": True})
    parts = chunks(got)
    assert words(got, 0) == "One is [phone number removed]"
    assert words(got, 1) == "Two is [email address removed]"
    assert [part["choices"] for part in parts].count([]) == 1
    assert parts[-1]["usage"]["total_tokens"] == 8
    for index in (0, 1):
        mine = [c for part in parts for c in part["choices"] if c["index"] == index]
        assert sum("role" in c["delta"] for c in mine) == 1
        assert [c["finish_reason"] for c in mine if c["finish_reason"]] == ["stop"]
        assert mine[-1]["finish_reason"] == "stop"
        assert {c["logprobs"] for c in mine} == {None}


def test_f12_log_probabilities_are_neither_asked_for_nor_passed_on(
    house: Fairgo, assistant: Assistant
) -> None:
    spoken = {"content": [{"token": "jane@example.com", "logprob": -0.1}]}
    raw = scripted.chunk(
        [{"index": 0, "delta": {"content": "Fine."}, "logprobs": spoken, "finish_reason": None}]
    )
    assistant.handler = sending(raw, ended(), DONE)
    got = ask(house, "f12-logprobs", "hi", stream=True, logprobs=True, top_logprobs=5)
    assert "jane" not in got.text
    assert not {"logprobs", "top_logprobs"} & assistant.seen[-1].keys()


def test_f13_no_proxy_may_buffer_or_keep_a_stream(house: Fairgo, assistant: Assistant) -> None:
    headers = ask(house, "f13", "hi", stream=True).headers
    assert headers["x-accel-buffering"] == "no"
    assert {"no-cache", "no-store"} <= set(headers["cache-control"].split(", "))
    assert "content-length" not in headers


BUSINESS = [
    "Product 4006381333 is out of stock.",
    "It happened at 1732345678, or 1732345678123 in milliseconds.",
    "Commit 3f9a1c2b7d4e8f60 and 4111111 fixed it.",
    "PO 4500123456 and invoice INV-20260731-0042 are open.",
    "Your order 81854402 is on its way.",
    "The word redundant is redundant here.",
    "Version 10.4.2 of 2026-07-31 needs 123 456 782 bytes.",
    "Model SM-S918B/DS costs $1,499.00 for 24 months.",
]


@pytest.mark.parametrize("text", BUSINESS)
def test_f14_business_data_stays(house: Fairgo, assistant: Assistant, text: str) -> None:
    assistant.handler = answering(assistant, lambda said: said)
    got = ask(house, "f14", text, stream=True)
    assert assistant.seen[-1]["messages"][-1]["content"] == text
    assert words(got) == text


def test_f15_no_value_stands_in_any_file_in_the_clear(house: Fairgo, assistant: Assistant) -> None:
    secrets = ["0491 570 158", "someone.f15@example.com", "8785 5734 f15"]
    assistant.texts = ["Hers is jane.f15@example.com."]
    ask(house, "f15", f"I am {secrets[1]}, call {secrets[0]}. My secret is {secrets[2]}")
    with house.house.store.writing() as connection:
        connection.exec_driver_sql("SELECT 1")
    kept = b"".join(path.read_bytes() for path in sorted(house.data.rglob("*")) if path.is_file())
    assert b"gateway.turn.closed" in kept
    for secret in (*secrets, "jane.f15@example.com"):
        assert secret.encode() not in kept


def test_f16_every_place_that_repeats_the_text_is_clean() -> None:
    """The Responses events that repeat a whole text are not built. Chat says a text in two fields and in tool calls."""
    reply = ChatReply(Wording(Vault(secret=b"s" * 32), Rules(), ""))
    call = {"index": 0, "id": "c", "type": "function", "function": {"name": "mail", "arguments": '{"to":"ja'}}
    rest = {"index": 0, "function": {"arguments": 'ne@example.com"}'}}
    out = reply.feed({"choices": [{"index": 0, "delta": {"content": "jane@exam", "refusal": "jane@ex"}}]})
    out += reply.feed(
        {
            "choices": [
                {"index": 0, "delta": {"content": "ple.com", "refusal": "ample.com", "tool_calls": [call]}}
            ]
        }
    )
    assert not any("tool_calls" in choice["delta"] for part in out for choice in part["choices"])
    out += reply.feed(
        {"choices": [{"index": 0, "delta": {"tool_calls": [rest]}, "finish_reason": "tool_calls"}]}
    )
    message = whole(out + reply.finish())["choices"][0]["message"]
    assert message["content"] == message["refusal"] == "[email address removed]"
    assert message["tool_calls"][0]["function"]["arguments"] == '{"to":"[email address removed]"}'
    assert "jane" not in json.dumps(out)


def test_f17_a_placeholder_cut_off_at_the_limit_is_never_guessed(house: Fairgo, assistant: Assistant) -> None:
    ask(house, "f17", "mine are 0491 570 156 and 0491 570 158")
    token = assistant.seen[-1]["messages"][-1]["content"].removeprefix("mine are ").split(" and ")[0]
    for length in range(1, len(token) - 1):
        assistant.handler = sending(delta(f"It is {token[:length]}"), ended("length"), DONE)
        got = ask(house, "f17", "which is it?", stream=True)
        assert words(got) in {"It is ", "It is [phone number removed]"}
        assert chunks(got)[-1]["choices"][0]["finish_reason"] == "length"
