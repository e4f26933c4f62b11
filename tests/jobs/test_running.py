"""One run of a job: its effect once, tried again, given up, stopped, overdue, taken over; on both databases."""

import threading
import time
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from fairgo.core.errors import Conflict, NotFound, UpstreamFailed
from fairgo.core.events import Event
from fairgo.core.jobs import RunState, Wanted
from fairgo.jobs import desk as jobs_desk
from fairgo.jobs import queue
from fairgo.ledger.house import House
from fairgo.ledger.occurrences import Occurrence, Stopped
from fairgo.store.queueing import put, run
from tests.jobs.labour import (
    MARKED,
    a_job,
    a_runner,
    count_up,
    counted,
    fill,
    leaves,
    marks,
    named,
    tally,
    work_off,
)

NO_WORKER = 7  # a number under which nobody holds a lock


def state(house: House, run_id: str):
    with house.store.reading() as connection:
        return jobs_desk.find(connection, run_id)


def test_a_run_leaves_its_effect_and_its_evidence(house: House):
    fill(house, "house.count", 3)
    work_off(house, counted())
    assert tally(house) == {"r0": 1, "r1": 1, "r2": 1}
    assert sorted(marks(house)) == ["r0", "r1", "r2"]
    assert [len(leaves(house, f"jobs.run.{kind}")) for kind in ("started", "done")] == [3, 3]
    assert state(house, "house.count/r0").state is RunState.DONE


def test_what_was_done_before_an_error_is_not_done_again(house: House):
    tries: list[bool] = []

    def act(occurrence: Occurrence) -> None:
        tries.append(occurrence.once(lambda tx: count_up(tx, "first"), "first"))
        if len(tries) < 3:
            raise UpstreamFailed("the other side is away", detail="other.away")
        occurrence.once(lambda tx: count_up(tx, "second"), "second")

    fill(house, "house.count", 1)
    work_off(house, a_job(act, retries=3))
    assert tries == [True, False, False]
    assert tally(house) == {"first": 1, "second": 1}
    failed = leaves(house, "jobs.run.failed")
    assert [leaf["facts"]["problem"] for leaf in failed] == ["other.away", "other.away"]
    assert state(house, "house.count/r0").attempt == 3


def test_a_job_that_always_fails_is_kept_seen_and_can_be_run_again(house: House):
    well = threading.Event()

    def act(occurrence: Occurrence) -> None:
        if not well.is_set():
            raise ValueError("a customer's words")
        occurrence.once(lambda tx: count_up(tx, occurrence.reference))

    job = a_job(act, retries=2)
    fill(house, "house.count", 1)
    work_off(house, job)
    dead = state(house, "house.count/r0")
    assert (dead.state, dead.attempt, dead.problem) == (RunState.DEAD, 3, "fault.ValueError")
    assert "words" not in str(leaves(house, "jobs.run.dead")), "what went wrong may name a customer"
    assert len(leaves(house, "staff.notice.raised")) == 1
    well.set()
    work_off(house, job)
    assert not tally(house), "a dead letter waits for a person"
    queue.retry(house.ledger, "house.count/r0", "m1")
    work_off(house, job)
    assert tally(house) == {"r0": 1}
    assert leaves(house, "jobs.run.retried")[0]["facts"] == {"run": "house.count/r0", "by": "m1"}


def test_attempts_come_later_each_time(small: House):
    job = a_job(lambda _one: None, backoff=timedelta(seconds=10))
    waits = [queue.backoff(job, "house.count/x", attempt).total_seconds() for attempt in range(1, 15)]
    for wait, plain in zip(waits, [10, 20, 40, 80, 160, 320, 640, 1280, 2560], strict=False):
        assert 0.8 * plain <= wait <= 1.2 * plain
    assert max(waits) <= 1.2 * 3600
    fill(small, "house.count", 1)
    work_off(small, a_job(lambda _one: 1 / 0, backoff=timedelta(hours=1)))
    assert state(small, "house.count/r0").attempt == 1, "not tried again before its time"


def test_an_effect_without_a_leaf_is_refused(small: House):
    fill(small, "house.count", 1)
    silent = a_job(lambda one: one.once(lambda tx: tx.execute(select(1))), retries=0)
    work_off(small, silent)
    assert state(small, "house.count/r0").problem == "evidence_broken"


def test_a_dead_workers_run_is_taken_over_at_once(house: House):
    fill(house, "house.count", 1)
    taken = queue.claim(house, named(counted()), NO_WORKER)
    assert taken is not None
    assert taken.once(lambda tx: count_up(tx, "r0"))
    runner = work_off(house, counted())
    assert runner.counts == {"taken over": 1, "started": 1, "done": 1}
    assert tally(house) == {"r0": 1}
    assert state(house, "house.count/r0").attempt == 1, "a lost worker is no fault of the job's"


def test_who_lost_a_run_can_change_nothing_any_more(house: House):
    fill(house, "house.count", 1)
    taken = queue.claim(house, named(counted()), NO_WORKER)
    assert taken is not None
    work_off(house, counted())
    for change in (
        lambda: taken.once(lambda tx: count_up(tx, "r0"), "late"),
        taken.check,
    ):
        with pytest.raises(Stopped, match=r"worker\.lost"):
            change()
    queue.finish(taken)
    queue.fail(house.ledger, counted(), taken, "late")
    assert tally(house) == {"r0": 1}
    assert len(leaves(house, "jobs.run.done")) == 1
    assert not leaves(house, "jobs.run.failed")


