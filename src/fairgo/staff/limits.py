"""Limits: after a few failures one waits, each time longer, for an account and for an address alike.

A name nobody has is counted like any other, so that waiting tells nobody which accounts exist. Tries while one waits
are refused and not counted, so that nobody can lock an account for longer than the longest wait. What was decided on
an old count is checked again in the transaction that takes effect: guesses sent all at once gain nothing.
"""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, select, update

from fairgo.core.errors import NotAllowed
from fairgo.ledger.recording import Recording
from fairgo.staff.records import attempt, spent
from fairgo.store.keys import Keys
from fairgo.store.schema import insert_unless_there


@dataclass(frozen=True, slots=True)
class Limit:
    """How many failures are free, how long the first wait is (each one doubles it), and when it is all forgotten."""

    kind: str
    free: int
    first: timedelta = timedelta(seconds=30)
    longest: timedelta = timedelta(minutes=15)
    forgotten: timedelta = timedelta(hours=12)

    def wait_after(self, failures: int) -> timedelta:
        """How long the next try has to wait."""
        if failures < self.free:
            return timedelta(0)
        doubled = min(failures - self.free, 16)
        wait: timedelta = self.first * 2**doubled
        return min(wait, self.longest)


ACCOUNT = Limit("account", free=5)
ADDRESS = Limit("address", free=20, forgotten=timedelta(hours=1))


@dataclass(frozen=True, slots=True)
class Counted:
    """One thing that failures are counted for, under a name that says nothing without the master key."""

    limit: Limit
    mark: str


def counted(keys: Keys, limit: Limit, name: str) -> Counted:
    """What failures of this account or address are counted under."""
    said = f"{limit.kind}\x00{name}".encode("utf-8", "surrogatepass")
    return Counted(limit, hmac.new(keys.derived("attempts"), said, hashlib.sha256).hexdigest())


def check(connection: Connection, now: datetime, *things: Counted) -> None:
    """Raises NotAllowed (429) while one of them has to wait, and says how long."""
    waits = [wait for thing in things if (wait := waits_for(connection, now, thing)) > timedelta(0)]
    if waits:
        raise NotAllowed(
            "There were too many tries that failed.",
            hint=f"Wait {wait_words(max(waits))}, then try again.",
            detail="too_many_tries",
            status=429,
        )


def waits_for(connection: Connection, now: datetime, thing: Counted) -> timedelta:
    """How long this one still has to wait; zero or less when it need not."""
    row = connection.execute(select(attempt).where(attempt.c.mark == thing.mark)).one_or_none()
    if row is None or now - row.last_at >= thing.limit.forgotten:
        return timedelta(0)
    until: datetime = row.last_at + thing.limit.wait_after(row.failures)
    return until - now


def failed(tx: Recording, *things: Counted) -> None:
    """Count one failure for each."""
    _forget(tx)
    for thing in things:
        row = {"mark": thing.mark, "failures": 1, "last_at": tx.moment}
        if insert_unless_there(tx.connection, attempt, row):
            continue
        mine = update(attempt).where(attempt.c.mark == thing.mark)
        tx.execute(mine.values(failures=attempt.c.failures + 1, last_at=tx.moment))


def succeeded(tx: Recording, *things: Counted) -> None:
    """Forget the failures of these."""
    tx.execute(delete(attempt).where(attempt.c.mark.in_([thing.mark for thing in things])))


def spend(tx: Recording, kind: str, value: str, *, ends_at: datetime) -> None:
    """Take something that counts once. Raises NotAllowed when it was taken before or its time is over."""
    tx.execute(delete(spent).where(spent.c.ends_at < tx.moment))
    mark = hashlib.sha256(f"{kind}\x00{value}".encode()).hexdigest()
    fresh = ends_at > tx.moment and insert_unless_there(
        tx.connection, spent, {"mark": mark, "ends_at": ends_at}
    )
    if not fresh:
        raise NotAllowed("This was used already, or it is too old.", hint="Start again.", detail="spent")


def wait_words(wait: timedelta) -> str:
    """How long, in words, rounded up."""
    seconds = int(wait.total_seconds()) + 1
    if seconds < 90:
        return f"{seconds} seconds"
    return f"{-(-seconds // 60)} minutes"


def _forget(tx: Recording) -> None:
    tx.execute(delete(attempt).where(attempt.c.last_at < tx.moment - ACCOUNT.forgotten))
