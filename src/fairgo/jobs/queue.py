"""The queue's moves: each is one transaction of the ledger, with its leaf, and none can be made twice.

A run that a worker has is told by its worker and attempt; a move that finds another pair there changes nothing.
"""

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import ColumnElement, Row, and_, select, update
from sqlalchemy.exc import IntegrityError

from fairgo.core.errors import NotFound, nearest
from fairgo.core.events import Event
from fairgo.core.jobs import Job, RunState
from fairgo.ledger.house import House
from fairgo.ledger.occurrences import Occurrence, gone
from fairgo.ledger.recording import Ledger, Recording
from fairgo.staff.notices.kinds import JOB_DEAD
from fairgo.staff.notices.raising import raise_notice
from fairgo.store.queueing import put, run

LONGEST_BACKOFF = timedelta(hours=1)
GRACE = timedelta(seconds=30)  # clocks of two machines differ by less
MOST_LOSSES = 20  # a run that takes its worker with it, again and again, is not tried for ever
LOST = "worker.lost"
TIMEOUT = "timeout"


class Nothing(Exception):
    """There was nothing to change after all: the transaction is given up."""


@contextmanager
def changing(ledger: Ledger) -> Iterator[Recording]:
    """A transaction that may find that there is nothing to change (Nothing); it then leaves no trace and no leaf."""
    with suppress(Nothing), ledger.recorded() as tx:
        yield tx


def waiting(jobs: Mapping[str, Job], now: datetime) -> ColumnElement[bool]:
    """What may be begun: due, of a job that is known here, and no other occurrence of it in its way."""
    busy = select(run.c.turn).where(run.c.turn.is_not(None)).scalar_subquery()
    return and_(
        run.c.state == RunState.QUEUED,
        run.c.not_before <= now,
        run.c.job.in_(list(jobs)),
        run.c.job.not_in(busy),
    )


def claim(house: House, jobs: Mapping[str, Job], worker: int) -> Occurrence | None:
    """Take the run that has waited longest; None when there is none, or another worker was quicker."""
    with house.store.reading() as connection:
        if (
            connection.execute(select(run.c.id).where(waiting(jobs, house.ledger.clock())).limit(1)).first()
            is None
        ):
            return None
    taken: Occurrence | None = None
    try:
        with changing(house.ledger) as tx:
            oldest = select(run).where(waiting(jobs, tx.moment)).order_by(run.c.not_before, run.c.id).limit(1)
            row = tx.execute(oldest.with_for_update(skip_locked=True)).one_or_none()
            if row is None:
                raise Nothing
            taken = _begin(tx, house, jobs[row.job], row, worker)
    except IntegrityError:  # its job's turn went to another worker in this very moment
        return None
    return taken


def _begin(tx: Recording, house: House, job: Job, row: Row[Any], worker: int) -> Occurrence:
    attempt = row.attempt + 1
    deadline = tx.moment + job.timeout
    values = {
        "state": RunState.RUNNING,
        "attempt": attempt,
        "worker": worker,
        "turn": None if job.together else job.name,
        "started_at": tx.moment,
        "deadline": deadline,
        "problem": "",
    }
    tx.execute(update(run).where(run.c.id == row.id).values(values))
    tx.append(Event("jobs.run.started", facts={"run": row.id, "attempt": attempt}))
    return Occurrence(house, row.id, job.name, row.reference, row.due_at, attempt, worker, deadline)


def finish(one: Occurrence) -> None:
    """The run has come to its end. Nothing happens when it is not this worker's any more."""
    with changing(one.house.ledger) as tx:
        _end(tx, one, RunState.DONE)
        tx.append(Event("jobs.run.done", facts={"run": one.id, "attempt": one.attempt}))


def fail(ledger: Ledger, job: Job, row: Any, problem: str) -> bool:
    """An attempt failed: it is tried again later, or the run is dead and people are told.

    `row` is an Occurrence or a row of the queue. False, and nothing changed, when the attempt is over already.
    """
    try:
        with ledger.recorded() as tx:
            if row.attempt > job.retries:
                _bury(tx, row, problem)
            else:
                again = tx.moment + backoff(job, row.id, row.attempt)
                _end(tx, row, RunState.QUEUED, problem, not_before=again, deadline=None)
                facts = {"run": row.id, "attempt": row.attempt, "problem": problem}
                tx.append(Event("jobs.run.failed", facts=facts))
    except Nothing:
        return False
    return True


