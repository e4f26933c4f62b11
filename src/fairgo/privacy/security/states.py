"""The states an erasure passes, in order; `failed` when a scan found something, until another finds nothing."""

from enum import StrEnum


class State(StrEnum):
    """Where an erasure stands."""

    REQUESTED = "requested"
    APPROVED = "approved"
    KEY_DESTROYED = "key-destroyed"
    ROWS_DELETED = "rows-deleted"
    FAILED = "failed"
    SCANNED = "scanned"
    CERTIFIED = "certified"


UNFINISHED = (State.APPROVED, State.KEY_DESTROYED, State.ROWS_DELETED, State.FAILED, State.SCANNED)
BEGUN = (State.KEY_DESTROYED, State.ROWS_DELETED, State.FAILED, State.SCANNED, State.CERTIFIED)
