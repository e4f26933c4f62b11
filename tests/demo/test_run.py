"""The main job in one process: what reached the assistant, and what reached the customers, held against the scripts."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from fairgo.consent.records import handed_over
from fairgo.demo import assistant, run
from fairgo.demo.customers import CANARIES, CUSTOMERS, LEFTOVER
from fairgo.demo.places import help_pages
from fairgo.gateway.reading import customer_name
from fairgo.ledger import turns
from fairgo.web.listening import listen


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> tuple[run.Demo, Any]:
    """The demo after its customers have gone, and the assistant with what it was sent."""
    return asyncio.run(_play(tmp_path_factory.mktemp("demo")))


async def _play(data: Path) -> tuple[run.Demo, Any]:
    helper, done = assistant.app(help_pages()), asyncio.Event()
    loop = asyncio.get_running_loop()
    first, second = loop.create_future(), loop.create_future()
    serving = [asyncio.ensure_future(listen(helper, ("127.0.0.1", 0), first.set_result, done))]
    demo = run.prepare(data, f"{await first}/v1", {})
    serving.append(asyncio.ensure_future(listen(demo.application, ("127.0.0.1", 0), second.set_result, done)))
    try:
        await run.play(await second, demo.key, lambda _done: None)
    finally:
        done.set()
        await asyncio.gather(*serving)
    return demo, helper


def _replies(demo: run.Demo) -> dict[str, str]:
    """Everything each customer read."""
    keys = demo.house.ledger.keys
    read: dict[str, str] = {}
    with demo.house.store.reading() as connection:
        for customer in CUSTOMERS:
            name = customer_name(connection, keys, customer.name_id)
            conversation = keys.pseudonym("conversation", "assistant", name, f"{customer.name_id}-1")
            kept = turns.conversation(connection, keys, conversation)
            read[customer.name_id] = "\n".join(words for turn in kept for words in turn.reply)
    return read


def test_no_identifier_reaches_the_assistant(played: tuple[run.Demo, Any]) -> None:
    sent = "\n".join(played[1].state.seen)
    assert sent
    assert [word for word in CANARIES if word in sent] == []


def test_nobody_reads_what_another_customer_left(played: tuple[run.Demo, Any]) -> None:
    read = "\n".join(_replies(played[0]).values())
    assert [word for word in LEFTOVER if word in read] == []
    assert assistant.HUMAN_CLAIM not in read
    assert "‹" not in read


def test_every_customer_is_treated_as_the_script_means(played: tuple[run.Demo, Any]) -> None:
    demo, helper = played
    assert helper.state.calls == sum(customer.expects.model_calls for customer in CUSTOMERS)
    with demo.house.store.reading() as connection:
        assert handed_over(connection) >= sum(customer.expects.handed_over for customer in CUSTOMERS)
    waiting = demo.house.policy.system("assistant").human
    read = _replies(demo)
    for customer in CUSTOMERS:
        last = read[customer.name_id].rstrip()
        assert last.endswith((waiting.words, waiting.waiting)) == customer.expects.handed_over, (
            customer.name_id
        )
