"""The gateway over real HTTP, with the official client."""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx2 as httpx
import pytest
from openai import AuthenticationError, BadRequestError, OpenAI
from sqlalchemy import select

from fairgo.ledger import reading, turns
from fairgo.ledger.sequencer import integrate
from tests.scripted import Assistant
from tests.serving import Fairgo
from tests.turns import POLICY

STATEMENT = POLICY.disclosure("en-AU", "chat").statement
HUMAN = POLICY.system("assistant").human


def who(name: str, **more: str) -> dict[str, str]:
    return {"fairgo-customer": name, "fairgo-conversation": f"{name}-1", **more}


def ask(client: OpenAI, words: str, headers: dict[str, str], **more: Any) -> Any:
    messages = [{"role": "user", "content": words}]
    return client.chat.completions.create(model="assistant", messages=messages, extra_headers=headers, **more)


def said(client: OpenAI, words: str, headers: dict[str, str], *, streaming: bool) -> str:
    if not streaming:
        return ask(client, words, headers).choices[0].message.content
    with ask(client, words, headers, stream=True) as parts:
        return "".join(part.choices[0].delta.content or "" for part in parts if part.choices)


@pytest.mark.parametrize("streaming", [False, True])
def test_disclosure_comes_before_the_first_ai_word_and_only_once(
    client: OpenAI, assistant: Assistant, streaming: bool
) -> None:
    headers = who(f"told-{streaming}")
    first = said(client, "hi", headers, streaming=streaming)
    assert first == f"{STATEMENT}\n\n{assistant.texts[0]}"
    assert said(client, "more", headers, streaming=streaming) == assistant.texts[0]


def test_without_a_conversation_every_answer_says_that_it_is_ai(client: OpenAI, assistant: Assistant) -> None:
    for _ in range(2):
        assert said(client, "hi", {}, streaming=False).startswith(STATEMENT)


@pytest.mark.parametrize("streaming", [False, True])
@pytest.mark.parametrize(
    "words", ["I want to talk to a real person", "can someone call me back please", "Human!", "我要人工客服"]
)
def test_a_wish_for_a_person_is_met_and_the_model_is_never_called_again(
    client: OpenAI, assistant: Assistant, words: str, streaming: bool
) -> None:
    headers = who(f"wish-{words}-{streaming}".encode().hex())
    assert said(client, words, headers, streaming=streaming) == HUMAN.words
    assert said(client, "what is my bill?", headers, streaming=streaming) == HUMAN.waiting
    assert assistant.seen == []


def test_the_button_is_a_wish(client: OpenAI, assistant: Assistant) -> None:
    raw = client.chat.completions.with_raw_response.create(
        model="assistant",
        messages=[{"role": "user", "content": "hi"}],
        extra_headers=who("button", **{"fairgo-opt-out": "1"}),
    )
    assert raw.headers["fairgo-verdict"] == "hand-over"
    assert raw.parse().choices[0].message.content == HUMAN.words
    assert raw.parse().fairgo["reason"] == "opt_out.button"
    assert assistant.seen == []


def test_a_wish_in_the_history_counts_when_no_conversation_is_named(
    client: OpenAI, assistant: Assistant
) -> None:
    messages: Any = [
        {"role": "user", "content": "give me a human"},
        {"role": "assistant", "content": HUMAN.words},
        {"role": "user", "content": "what is my bill?"},
    ]
    reply = client.chat.completions.create(model="assistant", messages=messages)
    assert reply.choices[0].message.content == HUMAN.words
    assert assistant.seen == []


@pytest.mark.parametrize("streaming", [False, True])
def test_are_you_human_gets_the_true_answer_and_no_model(
    client: OpenAI, assistant: Assistant, streaming: bool
) -> None:
    answer = POLICY.disclosure("en-AU", "chat").answer
    assert (
        said(client, "wait, are you a real person?", who(f"asks-{streaming}"), streaming=streaming) == answer
    )
    assert assistant.seen == []


