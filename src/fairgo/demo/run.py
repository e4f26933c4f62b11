"""The main job: Banksia's 60 customers talk to its assistant through Fairgo, over real HTTP; then its decisions are audited.

Everything goes through the front doors: the OpenAI wire format, the typed API, the audit engine, the ledger. What the
summary says is read back from the store and the ledger, not from the scripts.
"""

import asyncio
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import orjson

from fairgo.assemble import Application, application
from fairgo.core.errors import FairgoError
from fairgo.core.settings import UPSTREAM, read_settings, variable_of
from fairgo.demo import assistant
from fairgo.demo.customers import CUSTOMERS
from fairgo.demo.places import banksia, help_pages
from fairgo.demo.steps import Customer, GiveAgain, PressForPerson, Say, Step
from fairgo.gateway.records import make_key
from fairgo.ledger.house import House, open_house
from fairgo.store.keys import make_key_file
from fairgo.web.listening import listen

SYSTEM = "assistant"
PURPOSE = "answers"
TOGETHER = 8  # customers who talk at the same time
Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Demo:
    """A running demo: the house, its application, an API key, and where the assistant is."""

    house: House
    application: Application
    key: str


def prepare(data: Path, assistant_address: str, environ: Mapping[str, str]) -> Demo:
    """Banksia's policy folder, its keys and its house in a data folder; a folder used before is used again."""
    folder = data / "banksia"
    if not folder.exists():
        shutil.copytree(banksia(), folder, ignore=shutil.ignore_patterns("help"))
    settings = read_settings(folder, environ)
    for path in (settings.master_key_file, settings.ledger_key_file):
        make_key_file(path)
    house = open_house(
        folder, data, {**environ, f"FAIRGO_{UPSTREAM}{variable_of(SYSTEM)}": assistant_address}
    )
    return Demo(house, application(house, demo=True), make_key(house.ledger, SYSTEM))


async def serve_assistant(ready: Callable[[str], None], until: asyncio.Event) -> None:
    """Banksia's own assistant, on a free port of this machine, until the event."""
    await listen(assistant.app(help_pages()), ("127.0.0.1", 0), lambda base: ready(f"{base}/v1"), until)


async def play(base: str, key: str, told: Progress) -> int:
    """Let every scripted customer talk; `told` hears of each one who is done. Gives how many turns there were."""
    gate = asyncio.Semaphore(TOGETHER)
    async with aiohttp.ClientSession(headers={"authorization": f"Bearer {key}"}, trust_env=False) as session:

        async def one(customer: Customer) -> int:
            async with gate:
                turns = await _talk(session, base, customer)
                told(1)
                return turns

        return sum(await asyncio.gather(*(one(customer) for customer in CUSTOMERS)))


async def _talk(session: aiohttp.ClientSession, base: str, customer: Customer) -> int:
    history: list[dict[str, str]] = []
    turns = 0
    for step in customer.steps:
        words = _spoken(step)
        if words is None:
            await _choose(session, base, customer, gives=isinstance(step, GiveAgain))
            continue
        turns += 1
        history.append({"role": "user", "content": words})
        headers = _headers(customer, button=isinstance(step, PressForPerson))
        body = {"model": "banksia-assistant", "messages": history, "stream": customer.streaming}
        async with session.post(f"{base}/v1/chat/completions", json=body, headers=headers) as response:
            if response.status != 200:
                raise FairgoError(f"the gateway answered a scripted customer with status {response.status}")
            raw = await response.read()
        history.append(
            {"role": "assistant", "content": _streamed(raw) if customer.streaming else _whole(raw)}
        )
    return turns


def _spoken(step: Step) -> str | None:
    if isinstance(step, Say):
        return step.text
    return "Talk to a person" if isinstance(step, PressForPerson) else None


def _headers(customer: Customer, *, button: bool) -> dict[str, str]:
    named = {
        "fairgo-customer": customer.name_id,
        "fairgo-conversation": f"{customer.name_id}-1",
        "fairgo-channel": customer.channel,
        "fairgo-locale": customer.locale,
    }
    return named | ({"fairgo-opt-out": "1"} if button else {})


async def _choose(session: aiohttp.ClientSession, base: str, customer: Customer, *, gives: bool) -> None:
    address = f"{base}/api/customers/{customer.name_id}/choices/{PURPOSE}"
    chosen = {"choice": "give" if gives else "withdraw", "channel": customer.channel}
    async with session.put(address, json=chosen) as response:
        if response.status != 200:
            raise FairgoError(f"the API answered a scripted choice with status {response.status}")


def _whole(raw: bytes) -> str:
    return str(orjson.loads(raw)["choices"][0]["message"]["content"])


def _streamed(raw: bytes) -> str:
    events = [line[6:] for line in raw.split(b"\n") if line.startswith(b"data: ") and line != b"data: [DONE]"]
    chunks: list[Any] = [orjson.loads(event) for event in events]
    return "".join(chunk["choices"][0]["delta"].get("content", "") for chunk in chunks if chunk["choices"])
