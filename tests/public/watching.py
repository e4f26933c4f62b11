"""A witness over real HTTP: in a thread, or as a process that can be killed."""

import asyncio
import json
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from email.message import Message
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

from fairgo.ledger.note import Checkpoint, Signer
from fairgo.ledger.tree import consistency_proof, leaf_hash, root_of
from fairgo.ledger.witnessing import request
from fairgo.public.witness import Watch, app
from fairgo.web.listening import listen


@contextmanager
def served(application) -> Iterator[str]:
    """An ASGI application on a free port, in a thread, until the block ends. Gives its address."""
    told: list[str] = []
    ready, loop, until = threading.Event(), asyncio.new_event_loop(), asyncio.Event()

    def started(base: str) -> None:
        told.append(base)
        ready.set()

    def serve() -> None:
        asyncio.set_event_loop(loop)
        loop.run_until_complete(listen(application, ("127.0.0.1", 0), started, until))

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    assert ready.wait(20), "the server did not start"
    try:
        yield told[0]
    finally:
        loop.call_soon_threadsafe(until.set)
        thread.join(20)
        loop.close()


@contextmanager
def watching(watch: Watch) -> Iterator[str]:
    """The witness on a free port; its memory is closed at the end."""
    try:
        with served(app(watch)) as base:
            yield base
    finally:
        watch.memory.close()


@dataclass
class Process:
    """`fairgo ledger witness` as a process of its own."""

    url: str
    key: str
    running: subprocess.Popen[str]

    def kill(self) -> None:
        self.running.kill()
        self.running.wait()
        if self.running.stdout:
            self.running.stdout.close()


def witness_process(folder: Path, name: str, *logs: str) -> Process:
    """A new process of the command, answering already."""
    chosen = [part for log in logs for part in ("--log", log)]
    running = subprocess.Popen(
        [sys.executable, "-m", "fairgo.cli.main", "ledger", "witness", "--dir", str(folder),
         "--name", name, "--port", "0", "--json", *chosen],
        stdout=subprocess.PIPE,
        text=True,
    )  # fmt: skip
    assert running.stdout is not None
    said = json.loads(running.stdout.readline())
    return Process(said["url"], said["keys"][0], running)


@dataclass(frozen=True)
class History:
    """A log made up for a witness: its leaves, its key, and what it submits."""

    signer: Signer
    leaves: Sequence[bytes]

    def root(self, size: int) -> bytes:
        return root_of(leaf_hash(leaf) for leaf in self.leaves[:size])

    def note(self, size: int) -> str:
        return self.signer.sign(Checkpoint(self.signer.name, size, self.root(size)).text())

    def body(self, old_size: int, size: int) -> bytes:
        """The submission of the tree of `size`, with the proof from `old_size`."""
        hashes = [leaf_hash(leaf) for leaf in self.leaves[:size]]
        return request(old_size, consistency_proof(hashes, old_size), self.note(size))


@dataclass(frozen=True)
class Got:
    """An answer of a witness."""

    status_code: int
    headers: Message
    text: str


def submit(base: str, body: bytes) -> Got:
    """Post to add-checkpoint. Raises OSError or HTTPException when no answer comes."""
    with closing(HTTPConnection(urlsplit(base).netloc, timeout=20)) as connection:
        connection.request("POST", "/add-checkpoint", body)
        answer = connection.getresponse()
        return Got(answer.status, answer.headers, answer.read().decode())
