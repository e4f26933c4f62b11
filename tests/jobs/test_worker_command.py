"""`fairgo worker` and what is below it, as processes and commands."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from fairgo.cli.main import app
from fairgo.core.errors import BadRequest, Conflict, FairgoError
from fairgo.core.jobs import RunState
from tests.jobs.labour import a_house, a_job, fill, work_off
from tests.jobs.test_running import state

FAIRGO = [sys.executable, "-m", "fairgo.cli.main"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    house = a_house(tmp_path)
    job = a_job(lambda _one: 1 / 0, retries=0)
    fill(house, job.name, 1)
    work_off(house, job)
    house.close()
    return tmp_path


def say(folder: Path, *words: str, expected: int = 0):
    where = ["--policy", str(folder / "policy-folder"), "--data", str(folder / "data"), "--json"]
    done = CliRunner().invoke(app, ["worker", *words, *where])
    if isinstance(done.exception, FairgoError):
        raise done.exception
    assert done.exit_code == expected
    return json.loads(done.stdout)


def test_dead_letters_are_seen_and_run_again(folder: Path):
    said = say(folder, "status", expected=1)
    assert (said["workers"], said["runs"]["dead"]) == (0, 1)
    (dead,) = say(folder, "runs", "--state", "dead")["runs"]
    assert (dead["id"], dead["problem"]) == ("house.count/r0", "fault.ZeroDivisionError")
    assert say(folder, "retry", dead["id"])["state"] == "queued"
    with pytest.raises(Conflict):
        say(folder, "retry", dead["id"])
    assert say(folder, "cancel", dead["id"])["state"] == "cancelled"
    with pytest.raises(BadRequest, match="dad"):
        say(folder, "runs", "--state", "dad")


def test_jobs_are_listed_with_their_next_occurrence(folder: Path):
    said = say(folder, "jobs")
    by_name = {job["name"]: job for job in said["jobs"]}
    assert by_name["ledger.check"]["schedule"] == "10 3 * * *"
    assert by_name["ledger.check"]["next_at"] > "2026"
    assert said["zone"] == "Australia/Sydney"


def test_a_worker_runs_what_waits_and_stops_when_told(folder: Path):
    run = say(folder, "start", "ledger.check")["run"]
    where = ["--policy", "policy-folder", "--data", "data", "--json"]
    process = subprocess.Popen(
        [*FAIRGO, "worker", *where], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    house = a_house(folder)
    try:
        assert process.stdout is not None
        assert "ledger.check" in json.loads(process.stdout.readline())["jobs"]
        end = time.monotonic() + 30
        while state(house, run).state is not RunState.DONE:
            assert time.monotonic() < end
            time.sleep(0.02)
    finally:
        process.send_signal(signal.SIGTERM)
        house.close()
    said, noted = process.communicate(timeout=30)
    assert process.returncode == 0
    assert json.loads(said)["clean"] is True
    assert "SQLite" in noted
