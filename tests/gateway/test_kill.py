"""`kill -9` at random moments under load: after a restart the ledger verifies and holds every acknowledged turn."""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import httpx2 as httpx

from fairgo.core.settings import read_settings
from fairgo.ledger import reading
from fairgo.store.engine import open_store
from tests.scripted import Assistant
from tests.serving import policy_folder

KILLS = 20
CLIENTS = 4


def _environment(assistant: Assistant) -> dict[str, str]:
    return os.environ | {"FAIRGO_UPSTREAM_ASSISTANT": assistant.address, "FAIRGO_CHECKPOINT_SECONDS": "0.05"}


def _start(folder: Path, assistant: Assistant) -> tuple[subprocess.Popen[str], str]:
    command = [sys.executable, "-m", "fairgo.cli.main", "serve", "--policy", str(folder / "policy-folder")]
    server = subprocess.Popen(
        [*command, "--data", str(folder / "data"), "--port", "0", "--json"],
        env=_environment(assistant), stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert server.stdout is not None
    line = server.stdout.readline()
    assert line, "the server did not start"
    return server, httpx.Response(200, text=line).json()["gateway"]


def _load(base: str, key: str, acknowledged: list[str], stop: threading.Event) -> None:
    with httpx.Client(headers={"authorization": f"Bearer {key}"}, timeout=5) as client:
        while not stop.is_set():
            streaming = random.random() < 0.5
            body = {
                "model": "assistant",
                "stream": streaming,
                "messages": [{"role": "user", "content": "hi"}],
            }
            try:
                got = client.post(f"{base}/chat/completions", json=body)
            except httpx.HTTPError:
                continue
            if got.status_code == 200 and (not streaming or got.text.endswith("data: [DONE]\n\n")):
                acknowledged.append(got.headers["fairgo-turn"])


def test_twenty_kills_lose_no_acknowledged_turn(tmp_path: Path, assistant: Assistant) -> None:
    policy_folder(tmp_path / "policy-folder")
    made = subprocess.run(
        [sys.executable, "-m", "fairgo.cli.main", "key", "assistant", "--policy", str(tmp_path / "policy-folder"), "--data", str(tmp_path / "data")],
        check=True, capture_output=True, text=True, env=_environment(assistant),
    )  # fmt: skip
    key, acknowledged = made.stdout.strip(), []
    for _ in range(KILLS):
        server, base = _start(tmp_path, assistant)
        stop = threading.Event()
        clients = [
            threading.Thread(target=_load, args=(base, key, acknowledged, stop)) for _ in range(CLIENTS)
        ]
        for client in clients:
            client.start()
        time.sleep(random.uniform(0.02, 0.5))
        server.send_signal(signal.SIGKILL)
        server.wait()
        stop.set()
        for client in clients:
            client.join()
        assert server.stdout is not None
        server.stdout.close()
    server, _base = _start(tmp_path, assistant)
    server.terminate()
    assert server.wait(20) == 0
    assert server.stdout is not None
    server.stdout.close()
    store = open_store(tmp_path / "data", read_settings(tmp_path / "policy-folder", {}).database)
    with store.reading() as connection:
        verified = reading.verify(connection)
        closed = {
            leaf["facts"]["turn"]
            for leaf in reading.contents(connection)
            if leaf["type"] == "gateway.turn.closed"
        }
    store.close()
    assert verified.size > len(acknowledged) > KILLS
    assert set(acknowledged) <= closed
