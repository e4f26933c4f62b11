"""The one way to change anything: a transaction that commits state and evidence together, or neither.

`with ledger.recorded(event) as tx:` for commands and pages; `await ledger.submit(work)` where many turns are
under way at once: works that wait together share one commit, and each is answered only when it is durable.
"""

import asyncio
import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from queue import Empty, SimpleQueue
from typing import Any, TypeVar

from sqlalchemy import Connection, CursorResult, Executable, insert, select

from fairgo.core.clock import Clock, system_clock
from fairgo.core.errors import EvidenceBroken, Misconfigured
from fairgo.core.events import Event
from fairgo.ledger import records
from fairgo.ledger.leaves import write_leaf
from fairgo.ledger.note import Signer, Verifier
from fairgo.ledger.sequencer import integrate
from fairgo.ledger.tree import leaf_hash
from fairgo.store import sealing
from fairgo.store.engine import Store, is_whole
from fairgo.store.keys import Keys
from fairgo.store.schema import insert_unless_there

log = logging.getLogger(__name__)
Result = TypeVar("Result")
TOGETHER = 256


class Recording:
    """A writable transaction that must end with at least one leaf."""

    def __init__(self, connection: Connection, keys: Keys, clock: Clock, policy: str) -> None:
        self.connection = connection
        self.keys = keys
        self.moment = clock()
        self.leaves = 0
        self._policy = policy

    def execute(self, statement: Executable, values: Any = None) -> CursorResult[Any]:
        """Run one statement in this transaction."""
        return self.connection.execute(statement, values)

    def append(self, event: Event) -> None:
        """Add the leaf for an event."""
        leaf = write_leaf(event, moment=self.moment, policy=self._policy)
        self.connection.execute(insert(records.leaf).values(leaf=leaf, hash=leaf_hash(leaf)))
        self.leaves += 1

    def seal(self, customer: str, schema: str, value: Any) -> sealing.Sealed:
        """Keep a JSON value under the customer's own key; the commitment may stand in a leaf."""
        return sealing.seal(self.connection, self.keys, customer, schema, value)

    def check(self) -> None:
        """Raises EvidenceBroken when something would take effect without evidence."""
        if not self.leaves:
            raise EvidenceBroken("a change without a leaf was refused")


class Ledger:
    """Evidence for one store: recording, group commit, and the sequencer that signs.

    Raises Misconfigured when the master key is not the one this data was made with, or the ledger has another name.
    """

    def __init__(
        self, store: Store, keys: Keys, signer: Signer, *, policy: str = "", clock: Clock = system_clock
    ) -> None:
        self.store = store
        self.keys = keys
        self.signer = signer
        self.policy = policy
        self.clock = clock
        self._queue: SimpleQueue[_Job | None] = SimpleQueue()
        self._gate = threading.Lock()
        self._open = False
        self._ended = threading.Event()
        self._threads: list[threading.Thread] = []
        with self.store.writing() as connection:
            sealing.fits(connection, keys)
            _remember(connection, signer, clock)
        integrate(store, signer, clock)

    @contextmanager
    def recorded(self, *events: Event) -> Iterator[Recording]:
        """A writable transaction. Raises EvidenceBroken, and changes nothing, when it ends without a leaf."""
        with self.store.writing() as connection:
            tx = Recording(connection, self.keys, self.clock, self.policy)
            yield tx
            for event in events:
                tx.append(event)
            tx.check()

    def start(self, *, checkpoint_seconds: float) -> None:
        """Start the committer and the sequencer. A ledger that was stopped may be started again.

        Raises RuntimeError when they run already.
        """
        with self._gate:
            if self._open:
                raise RuntimeError("this ledger runs already")
            self._open = True
        self._ended.clear()
        sequencer = threading.Thread(
            target=self._sequence, args=(checkpoint_seconds,), name="sequencer", daemon=True
        )
        self._threads = [threading.Thread(target=self._commit, name="committer", daemon=True), sequencer]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Commit what was submitted, sign a last checkpoint, and end the threads. What comes later is refused."""
        with self._gate:
            if self._open:
                self._queue.put(None)
            self._open = False
        self._ended.set()
        for thread in self._threads:
            thread.join()
        self._threads = []
        integrate(self.store, self.signer, self.clock)

    async def submit(self, work: Callable[[Recording], Result]) -> Result:
        """Run `work` in a shared transaction, off the event loop; returns when the commit is durable.

        What `work` raises comes back to this caller alone; a failed commit comes back to all who shared it. A caller
        that is cancelled takes nothing back: the work is done all the same. Raises EvidenceBroken when the ledger
        does not run (not started, or stopped).
        """
        loop = asyncio.get_running_loop()
        done: asyncio.Future[Result] = loop.create_future()
        with self._gate:
            if not self._open:
                raise EvidenceBroken("evidence cannot be kept: the ledger does not run")
            self._queue.put(_Job(work, done, loop))
        return await done

    def _commit(self) -> None:
        while batch := self._gather():
            self._commit_together(batch)

    def _gather(self) -> "list[_Job]":
        """What waits now: at least one work, or nothing at the end."""
        batch: list[_Job] = []
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

    def _commit_together(self, batch: "list[_Job]") -> None:
        try:
            with self.store.writing() as connection:
                for job in batch:
                    self._run(connection, job)
        except BaseException as failure:  # noqa: BLE001 - whatever broke the commit is each waiter's answer
            for job in batch:
                job.failure = job.failure or failure
        for job in batch:
            job.answer()

    def _run(self, connection: Connection, job: "_Job") -> None:
        try:
            with connection.begin_nested():
                tx = Recording(connection, self.keys, self.clock, self.policy)
                job.result = job.work(tx)
                tx.check()
        except BaseException as failure:  # noqa: BLE001 - one caller's fault must not break the others' commit
            job.failure = failure
            if not is_whole(connection):
                raise EvidenceBroken("the database gave the transaction up: nothing of it was kept") from None

    def _sequence(self, seconds: float) -> None:
        while not self._ended.wait(seconds):
            try:
                integrate(self.store, self.signer, self.clock)
            except Exception as failure:  # noqa: BLE001 - a busy database now is no reason to stop signing for good
                log.warning("the sequencer could not sign (%s); it tries again", type(failure).__name__)


class _Job:
    """One submitted work and where its answer goes."""

    def __init__(
        self, work: Callable[[Recording], Any], done: "asyncio.Future[Any]", loop: asyncio.AbstractEventLoop
    ) -> None:
        self.work = work
        self.result: Any = None
        self.failure: BaseException | None = None
        self._done = done
        self._loop = loop

    def answer(self) -> None:
        with suppress(RuntimeError):  # the loop has closed meanwhile: nobody waits
            self._loop.call_soon_threadsafe(self._settle)

    def _settle(self) -> None:
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


def _remember(connection: Connection, signer: Signer, clock: Clock) -> None:
    for known in connection.scalars(select(records.key.c.verifier)):
        if (name := Verifier.parse(known).name) != signer.name:
            raise Misconfigured(
                f"this ledger was begun under the name {name}, not {signer.name}",
                hint="set ledger_origin back to it, or begin a new data folder",
            )
    insert_unless_there(connection, records.key, {"verifier": str(signer.verifier), "since": clock()})
