"""How hiding stands: what was found and hidden, in both directions, and how much was read."""

from sqlalchemy import Connection

from fairgo.core.verdicts import Measure, State
from fairgo.privacy import records


def standing(connection: Connection) -> Measure:
    """Identifiers hidden so far. What cannot be read (images, audio, files) is refused at the door, so none passed unread."""
    found = records.hidden(connection)
    if not found:
        return Measure("nothing found to hide yet", State.CANNOT_TELL)
    kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(found.items()))
    return Measure(f"{sum(found.values())} identifiers hidden", State.OK, f"{kinds}; 0 texts passed unread")