@pytest.mark.parametrize("streaming", [False, True])
def test_identifiers_are_hidden_from_the_model_and_given_back(
    client: OpenAI, assistant: Assistant, streaming: bool
) -> None:
    async def echo(request: Any, body: dict[str, Any]) -> Any:
        assistant.texts = [
            "You said: " + body["messages"][-1]["content"] + " Another customer's is 0491 570 110."
        ]
        return await assistant.plainly(request, body)

    assistant.handler = echo
    words = "my tfn is 123 456 782, medicare 2123 45670 1, call 0491 570 156 or jo@example.com, card 4111 1111 1111 1111"
    got = said(client, words, who(f"pii-{streaming}"), streaming=streaming)
    sent = json.dumps(assistant.seen, ensure_ascii=False)
    for secret in ("123 456 782", "2123 45670 1", "0491 570 156", "jo@example.com", "4111 1111 1111 1111"):
        assert secret not in sent
        assert secret in got
    assert "0491 570 110" not in got
    assert "‹" not in got


def test_n_choices_each_say_that_they_are_ai(client: OpenAI, assistant: Assistant) -> None:
    assistant.texts = ["one", "two"]
    reply = ask(client, "hi", who("choices"), n=2)
    assert [c.message.content for c in reply.choices] == [f"{STATEMENT}\n\none", f"{STATEMENT}\n\ntwo"]


def test_usage_comes_last_and_only_when_asked(client: OpenAI, assistant: Assistant) -> None:
    parts = list(ask(client, "hi", who("usage"), stream=True, stream_options={"include_usage": True}))
    assert parts[-1].choices == []
    assert parts[-1].usage.total_tokens == 8


def test_consent_withdrawn_in_mid_conversation_is_in_force_on_the_next_call(
    house: Fairgo, client: OpenAI, assistant: Assistant
) -> None:
    headers = who("withdraws")
    assert assistant.texts[0] in said(client, "hi", headers, streaming=False)
    choice = f"{house.base}/api/customers/withdraws/choices/answers"
    auth = {"authorization": f"Bearer {house.key}"}
    withdrawn = httpx.put(choice, json={"choice": "withdraw"}, headers=auth).json()
    assert withdrawn.pop("receipt").startswith("/ledger/receipt/")
    assert withdrawn == {"purpose": "answers", "ai_allowed": False}
    calls = len(assistant.seen)
    assert said(client, "and now?", headers, streaming=True) == HUMAN.words
    assert len(assistant.seen) == calls
    assert httpx.put(choice, json={"choice": "give"}, headers=auth).json()["ai_allowed"] is True
    assert assistant.texts[0] in said(client, "hi again", headers, streaming=False)


@pytest.mark.parametrize(
    ("method", "body", "status"),
    [("put", {"choice": "maybe"}, 422), ("put", {"choice": "give", "x": 1}, 422), ("get", None, 200)],
)
def test_choices_api_refuses_what_does_not_fit(house: Fairgo, method: str, body: Any, status: int) -> None:
    auth = {"authorization": f"Bearer {house.key}"}
    got = httpx.request(method, f"{house.base}/api/customers/x/choices/answers", json=body, headers=auth)
    assert got.status_code == status
    unknown = httpx.get(f"{house.base}/api/customers/x/choices/anwsers", headers=auth)
    assert unknown.status_code == 404
    assert "answers" in unknown.json()["hint"]
    assert httpx.get(f"{house.base}/api/customers/x/choices/answers").status_code == 401


def test_models_names_the_system_of_the_key(client: OpenAI) -> None:
    assert [model.id for model in client.models.list()] == ["assistant"]


