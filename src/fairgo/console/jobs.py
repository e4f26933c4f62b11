"""The pages of jobs: what is due when, what runs, what went wrong for good; starting, retrying and stopping."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from urllib.parse import quote, urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from fairgo.console.exports import exported, rows_for
from fairgo.console.navigation import Crumb
from fairgo.console.office import Office
from fairgo.console.tables import Cell, Column, Table, chip, code, moment, number, words
from fairgo.core.errors import BadRequest, NotFound
from fairgo.core.jobs import JobLine, JobsDesk, RunLine, RunState, Wanted
from fairgo.staff.doors import member_of, page, sees_the_house
from fairgo.staff.forms import read
from fairgo.staff.rights import Right

TONES: Mapping[RunState, str] = {
    RunState.QUEUED: "quiet",
    RunState.RUNNING: "unsure",
    RunState.DONE: "good",
    RunState.DEAD: "warn",
    RunState.CANCELLED: "quiet",
}
DID: Mapping[str, str] = {
    "started": "The job is in the queue.",
    "retry": "The run is in the queue again.",
    "cancel": "The run was asked to stop.",
}
PROBLEMS: Mapping[str, str] = {
    "worker.lost": "its worker ended in the middle of it",
    "timeout": "it took longer than it may",
    "mail.unreachable": "the mail server cannot be reached",
    "mail.recipient_refused": "the mail server refused the recipient",
    "mail.sender_refused": "the mail server refused the sender",
    "mail.sign_in_refused": "the mail server refused the name or the password",
    "mail.bad_certificate": "the mail server’s certificate is not trusted",
    "webhook.private_address": "the webhook lies on a private network",
    "webhook.no_such_host": "the webhook’s name has no address",
    "webhook.unreachable": "the webhook does not answer",
    "webhook.redirected": "the webhook sends elsewhere, which is not followed",
}


def routes(office: Office, jobs: JobsDesk) -> Sequence[Route]:
    """`/jobs`, `/jobs/runs`, `/jobs/run/NAME`, and where their forms go. They are the house's: another tenant finds none."""

    def home(request: Request) -> Response:
        lines = jobs.jobs() if _ours(request) else []
        table = _schedules(request, lines, jobs.zone)
        given = exported(request, table)
        if given is not None:
            return given
        return office.show(request, "jobs.html", _home(office, jobs, request, table))

    def runs(request: Request) -> Response:
        table = _runs(request, jobs)
        return exported(request, table) or office.show(
            request, "runs.html", {"table": table, **_asked(request)}
        )

    def one(request: Request) -> Response:
        _must_be_ours(request)
        line = jobs.run(request.path_params["run"])
        values = {"run": line, "tone": TONES[line.state], "problem": _problem(line), "facts": _facts(line)}
        return office.show(request, "run.html", {**values, **_may(office, request)}, Crumb(line.id))

    async def change(request: Request) -> Response:
        fields = await read(request)
        _must_be_ours(request)
        what, name = fields.get("do", ""), fields.get("run") or fields.get("job", "")
        who = member_of(request).id
        if what == "start":
            return _back(request, jobs.start(name, who), "started")
        if what not in {"retry", "cancel"}:
            raise BadRequest("This cannot be done with a run.")
        (jobs.retry if what == "retry" else jobs.cancel)(name, who)
        return _back(request, name, what)

    return [
        page("/jobs", home, right=Right.JOBS_READ),
        page("/jobs/runs", runs, right=Right.JOBS_READ),
        page("/jobs/run/{run:path}", one, right=Right.JOBS_READ),
        page("/jobs/change", change, right=Right.JOBS_RUN, methods=("POST",)),
    ]


def _back(request: Request, run: str, did: str) -> Response:
    root = request.scope.get("root_path", "")
    return RedirectResponse(f"{root}/jobs/run/{quote(run)}?did={did}", 303)


def _ours(request: Request) -> bool:
    return sees_the_house(member_of(request))


def _must_be_ours(request: Request) -> None:
    if not _ours(request):
        raise NotFound("No run has this name.")


def _may(office: Office, request: Request) -> Mapping[str, object]:
    did = DID.get(request.query_params.get("did", ""), "")
    return {"may_run": office.may(request, Right.JOBS_RUN), "did": did}


def _home(office: Office, jobs: JobsDesk, request: Request, table: Table) -> Mapping[str, object]:
    ours = _ours(request)
    counts = jobs.counts() if ours else {}
    dead = jobs.runs(Wanted(state=RunState.DEAD, limit=20)) if ours else ()
    running = jobs.runs(Wanted(state=RunState.RUNNING, limit=20)) if ours else ()
    return {
        "ours": ours,
        "tiles": _tiles(counts, jobs.workers()) if ours else (),
        "table": table,
        "dead": [(line, _problem(line)) for line in dead],
        "more_dead": max(0, counts.get(RunState.DEAD, 0) - len(dead)),
        "running": [(line, _share(line)) for line in running],
        "names": [row[0].words for row in table.rows],
        **_may(office, request),
    }


