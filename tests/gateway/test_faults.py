"""Bad input and bad assistants: a clear error or the human way, in the caller's format, recorded, nothing lost."""

import asyncio
import json
import socket
import time
from typing import Any

import httpx2 as httpx
import pytest
from aiohttp import web
from openai import OpenAI
from sqlalchemy import delete, select

from fairgo.gateway.records import api_key
from fairgo.ledger import reading, turns
from fairgo.ledger.sequencer import integrate
from tests import scripted
from tests.scripted import Assistant
from tests.serving import Fairgo, fairgo
from tests.turns import POLICY

HUMAN = POLICY.system("assistant").human
CHAT = {"model": "assistant", "messages": [{"role": "user", "content": "hi"}]}


def post(house: Fairgo, **more: Any) -> httpx.Response:
    headers = {"authorization": f"Bearer {house.key}", "content-type": "application/json"} | more.pop(
        "headers", {}
    )
    return httpx.post(f"{house.base}/v1/chat/completions", headers=headers, timeout=20, **more)


def leaves(house: Fairgo) -> list[dict[str, Any]]:
    integrate(house.house.store, house.house.ledger.signer, house.house.ledger.clock)
    with house.house.store.reading() as connection:
        reading.verify(connection)
        return list(reading.contents(connection))


@pytest.mark.parametrize(
    ("request_", "status", "code"),
    [
        ({"content": b"{not json"}, 400, "bad_request"),
        ({"content": b"\xff\xfe\x00"}, 400, "bad_request"),
        ({"json": {"messages": "hi"}}, 400, "bad_request"),
        ({"content": b"x" * (1024 * 1024 + 1)}, 413, "too_large"),
        ({"json": CHAT, "headers": {"authorization": "Bearer nonsense"}}, 401, "wrong_key"),
        ({"json": CHAT, "headers": {"authorization": ""}}, 401, "wrong_key"),
        ({"json": CHAT, "headers": {"fairgo-channel": "no spaces allowed"}}, 400, "bad_request"),
        ({"json": CHAT, "headers": {"fairgo-locale": "??"}}, 400, "bad_request"),
        ({"json": CHAT, "headers": {"fairgo-customer": "x" * 300}}, 400, "bad_request"),
        ({"content": b"...", "headers": {"content-encoding": "gzip"}}, 415, "compressed"),
    ],
)
def test_a_request_that_does_not_fit_is_refused_clearly_and_recorded(
    house: Fairgo, assistant: Assistant, request_: dict[str, Any], status: int, code: str
) -> None:
    before = len(leaves(house))
    got = post(house, **request_)
    assert got.status_code == status
    error = got.json()["error"]
    assert error["code"] == code
    assert error["message"]
    kept = leaves(house)[before:]
    assert [(leaf["type"], leaf["facts"]["reason"]) for leaf in kept] == [("gateway.request.refused", code)]
    assert assistant.seen == []


def test_a_body_without_a_length_is_cut_off_at_the_limit(house: Fairgo) -> None:
    assert post(house, content=(b"x" * 65536 for _ in range(40))).status_code == 413


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/v1/chat/completions", 405), ("POST", "/v1/embeddings", 404), ("GET", "/v1/", 404)],
)
def test_other_addresses_answer_in_the_same_format(
    house: Fairgo, method: str, path: str, status: int
) -> None:
    got = httpx.request(method, f"{house.base}{path}", headers={"authorization": f"Bearer {house.key}"})
    assert (got.status_code, set(got.json()["error"])) == (status, {"message", "type", "param", "code"})


def test_a_key_whose_system_left_the_policy_is_told_so(house: Fairgo) -> None:
    with house.house.ledger.recorded() as tx:
        from fairgo.core.events import Event
        from fairgo.gateway.records import _hash

        tx.append(Event("gateway.key.made", system="gone"))
        tx.execute(api_key.insert().values(hash=_hash("fg_gone"), system="gone", made_at=tx.moment))
    got = post(house, json=CHAT, headers={"authorization": "Bearer fg_gone"})
    assert got.status_code == 404
    assert "no system 'gone'" in got.json()["error"]["message"]
    with house.house.ledger.recorded(Event("gateway.key.made", system="gone")) as tx:
        tx.execute(delete(api_key).where(api_key.c.system == "gone"))


async def _down(request: web.Request, _body: Any) -> Any:
    request.transport.abort()
    return web.Response()


async def _slow(_request: web.Request, _body: Any) -> Any:
    await asyncio.sleep(3)
    return web.Response()


async def _error(_request: web.Request, _body: Any) -> Any:
    return web.json_response({"error": {"message": "jane@example.com overloaded"}}, status=503)


async def _garbage(_request: web.Request, body: Any) -> Any:
    kind = "text/event-stream" if body.get("stream") else "application/json"
    return web.Response(body=b"data: {oops\n\n", content_type=kind)


async def _nothing(_request: web.Request, body: Any) -> Any:
    if body.get("stream"):
        return web.Response(body=b"data: [DONE]\n\n", content_type="text/event-stream")
    return web.json_response({"choices": []})


