"""Planning: what is due goes into the queue, once, whoever looks first; what was missed follows the job's own rule."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row, select, update

from fairgo.core.events import Event
from fairgo.core.jobs import Job, Missed, RunState
from fairgo.jobs.queue import Nothing, changing
from fairgo.jobs.schedules import last_due
from fairgo.ledger.recording import Ledger, Recording
from fairgo.store.queueing import put, run, schedule
from fairgo.store.schema import insert_unless_there

LATE = timedelta(minutes=10)  # what is due no longer ago than this was not missed


def plan(ledger: Ledger, jobs: Mapping[str, Job], zone: ZoneInfo) -> int:
    """Put every scheduled occurrence that is due into the queue. Gives how many. A schedule that is new counts from now on."""
    now = ledger.clock()
    with ledger.store.reading() as connection:
        known = {row.job: row for row in connection.execute(select(schedule))}
    scheduled = [job for job in jobs.values() if job.schedule]
    new = [job for job in scheduled if job.name not in known or known[job.name].expression != job.schedule]
    if new:
        _declare(ledger, new, known)
    return sum(_plan_one(ledger, job, known[job.name], zone, now) for job in scheduled if job not in new)


def key_of(due: datetime) -> str:
    """The key of a scheduled occurrence: its moment in UTC, to the minute, as cron expressions are."""
    return f"{due:%Y-%m-%dT%H:%MZ}"


def _plan_one(ledger: Ledger, job: Job, row: Row[Any], zone: ZoneInfo, now: datetime) -> int:
    due = last_due(job.schedule, zone, row.seen_until, now)
    if due is None:
        return 0
    queued = False
    with changing(ledger) as tx:
        seen = update(schedule).where(schedule.c.job == job.name, schedule.c.seen_until == row.seen_until)
        if tx.execute(seen.values(seen_until=due)).rowcount != 1:
            raise Nothing  # another worker has planned it meanwhile
        reason = _passed_over(tx, job, due, now)
        queued = not reason and put(tx.connection, job.name, key_of(due), due=due)
        facts = {"run": f"{job.name}/{key_of(due)}"}
        kind = "jobs.run.queued" if queued else "jobs.run.skipped"
        tx.append(Event(kind, facts=facts if queued else facts | {"reason": reason or "known"}))
    return int(queued)


def _passed_over(tx: Recording, job: Job, due: datetime, now: datetime) -> str:
    """Why an occurrence is not put into the queue; empty when it is."""
    if job.missed is Missed.SKIP and now - due > LATE:
        return "missed"
    one_waits = select(run.c.id).where(
        run.c.job == job.name, run.c.state == RunState.QUEUED, run.c.reference == "", run.c.attempt == 0
    )
    return "one.waits" if tx.execute(one_waits.limit(1)).first() is not None else ""


def _declare(ledger: Ledger, new: Sequence[Job], known: Mapping[str, Row[Any]]) -> None:
    with changing(ledger) as tx:
        declared = [job.name for job in new if _is_declared(tx, job, known.get(job.name))]
        if not declared:
            raise Nothing  # another worker has done it meanwhile
        tx.append(Event("jobs.schedule.declared", facts={"jobs": dict.fromkeys(declared, 1)}))


def _is_declared(tx: Recording, job: Job, row: Row[Any] | None) -> bool:
    values = {"job": job.name, "expression": job.schedule, "seen_until": tx.moment}
    if row is None:
        return insert_unless_there(tx.connection, schedule, values)
    before = update(schedule).where(schedule.c.job == job.name, schedule.c.expression == row.expression)
    return tx.execute(before.values(values)).rowcount == 1
