"""`fairgo worker`: a process that runs jobs, and, below it, seeing, starting, retrying and stopping them."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from fairgo.cli.serving import Data, Json, Policy, show

NOTE = "note: on SQLite the server runs jobs itself; this worker shares its one writer, on this machine only"
app = typer.Typer(help="Run jobs in a process of their own; see, start, retry and stop them.")
Run = Annotated[str, typer.Argument(metavar="RUN", help="as `fairgo worker runs` gives it")]


@app.callback(invoke_without_command=True)
def worker(
    context: typer.Context,
    policy: Policy = Path(),
    data: Data = Path("data"),
    at_once: Annotated[int, typer.Option(help="how many jobs at once", min=1, max=64)] = 4,
    as_json: Json = False,
) -> None:
    """Without a command: run jobs until stopped. Start as many workers as you like; a job outlives its worker."""
    if context.invoked_subcommand is not None:
        return
    from fairgo.assemble import AREAS
    from fairgo.jobs.house import jobs_of
    from fairgo.jobs.running import Runner
    from fairgo.ledger.house import open_house
    from fairgo.privacy.security.replaying import replay_kept

    house = open_house(policy, data)
    runner = Runner(house, jobs_of(AREAS), at_once=at_once)
    replay_kept(house.ledger, house.data)
    house.ledger.start(checkpoint_seconds=house.settings.checkpoint_seconds)
    runner.start()
    if house.store.is_sqlite:
        print(NOTE, file=sys.stderr)
    show({"jobs": sorted(runner.jobs), "at_once": at_once}, as_json, f"Fairgo runs {len(runner.jobs)} jobs")
    try:
        _until_told()
    finally:
        clean = runner.stop()
        house.close()
    did = dict(runner.counts)
    words = ", ".join(f"{count} {name}" for name, count in did.items()) or "nothing to do"
    show(
        {**did, "clean": clean},
        as_json,
        f"stopped: {words}" + ("" if clean else "; others go on with the rest"),
    )


def _until_told() -> None:
    """Wait for a signal to stop; a second one does not wait for what is going on."""
    import signal
    import threading

    told = threading.Event()

    def stop(number: int, _frame: Any) -> None:
        signal.signal(number, signal.SIG_DFL)
        told.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    told.wait()


@contextmanager
def _desk(policy: Path, data: Path) -> Iterator[Any]:
    from fairgo.assemble import AREAS
    from fairgo.jobs.desk import desk
    from fairgo.jobs.house import jobs_of
    from fairgo.ledger.house import visiting

    with visiting(policy, data, existing=True) as house:
        yield desk(house, jobs_of(AREAS))


def status(policy: Policy = Path(), data: Data = Path("data"), as_json: Json = False) -> None:
    """How many workers there are and how the queue stands. Ends with 1 when runs failed for good, or wait for nobody."""
    with _desk(policy, data) as desk:
        workers, counts = desk.workers(), desk.counts()
    left = counts["queued"] > 0 and not workers
    words = [f"workers  {workers}", *(f"{state:8} {count}" for state, count in counts.items())]
    words += ["runs wait, and no worker is there"] if left else []
    show({"workers": workers, "runs": counts}, as_json, "\n".join(words))
    if counts["dead"] or left:
        raise typer.Exit(1)


def jobs(policy: Policy = Path(), data: Data = Path("data"), as_json: Json = False) -> None:
    """Every job with its schedule, its next occurrence and its newest run."""
    with _desk(policy, data) as desk:
        lines = desk.jobs()
        zone = desk.zone
    words = [
        f"{line.name:20} {line.schedule or 'on demand':14} next {_moment(line.next_at)}  "
        f"last {line.last.state.value if line.last else 'never'}"
        for line in lines
    ]
    show(
        {"zone": zone, "jobs": [_plain(line) for line in lines]},
        as_json,
        "\n".join([*words, f"times in UTC, schedules in {zone}"]),
    )


def runs(
    policy: Policy = Path(),
    data: Data = Path("data"),
    state: Annotated[str, typer.Option(help="queued, running, done, dead or cancelled")] = "",
    job: Annotated[str, typer.Option(help="of this job only")] = "",
    as_json: Json = False,
) -> None:
    """The newest 50 runs; `--state dead` shows what failed for good."""
    from fairgo.core.errors import BadRequest, nearest
    from fairgo.core.jobs import RunState, Wanted

    if state and state not in set(RunState):
        raise BadRequest(f"no run is ever {state!r}", hint=nearest(state, [one.value for one in RunState]))
    with _desk(policy, data) as desk:
        found = desk.runs(Wanted(state, job))
    words = [
        f"{line.id}  {line.state.value}" + (f"  ({line.problem})" if line.problem else "") for line in found
    ]
    show({"runs": [_plain(line) for line in found]}, as_json, "\n".join(words) or "no run")


def start(
    job: Annotated[str, typer.Argument(metavar="JOB")],
    policy: Policy = Path(),
    data: Data = Path("data"),
    as_json: Json = False,
) -> None:
    """Put a job into the queue now, beside its schedule."""
    with _desk(policy, data) as desk:
        run = desk.start(job, "system")
    show({"run": run}, as_json, f"queued {run}")


def retry(run: Run, policy: Policy = Path(), data: Data = Path("data"), as_json: Json = False) -> None:
    """Try a run anew that failed for good or was stopped. What it has done already is not done twice."""
    with _desk(policy, data) as desk:
        desk.retry(run, "system")
    show({"run": run, "state": "queued"}, as_json, f"queued {run}")


def cancel(run: Run, policy: Policy = Path(), data: Data = Path("data"), as_json: Json = False) -> None:
    """Take a run out of the queue, or ask it to stop."""
    with _desk(policy, data) as desk:
        desk.cancel(run, "system")
        now = desk.run(run)
    show({"run": run, "state": now.state.value}, as_json, f"{run}: {now.state.value}")


def _plain(line: Any) -> Any:
    """A line as JSON has it."""
    import orjson

    return orjson.loads(orjson.dumps(asdict(line)))


def _moment(at: Any) -> str:
    return f"{at:%Y-%m-%d %H:%M}" if at else "-" * 16


COMMANDS: dict[str, Callable[..., None]] = {
    "status": status,
    "jobs": jobs,
    "runs": runs,
    "start": start,
    "retry": retry,
    "cancel": cancel,
}
for name, command in COMMANDS.items():
    app.command(name)(command)
