"""Group commit: works that wait together are committed together, by one thread, off the event loops."""

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import Any

from fairgo.core.errors import EvidenceBroken

TOGETHER = 256


class Job:
    """One submitted work and where its answer goes."""

    __slots__ = ("_done", "_loop", "failure", "result", "work")

    def __init__(
        self, work: Callable[[Any], Any], done: "asyncio.Future[Any]", loop: asyncio.AbstractEventLoop
    ) -> None:
        self.work = work
        self.result: Any = None
        self.failure: BaseException | None = None
        self._done = done
        self._loop = loop

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        """The event loop on which the caller waits."""
        return self._loop

    def settle(self) -> None:
        """Give the caller the result or the failure; to be called on the caller's event loop."""
        if self._done.cancelled():
            return
        if self.failure is None:
            self._done.set_result(self.result)
        elif isinstance(self.failure, Exception) and not isinstance(self.failure, StopIteration):
            self._done.set_exception(self.failure)
        else:
            # A future cannot carry StopIteration, and SystemExit would end the waiter's event loop.
            wrong = RuntimeError(f"the work ended with {type(self.failure).__name__}")
            wrong.__cause__ = self.failure
            self._done.set_exception(wrong)


class Committer:
    """A thread that gathers jobs and hands them to `commit` in batches. A failure of `commit` is every job's failure."""

    def __init__(self, commit: Callable[[list[Job]], None]) -> None:
        self._commit = commit
        self._queue: SimpleQueue[Job | None] = SimpleQueue()
        self._gate = threading.Lock()
        self._thread: threading.Thread | None = None
        self._open = False

    def start(self) -> None:
        """Begin. Raises RuntimeError when it runs already."""
        with self._gate:
            if self._open:
                raise RuntimeError("this ledger runs already")
            self._open = True
        self._thread = threading.Thread(target=self._run, name="committer", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Commit what was submitted, and end. What comes later is refused."""
        with self._gate:
            if self._open:
                self._queue.put(None)
            self._open = False
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    async def submit(self, work: Callable[[Any], Any]) -> Any:
        """Wait until `work` is durable. Raises EvidenceBroken when it does not run."""
        loop = asyncio.get_running_loop()
        done: asyncio.Future[Any] = loop.create_future()
        with self._gate:
            if not self._open:
                raise EvidenceBroken("evidence cannot be kept: the ledger does not run")
            self._queue.put(Job(work, done, loop))
        return await done

    def _run(self) -> None:
        while batch := self._gather():
            try:
                self._commit(batch)
            except BaseException as failure:  # noqa: BLE001 - whatever broke the commit is each waiter's answer
                for job in batch:
                    job.failure = job.failure or failure
            _answer(batch)

    def _gather(self) -> list[Job]:
        """What waits now: at least one work, or nothing at the end."""
        batch: list[Job] = []
        job = self._queue.get()
        while job is not None:
            batch.append(job)
            if len(batch) == TOGETHER:
                return batch
            try:
                job = self._queue.get_nowait()
            except Empty:
                return batch
        if batch:
            self._queue.put(None)  # the end was seen while gathering: it is for the next round
        return batch


def _answer(batch: list[Job]) -> None:
    """One wake-up for each event loop, however many of its callers wait."""
    loops: dict[asyncio.AbstractEventLoop, list[Job]] = {}
    for job in batch:
        loops.setdefault(job.loop, []).append(job)
    for loop, jobs in loops.items():
        with suppress(RuntimeError):  # the loop has closed meanwhile: nobody waits
            loop.call_soon_threadsafe(_settle, jobs)


def _settle(jobs: list[Job]) -> None:
    for job in jobs:
        job.settle()
