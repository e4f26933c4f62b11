"""Time, from one place, so that tests can hold it still and leaves can blur it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

Clock = Callable[[], datetime]

COARSE = timedelta(minutes=1)


def system_clock() -> datetime:
    """The time now, in UTC."""
    return datetime.now(UTC)


def coarse(moment: datetime) -> str:
    """The minute a moment fell in, as RFC 3339 text: fine enough to order a day, too coarse to link a person."""
    return moment.astimezone(UTC).replace(second=0, microsecond=0).strftime("%Y-%m-%dT%H:%MZ")
