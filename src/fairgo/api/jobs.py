"""`/api/jobs`: schedules, runs and dead letters; starting, retrying and stopping. They are the house's, so the tenant's that sees it."""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from fairgo.api.desk import Desk
from fairgo.core.errors import NotFound
from fairgo.core.jobs import JobsDesk, Missed, RunState, Wanted
from fairgo.staff.doors import needs, sees_the_house, typed_router
from fairgo.staff.rights import Member, Right
from fairgo.web.paging import USUAL, After, Limit, Page
from fairgo.web.typed import Problem

ACCEPTED = 202
LONGEST = 128
Reader = Annotated[Member, Depends(needs(Right.JOBS_READ))]
Keeper = Annotated[Member, Depends(needs(Right.JOBS_RUN))]
JobName = Annotated[str, Path(max_length=64, description="as the list of jobs gives it")]
RunName = Annotated[str, Path(max_length=LONGEST, description="as the list of runs gives it")]


class RunOut(BaseModel):
    """One run. `problem` is the code of what went wrong last; `of` is 0 while nobody knows how much there is to do."""

    id: str
    job: str
    state: RunState
    due_at: datetime
    not_before: datetime
    attempt: int
    problem: str
    started_at: datetime | None
    ended_at: datetime | None
    done: int
    of: int
    cancel_asked: bool


class JobOut(BaseModel):
    """One job: what it does, its schedule in the house's time zone, its next occurrence, and its newest run."""

    name: str
    does: str
    schedule: str
    missed: Missed
    retries: int
    timeout_seconds: int
    next_at: datetime | None
    last: RunOut | None


class JobsOut(BaseModel):
    """Every job, and how the queue stands: runs by state, and how many processes run jobs now."""

    zone: str
    workers: int
    runs: dict[str, int]
    jobs: list[JobOut]


class Change(BaseModel):
    """What is to become of a run: `retry` one that is dead or cancelled, `cancel` one that has not ended."""

    model_config = ConfigDict(extra="forbid")

    run: Annotated[str, Field(max_length=LONGEST, pattern=r"^[A-Za-z0-9._:/-]+$")]
    change: Literal["retry", "cancel"]


def router(desk: Desk, jobs: JobsDesk) -> APIRouter:
    """Reading and changing what runs by itself."""
    routes = typed_router("/jobs", "jobs")
    _reading(routes, desk, jobs)
    _changing(routes, jobs)
    return routes


def _reading(routes: APIRouter, desk: Desk, jobs: JobsDesk) -> None:
    @routes.get("")
    def every(member: Reader) -> JobsOut:
        """The jobs by name, and how the queue stands."""
        if not sees_the_house(member):
            return JobsOut(zone=jobs.zone, workers=0, runs={}, jobs=[])
        lines = [JobOut.model_validate(asdict(line)) for line in jobs.jobs()]
        return JobsOut(zone=jobs.zone, workers=jobs.workers(), runs=jobs.counts(), jobs=lines)

    @routes.get("/runs")
    def runs(
        member: Reader,
        state: RunState | None = None,
        job: Annotated[str, Query(max_length=64)] = "",
        cursor: After = None,
        limit: Limit = USUAL,
    ) -> Page[RunOut]:
        """Runs, newest first; `state=dead` are the dead letters."""
        cursors = desk.cursors("runs", member)
        key = cursors.read(cursor, str, str)
        if not sees_the_house(member):
            return Page(items=[], next=None)
        after = (datetime.fromisoformat(key[0]), key[1]) if key else None
        found = jobs.runs(Wanted(state or "", job, after, limit + 1))
        shown, rest = cursors.cut(found, limit, lambda one: (one.due_at.isoformat(), one.id))
        return Page(items=[RunOut.model_validate(asdict(one)) for one in shown], next=rest)

    @routes.get("/runs/{run:path}")
    def read(run: RunName, member: Reader) -> RunOut:
        """One run."""
        _of_the_house(member)
        return RunOut.model_validate(asdict(jobs.run(run)))


def _changing(routes: APIRouter, jobs: JobsDesk) -> None:
    @routes.post("/runs", responses={409: {"model": Problem}})
    def change(change: Change, member: Keeper) -> RunOut:
        """Retry or cancel a run. One that is running stops where it next looks."""
        _of_the_house(member)
        act = jobs.retry if change.change == "retry" else jobs.cancel
        act(change.run, member.id)
        return RunOut.model_validate(asdict(jobs.run(change.run)))

    @routes.post("/{job}/runs", status_code=ACCEPTED)
    def start(job: JobName, member: Keeper, response: Response) -> RunOut:
        """Run a job now, beside its schedule."""
        _of_the_house(member)
        found = jobs.run(jobs.start(job, member.id))
        response.headers["location"] = f"/api/jobs/runs/{found.id}"
        return RunOut.model_validate(asdict(found))


def _of_the_house(member: Member) -> None:
    if not sees_the_house(member):
        raise NotFound("No run has this name.")
