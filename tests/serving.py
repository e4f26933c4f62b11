"""Fairgo itself, serving over real HTTP on a free port, with a policy folder of its own."""

import asyncio
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from fairgo.assemble import application
from fairgo.cli.starting import write_starter
from fairgo.core.settings import read_settings
from fairgo.gateway.records import make_key
from fairgo.ledger.house import House, open_house
from fairgo.store.keys import make_key_file
from fairgo.web.listening import listen


@dataclass(frozen=True)
class Fairgo:
    """A running Fairgo: where, with which key, and its house to look into."""

    base: str
    key: str
    house: House
    data: Path


def policy_folder(folder: Path) -> Path:
    """The folder `fairgo init` writes, keys included."""
    write_starter(folder)
    settings = read_settings(folder, {})
    for path in (settings.master_key_file, settings.ledger_key_file):
        make_key_file(path)
    return folder


@contextmanager
def fairgo(folder: Path, assistant: str, environ: Mapping[str, str] | None = None) -> Iterator[Fairgo]:
    """Serve in a thread until the block ends; the ledger is closed properly."""
    policy = folder / "policy-folder"
    if not policy.exists():
        policy_folder(policy)
    house = open_house(policy, folder / "data", {"FAIRGO_UPSTREAM_ASSISTANT": assistant, **(environ or {})})
    key = make_key(house.ledger, "assistant")
    started: list[str] = []
    ready, loop = threading.Event(), asyncio.new_event_loop()
    until = asyncio.Event()

    def told(base: str) -> None:
        started.append(base)
        ready.set()

    def serve() -> None:
        asyncio.set_event_loop(loop)
        loop.run_until_complete(listen(application(house), ("127.0.0.1", 0), told, until))

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    assert ready.wait(20), "the server did not start"
    try:
        yield Fairgo(started[0], key, house, folder / "data")
    finally:
        loop.call_soon_threadsafe(until.set)
        thread.join(20)
        loop.close()
