"""A process that submits without end and says which events it was told are durable. Tests kill it."""

import asyncio
import os
from functools import partial
from pathlib import Path
from uuid import uuid4

from fairgo.core.events import Event
from fairgo.ledger.recording import Recording
from tests.ledger.ledgers import opened, running


def happened(tx: Recording, *, mark: str) -> None:
    """A work with a leaf that bears a mark, and sealed content."""
    tx.append(Event("house.thing.happened", facts={"mark": mark}))
    tx.seal(f"customer {os.getpid()}", "words/v1", {"said": "hello"})


def submit_for_ever(folder: Path, says: int) -> None:
    """Write the mark of each acknowledged event to the pipe, a line each."""

    async def one() -> None:
        while True:
            mark = uuid4().hex
            await ledger.submit(partial(happened, mark=mark))
            os.write(says, f"{mark}\n".encode())

    async def several() -> None:
        await asyncio.gather(*(one() for _ in range(8)))

    with opened(folder) as ledger, running(ledger, checkpoint_seconds=0.005):
        os.write(says, b"ready\n")
        asyncio.run(several())
