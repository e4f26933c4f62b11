"""How security stands: what was found and hidden, in both directions, and whether every erasure came to its end."""

from sqlalchemy import Connection

from fairgo.core.verdicts import Measure, State
from fairgo.privacy import records
from fairgo.privacy.security.states import UNFINISHED


def standing(connection: Connection) -> Measure:
    """Identifiers hidden so far. What cannot be read (images, audio, files) is refused at the door, so none passed unread."""
    failed = sum(records.erasures_by_state(connection).get(state, 0) for state in UNFINISHED)
    if failed:
        return Measure(f"{failed} erasures not finished", State.ATTENTION, "fairgo erase --list names them")
    found = records.hidden(connection)
    if not found:
        return Measure("nothing found to hide yet", State.CANNOT_TELL)
    kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(found.items()))
    return Measure(
        f"{sum(found.values())} identifiers hidden",
        State.OK,
        f"{kinds}; how many were missed is not measured here",
    )