def test_another_customer_with_the_same_conversation_name_gets_nothing_of_it(
    client: OpenAI, assistant: Assistant
) -> None:
    one = {"fairgo-customer": "anna", "fairgo-conversation": "shared"}
    two = {"fairgo-customer": "ben", "fairgo-conversation": "shared"}
    said(client, "my phone is 0491 570 157", one, streaming=False)
    token = assistant.seen[-1]["messages"][-1]["content"].removeprefix("my phone is ")
    assert token.startswith("‹PHONE·")
    assistant.texts = [f"We have {token} on file."]
    assert "0491" not in said(client, "what is my number?", two, streaming=False)
    assert "0491 570 157" in said(client, "what is my number?", one, streaming=False)


def test_a_value_the_company_mentioned_first_is_the_customers_once_they_give_it(
    client: OpenAI, assistant: Assistant
) -> None:
    headers = who("gives-later")
    known: Any = [
        {"role": "system", "content": "The number on file is 0491 570 159."},
        {"role": "user", "content": "hi"},
    ]
    client.chat.completions.create(model="assistant", messages=known, extra_headers=headers)
    token = assistant.seen[-1]["messages"][0]["content"].split(" is ")[1].rstrip(".")
    assistant.texts = [f"We hold {token}."]
    assert "0491" not in said(client, "what number do you hold?", headers, streaming=False)
    assert "0491 570 159" in said(client, "is it 0491 570 159?", headers, streaming=False)
    assert "0491 570 159" in said(client, "say it again", headers, streaming=True)


def test_turns_of_one_conversation_at_the_same_time_are_all_kept(house: Fairgo, assistant: Assistant) -> None:
    headers = {"authorization": f"Bearer {house.key}", **who("at-once")}
    body = {"messages": [{"role": "user", "content": "call me on 0491 570 156"}]}

    def one(_number: int) -> str:
        return httpx.post(f"{house.base}/v1/chat/completions", json=body, headers=headers).headers[
            "fairgo-verdict"
        ]

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(one, range(24))) == {"change"}


def test_a_caller_cannot_lower_what_is_done(client: OpenAI, assistant: Assistant) -> None:
    lower = who(
        "lower",
        **{
            "fairgo-disclosed": "true",
            "fairgo-redact": "off",
            "fairgo-verdict": "allow",
            "fairgo-record": "0",
        },
    )
    got = said(client, "call 0491 570 156", lower, streaming=False)
    assert got.startswith(STATEMENT)
    assert "0491" not in json.dumps(assistant.seen)


def test_every_turn_is_in_the_ledger_and_the_ledger_verifies(
    house: Fairgo, client: OpenAI, assistant: Assistant
) -> None:
    raw = client.chat.completions.with_raw_response.create(
        model="assistant", messages=[{"role": "user", "content": "hi"}], extra_headers=who("evidence")
    )
    turn = raw.headers["fairgo-turn"]
    integrate(house.house.store, house.house.ledger.signer, house.house.ledger.clock)
    with house.house.store.reading() as connection:
        mine = [leaf for leaf in reading.contents(connection) if leaf["facts"].get("turn") == turn]
        assert [leaf["type"] for leaf in mine] == ["gateway.turn.opened", "gateway.turn.closed"]
        assert all(leaf["policy"] == house.house.policy.version for leaf in mine)
        assert reading.verify(connection).size > 0
        row = connection.execute(select(turns.turn_table).where(turns.turn_table.c.id == turn)).one()
    assert row.by_ai
    assert row.closed_at >= row.opened_at


def test_wrong_key_and_bad_parameters_come_as_openai_errors(
    house: Fairgo, client: OpenAI, assistant: Assistant
) -> None:
    with (
        OpenAI(base_url=f"{house.base}/v1", api_key="fg_wrong", max_retries=0) as stranger,
        pytest.raises(AuthenticationError) as refused,
    ):
        ask(stranger, "hi", {})
    assert refused.value.code == "wrong_key"
    with pytest.raises(BadRequestError) as wrong:
        ask(client, "hi", {}, n=99)
    assert "'n'" in str(wrong.value)
    assert assistant.seen == []
