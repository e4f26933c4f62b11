"""What of a chat request is text, whose it is, and what never goes upstream."""

import orjson
import pytest

from fairgo.core.errors import BadRequest
from fairgo.core.turns import Role, Text
from fairgo.gateway.wire import chat

HI = {"role": "user", "content": "hi"}


def asked(**body: object) -> chat.Asked:
    return chat.read(orjson.dumps({"messages": [HI], **body}))


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (b"{", "not valid JSON"),
        (b"\xff\xfe", "not valid JSON"),
        (b"[1]", "must be a JSON object"),
        (b"{}", "'messages'"),
        (b'{"messages": []}', "'messages'"),
        (b'{"messages": [1]}', "messages[0].role"),
        (b'{"messages": [{"role": "wizard", "content": "x"}]}', "messages[0].role"),
        (b'{"messages": [{"role": "user", "content": 5}]}', "messages[0].content"),
        (b'{"messages": [{"role": "user", "content": [{"type": "text"}]}]}', "content[0].text"),
        (
            b'{"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {}}]}]}',
            "accepts text only",
        ),
        (b'{"messages": [{"role": "user", "content": "x"}], "n": 0}', "'n'"),
        (b'{"messages": [{"role": "user", "content": "x"}], "n": true}', "'n'"),
        (b'{"messages": [{"role": "user", "content": "x"}], "stream": "yes"}', "'stream'"),
        (b'{"messages": [{"role": "user", "content": "x"}], "model": 3}', "'model'"),
        (b"[" * 100_000, "not valid JSON"),
    ],
)
def test_a_body_that_does_not_fit_is_refused_by_name(raw: bytes, says: str) -> None:
    with pytest.raises(BadRequest) as refused:
        chat.read(raw)
    assert says in refused.value.message


def test_depth_is_bounded() -> None:
    deep: object = "x"
    for _ in range(chat.DEEPEST + 2):
        deep = [deep]
    with pytest.raises(BadRequest, match="nested too deeply"):
        asked(extra=deep)


def test_every_text_is_found_with_its_author() -> None:
    messages = [
        {"role": "developer", "content": "be kind"},
        {"role": "user", "name": "Jane", "content": [{"type": "text", "text": "old"}]},
        {"role": "assistant", "content": None, "refusal": "no", "tool_calls": [
            {"id": "t1", "type": "function", "function": {"name": "f", "arguments": '{"a": "b"}'}}]},
        {"role": "tool", "tool_call_id": "t1", "content": "found"},
        {"role": "user", "content": "new"},
    ]  # fmt: skip
    got = chat.read(orjson.dumps({"messages": messages, "custom": {"note": "deep"}}))
    assert {(t.role, t.text, t.latest) for t in got.texts} >= {
        (Role.SYSTEM, "be kind", False),
        (Role.CUSTOMER, "old", False),
        (Role.CUSTOMER, "Jane", False),
        (Role.AI, "no", False),
        (Role.AI, '{"a": "b"}', False),
        (Role.TOOL, "found", True),
        (Role.CUSTOMER, "new", True),
        (Role.SYSTEM, "deep", False),
    }


def test_the_rewritten_request_holds_the_new_texts_and_nothing_withheld() -> None:
    got = asked(
        user="jane@example.com",
        metadata={"who": "Jane"},
        logprobs=True,
        top_logprobs=2,
        temperature=0.5,
        store=True,
    )
    sent = orjson.loads(
        chat.rewrite(got, [Text(t.role, t.text.upper()) for t in got.texts], model="real-model")
    )
    assert sent == {
        "messages": [{"role": "user", "content": "HI"}],
        "temperature": 0.5,
        "model": "real-model",
    }
