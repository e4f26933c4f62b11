"""`kill -9` at random moments under load: after a restart the ledger verifies and holds every acknowledged turn."""

import multiprocessing
import os
import random
import signal
import threading
import time
from multiprocessing.connection import Connection
from pathlib import Path

import httpx2 as httpx

from fairgo.gateway.records import make_key
from fairgo.ledger import reading
from fairgo.ledger.house import visiting
from fairgo.ledger.reconciling import reconcile
from fairgo.store.engine import open_store
from tests.scripted import Assistant
from tests.serving import policy_folder

KILLS = int(os.environ.get("KILLS", "20"))  # `make chaos` asks for more
CLIENTS = 4
# Server processes come out of one clean process that has done the imports already: twenty starts in a few seconds.
nursery = multiprocessing.get_context("forkserver")
nursery.set_forkserver_preload(["fairgo.assemble", "tests.gateway.test_kill"])


def _serve(folder: Path, assistant: str, told: Connection) -> None:
    import asyncio

    from fairgo.assemble import application
    from fairgo.ledger.house import open_house
    from fairgo.web.listening import listen

    environ = {"FAIRGO_UPSTREAM_ASSISTANT": assistant, "FAIRGO_CHECKPOINT_SECONDS": "0.05"}
    house = open_house(folder / "policy-folder", folder / "data", environ)
    asyncio.run(listen(application(house), ("127.0.0.1", 0), told.send))


def _start(folder: Path, assistant: Assistant) -> tuple[multiprocessing.process.BaseProcess, str]:
    ours, theirs = nursery.Pipe(duplex=False)
    server = nursery.Process(target=_serve, args=(folder, assistant.address, theirs), daemon=True)
    server.start()
    theirs.close()
    with ours:
        return server, ours.recv()


def _load(client: httpx.Client, base: str, acknowledged: list[str], stop: threading.Event) -> None:
    while not stop.is_set():
        streaming = random.random() < 0.5
        body = {"model": "assistant", "stream": streaming, "messages": [{"role": "user", "content": "hi"}]}
        try:
            got = client.post(f"{base}/v1/chat/completions", json=body)
        except httpx.HTTPError:
            continue
        if got.status_code == 200 and (not streaming or got.text.endswith("data: [DONE]\n\n")):
            acknowledged.append(got.headers["fairgo-turn"])


def _key(folder: Path) -> str:
    with visiting(policy_folder(folder / "policy-folder"), folder / "data") as house:
        return make_key(house.ledger, "assistant")


def test_kills_lose_no_acknowledged_turn(tmp_path: Path, assistant: Assistant) -> None:
    headers = {"authorization": f"Bearer {_key(tmp_path)}"}
    acknowledged: list[str] = []
    sessions = [httpx.Client(headers=headers, timeout=5) for _ in range(CLIENTS)]
    for _ in range(KILLS):
        server, base = _start(tmp_path, assistant)
        stop = threading.Event()
        clients = [
            threading.Thread(target=_load, args=(session, base, acknowledged, stop)) for session in sessions
        ]
        for client in clients:
            client.start()
        time.sleep(random.uniform(0.02, 0.5))
        assert server.pid is not None
        os.kill(server.pid, signal.SIGKILL)
        server.join()
        stop.set()
        for client in clients:
            client.join()
    for session in sessions:
        session.close()
    server, _base = _start(tmp_path, assistant)
    server.terminate()
    server.join(20)
    assert server.exitcode in {0, -signal.SIGTERM}
    store = open_store(tmp_path / "data")
    with store.reading() as connection:
        verified = reading.verify(connection)
        closed = {
            leaf["facts"]["turn"]
            for leaf in reading.contents(connection)
            if leaf["type"] == "gateway.turn.closed"
        }
        complete = reconcile(connection)
    store.close()
    assert verified.size > len(acknowledged) > KILLS
    assert set(acknowledged) <= closed
    assert complete.mismatches == ()
    assert len(complete.unfinished) <= KILLS * CLIENTS
