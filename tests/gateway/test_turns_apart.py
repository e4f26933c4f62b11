"""What the gateway keeps from one turn to the next, so that an identifier split over two is seen."""

import httpx2 as httpx
import pytest

from tests.scripted import Assistant
from tests.serving import Fairgo


def say(house: Fairgo, who: str, words: str) -> str:
    """One turn of a caller that sends only the newest message. Gives what the customer reads."""
    headers = {"authorization": f"Bearer {house.key}", "fairgo-customer": who, "fairgo-conversation": who}
    body = {"messages": [{"role": "user", "content": words}]}
    got = httpx.post(f"{house.base}/v1/chat/completions", headers=headers, json=body, timeout=20)
    return str(got.json()["choices"][0]["message"]["content"])


@pytest.mark.parametrize(
    ("first", "asked", "second", "secret"),
    [
        ("my tfn is", "Go on.", "123 456 782", "123 456 782"),
        ("my tfn is 123 456", "And the rest?", "782", "782"),
        ("I have a problem", "What is your Medicare number?", "it's 2123 45670 1", "2123 45670 1"),
        ("my mobile is 0491", "Yes?", "570 006", "570 006"),
    ],
)
def test_the_second_half_is_hidden_and_comes_back(
    house: Fairgo, assistant: Assistant, first: str, asked: str, second: str, secret: str
) -> None:
    who = f"apart {second} {asked}"
    assistant.texts = [asked]
    say(house, who, first)
    say(house, who, second)
    shown = assistant.seen[-1]["messages"][-1]["content"]
    assert secret not in shown
    assistant.texts = [f"You said {shown}"]
    assert say(house, who, "what did I say?") == f"You said {second}"
    other = say(house, f"{who} of somebody else", "what did they say?")
    assert secret not in other


def test_what_another_conversation_said_does_not_count(house: Fairgo, assistant: Assistant) -> None:
    say(house, "apart one", "my tfn is 123 456")
    say(house, "apart two", "782")
    assert assistant.seen[-1]["messages"][-1]["content"] == "782"
