"""When a job is due: cron expressions in a time zone, by croniter, with one rule for the hours that clocks repeat.

A fixed time of day (`30 2 * * *`) comes once a day, on the day that has 02:30 twice and on the day that has none (then
at the next moment there is). Anything that comes every hour goes on by the hour. It is what Debian's cron does too.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from croniter import croniter

from fairgo.core.errors import Misconfigured

FIELDS = 5
# A server may have been down for months, and a schedule may be due every minute.
STRETCHES = (timedelta(hours=1), timedelta(days=1), timedelta(days=32), timedelta(days=366 * 9))


def check(expression: str) -> None:
    """Raises Misconfigured when it is not a cron expression of five fields."""
    if len(expression.split()) != FIELDS or not croniter.is_valid(expression):
        raise Misconfigured(
            f"{expression!r} is not a schedule", hint="minute hour day month weekday, such as 30 2 * * *"
        )


def occurrences(expression: str, zone: ZoneInfo, after: datetime) -> Iterator[datetime]:
    """Every moment after `after` at which it is due, in UTC, in order, without end."""
    fixed = "*" not in expression.split()[1]
    moments = croniter(expression, after.astimezone(zone), ret_type=datetime)
    last = after.astimezone(UTC)
    while True:
        moment: datetime = moments.get_next()
        utc = moment.astimezone(UTC)
        if utc > last and not (fixed and moment.fold):
            last = utc
            yield utc


def next_after(expression: str, zone: ZoneInfo, after: datetime) -> datetime:
    """The first moment after `after` at which it is due, in UTC."""
    return next(occurrences(expression, zone, after))


def last_due(expression: str, zone: ZoneInfo, after: datetime, until: datetime) -> datetime | None:
    """The last moment in (after, until] at which it was due, in UTC, or None. Looks at the newest stretches first."""
    for stretch in STRETCHES:
        start = max(after, until - stretch)
        last = None
        for moment in occurrences(expression, zone, start):
            if moment > until:
                break
            last = moment
        if last is not None or start == after:
            return last
    return None