@pytest.mark.parametrize("streaming", [False, True])
@pytest.mark.parametrize(
    ("handler", "reason"),
    [(_down, "upstream.down"), (_slow, "upstream.slow"), (_error, "upstream.error"), (_garbage, "upstream.garbage"), (_nothing, "upstream.broke_off")],
)  # fmt: skip
def test_an_assistant_that_fails_leads_to_the_human_way(
    house: Fairgo, client: OpenAI, assistant: Assistant, handler: Any, reason: str, streaming: bool
) -> None:
    assistant.handler = handler
    headers = {"fairgo-customer": f"{reason}{streaming}", "fairgo-conversation": "1"}
    if streaming:
        with client.chat.completions.create(**CHAT, stream=True, extra_headers=headers) as parts:
            received = list(parts)
        words = "".join(part.choices[0].delta.content or "" for part in received if part.choices)
        assert received[-1].choices[0].finish_reason == "stop"
    else:
        reply = client.chat.completions.create(**CHAT, extra_headers=headers)
        words = reply.choices[0].message.content
        assert (reply.fairgo["verdict"], reply.fairgo["reason"]) == ("hand-over", reason)
    assert words == HUMAN.words
    kept = leaves(house)
    assert kept[-1]["type"] == "consent.handover.requested"
    assert kept[-1]["facts"]["reason"] == reason
    assert (kept[-2]["type"], kept[-2]["facts"]["by_ai"]) == ("gateway.turn.closed", False)


def test_an_assistant_that_is_not_there_at_all(tmp_path: Any) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with fairgo(tmp_path, f"http://127.0.0.1:{port}/v1") as house:
        got = post(house, json=CHAT)
        assert got.json()["choices"][0]["message"]["content"] == HUMAN.words
        assert got.headers["fairgo-reason"] == "upstream.down"


def test_an_assistant_that_breaks_off_in_mid_stream_keeps_its_words_safe_and_adds_the_human_way(
    house: Fairgo, client: OpenAI, assistant: Assistant
) -> None:
    async def half(request: web.Request, _body: Any) -> Any:
        response = web.StreamResponse(headers={"content-type": "text/event-stream"})
        await response.prepare(request)
        for part in ("Your bill is due. Ring 0491 570 ", "110"):
            await response.write(
                scripted.chunk([{"index": 0, "delta": {"content": part}, "finish_reason": None}])
            )
        await asyncio.sleep(0.05)
        request.transport.abort()
        return response

    assistant.handler = half
    with client.chat.completions.create(**CHAT, stream=True) as parts:
        received = list(parts)
    words = "".join(part.choices[0].delta.content or "" for part in received if part.choices)
    assert "Your bill is due." in words
    assert words.endswith(HUMAN.words)
    assert "0491" not in words
    assert leaves(house)[-2]["facts"]["reason"] == "upstream.broke_off"


def test_what_the_assistant_refuses_is_the_callers_to_mend_and_repeats_nothing(
    house: Fairgo, assistant: Assistant
) -> None:
    async def refuse(_request: web.Request, _body: Any) -> Any:
        return web.json_response({"error": {"message": "bad temperature for jane@example.com"}}, status=400)

    assistant.handler = refuse
    got = post(house, json=CHAT | {"temperature": 9})
    assert got.status_code == 400
    assert got.json()["error"]["code"] == "upstream.refused"
    assert "jane" not in got.text
    opened, closed = leaves(house)[-2:]
    assert [opened["type"], closed["type"]] == ["gateway.turn.opened", "gateway.turn.closed"]
    assert (closed["facts"]["outcome"], closed["facts"]["reason"]) == ("refuse", "upstream.refused")


def test_a_client_that_leaves_stops_the_assistant_and_the_turn_is_closed(
    house: Fairgo, assistant: Assistant
) -> None:
    stopped: list[float] = []

    async def endless(request: web.Request, _body: Any) -> Any:
        response = web.StreamResponse(headers={"content-type": "text/event-stream"})
        await response.prepare(request)
        try:
            for _ in range(400):
                await response.write(
                    scripted.chunk([{"index": 0, "delta": {"content": "and "}, "finish_reason": None}])
                )
                await asyncio.sleep(0.02)
        finally:
            stopped.append(time.monotonic())
        return response

    assistant.handler = endless
    headers = {"authorization": f"Bearer {house.key}"}
    with httpx.stream(
        "POST", f"{house.base}/v1/chat/completions", json=CHAT | {"stream": True}, headers=headers
    ) as response:
        turn = response.headers["fairgo-turn"]
        next(response.iter_bytes())
    for _ in range(100):
        with house.house.store.reading() as connection:
            row = connection.execute(select(turns.turn_table).where(turns.turn_table.c.id == turn)).one()
        if row.closed_at is not None and stopped:
            break
        time.sleep(0.05)
    assert row.reason == "client.left"
    assert stopped


def test_a_step_that_cannot_run_leads_to_the_human_way(
    house: Fairgo, client: OpenAI, assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The one place where our own code is broken on purpose: to see that a broken safeguard never lets raw text past."""
    from fairgo.privacy.security import tokens

    def broken(*_args: Any, **_kwargs: Any) -> Any:
        raise RuntimeError("123 456 782")

    monkeypatch.setattr(tokens, "token_of", broken)
    reply = client.chat.completions.create(
        model="assistant", messages=[{"role": "user", "content": "my tfn is 123 456 782"}]
    )
    assert reply.choices[0].message.content == HUMAN.words
    assert reply.fairgo["reason"] == "privacy.security.failed"
    assert assistant.seen == []


def test_evidence_that_cannot_be_kept_means_no_ai_answer(tmp_path: Any, assistant: Assistant) -> None:
    with fairgo(tmp_path, assistant.address) as house:
        with house.house.store.writing() as connection:
            connection.exec_driver_sql(
                "CREATE TRIGGER full BEFORE INSERT ON content BEGIN SELECT RAISE(ABORT, 'disk full'); END"
            )
        for streaming in (False, True):
            got = post(house, json=CHAT | {"stream": streaming})
            assert got.headers["fairgo-reason"] == "evidence.failed"
            words = (
                got.json()["choices"][0]["message"]["content"]
                if not streaming
                else json.loads(got.text.split("data: ")[1])["choices"][0]["delta"]["content"]
            )
            assert words == HUMAN.words
        assert assistant.seen == []