def _tiles(counts: Mapping[str, int], workers: int) -> list[tuple[str, str, str, str]]:
    """Tone, figure, word, sentence."""
    dead = counts[RunState.DEAD]
    nobody = "Nothing runs by itself now: start fairgo worker."
    return [
        (
            "good" if workers else "warn",
            str(workers),
            "worker" if workers == 1 else "workers",
            "Each takes up what another leaves behind." if workers else nobody,
        ),
        ("quiet", str(counts[RunState.QUEUED]), "waiting", "In the queue, or waiting to be tried again."),
        ("quiet", str(counts[RunState.RUNNING]), "running", "Under way now."),
        (
            "warn" if dead else "good",
            str(dead),
            "failed for good",
            "Kept until somebody runs them again." if dead else "Every run that ended ended well.",
        ),
    ]


def _schedules(request: Request, lines: Sequence[JobLine], zone: str) -> Table:
    columns = (
        Column("job", "Job"),
        Column("schedule", "Schedule"),
        Column("next", "Next (UTC)"),
        Column("last", "Newest (UTC)"),
        Column("state", "How it went"),
    )
    rows = [
        (
            words(line.name, note=line.does),
            code(line.schedule) if line.schedule else Cell("when something waits", ""),
            moment(line.next_at),
            moment(line.last.due_at if line.last else None, never="never yet"),
            _state(request, line.last) if line.last else Cell("–"),
        )
        for line in lines
    ]
    empty = "Jobs belong to the whole house. This tenant has none of its own."
    return Table(
        "jobs",
        "What runs by itself",
        columns,
        rows,
        empty,
        f"{len(rows)} jobs, schedules in {zone}" if rows else "",
    )


def _runs(request: Request, jobs: JobsDesk) -> Table:
    asked = _asked(request)
    limit = rows_for(request)
    wanted = Wanted(str(asked["state"]), str(asked["job"]), _after(request), limit + 1)
    found = jobs.runs(wanted) if _ours(request) else []
    columns = (
        Column("run", "Run"),
        Column("due", "Due (UTC)"),
        Column("state", "How it went"),
        Column("attempt", "Attempt", number=True),
        Column("problem", "Problem"),
    )
    rows = [
        (
            code(line.id, href=_address(request, line)),
            moment(line.due_at),
            chip(line.state.value, TONES[line.state]),
            number(line.attempt),
            Cell(_problem(line) or "–", line.problem),
        )
        for line in found[:limit]
    ]
    last = found[limit - 1] if len(found) > limit else None
    kept = {name: str(value) for name, value in asked.items() if value}
    onward = urlencode({**kept, "at": last.due_at.isoformat(), "after": last.id}) if last else ""
    return Table("runs", "Runs", columns, rows, "No run fits.", onward=onward)


def _asked(request: Request) -> Mapping[str, object]:
    """The state and the job that were asked for; a state that is none counts as any."""
    state = request.query_params.get("state", "")
    known = [one.value for one in RunState]
    return {"state": state if state in known else "", "job": request.query_params.get("job", "")[:64]}


def _after(request: Request) -> tuple[datetime, str] | None:
    try:
        at = datetime.fromisoformat(request.query_params.get("at", ""))
    except ValueError:
        return None
    return (at, request.query_params.get("after", "")) if at.tzinfo is not None else None


def _state(request: Request, line: RunLine) -> Cell:
    return Cell(line.state.value, line.state.value, href=_address(request, line))


def _address(request: Request, line: RunLine) -> str:
    return f"{request.scope.get('root_path', '')}/jobs/run/{quote(line.id)}"


def _share(line: RunLine) -> str:
    return f"{line.done:,} of {line.of:,}" if line.of else ""


def _problem(line: RunLine) -> str:
    """What went wrong last, in words where there are some."""
    if line.problem.startswith("fault."):
        return f"a fault in the job itself ({line.problem.removeprefix('fault.')})"
    return PROBLEMS.get(line.problem, line.problem)


def _facts(line: RunLine) -> list[tuple[str, Cell]]:
    facts = [
        ("Job", words(line.job)),
        ("Due", moment(line.due_at)),
        ("Attempt", number(line.attempt)),
        ("Begun", moment(line.started_at)),
        ("Ended", moment(line.ended_at)),
    ]
    if line.state is RunState.QUEUED:
        facts.append(("Not before", moment(line.not_before)))
    if line.of:
        facts.append(("Progress", Cell(_share(line))))
    return facts