def lose(ledger: Ledger, row: Row[Any]) -> bool:
    """The worker is gone: another may begin at once. It was no fault of the job's, so the attempt is not counted.

    False, and nothing changed, when the run had ended before its worker did.
    """
    try:
        with ledger.recorded() as tx:
            if row.losses + 1 >= MOST_LOSSES:
                _bury(tx, row, LOST)
            else:
                counted = {"attempt": row.attempt - 1, "losses": row.losses + 1}
                _end(tx, row, RunState.QUEUED, LOST, deadline=None, **counted)
                tx.append(Event("jobs.run.lost", facts={"run": row.id, "attempt": row.attempt}))
    except Nothing:
        return False
    return True


def stop(ledger: Ledger, row: Any) -> None:
    """The run was asked to stop, and did."""
    with changing(ledger) as tx:
        _end(tx, row, RunState.CANCELLED)
        tx.append(Event("jobs.run.cancelled", facts={"run": row.id}))


def _bury(tx: Recording, row: Any, problem: str) -> None:
    _end(tx, row, RunState.DEAD, problem)
    tx.append(Event("jobs.run.dead", facts={"run": row.id, "attempt": row.attempt, "problem": problem}))
    raise_notice(tx, JOB_DEAD, f"{row.id}/{uuid4().hex[:8]}", about=row.id)  # it may die again


def _end(tx: Recording, row: Any, state: RunState, problem: str = "", **values: Any) -> None:
    """Take the run from its worker. Raises Nothing when it is not that worker's attempt any more."""
    ended: dict[str, Any] = {"state": state, "problem": problem, "worker": None, "turn": None}
    if state is not RunState.QUEUED:
        ended["ended_at"] = tx.moment
    mine = update(run).where(run.c.id == row.id, run.c.worker == row.worker, run.c.attempt == row.attempt)
    if tx.execute(mine.where(run.c.state == RunState.RUNNING).values({**ended, **values})).rowcount != 1:
        raise Nothing


def backoff(job: Job, run_id: str, attempt: int) -> timedelta:
    """How long to wait after a failed attempt: twice as long each time, up to an hour, spread by a fifth either way.

    The spread comes from the run's name, so that runs which failed together do not come back together.
    """
    plain = min(job.backoff * int(2 ** min(attempt - 1, 20)), LONGEST_BACKOFF)
    byte = hashlib.sha256(f"{run_id}/{attempt}".encode()).digest()[0]
    return plain * (0.8 + 0.4 * byte / 255)


def start(ledger: Ledger, jobs: Mapping[str, Job], name: str, who: str) -> str:
    """Put a job into the queue now, beside its schedule. Gives the run's id. Raises NotFound for a job nobody declared."""
    if name not in jobs:
        raise NotFound("No job has this name.", hint=nearest(name, jobs))
    key = f"asked-{uuid4().hex[:12]}"
    with ledger.recorded() as tx:
        put(tx.connection, name, key, due=tx.moment)
        tx.append(Event("jobs.run.asked", facts={"run": f"{name}/{key}", "by": who}))
    return f"{name}/{key}"


def retry(ledger: Ledger, run_id: str, who: str) -> None:
    """Let a dead or cancelled run be tried anew, from its first attempt. What it has done already is not done again.

    Raises NotFound, or Conflict when it is neither dead nor cancelled.
    """
    anew = {"state": RunState.QUEUED, "attempt": 0, "losses": 0, "ended_at": None, "cancel_asked": False}
    with ledger.recorded() as tx:
        _known(tx, run_id)
        ended = update(run).where(run.c.id == run_id, run.c.state.in_([RunState.DEAD, RunState.CANCELLED]))
        if tx.execute(ended.values({**anew, "not_before": tx.moment})).rowcount != 1:
            raise gone(run_id)
        tx.append(Event("jobs.run.retried", facts={"run": run_id, "by": who}))


def cancel(ledger: Ledger, run_id: str, who: str) -> None:
    """Take a run out of the queue; one that is running is asked to stop, and does so where it next looks.

    Raises NotFound, or Conflict when it has ended already.
    """
    with ledger.recorded() as tx:
        row = _known(tx, run_id)
        if row.state == RunState.QUEUED:
            changed: dict[str, Any] = {"state": RunState.CANCELLED, "ended_at": tx.moment}
        elif row.state == RunState.RUNNING and not row.cancel_asked:
            changed = {"cancel_asked": True}
        else:
            raise gone(run_id)
        tx.execute(update(run).where(run.c.id == run_id).values(changed))
        tx.append(Event("jobs.run.cancel_asked", facts={"run": run_id, "by": who}))


def _known(tx: Recording, run_id: str) -> Row[Any]:
    row = tx.execute(select(run).where(run.c.id == run_id).with_for_update()).one_or_none()
    if row is None:
        raise NotFound("No run has this name.")
    return row