def test_a_run_that_takes_its_workers_with_it_is_given_up(house: House):
    fill(house, "house.count", 1)
    runner = a_runner(house, counted())
    with house.ledger.recorded(Event(MARKED)) as tx:
        tx.execute(update(run).values(losses=queue.MOST_LOSSES - 1))
    assert queue.claim(house, named(counted()), NO_WORKER) is not None
    runner.look()
    runner.stop()
    assert state(house, "house.count/r0").problem == queue.LOST
    assert state(house, "house.count/r0").state is RunState.DEAD


def test_two_workers_never_run_one_occurrence(house: House):
    fill(house, "house.count", 12)
    job = counted(0.005)
    crew = [a_runner(house, job) for _ in range(3)]
    for runner in crew:
        runner.start()
    wait_until(lambda: len(tally(house)) == 12)
    assert all(runner.stop() for runner in crew)
    assert set(tally(house).values()) == {1}
    assert sum(runner.counts["started"] for runner in crew) == 12
    assert sum(runner.counts["taken over"] for runner in crew) == 0


def test_two_claims_at_the_same_moment_get_different_runs(house: House):
    fill(house, "house.count", 8)
    got: list[str] = []
    together = threading.Barrier(4)

    def take(number: int) -> None:
        together.wait()
        while (one := queue.claim(house, named(counted()), number)) is not None:
            got.append(one.id)

    crew = [threading.Thread(target=take, args=(number,)) for number in range(1, 5)]
    for thread in crew:
        thread.start()
    for thread in crew:
        thread.join()
    work = [one.id for one in iter(lambda: queue.claim(house, named(counted()), 9), None)]
    assert len(set(got + work)) == len(got + work) == 8


def test_occurrences_of_a_job_that_runs_alone_wait_for_each_other(house: House):
    fill(house, "house.count", 3)
    alone = counted(together=False)
    first = queue.claim(house, named(alone), 1)
    assert first is not None
    assert queue.claim(house, named(alone), 2) is None
    queue.finish(first)
    second = queue.claim(house, named(alone), 2)
    assert second is not None
    assert second.id != first.id


def test_a_run_can_be_stopped_while_it_goes_on(house: House):
    begun, asked = threading.Event(), threading.Event()

    def act(occurrence: Occurrence) -> None:
        begun.set()
        assert asked.wait(10)
        occurrence.once(lambda tx: count_up(tx, "too late"))

    fill(house, "house.count", 1)
    runner = a_runner(house, a_job(act))
    runner.start()
    assert begun.wait(10)
    queue.cancel(house.ledger, "house.count/r0", "m1")
    with pytest.raises(Conflict):
        queue.cancel(house.ledger, "house.count/r0", "m1")
    asked.set()
    assert runner.stop()
    assert state(house, "house.count/r0").state is RunState.CANCELLED
    assert not tally(house)


def test_a_run_can_be_stopped_while_it_waits(small: House):
    fill(small, "house.count", 1)
    queue.cancel(small.ledger, "house.count/r0", "m1")
    work_off(small, counted())
    assert not tally(small)
    with pytest.raises(NotFound):
        queue.cancel(small.ledger, "house.count/none", "m1")
    with pytest.raises(NotFound):
        queue.retry(small.ledger, "house.count/none", "m1")


def test_a_run_past_its_time_changes_nothing_and_is_tried_again(small: House):
    fill(small, "house.count", 1)
    hanging = threading.Event()

    def act(occurrence: Occurrence) -> None:
        hanging.wait(20)
        occurrence.once(lambda tx: count_up(tx, "late"))

    runner = a_runner(small, a_job(act, timeout=timedelta(minutes=1), retries=0), at_once=1)
    runner.look()
    now = small.ledger.clock()
    small.ledger.clock = lambda: now + timedelta(minutes=2)
    runner.look()
    assert state(small, "house.count/r0").problem == queue.TIMEOUT
    fill_more(small)
    runner.look()
    assert state(small, "house.count/more").state is RunState.RUNNING, "a hanging run holds no place"
    hanging.set()
    runner.stop()
    assert "late" not in tally(small) or tally(small)["late"] == 1


def fill_more(house: House) -> None:
    with house.ledger.recorded(Event(MARKED, facts={"reference": "more"})) as tx:
        put(tx.connection, "house.count", "more", due=tx.moment, reference="more")


def test_progress_is_told(small: House):
    fill(small, "house.count", 1)

    def act(occurrence: Occurrence) -> None:
        for number in range(1, 4):
            occurrence.once(lambda tx, n=number: count_up(tx, f"part{n}"), f"part{number}", done=number, of=3)
        occurrence._told_at = -1000.0
        occurrence.progress(3, 4)

    work_off(small, a_job(act))
    assert (state(small, "house.count/r0").done, state(small, "house.count/r0").of) == (3, 4)
    assert leaves(small, "jobs.run.progressed")[0]["facts"]["of"] == 4


def test_a_job_nobody_knows_here_is_left_to_those_who_do(small: House):
    fill(small, "house.other", 1)
    work_off(small, counted())
    assert state(small, "house.other/r0").state is RunState.QUEUED


def test_runs_are_listed_newest_first_and_go_on(small: House):
    fill(small, "house.count", 5)
    with small.store.reading() as connection:
        first = jobs_desk.some(connection, Wanted(limit=3))
        rest = jobs_desk.some(connection, Wanted(after=(first[-1].due_at, first[-1].id), limit=3))
    assert [line.id for line in first + rest] == [f"house.count/r{n}" for n in (4, 3, 2, 1, 0)]


def wait_until(true) -> None:
    end = time.monotonic() + 20
    while not true():
        assert time.monotonic() < end, "it never came about"
        time.sleep(0.01)
