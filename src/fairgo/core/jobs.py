"""Jobs: what is done without anybody asking for it at that moment, on a schedule or because something waits.

An *occurrence* is one time that a job is due; its name is its key. A *run* is what became of it. Whatever happens to
the process that runs it, its effect takes place once (`fairgo.ledger.occurrences`).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any


class Missed(StrEnum):
    """What becomes of occurrences that were due while nothing ran."""

    ONCE = "run once"  # one run stands for all of them
    SKIP = "skip"  # a duty whose hour has passed is left to its next hour


@dataclass(frozen=True, slots=True)
class Job:
    """A job as its package declares it. `act` gets its occurrence (`fairgo.ledger.occurrences.Occurrence`).

    `schedule` is a cron expression of five fields in the time zone of the settings; empty for a job that is only put
    into the queue. `retries` are attempts after the first, `backoff` apart and each time twice as long, up to an hour.
    `together` says whether runs of this job may go on beside each other.
    """

    name: str
    does: str
    act: Callable[[Any], None]
    schedule: str = ""
    timeout: timedelta = timedelta(minutes=10)
    retries: int = 3
    backoff: timedelta = timedelta(seconds=30)
    missed: Missed = Missed.ONCE
    together: bool = False


class RunState(StrEnum):
    """Where a run is."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    DEAD = "dead"  # every attempt failed: kept until a person runs it again
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class RunLine:
    """One run in a list. `problem` is the code of what went wrong last, empty when nothing did; `of` is 0 when unknown."""

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


@dataclass(frozen=True, slots=True)
class JobLine:
    """One job in a list: what was declared, its next occurrence in UTC, and its newest run."""

    name: str
    does: str
    schedule: str
    missed: Missed
    retries: int
    timeout_seconds: int
    next_at: datetime | None
    last: RunLine | None


After = tuple[datetime, str]  # when a run was due, and its id


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which runs, newest first: of a state, of a job (empty is any), after a place in the list, so many at most."""

    state: str = ""
    job: str = ""
    after: After | None = None
    limit: int = 50


@dataclass(frozen=True, slots=True)
class JobsDesk:
    """What pages of jobs need. The three that change something take who asked, as an id without personal information.

    `workers` counts the processes that run jobs now. `run` raises NotFound; `start`, `retry` and `cancel` that or Conflict.
    """

    zone: str
    jobs: Callable[[], Sequence[JobLine]]
    runs: Callable[[Wanted], Sequence[RunLine]]
    run: Callable[[str], RunLine]
    counts: Callable[[], dict[str, int]]
    workers: Callable[[], int]
    start: Callable[[str, str], str]  # job, who -> the run's id
    retry: Callable[[str, str], None]  # run, who
    cancel: Callable[[str, str], None]  # run, who
