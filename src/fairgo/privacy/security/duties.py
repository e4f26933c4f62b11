"""What security does on a schedule: bring erasures that broke off to their end, and get what they left out of the files."""

from datetime import timedelta

from fairgo.core.errors import FairgoError
from fairgo.core.events import Event
from fairgo.core.jobs import Job
from fairgo.ledger.occurrences import Occurrence
from fairgo.ledger.recording import Recording
from fairgo.privacy.security import destruction, erasure, keeping
from fairgo.privacy.security.states import UNFINISHED, State
from fairgo.staff.notices.kinds import ERASURE_STUCK
from fairgo.staff.notices.raising import raise_notice


def finish_erasures(occurrence: Occurrence) -> None:
    """Carry on every erasure whose key is destroyed; who waits longer than a day for anything else is told of it.

    Basis: APP 11.2. One that is approved and not begun is left to the people who approved it.
    """
    house = occurrence.house
    with house.store.reading() as connection:
        open_ones = [entry for entry in erasure.listed(connection) if entry.state in UNFINISHED]
    stuck: list[str] = []
    for number, entry in enumerate(open_ones):
        occurrence.check()
        occurrence.progress(number, len(open_ones))
        if entry.state == State.APPROVED or not _carried_out(occurrence, entry.request):
            stuck.append(entry.request)

    def tell(tx: Recording) -> None:
        for request in stuck:
            raise_notice(tx, ERASURE_STUCK, f"{request}/{occurrence.due:%Y-%m-%d}", about=request)
        tx.append(Event("privacy.erasure.looked_after", facts={"count": len(open_ones), "stuck": len(stuck)}))

    if open_ones:
        occurrence.once(tell)


def _carried_out(occurrence: Occurrence, request: str) -> bool:
    house = occurrence.house
    try:
        done = erasure.carry_out(house.ledger, request, house.data)
    except FairgoError:  # one that cannot be finished keeps none of the others
        return False
    return bool(done.state == State.CERTIFIED)


def purge_files(occurrence: Occurrence) -> None:
    """Get what was deleted out of the database's files, as far as somebody still read it when it was deleted."""
    done = occurrence.house.store.purge(destruction.TOUCHED).done
    facts = {"done": done}
    occurrence.once(lambda tx: tx.append(Event("privacy.files.purged", facts=facts)))


def purge_placeholders(occurrence: Occurrence) -> None:
    """Delete the placeholders that have outlived their conversation. Basis: APP 11.2."""
    keeping.purge(occurrence.house.ledger, occurrence.house.policy)


JOBS = (
    Job(
        "privacy.erasures",
        "carries on erasures that broke off, and tells of those that cannot be finished",
        finish_erasures,
        schedule="20 2 * * *",
        timeout=timedelta(hours=2),
    ),
    Job(
        "privacy.purge",
        "gets what was deleted out of the database’s files",
        purge_files,
        schedule="40 2 * * 0",
        timeout=timedelta(hours=1),
    ),
    Job(
        "privacy.placeholders",
        "deletes placeholders that have outlived their conversation",
        purge_placeholders,
        schedule="10 * * * *",
    ),
)
