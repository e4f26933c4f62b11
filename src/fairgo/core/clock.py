"""Time, from one place, so that tests can hold it still and leaves can blur it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from fairgo.core.errors import Misconfigured

Clock = Callable[[], datetime]

COARSE = timedelta(minutes=1)


def system_clock() -> datetime:
    """The time now, in UTC."""
    return datetime.now(UTC)


@lru_cache(maxsize=16)  # one moment stands for all leaves of a commit
def coarse(moment: datetime) -> str:
    """The minute a moment fell in, as RFC 3339 text: fine enough to order a day, too coarse to link a person."""
    utc = moment.astimezone(UTC)
    return f"{utc.year:04}-{utc.month:02}-{utc.day:02}T{utc.hour:02}:{utc.minute:02}Z"


def zone_of(name: str) -> ZoneInfo:
    """The time zone of that name. Raises Misconfigured when there is none."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise Misconfigured(f"there is no time zone {name!r}", hint="such as Australia/Sydney") from None
