"""Notices: who is told, how and when; what is read; and that nothing of a customer goes out."""

from datetime import UTC, datetime, timedelta

import pytest

from fairgo.core.clock import zone_of
from fairgo.core.errors import BadRequest, Conflict
from fairgo.core.events import Event
from fairgo.ledger.recording import Ledger
from fairgo.staff import accounts
from fairgo.staff.accounts import Grant
from fairgo.staff.notices import inbox, preferences
from fairgo.staff.notices.kinds import ERASURE_STUCK, EVIDENCE_BROKEN, JOB_DEAD, KEY_OLD, KINDS
from fairgo.staff.notices.preferences import Pace, Preferences
from fairgo.staff.notices.raising import MAIL, WEBHOOK, raise_notice
from fairgo.staff.rights import Member, Role
from fairgo.store.queueing import run

SYDNEY = zone_of("Australia/Sydney")


def somebody(ledger: Ledger, name: str, *grants: Grant) -> Member:
    with ledger.recorded() as tx:
        identity = accounts.create(tx, name, list(grants))
    with ledger.store.reading() as connection:
        account = accounts.existing(connection, identity)
        found = accounts.as_member(account, grants[0].tenant, at=ledger.clock())
    assert found is not None
    return found


def told(ledger: Ledger, member: Member) -> list[str]:
    with ledger.store.reading() as connection:
        return [line.kind for line in inbox.inbox(connection, member)]


def raised(ledger: Ledger, kind=JOB_DEAD, key="k", **how) -> str | None:
    with ledger.recorded() as tx:
        tx.append(Event("house.thing.happened"))
        return raise_notice(tx, kind, key, **how)


def queued(ledger: Ledger) -> list[str]:
    with ledger.store.reading() as connection:
        return sorted(connection.scalars(run.select().with_only_columns(run.c.job)))


def test_those_are_told_whose_business_it_is(ledger: Ledger):
    owner = somebody(ledger, "owner", Grant("main", Role.OWNER))
    analyst = somebody(ledger, "analyst", Grant("main", Role.ANALYST))
    agent = somebody(ledger, "agent", Grant("main", Role.DESK_AGENT))
    elsewhere = somebody(ledger, "elsewhere", Grant("north", Role.OWNER))
    gone = somebody(ledger, "gone", Grant("main", Role.ENGINEER))
    until = ledger.clock() + timedelta(days=1)
    auditor = somebody(ledger, "auditor", Grant("main", Role.AUDITOR, frozenset({"assistant"}), until))
    with ledger.recorded() as tx:
        accounts.disable(tx, gone.id)
    raised(ledger, JOB_DEAD, "one", about="ledger.check/x")
    raised(ledger, KEY_OLD, "two")
    raised(ledger, EVIDENCE_BROKEN, "three", system="assistant")
    assert sorted(told(ledger, owner)) == ["evidence.broken", "job.dead", "key.old"]
    assert sorted(told(ledger, analyst)) == ["evidence.broken", "job.dead"]
    assert told(ledger, agent) == ["evidence.broken"]
    assert told(ledger, auditor) == ["evidence.broken"], "only of the systems they were let in for"
    assert told(ledger, elsewhere) == told(ledger, gone) == []


def test_the_same_thing_is_told_once(ledger: Ledger):
    owner = somebody(ledger, "owner", Grant("main", Role.OWNER))
    assert raised(ledger, key="same") is not None
    assert raised(ledger, key="same") is None
    assert raised(ledger, ERASURE_STUCK, key="same") is not None
    assert len(told(ledger, owner)) == 2


def test_reading_marks_ones_own_and_no_others(ledger: Ledger):
    first = somebody(ledger, "first", Grant("main", Role.OWNER))
    second = somebody(ledger, "second", Grant("main", Role.OWNER))
    ids = [raised(ledger, key=f"k{number}") for number in range(3)]
    with ledger.recorded() as tx:
        assert inbox.mark_read(tx, first, [str(ids[0]), "0" * 32]) == 1
    with ledger.store.reading() as connection:
        assert (inbox.unread(connection, first), inbox.unread(connection, second)) == (2, 3)
        assert len(inbox.inbox(connection, first, only_unread=True)) == 2
    with ledger.recorded() as tx:
        assert inbox.mark_read(tx, first) == 2
        assert inbox.mark_read(tx, first) == 0


