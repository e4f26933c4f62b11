"""The runner: looks for what is due, begins it, and takes over what dead workers left. One for each worker process."""

import logging
import threading
import time
from collections import Counter
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select

from fairgo.core.clock import zone_of
from fairgo.core.errors import FairgoError
from fairgo.core.jobs import Job, RunState
from fairgo.jobs.planning import plan
from fairgo.jobs.queue import GRACE, TIMEOUT, claim, fail, finish, lose, stop
from fairgo.jobs.schedules import check
from fairgo.ledger.house import House
from fairgo.ledger.occurrences import Occurrence, Stopped
from fairgo.store.presence import Presence, alive
from fairgo.store.queueing import run

log = logging.getLogger(__name__)
LOOK_SECONDS = 1.0
AT_ONCE = 4
STOP_SECONDS = 20.0
AGAIN_SECONDS = 0.5


class Runner:
    """Runs jobs in threads of its own, at most `at_once` together, from `start` to `stop`.

    `counts` says what it did since it began: runs started, done and failed, and those taken over from the dead. Raises
    Misconfigured for a schedule or a time zone that is none.
    """

    def __init__(
        self, house: House, jobs: Mapping[str, Job], *, at_once: int = AT_ONCE, seconds: float = LOOK_SECONDS
    ) -> None:
        self.house = house
        self.jobs = jobs
        self.counts = Counter[str]()
        self._zone = zone_of(house.settings.time_zone)
        for job in jobs.values():
            if job.schedule:
                check(job.schedule)
        self._at_once = at_once
        self._seconds = seconds
        self._ended = threading.Event()
        self._awake = threading.Event()
        self._presence = Presence(house.store)
        self._going: dict[threading.Thread, Occurrence] = {}
        self._looking: threading.Thread | None = None
        self._looked_at = time.monotonic()

    def start(self) -> None:
        """Begin looking for work."""
        self._ended.clear()
        self._looking = threading.Thread(target=self._look_on, name="jobs", daemon=True)
        self._looking.start()

    def stop(self, *, seconds: float = STOP_SECONDS) -> bool:
        """Begin nothing more, wait for what is going on, and give the rest to others. True when nothing was left."""
        self._ended.set()
        self._awake.set()
        if self._looking is not None:
            self._looking.join()
            self._looking = None
        end = time.monotonic() + seconds
        for thread in list(self._going):
            thread.join(max(0.0, end - time.monotonic()))
        self._presence.release()
        return not any(thread.is_alive() for thread in self._going)

    @property
    def healthy(self) -> bool:
        """True while it looks for work: a minute without a look is too long."""
        return self._looking is not None and time.monotonic() - self._looked_at < 60

    def look(self) -> bool:
        """One round: plan, take over from the dead, begin what may begin. True when something was begun."""
        self._presence.hold()
        plan(self.house.ledger, self.jobs, self._zone)
        self._take_over()
        self._forget_ended()
        begun = False
        while self._free() and not self._ended.is_set():
            one = claim(self.house, self.jobs, self._presence.number)
            if one is None:
                break
            begun = True
            self.counts["started"] += 1
            thread = threading.Thread(target=self._run, args=(one,), name=one.id, daemon=True)
            self._going[thread] = one
            thread.start()
        self._looked_at = time.monotonic()
        return begun

    def _look_on(self) -> None:
        while not self._ended.is_set():
            self._awake.clear()
            try:
                self.look()
            except Exception as failure:  # noqa: BLE001 - a busy database now is no reason to stop working for good
                log.warning("jobs could not be looked for (%s); trying again", type(failure).__name__)
            self._awake.wait(self._seconds)

    def _run(self, one: Occurrence) -> None:
        job = self.jobs[one.job]
        try:
            job.act(one)
        except Stopped as stopped:
            self._settle(one, stopped.why)
        except FairgoError as problem:
            self._settle(one, problem.detail)
        except BaseException as failure:  # noqa: BLE001 - whatever goes wrong in a job is the run's problem
            self._settle(one, f"fault.{type(failure).__name__}")
        else:
            self._settle(one, "")
        self._awake.set()

    def _settle(self, one: Occurrence, problem: str) -> None:
        """Write how it ended. A database that is away is tried again for as long as the run is ours."""
        while True:
            try:
                self._write_end(one, problem)
            except Exception as failure:  # noqa: BLE001 - see above
                log.warning("the end of a run could not be written (%s)", type(failure).__name__)
                if self.house.ledger.clock() >= one.deadline or self._ended.wait(AGAIN_SECONDS):
                    return
            else:
                return

    def _write_end(self, one: Occurrence, problem: str) -> None:
        ledger, job = self.house.ledger, self.jobs[one.job]
        if problem == "cancelled":
            stop(ledger, one)
        elif problem:
            fail(ledger, job, one, problem[:64])
        else:
            finish(one)
        self.counts["failed" if problem else "done"] += 1

    def _take_over(self) -> None:
        """Runs of workers that are gone go back into the queue; those past their deadline count as failed."""
        with self.house.store.reading() as connection:
            rows = connection.execute(select(run).where(run.c.state == RunState.RUNNING)).all()
        if not rows:
            return
        living = alive(self.house.store)
        now = self.house.ledger.clock()
        for row in rows:
            job = self.jobs.get(row.job)
            if row.worker not in living:
                self.counts["taken over"] += lose(self.house.ledger, row)
            elif job is not None and row.deadline + GRACE < now:
                self.counts["failed"] += fail(self.house.ledger, job, row, TIMEOUT)

    def _forget_ended(self) -> None:
        self._going = {thread: one for thread, one in self._going.items() if thread.is_alive()}

    def _free(self) -> bool:
        """True while one more may begin. A run past its deadline holds no place: it cannot change anything any more."""
        now: datetime = self.house.ledger.clock()
        return sum(one.deadline + GRACE > now for one in self._going.values()) < self._at_once
