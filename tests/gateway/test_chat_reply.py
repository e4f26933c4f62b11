"""The transformer of replies: streamed or whole, however cut, the customer reads the same safe words."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from fairgo.core.turns import Vault
from fairgo.gateway.wire.chat_reply import ChatReply, Wording, spoken, whole
from fairgo.gateway.wire.sse import Frames
from fairgo.privacy.security import Rules, redact_turn
from tests import scripted
from tests.turns import a_turn

OPENING = "You are chatting with AI.\n\n"
BITS = st.sampled_from(
    ["Your tfn is ", "123 456 782", "0491 570 156", " call me on ", "jane@example.com", "x@y", " medicare ", "2123 45670 1",
     "4111 1111 1111 1111", "‹", "›", "‹TFN·", "order 81854402", " ", ". ", "\n", "é中", "🙂", "1 2 3 4 5 6 7 8 9", "fine", "-"]
)  # fmt: skip
TEXTS = st.lists(BITS, max_size=9).map("".join)


def vault() -> Vault:
    turn = redact_turn(a_turn("My tfn is 123 456 782 and my number is 0491 570 157")).turn
    assert turn is not None
    return turn.vault


VAULT = vault()


def reply_to(texts: list[str]) -> dict[str, Any]:
    reply = ChatReply(Wording(VAULT, Rules(), OPENING))
    return whole(reply.feed(scripted.whole(texts)) + reply.finish())


@given(st.lists(st.one_of(TEXTS, st.sampled_from(sorted(VAULT.values))), min_size=1, max_size=2), st.data())
def test_any_byte_chunking_gives_what_a_whole_reply_gives(texts: list[str], data: st.DataObject) -> None:
    """One and two choices; chunks cut at random words, the stream's bytes cut anywhere, also inside a character."""
    size = data.draw(st.integers(1, 7))
    raw = b"".join(
        scripted.stream(
            texts, lambda text: [text[i : i + size] for i in range(0, len(text), size)], usage=True
        )
    )
    cuts = sorted(data.draw(st.lists(st.integers(0, len(raw)), max_size=12)))
    frames, reply, out = Frames(), ChatReply(Wording(VAULT, Rules(), OPENING)), []
    pieces = [raw[a:b] for a, b in zip([0, *cuts], [*cuts, len(raw)], strict=True)]
    events = [event for piece in pieces for event in frames.feed(piece)] + frames.finish()
    for event in events:
        if event != b"[DONE]":
            out += reply.feed(json.loads(event))
    out += reply.finish()
    expected = reply_to(texts)
    for choice in expected["choices"]:
        deltas = [c["delta"] for part in out for c in part["choices"] if c["index"] == choice["index"]]
        assert "".join(d.get("content", "") for d in deltas) == (choice["message"]["content"] or "")
    assert out[-1]["choices"] == []
    assert [
        part["choices"][0]["finish_reason"] for part in out[:-1] if part["choices"][0]["finish_reason"]
    ] == ["stop"] * len(texts)


@given(TEXTS)
def test_f12_order_role_first_finish_after_the_tail(text: str) -> None:
    reply = ChatReply(Wording(VAULT, Rules(), OPENING))
    out = [
        part
        for raw in scripted.stream([text], list)
        if b"[DONE]" not in raw
        for part in reply.feed(json.loads(raw[6:]))
    ]
    out += reply.finish()
    roles = [i for i, part in enumerate(out) if "role" in part["choices"][0]["delta"]]
    finishes = [i for i, part in enumerate(out) if part["choices"][0]["finish_reason"]]
    assert roles == [0]
    assert finishes == [len(out) - 1]


def test_a_word_of_the_assistant_never_comes_before_the_statement() -> None:
    reply = ChatReply(Wording(VAULT, Rules(), OPENING))
    parts = [
        part
        for raw in scripted.stream(["Hi there"], list)
        if b"[DONE]" not in raw
        for part in reply.feed(json.loads(raw[6:]))
    ]
    contents = [part["choices"][0]["delta"].get("content", "") for part in parts]
    assert "".join(contents).startswith(OPENING)
    assert next(c for c in contents if c).startswith(OPENING)


def test_tool_calls_are_held_whole_and_given_the_customers_own_values() -> None:
    token = next(name for name, value in VAULT.values.items() if value.startswith("0491"))
    pieces = ['{"call": "', token[:4], token[4:], '", "other": "0491 570 110"}']
    reply = ChatReply(Wording(VAULT, Rules(), OPENING))
    out: list[Any] = []
    for i, piece in enumerate(pieces):
        call: dict[str, Any] = {"index": 0, "function": {"arguments": piece}}
        if i == 0:
            call |= {"id": "t1", "type": "function"}
            call["function"]["name"] = "ring"
        delta = {"index": 0, "delta": {"tool_calls": [call]}, "finish_reason": None}
        out += reply.feed({"id": "c", "choices": [delta]})
    assert out == []
    out = (
        reply.feed({"id": "c", "choices": [{"index": 0, "delta": {}, "finish_reason": "tool_calls"}]})
        + reply.finish()
    )
    message = whole(out)["choices"][0]["message"]
    assert message["tool_calls"][0]["id"] == "t1"
    arguments = json.loads(message["tool_calls"][0]["function"]["arguments"])
    assert arguments["call"] == "0491 570 157"
    assert "0491 570 110" not in arguments["other"]


def test_fields_that_repeat_raw_text_are_left_out() -> None:
    message = {
        "role": "assistant",
        "content": "ok",
        "reasoning_content": "tfn 123 456 782",
        "annotations": [{"x": "0491 570 110"}],
    }
    logprobs = {"content": [{"token": "ok"}]}
    reply = ChatReply(Wording(VAULT, Rules(), ""))
    sent = {
        "id": "c",
        "choices": [{"index": 0, "message": message, "logprobs": logprobs, "finish_reason": "stop"}],
        "x_raw": "y",
    }
    out = whole(reply.feed(sent) + reply.finish())
    assert out["choices"][0]["message"] == {"role": "assistant", "content": "ok", "refusal": None}
    assert out["choices"][0]["logprobs"] is None
    assert "x_raw" not in out


def test_own_words_are_said_once_for_every_choice() -> None:
    parts = spoken("A person will help.", identity="i", model="m", created=1, choices=2, usage=True)
    reply = whole(parts)
    assert [c["message"]["content"] for c in reply["choices"]] == ["A person will help."] * 2
    assert reply["usage"]["total_tokens"] == 0
