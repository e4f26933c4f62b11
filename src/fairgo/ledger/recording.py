"""The one way to change anything: a transaction that commits state and evidence together, or neither.

`with ledger.recorded(event) as tx:` for commands and pages; `await ledger.submit(work)` where many turns are
under way at once: works that wait together share one commit, and each is answered only when it is durable.
"""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Connection, CursorResult, Executable

from fairgo.core.clock import Clock, system_clock
from fairgo.core.errors import EvidenceBroken
from fairgo.core.events import Event
from fairgo.ledger.committing import Committer, Job
from fairgo.ledger.counters import Counters
from fairgo.ledger.keyring import remember
from fairgo.ledger.leaves import write_leaf
from fairgo.ledger.naming import Names
from fairgo.ledger.note import Signer
from fairgo.ledger.sequencer import intact, integrate
from fairgo.ledger.tree import leaf_hash
from fairgo.store import sealing
from fairgo.store.engine import Store, is_whole
from fairgo.store.keys import Keys

log = logging.getLogger(__name__)
Result = TypeVar("Result")
Row = tuple[str, bytes, bytes, str, str]  # name, leaf, its hash, the turn it tells of, type


class Recording:
    """A writable transaction that must end with at least one leaf."""

    def __init__(self, connection: Connection, ledger: "Ledger", moment: datetime) -> None:
        self.connection = connection
        self.keys = ledger.keys
        self.moment = moment
        self.rows: list[Row] = []
        self._policy = ledger.policy
        self._names = ledger.names

    def execute(self, statement: Executable, values: Any = None) -> CursorResult[Any]:
        """Run one statement in this transaction."""
        return self.connection.execute(statement, values)

    def append(self, event: Event) -> str:
        """Add the leaf for an event. Gives its name, under which its receipt will be found."""
        name = self._names.take()
        leaf = write_leaf(event, name=name, moment=self.moment, policy=self._policy)
        self.rows.append((name, leaf, leaf_hash(leaf), str(event.facts.get("turn", "")), event.type))
        return name

    def seal(self, customer: str, schema: str, value: Any) -> sealing.Sealed:
        """Keep a JSON value under the customer's own key; the commitment may stand in a leaf."""
        return sealing.seal(self.connection, self.keys, customer, schema, value)

    def check(self) -> None:
        """Raises EvidenceBroken when something would take effect without evidence."""
        if not self.rows:
            raise EvidenceBroken("a change without a leaf was refused")


