"""A customer is erased while Fairgo serves: nobody else notices, and they may come back as somebody new."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import httpx2 as httpx
import pytest

from tests.privacy.erasing import erase
from tests.scripted import scripted
from tests.serving import Fairgo, fairgo

NAME = "served-customer-77"


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Fairgo]:
    with scripted() as assistant, fairgo(tmp_path, assistant.address) as running:
        yield running


def say(served: Fairgo, words: str, customer: str = NAME) -> httpx.Response:
    headers = {
        "authorization": f"Bearer {served.key}",
        "fairgo-conversation": "one",
    }
    sent: dict[str, str | bytes] = {**headers, "fairgo-customer": customer.encode()}
    body = {"model": "assistant", "messages": [{"role": "user", "content": words}]}
    got = httpx.post(f"{served.base}/v1/chat/completions", json=body, headers=sent, timeout=20)
    assert got.status_code == 200, got.text
    return got


def choices(served: Fairgo, customer: str, choice: str = "") -> bool:
    """What is in force, after the choice when one is made."""
    address = f"{served.base}/api/customers/{quote(customer)}/choices/answers"
    headers = {"authorization": f"Bearer {served.key}"}
    if choice:
        httpx.put(address, json={"choice": choice}, headers=headers).raise_for_status()
    return bool(httpx.get(address, headers=headers).raise_for_status().json()["ai_allowed"])


def test_the_erased_start_afresh_and_the_others_go_on(served: Fairgo):
    for customer in (NAME, "neighbour-78"):
        assert say(served, "my number is 0491 570 157", customer).headers["fairgo-disclosed"] == "true"
        assert say(served, "and again", customer).headers["fairgo-disclosed"] == "false"
    assert choices(served, NAME, "withdraw") is False
    assert say(served, "hello?").headers["fairgo-reason"] == "consent.withdrawn"
    done = erase(served.house.ledger, served.data, NAME)
    assert done.state == "certified", done.scan
    fresh = say(served, "good morning")
    assert fresh.headers["fairgo-disclosed"] == "true"  # nobody told this person yet
    assert choices(served, NAME) is True
    assert say(served, "and again", "neighbour-78").headers["fairgo-disclosed"] == "false"


def test_a_choice_outlives_nothing_but_is_never_lost_in_between(served: Fairgo):
    say(served, "hello")
    erase(served.house.ledger, served.data, NAME)
    assert choices(served, NAME, "withdraw") is False
    assert say(served, "hello?").headers["fairgo-reason"] == "consent.withdrawn"


def test_a_name_is_the_same_in_a_header_in_an_address_and_on_the_command_line(served: Fairgo):
    name = "José Núñez 阮"
    say(served, "hello", name)
    assert choices(served, name, "withdraw") is False
    assert say(served, "hello?", name).headers["fairgo-reason"] == "consent.withdrawn"
    done = erase(served.house.ledger, served.data, name)
    assert (done.counts["kept"]["turn"], done.counts["kept"]["choice"]) == (2, 1)
