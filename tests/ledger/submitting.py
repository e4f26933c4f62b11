"""A process that submits without end and says which leaves it was told are durable. Tests kill it."""

import asyncio
import os
from pathlib import Path

from fairgo.ledger.leaves import read_leaf
from fairgo.ledger.recording import Recording
from tests.ledger.ledgers import HAPPENED, leaves, opened, running


def submit_for_ever(folder: Path, says: int) -> None:
    """Write the id of each acknowledged leaf to the pipe, a line each."""

    def work(tx: Recording) -> str:
        tx.append(HAPPENED)
        tx.seal(f"customer {os.getpid()}", "words/v1", {"said": "hello"})
        return str(read_leaf(leaves(tx.connection)[-1].leaf)["id"])

    async def one() -> None:
        while True:
            os.write(says, (await ledger.submit(work) + "\n").encode())

    async def several() -> None:
        await asyncio.gather(*(one() for _ in range(8)))

    with opened(folder) as ledger, running(ledger, checkpoint_seconds=0.005):
        os.write(says, b"ready\n")
        asyncio.run(several())
