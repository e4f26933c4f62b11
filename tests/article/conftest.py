"""The main job, run once through the command line, and Fairgo serving the data it left."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.scripted import Assistant, scripted

Run = Callable[..., subprocess.CompletedProcess[str]]


def command(*words: str, environ: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """`fairgo …` as a user runs it."""
    line = [sys.executable, "-m", "fairgo.cli.main", *words]
    return subprocess.run(line, capture_output=True, text=True, check=False, env=os.environ | (environ or {}))


@dataclass(frozen=True)
class Banksia:
    """What the demo left: its summary and its folder."""

    summary: dict[str, Any]
    data: Path
    policy: Path


@dataclass(frozen=True)
class Served:
    """Fairgo serving Banksia's policy and data, in front of a scripted assistant."""

    base: str
    key: str
    assistant: Assistant


@pytest.fixture(scope="session")
def banksia(tmp_path_factory: pytest.TempPathFactory) -> Banksia:
    data = tmp_path_factory.mktemp("banksia")
    done = command("demo", "--exit", "--json", "--data", str(data))
    assert done.returncode == 0, done.stderr
    return Banksia(json.loads(done.stdout), data, data / "banksia")


@pytest.fixture(scope="session")
def served(banksia: Banksia) -> Iterator[Served]:
    folders = ["--policy", str(banksia.policy), "--data", str(banksia.data)]
    with scripted() as assistant:
        key = command("key", "assistant", *folders).stdout.strip()
        line = [sys.executable, "-m", "fairgo.cli.main", "serve", *folders, "--port", "0", "--json"]
        environ = os.environ | {"FAIRGO_UPSTREAM_ASSISTANT": assistant.address}
        with subprocess.Popen(line, env=environ, stdout=subprocess.PIPE, text=True) as server:
            assert server.stdout is not None
            gateway = json.loads(server.stdout.readline())["gateway"]
            yield Served(gateway.removesuffix("/v1"), key, assistant)
            server.terminate()


@pytest.fixture(scope="session")
def rows(banksia: Banksia) -> dict[str, dict[str, str]]:
    """`fairgo status` on the demo's data, by area and strategy."""
    done = command("status", "--data", str(banksia.data), "--json")
    return {f"{row['area']}.{row['strategy']}": row for row in json.loads(done.stdout)["rows"]}
