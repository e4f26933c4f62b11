"""What is due goes into the queue once; what was missed follows the job's rule; a schedule that is new begins now."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from fairgo.assemble import AREAS
from fairgo.core.clock import zone_of
from fairgo.core.jobs import Missed
from fairgo.jobs.house import jobs_of
from fairgo.jobs.planning import plan
from fairgo.jobs.running import Runner
from fairgo.ledger.house import House
from fairgo.store.queueing import run
from tests.jobs.labour import a_job, leaves, named, work_off

SYDNEY = zone_of("Australia/Sydney")
START = datetime(2026, 11, 23, 9, 59, 30, tzinfo=UTC)


def queued(house: House) -> list[str]:
    with house.store.reading() as connection:
        return list(connection.scalars(select(run.c.id).order_by(run.c.id)))


def planned(house: House, moment: datetime, **how) -> int:
    house.ledger.clock = lambda: moment
    usual = {"schedule": "0 * * * *"}
    return plan(house.ledger, named(a_job(lambda _one: None, "house.hourly", **(usual | how))), SYDNEY)


def test_an_occurrence_is_planned_once_whoever_looks(house: House):
    assert planned(house, START) == 0
    assert planned(house, START + timedelta(minutes=1)) == 1
    assert planned(house, START + timedelta(minutes=2)) == 0
    assert queued(house) == ["house.hourly/2026-11-23T10:00Z"]
    assert leaves(house, "jobs.schedule.declared")[0]["facts"] == {"jobs": {"house.hourly": 1}}


def test_after_a_long_night_one_run_stands_for_all(small: House):
    planned(small, START)
    assert planned(small, START + timedelta(hours=9, minutes=20)) == 1
    assert queued(small) == ["house.hourly/2026-11-23T19:00Z"]


def test_a_job_may_leave_what_was_missed_to_its_next_hour(small: House):
    planned(small, START)
    assert planned(small, START + timedelta(hours=9, minutes=20), missed=Missed.SKIP) == 0
    assert leaves(small, "jobs.run.skipped")[0]["facts"]["reason"] == "missed"
    assert planned(small, START + timedelta(hours=10, minutes=1), missed=Missed.SKIP) == 1
    assert queued(small) == ["house.hourly/2026-11-23T20:00Z"]


def test_while_one_waits_no_second_one_is_put_behind_it(small: House):
    planned(small, START)
    for hour in range(1, 4):
        planned(small, START + timedelta(hours=hour))
    assert len(queued(small)) == 1


def test_a_schedule_that_changes_counts_from_then_on(small: House):
    planned(small, START)
    assert planned(small, START + timedelta(hours=5), schedule="30 * * * *") == 0
    assert planned(small, START + timedelta(hours=5, minutes=31), schedule="30 * * * *") == 1


def test_every_job_of_the_house_is_sound_and_runs(small: House):
    jobs = jobs_of(AREAS)
    runner = Runner(small, jobs)
    assert set(jobs) >= {
        "ledger.check",
        "privacy.erasures",
        "staff.sessions",
        "notices.digest",
        "jobs.history",
    }
    for name in jobs:
        assert name == jobs[name].name
    work_off(small, *jobs.values())
    moment = datetime.now(UTC) + timedelta(days=8)
    small.ledger.clock = lambda: moment
    work_off(small, *jobs.values())
    scheduled = {name for name, job in jobs.items() if job.schedule and job.missed is Missed.ONCE}
    done = {leaf["facts"]["run"].partition("/")[0] for leaf in leaves(small, "jobs.run.done")}
    assert not leaves(small, "jobs.run.failed")
    assert done == scheduled
    assert not leaves(small, "jobs.run.failed")
    assert leaves(small, "ledger.evidence.checked")[0]["facts"]["problem"] == ""
    runner.stop()
