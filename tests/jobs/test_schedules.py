"""When jobs are due: time zones, the hour that clocks skip and the one they repeat, and long times of nothing running."""

from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairgo.core.clock import zone_of
from fairgo.core.errors import Misconfigured
from fairgo.jobs.schedules import check, last_due, next_after, occurrences

SYDNEY = zone_of("Australia/Sydney")
# Clocks go forward at 02:00 on 4 October 2026 (16:00 UTC the day before), and back at 03:00 on 5 April 2026.
FORWARD = datetime(2026, 10, 3, 12, tzinfo=UTC)
BACK = datetime(2026, 4, 4, 12, tzinfo=UTC)


def local(expression: str, after: datetime, count: int) -> list[str]:
    return [
        f"{one.astimezone(SYDNEY):%d %H:%M}" for one in islice(occurrences(expression, SYDNEY, after), count)
    ]


def test_a_time_that_the_clocks_skip_comes_at_the_next_there_is():
    assert local("30 2 * * *", FORWARD, 3) == ["04 03:00", "05 02:30", "06 02:30"]


def test_a_time_that_the_clocks_repeat_comes_once():
    assert local("30 2 * * *", BACK, 3) == ["05 02:30", "06 02:30", "07 02:30"]
    first = next_after("30 2 * * *", SYDNEY, BACK)
    assert first == datetime(2026, 4, 4, 15, 30, tzinfo=UTC), "the first of the two"


@pytest.mark.parametrize("day", [FORWARD, BACK])
def test_what_comes_every_hour_goes_on_by_the_hour(day: datetime):
    found = list(islice(occurrences("30 * * * *", SYDNEY, day), 12))
    assert {later - sooner for sooner, later in pairwise(found)} == {timedelta(hours=1)}


@given(
    st.sampled_from(["30 2 * * *", "*/20 * * * *", "0 9 * * 1", "15 2,14 * * *", "5 * * * *"]),
    st.datetimes(datetime(2026, 3, 25), datetime(2026, 4, 12)),  # noqa: DTZ001 - the zone follows
)
def test_occurrences_only_go_forward_whenever_one_begins_to_look(expression: str, naive: datetime):
    start = naive.replace(tzinfo=UTC)
    found = list(islice(occurrences(expression, SYDNEY, start), 6))
    assert start < found[0]
    assert found == sorted(set(found))
    # Looking again from each gives the next: nothing is skipped or repeated when a worker begins anew.
    assert [next_after(expression, SYDNEY, one) for one in found[:-1]] == found[1:]


def test_the_last_that_was_due_is_found_after_any_time():
    now = datetime(2026, 11, 23, 10, 17, 30, tzinfo=UTC)
    for days in (0.01, 2, 40, 400):
        assert last_due("*/5 * * * *", SYDNEY, now - timedelta(days=days), now) == now.replace(
            minute=15, second=0
        )
    assert last_due("0 0 1 1 *", SYDNEY, now - timedelta(days=700), now) == datetime(
        2025, 12, 31, 13, tzinfo=UTC
    )
    assert last_due("0 0 1 1 *", SYDNEY, now - timedelta(days=7), now) is None


@pytest.mark.parametrize("said", ["", "* * * *", "61 * * * *", "* * * * * *", "@daily", "now"])
def test_what_is_no_schedule_is_refused(said: str):
    with pytest.raises(Misconfigured):
        check(said)


@pytest.mark.parametrize("said", ["", "Australia/Nowhere", "../etc/passwd", "\0"])
def test_what_is_no_time_zone_is_refused(said: str):
    with pytest.raises(Misconfigured):
        zone_of(said)
