"""An occurrence of a job as the job's function gets it: what it is about, and the one door to its effects.

Whoever runs it may be killed at any moment and another may begin it anew. What goes through `once` is committed
together with the mark of the occurrence, so it takes place once however often the function is run.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select, update

from fairgo.core.errors import Conflict
from fairgo.core.events import Event, Fact
from fairgo.core.jobs import RunState
from fairgo.ledger.house import House
from fairgo.ledger.recording import Recording
from fairgo.store.queueing import effect, run
from fairgo.store.schema import insert_unless_there

PROGRESS_SECONDS = 5.0
Work = Callable[[Recording], Any]


class Stopped(BaseException):
    """The run is not this worker's any more, or was asked to stop. No job's own `except Exception` swallows it."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class DoneBefore(Exception):
    """The effect has taken place already: the transaction is given up."""


@dataclass(slots=True)
class Occurrence:
    """One attempt at an occurrence. `reference` is what it is about, an id; `due` when it was to be done."""

    house: House
    id: str
    job: str
    reference: str
    due: datetime
    attempt: int
    worker: int
    deadline: datetime
    _told_at: float = field(default_factory=time.monotonic)

    def once(self, work: Work, step: str = "", *, done: int = 0, of: int = 0) -> bool:
        """Run `work` in a transaction of its own, once for this occurrence and step. False when it was done before.

        `work` appends its own leaf. `done` and `of` are told as progress. Raises Stopped when the run was cancelled, is
        overdue or has gone to another worker: nothing is changed then.
        """
        try:
            with self.house.ledger.recorded() as tx:
                self._still_mine(tx)
                self._mark(tx, step)
                work(tx)
                if of:
                    tx.execute(update(run).where(run.c.id == self.id).values(done=done, of=of))
        except DoneBefore:
            return False
        return True

    def is_done(self, step: str = "") -> bool:
        """True when the effect of this step has taken place already."""
        with self.house.store.reading() as connection:
            mark = select(effect.c.run).where(effect.c.run == self.id, effect.c.step == step)
            return connection.execute(mark).first() is not None

    def progress(self, done: int, of: int) -> None:
        """Tell how far it is; kept every five seconds at most. Raises Stopped like `once`."""
        if time.monotonic() - self._told_at < PROGRESS_SECONDS:
            return
        self._told_at = time.monotonic()
        facts: dict[str, Fact] = {"run": self.id, "done": done, "of": of}
        with self.house.ledger.recorded(Event("jobs.run.progressed", facts=facts)) as tx:
            self._still_mine(tx)
            tx.execute(update(run).where(run.c.id == self.id).values(done=done, of=of))

    def check(self) -> None:
        """To be called now and then by a job that takes long. Raises Stopped like `once`."""
        with self.house.store.reading() as connection:
            row = connection.execute(select(run).where(run.c.id == self.id)).one_or_none()
        self._may_go_on(row, self.house.ledger.clock())

    def _mark(self, tx: Recording, step: str) -> None:
        marked = {"run": self.id, "step": step, "made_at": tx.moment}
        if not insert_unless_there(tx.connection, effect, marked):
            raise DoneBefore

    def _still_mine(self, tx: Recording) -> None:
        row = tx.execute(select(run).where(run.c.id == self.id).with_for_update()).one_or_none()
        self._may_go_on(row, tx.moment)

    def _may_go_on(self, row: Row[Any] | None, now: datetime) -> None:
        mine = (RunState.RUNNING, self.worker, self.attempt)
        if row is None or (row.state, row.worker, row.attempt) != mine:
            raise Stopped("worker.lost")
        if row.cancel_asked:
            raise Stopped("cancelled")
        if now >= self.deadline:
            raise Stopped("timeout")


def gone(run_id: str) -> Conflict:
    """The error for a run that is in another state than the one who asks thought."""
    return Conflict("This job's run has changed in the meantime.", hint=f"Look at {run_id} again.")
