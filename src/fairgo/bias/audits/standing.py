"""How the auditing stands: the newest audit's verdict, and how old it is."""

from datetime import UTC

from sqlalchemy import Connection

from fairgo.bias import records
from fairgo.bias.audits.results import Finding
from fairgo.core.clock import system_clock
from fairgo.core.verdicts import Measure, State

STATES = {
    Finding.FOUND: State.ATTENTION,
    Finding.ALIKE: State.OK,
    Finding.CANNOT_TELL: State.CANNOT_TELL,
}


def standing(connection: Connection) -> Measure:
    """Findings of the newest audit, and days since it ran. An audit never run is never green."""
    newest = records.latest_audit(connection)
    if newest is None:
        return Measure("no audit yet", State.CANNOT_TELL)
    verdict, findings, made_at = newest
    days = (system_clock() - made_at.replace(tzinfo=UTC)).days
    return Measure(
        f"{findings} open finding(s)", STATES[Finding(verdict)], f"last audit {days} day(s) ago: {verdict}"
    )