class Ledger:
    """Evidence for one store: recording, group commit, and the sequencer that signs.

    Raises Misconfigured when the master key is not the one this data was made with, the ledger has another name, or
    another key signs it.
    """

    def __init__(
        self, store: Store, keys: Keys, signer: Signer, *, policy: str = "", clock: Clock = system_clock
    ) -> None:
        self.store = store
        self.keys = keys
        self.signer = signer
        self.policy = policy
        self.clock = clock
        self.names = Names()
        self.counters = Counters(self.names)
        self._committer = Committer(self._commit)
        self._ended = threading.Event()
        self._sequencer: threading.Thread | None = None
        with self.store.writing() as connection:
            sealing.fits(connection, keys)
            remember(connection, signer.verifier, clock)
            intact(connection)
        integrate(store, signer, clock)

    @contextmanager
    def recorded(self, *events: Event) -> Iterator[Recording]:
        """A writable transaction. Raises EvidenceBroken, and changes nothing, when it ends without a leaf."""
        with self.names.held(), self.store.writing() as connection:
            tx = Recording(connection, self, self.clock())
            yield tx
            for event in events:
                tx.append(event)
            tx.check()
            self._keep(connection, tx.rows)

    def start(self, *, checkpoint_seconds: float) -> None:
        """Start the committer and the sequencer. A ledger that was stopped may be started again.

        Raises RuntimeError when they run already.
        """
        self._committer.start()
        self._ended.clear()
        self._sequencer = threading.Thread(
            target=self._sequence, args=(checkpoint_seconds,), name="sequencer", daemon=True
        )
        self._sequencer.start()

    def stop(self) -> None:
        """Commit what was submitted, sign a last checkpoint, and end the threads. What comes later is refused."""
        self._committer.stop()
        self._ended.set()
        if self._sequencer is not None:
            self._sequencer.join()
            self._sequencer = None
        if not self.counters.idle:
            with self.names.held(), self.store.writing() as connection:
                self.counters.end(connection, self.clock())
        integrate(self.store, self.signer, self.clock)

    async def submit(self, work: Callable[[Recording], Result]) -> Result:
        """Run `work` in a shared transaction, off the event loop; returns when the commit is durable.

        `work` may be run again when a work beside it fails: it must depend on its transaction only. What it raises
        comes back to this caller alone; a failed commit comes back to all who shared it. A caller that is cancelled
        takes nothing back: the work is done all the same. Raises EvidenceBroken when the ledger does not run.
        """
        result: Result = await self._committer.submit(work)
        return result

    def _commit(self, batch: list[Job]) -> None:
        """All works in one transaction: first as if none will fail, then, when one did, each apart from the others."""
        with self.names.held():
            if len(batch) > 1:
                mark = self.names.given
                if self._in_one_go(batch):
                    return
                self.names.given = mark
            with self.store.writing() as connection:
                rows = [row for job in batch for row in self._apart(connection, job)]
                self._keep(connection, rows)

    def _in_one_go(self, batch: list[Job]) -> bool:
        """False when a work failed, and nothing was kept. A commit that fails is raised: it may have happened."""
        all_done = False
        try:
            with self.store.writing() as connection:
                moment = self.clock()
                rows: list[Row] = []
                for job in batch:
                    tx = Recording(connection, self, moment)
                    job.result = job.work(tx)
                    tx.check()
                    rows += tx.rows
                all_done = True
                self._keep(connection, rows)
        except BaseException:
            if all_done:
                raise
            return False
        return True

    def _apart(self, connection: Connection, job: Job) -> list[Row]:
        mark = self.names.given
        try:
            with connection.begin_nested():
                tx = Recording(connection, self, self.clock())
                job.result = job.work(tx)
                tx.check()
        except BaseException as failure:  # noqa: BLE001 - one caller's fault must not break the others' commit
            job.failure = failure
            self.names.given = mark
            if not is_whole(connection):
                raise EvidenceBroken("the database gave the transaction up: nothing of it was kept") from None
            return []
        return tx.rows

    def _keep(self, connection: Connection, rows: list[Row]) -> None:
        """The leaves, and in the same transaction what the process counts."""
        if rows:
            _insert(connection, rows)
            self.counters.keep(connection, (row[1] for row in rows), self.clock())

    def _sequence(self, seconds: float) -> None:
        while not self._ended.wait(seconds):
            try:
                integrate(self.store, self.signer, self.clock)
            except Exception as failure:  # noqa: BLE001 - a busy database now is no reason to stop signing for good
                log.warning("the sequencer could not sign (%s); it tries again", type(failure).__name__)


def _insert(connection: Connection, rows: list[Row]) -> None:
    """All leaves of a transaction at once, by the driver's own hand: this is the hottest statement there is."""
    of_turns = [(turn, name, kind) for name, _leaf, _hash, turn, kind in rows if turn]
    if connection.dialect.name != "sqlite":
        leaves = [row[:3] for row in rows]
        connection.exec_driver_sql("INSERT INTO ledger_leaf (name, leaf, hash) VALUES (%s, %s, %s)", leaves)
        if of_turns:
            connection.exec_driver_sql(
                "INSERT INTO ledger_turn (turn, name, type) VALUES (%s, %s, %s)", of_turns
            )
        return
    if of_turns:
        connection.exec_driver_sql("INSERT INTO ledger_turn (turn, name, type) VALUES (?, ?, ?)", of_turns)
    newest = connection.exec_driver_sql("SELECT max(position) FROM ledger_leaf").scalar()
    place = 0 if newest is None else newest + 1
    placed = [(*row[:3], nth) for nth, row in enumerate(rows, place)]
    connection.exec_driver_sql(
        "INSERT INTO ledger_leaf (name, leaf, hash, position) VALUES (?, ?, ?, ?)", placed
    )
