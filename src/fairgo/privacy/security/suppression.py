"""Who was erased, as keyed hashes: what keeps the past from coming back, and lets the person come back as somebody new.

An erasure is no ban. Whoever writes again gets another pseudonym, another key, and no tie to what was erased: the
pseudonym is derived from the name and from how often that name was erased. Records of the past are another matter:
importers must call `refuse_reimport`.
"""

import hashlib
import hmac
from collections.abc import Iterable

from sqlalchemy import Connection, select

from fairgo.core.errors import Conflict
from fairgo.privacy import records
from fairgo.store.keys import Keys

TOGETHER = 500


def mark_of(keys: Keys, customer: str) -> str:
    """What stands in the list for the name that callers send: HMAC-SHA256 under a key derived for this use, as hex."""
    return hmac.new(keys.derived("suppression"), customer.encode(), hashlib.sha256).hexdigest()


def generation(connection: Connection, mark: str) -> int:
    """How often the customer with this mark was erased."""
    row = records.suppression.c
    return connection.scalar(select(row.generation).where(row.mark == mark)) or 0


def suppressed(connection: Connection, keys: Keys, customer: str) -> bool:
    """True when the customer whom callers name so was erased at least once."""
    return generation(connection, mark_of(keys, customer)) > 0


def pseudonym(connection: Connection, keys: Keys, customer: str) -> str:
    """The pseudonym that stands for a customer in every table now; after an erasure it is another one."""
    times = generation(connection, mark_of(keys, customer))
    return pseudonym_of(keys, customer, times)


def pseudonym_of(keys: Keys, customer: str, times: int) -> str:
    """The pseudonym of a customer who was erased so often."""
    return keys.pseudonym("customer", customer, str(times)) if times else keys.pseudonym("customer", customer)


def refuse_reimport(connection: Connection, keys: Keys, customers: Iterable[str]) -> None:
    """For importers, before they write anything: raises Conflict when records of an erased customer would come back.

    That a customer came back of their own accord changes nothing: older records of them stay out.
    """
    marks = sorted({mark_of(keys, customer) for customer in customers})
    row = records.suppression.c
    erased = sum(
        len(connection.execute(select(row.mark).where(row.mark.in_(marks[at : at + TOGETHER]))).all())
        for at in range(0, len(marks), TOGETHER)
    )
    if erased:
        raise Conflict(
            f"{erased} of these {len(marks)} customers were erased: their records may not come back",
            hint="leave them out of the import",
        )
