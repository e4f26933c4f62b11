"""What people see of the jobs, and the three things they can do; filled into the port that pages take."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row, and_, func, or_, select

from fairgo.core.clock import zone_of
from fairgo.core.errors import NotFound
from fairgo.core.jobs import Job, JobLine, JobsDesk, RunLine, RunState, Wanted
from fairgo.jobs.queue import cancel, retry, start
from fairgo.jobs.schedules import next_after
from fairgo.ledger.house import House
from fairgo.store.presence import alive
from fairgo.store.queueing import run, schedule


def desk(house: House, jobs: Mapping[str, Job]) -> JobsDesk:
    """The desk of a house. Raises Misconfigured when the settings' time zone is none."""
    store, ledger = house.store, house.ledger
    zone = zone_of(house.settings.time_zone)

    def lines() -> list[JobLine]:
        with store.reading() as connection:
            return listed(connection, jobs, zone, ledger.clock())

    def runs(wanted: Wanted) -> list[RunLine]:
        with store.reading() as connection:
            return some(connection, wanted)

    def one(run_id: str) -> RunLine:
        with store.reading() as connection:
            return find(connection, run_id)

    def by_state() -> dict[str, int]:
        with store.reading() as connection:
            return counts(connection)

    return JobsDesk(
        zone=zone.key,
        jobs=lines,
        runs=runs,
        run=one,
        counts=by_state,
        workers=lambda: len(alive(store)),
        start=partial(start, ledger, jobs),
        retry=partial(retry, ledger),
        cancel=partial(cancel, ledger),
    )


def listed(connection: Connection, jobs: Mapping[str, Job], zone: ZoneInfo, now: datetime) -> list[JobLine]:
    """Every job by name, with its next occurrence and its newest run."""
    seen = {row.job: row.seen_until for row in connection.execute(select(schedule))}
    return [
        JobLine(
            name=job.name,
            does=job.does,
            schedule=job.schedule,
            missed=job.missed,
            retries=job.retries,
            timeout_seconds=int(job.timeout.total_seconds()),
            next_at=next_after(job.schedule, zone, max(now, seen.get(job.name, now)))
            if job.schedule
            else None,
            last=_last(connection, job.name),
        )
        for _name, job in sorted(jobs.items())
    ]


def some(connection: Connection, wanted: Wanted) -> list[RunLine]:
    """Runs by when they were due, newest first."""
    asked = select(run)
    if wanted.state:
        asked = asked.where(run.c.state == wanted.state)
    if wanted.job:
        asked = asked.where(run.c.job == wanted.job)
    if wanted.after is not None:
        moment, run_id = wanted.after
        asked = asked.where(or_(run.c.due_at < moment, and_(run.c.due_at == moment, run.c.id < run_id)))
    newest = asked.order_by(run.c.due_at.desc(), run.c.id.desc()).limit(wanted.limit)
    return [_line(row) for row in connection.execute(newest)]


def find(connection: Connection, run_id: str) -> RunLine:
    """One run. Raises NotFound."""
    row = connection.execute(select(run).where(run.c.id == run_id)).one_or_none()
    if row is None:
        raise NotFound("No run has this name.", hint="Runs that ended well are kept for 90 days.")
    return _line(row)


def counts(connection: Connection) -> dict[str, int]:
    """How many runs are in each state; every state is named."""
    rows = connection.execute(select(run.c.state, func.count()).group_by(run.c.state)).all()
    found = {row[0]: row[1] for row in rows}
    return {state.value: found.get(state.value, 0) for state in RunState}


def _last(connection: Connection, job: str) -> RunLine | None:
    newest = select(run).where(run.c.job == job).order_by(run.c.due_at.desc(), run.c.id.desc()).limit(1)
    row = connection.execute(newest).one_or_none()
    return None if row is None else _line(row)


def _line(row: Row[Any]) -> RunLine:
    return RunLine(
        id=row.id,
        job=row.job,
        state=RunState(row.state),
        due_at=row.due_at,
        not_before=row.not_before,
        attempt=row.attempt,
        problem=row.problem,
        started_at=row.started_at,
        ended_at=row.ended_at,
        done=row.done,
        of=row.of,
        cancel_asked=row.cancel_asked,
    )
