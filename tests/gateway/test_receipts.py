"""From the header of a reply to a receipt that checks offline: every turn, every refusal, every choice leads to one."""

import json
from typing import Any

import httpx2 as httpx
import pytest
from openai import OpenAI

from fairgo.ledger.receipts import PLACE, Shown, check_receipt, receipt
from fairgo.ledger.sequencer import integrate
from tests.scripted import Assistant
from tests.serving import Fairgo


def shown(house: Fairgo, place: str) -> tuple[dict[str, Any], Shown]:
    """The leaf behind an address, checked with nothing but the receipt and the log's key."""
    ledger = house.house.ledger
    integrate(ledger.store, ledger.signer, ledger.clock)
    with ledger.store.reading() as connection:
        text = receipt(connection, place.removeprefix(f"{PLACE}/"))
    found = check_receipt(text, None, ledger.signer.verifier)
    return json.loads(found.leaf), found


def post(house: Fairgo, body: Any, **headers: str) -> httpx.Response:
    auth = {"authorization": f"Bearer {house.key}", **headers}
    return httpx.post(f"{house.base}/v1/chat/completions", json=body, headers=auth)


def asking(words: str, *, streaming: bool) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": words}], "stream": streaming}


@pytest.mark.parametrize(
    ("words", "streaming", "kind"),
    [
        ("hi", False, "gateway.turn.closed"),
        ("hi", True, "gateway.turn.opened"),  # headers go out before the end
        ("I want a real person", False, "gateway.turn.closed"),
        ("I want a real person", True, "gateway.turn.closed"),  # no model is called: it ends at once
    ],
)
def test_every_turn_leads_to_its_receipt(
    house: Fairgo, assistant: Assistant, words: str, streaming: bool, kind: str
) -> None:
    got = post(house, asking(words, streaming=streaming))
    place = got.headers["fairgo-receipt"]
    leaf, _found = shown(house, place)
    assert (leaf["type"], leaf["facts"]["turn"]) == (kind, got.headers["fairgo-turn"])
    first = got.text.removeprefix("data: ").partition("\n\n")[0]
    assert json.loads(first)["fairgo"]["receipt"] == place


def test_a_hand_over_after_a_failure_of_the_assistant_leads_to_its_receipt(
    house: Fairgo, assistant: Assistant
) -> None:
    async def broken(request: Any, body: Any) -> Any:
        from aiohttp import web

        return web.Response(status=500)

    assistant.handler = broken
    got = post(house, asking("hi", streaming=False))
    leaf, _found = shown(house, got.headers["fairgo-receipt"])
    assert leaf["facts"]["outcome"] == "hand-over" == got.headers["fairgo-verdict"]


def test_refusals_lead_to_the_receipt_of_their_leaf(house: Fairgo, assistant: Assistant) -> None:
    for got, reason in [
        (post(house, {"messages": []}), "bad_request"),
        (post(house, asking("hi", streaming=False), authorization="Bearer fg_wrong"), "wrong_key"),
    ]:
        assert got.status_code in {400, 401}
        leaf, _found = shown(house, got.headers["fairgo-receipt"])
        assert (leaf["type"], leaf["facts"]["reason"]) == ("gateway.request.refused", reason)


def test_a_request_that_the_assistant_refuses_leads_to_the_end_of_its_turn(
    house: Fairgo, assistant: Assistant
) -> None:
    async def refusing(request: Any, body: Any) -> Any:
        from aiohttp import web

        return web.Response(status=400)

    assistant.handler = refusing
    got = post(house, asking("hi", streaming=False))
    leaf, _found = shown(house, got.headers["fairgo-receipt"])
    assert (got.status_code, leaf["type"], leaf["facts"]["outcome"]) == (400, "gateway.turn.closed", "refuse")


def test_a_customers_choice_leads_to_its_receipt(house: Fairgo, client: OpenAI) -> None:
    place = f"{house.base}/api/customers/anna-receipt/choices/answers"
    auth = {"authorization": f"Bearer {house.key}"}
    for choice, kind in (("withdraw", "withdrawn"), ("give", "given")):
        got = httpx.put(place, json={"choice": choice}, headers=auth).json()
        leaf, found = shown(house, got["receipt"])
        assert leaf["type"] == f"consent.choice.{kind}"
        assert b"anna" not in found.leaf
    assert "receipt" not in httpx.get(place, headers=auth).json()