def test_the_inbox_goes_on_page_by_page(ledger: Ledger):
    owner = somebody(ledger, "owner", Grant("main", Role.OWNER))
    ids = {raised(ledger, key=f"k{number}") for number in range(7)}
    seen: list[str] = []
    after = None
    with ledger.store.reading() as connection:
        while lines := inbox.inbox(connection, owner, after=after, limit=3):
            seen += [line.id for line in lines]
            after = (lines[-1].raised_at, lines[-1].id)
    assert len(seen) == 7
    assert set(seen) == ids


def test_mail_goes_only_to_who_wants_it_and_how_they_want_it(ledger: Ledger):
    names = ("none", "now", "digest", "console")
    members = {name: somebody(ledger, name, Grant("main", Role.OWNER)) for name in names}
    paces = {"digest": {"job.dead": Pace.DIGEST}, "console": {"job.dead": Pace.CONSOLE}, "now": {}}
    for name, wanted in paces.items():
        with ledger.recorded() as tx:
            preferences.keep(tx, members[name].id, Preferences(f"{name}@example.com", wanted))
    raised(ledger)
    assert queued(ledger) == [MAIL, WEBHOOK]


def test_a_notice_about_notices_stays_in_the_console(ledger: Ledger):
    owner = somebody(ledger, "owner", Grant("main", Role.OWNER))
    with ledger.recorded() as tx:
        preferences.keep(tx, owner.id, Preferences("owner@example.com"))
    raised(ledger, about=f"{MAIL}/abc")
    assert told(ledger, owner) == ["job.dead"]
    assert queued(ledger) == [], "or each failing mail would bring the next"


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ((2026, 11, 23, 9, 0), None),
        ((2026, 11, 23, 22, 0), (2026, 11, 24, 7, 0)),
        ((2026, 11, 24, 3, 30), (2026, 11, 24, 7, 0)),
        ((2026, 11, 24, 7, 0), None),
        ((2026, 10, 3, 23, 0), (2026, 10, 4, 7, 0)),  # the night that loses an hour
    ],
)
def test_quiet_hours_hold_mail_back_until_their_end(now, expected):
    wishes = Preferences("a@example.com", quiet_from="22:00", quiet_until="07:00")
    moment = datetime(*now, tzinfo=SYDNEY).astimezone(UTC)
    end = datetime(*expected, tzinfo=SYDNEY) if expected else moment
    assert wishes.mail_at(moment, SYDNEY) == end


def test_quiet_hours_may_lie_within_a_day():
    wishes = Preferences("a@example.com", quiet_from="12:00", quiet_until="13:00")
    noon = datetime(2026, 11, 23, 12, 30, tzinfo=SYDNEY)
    assert wishes.mail_at(noon, SYDNEY) == noon.replace(hour=13, minute=0)
    evening = noon.replace(hour=19)
    assert wishes.mail_at(evening, SYDNEY) == evening


@pytest.mark.parametrize(
    ("wished", "field"),
    [
        (Preferences("no address"), "address"),
        (Preferences("a@b\r\nbcc: c@d.example"), "address"),
        (Preferences("a@example.com", digest_hour=24), "digest_hour"),
        (Preferences(quiet_from="7", quiet_until="08:00"), "quiet_from"),
        (Preferences(quiet_from="07:00"), "quiet_until"),
        (Preferences(paces={"no.such": Pace.NOW}), "paces"),
    ],
)
def test_what_does_not_fit_names_its_field(wished: Preferences, field: str):
    with pytest.raises(BadRequest) as wrong:
        preferences.fitting(wished)
    assert wrong.value.detail == field


def test_an_old_page_does_not_overwrite_what_is_newer(ledger: Ledger):
    with ledger.recorded() as tx:
        kept = preferences.keep(tx, "m1", Preferences("a@example.com"))
        assert kept.revision == 1
        kept = preferences.keep(tx, "m1", Preferences("b@example.com", revision=1))
    with pytest.raises(Conflict), ledger.recorded() as tx:
        preferences.keep(tx, "m1", Preferences("c@example.com", revision=1))
    with ledger.store.reading() as connection:
        assert preferences.of_member(connection, "m1") == kept


def test_every_kind_has_its_words():
    for code, kind in KINDS.items():
        assert code == kind.code
        assert kind.title
        assert kind.asks.endswith(".")
        assert kind.page.format(about="x").startswith("/")
