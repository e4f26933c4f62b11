"""The jobs of the house itself: those that belong to no area. Areas declare theirs in `area.py`."""

from collections.abc import Iterable, Mapping
from datetime import timedelta

from sqlalchemy import Table, delete, select

from fairgo.core.area import Area
from fairgo.core.errors import EvidenceBroken, Misconfigured
from fairgo.core.events import Event, Fact
from fairgo.core.jobs import Job, Missed, RunState
from fairgo.ledger.keyring import signing_keys
from fairgo.ledger.occurrences import Occurrence
from fairgo.ledger.reading import verify
from fairgo.ledger.reconciling import reconcile
from fairgo.ledger.recording import Recording
from fairgo.staff import records as staff
from fairgo.staff.notices.delivering import JOBS as NOTICES
from fairgo.staff.notices.kinds import EVIDENCE_BROKEN, KEY_OLD
from fairgo.staff.notices.raising import raise_notice
from fairgo.staff.notices.records import copy, notice
from fairgo.staff.sessions import KEPT_FOR
from fairgo.store.queueing import effect, run

HISTORY = timedelta(days=90)
NOTICES_KEPT = timedelta(days=365)
KEY_AGE = timedelta(days=365)
# What signing in leaves behind, and how long after its end it is kept.
ENDING: Mapping[Table, timedelta] = {
    staff.session: KEPT_FOR,
    staff.invitation: timedelta(0),
    staff.spent: timedelta(0),
    staff.kept_form: timedelta(0),
}


def forget_history(occurrence: Occurrence) -> None:
    """Forget runs that ended 90 days ago and notices a year old. Dead runs stay until a person deals with them."""

    def forget(tx: Recording) -> None:
        ended = run.c.state.in_([RunState.DONE, RunState.CANCELLED])
        old = select(run.c.id).where(ended, run.c.ended_at < tx.moment - HISTORY)
        tx.execute(delete(effect).where(effect.c.run.in_(old)))
        gone = tx.execute(delete(run).where(ended, run.c.ended_at < tx.moment - HISTORY)).rowcount
        tx.execute(delete(copy).where(copy.c.raised_at < tx.moment - NOTICES_KEPT))
        tx.execute(delete(notice).where(notice.c.raised_at < tx.moment - NOTICES_KEPT))
        tx.append(Event("jobs.history.forgotten", facts={"count": gone}))

    occurrence.once(forget)


def sweep_sessions(occurrence: Occurrence) -> None:
    """Delete sessions, invitations, spent challenges and kept forms whose time is over.

    A session stays for a day after its end: whoever sends a form late is recognised, and the form is not lost.
    """

    def sweep(tx: Recording) -> None:
        gone = {
            str(table.name): tx.execute(delete(table).where(table.c.ends_at < tx.moment - kept)).rowcount
            for table, kept in ENDING.items()
        }
        tx.append(Event("staff.session.swept", facts={"count": sum(gone.values()), "tables": gone}))

    occurrence.once(sweep)


def check_evidence(occurrence: Occurrence) -> None:
    """Verify the whole ledger and reconcile it; whoever looks after the evidence is told when it does not agree."""
    with occurrence.house.store.reading() as connection:
        try:
            leaves = verify(connection).size
        except EvidenceBroken:
            problem, leaves = "does.not.verify", 0
        else:
            problem = "does.not.agree" if reconcile(connection).counts else ""

    def tell(tx: Recording) -> None:
        facts: dict[str, Fact] = {"leaves": leaves, "problem": problem}
        tx.append(Event("ledger.evidence.checked", facts=facts))
        if problem:
            raise_notice(tx, EVIDENCE_BROKEN, occurrence.id, about=problem)

    occurrence.once(tell)


def check_keys(occurrence: Occurrence) -> None:
    """Say so, once for each key, when the key that signs is older than a year."""
    with occurrence.house.store.reading() as connection:
        newest = signing_keys(connection)[-1]
    age = occurrence.house.ledger.clock() - newest.since

    def tell(tx: Recording) -> None:
        tx.append(Event("ledger.key.checked", facts={"days": age.days}))
        if age > KEY_AGE:
            raise_notice(tx, KEY_OLD, str(newest.verifier), about=newest.verifier.name)

    occurrence.once(tell)


HOUSE = (
    Job(
        "ledger.check",
        "verifies and reconciles the whole of the evidence",
        check_evidence,
        schedule="10 3 * * *",
        timeout=timedelta(hours=3),
    ),
    Job("ledger.keys", "looks how old the key is that signs", check_keys, schedule="0 9 * * 1"),
    Job("staff.sessions", "deletes sessions whose time is over", sweep_sessions, schedule="50 * * * *"),
    Job(
        "jobs.history",
        "forgets old runs and old notices",
        forget_history,
        schedule="30 2 * * *",
        missed=Missed.SKIP,
    ),
    *NOTICES,
)


def jobs_of(areas: Iterable[Area]) -> dict[str, Job]:
    """Every job by its name: the house's and the areas'. Raises Misconfigured when a name is given twice."""
    declared = [*HOUSE, *(job for area in areas for job in area.jobs)]
    named = {job.name: job for job in declared}
    if len(named) != len(declared):
        raise Misconfigured("two jobs have one name", hint="a job's name is area.subject")
    return named
