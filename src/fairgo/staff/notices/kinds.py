"""The kinds of notices: their words, whom they are for, and where the matter is. No notice holds a customer's data."""

from collections.abc import Mapping
from dataclasses import dataclass

from fairgo.staff.rights import Right


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind: its code, a title, what to do about it, the right that makes it somebody's business, and a console page.

    `page` may hold `{about}`, the id of what it is about.
    """

    code: str
    title: str
    asks: str
    right: Right
    page: str


JOB_DEAD = Kind(
    "job.dead",
    "A job failed at every attempt",
    "Look at what went wrong, then run it again or leave it.",
    Right.JOBS_READ,
    "/jobs/run/{about}",
)
EVIDENCE_BROKEN = Kind(
    "evidence.broken",
    "The evidence does not agree with itself",
    "Keep the data folder as it is, and run fairgo ledger reconcile and fairgo ledger verify.",
    Right.EVIDENCE_READ,
    "/evidence",
)
ERASURE_STUCK = Kind(
    "erasure.stuck",
    "An erasure has not come to its end",
    "See fairgo erase --list for what is missing.",
    Right.CUSTOMERS_ERASE,
    "/privacy",
)
KEY_OLD = Kind(
    "key.old",
    "The key that signs the evidence is old",
    "Plan a change with fairgo ledger rotate.",
    Right.KEYS_MANAGE,
    "/evidence",
)
KINDS: Mapping[str, Kind] = {kind.code: kind for kind in (JOB_DEAD, EVIDENCE_BROKEN, ERASURE_STUCK, KEY_OLD)}
