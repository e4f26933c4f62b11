"""Home: what needs whom, rows that are measured in the background where that is slow, and the stream of changes."""

import re
import threading
import time
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from fairgo.console import live, measuring
from fairgo.console.measuring import Measured
from fairgo.core.ports import Overview
from fairgo.core.verdicts import Measure, State
from fairgo.ledger.leaves import read_leaf
from fairgo.ledger.records import leaf
from fairgo.staff import accounts, applications
from fairgo.staff.accounts import Grant
from fairgo.staff.applications import Wanted
from fairgo.staff.rights import Right, Role
from tests.console.evidences import NOW
from tests.console.overviews import an_overview
from tests.console.rooms import a_client, a_member, an_entry, answers, send, words_of
from tests.ledger.ledgers import happen

KEY = re.compile(r"fga_[0-9a-f]{12}_[\w-]{43}")


def needs(client):
    return [row["title"] for row in client.get("/console/?format=json&table=duties").json()["rows"]]


def test_each_role_is_told_what_it_can_do_something_about(ours):
    overview = an_overview({"choices": Measure("3 overdue", State.ATTENTION)})
    owner = a_client(ours, overview=overview)
    assert needs(owner) == ["Consent: 3 overdue", "assistant has no register entry", "No audit is kept"]
    assert needs(a_client(ours, a_member(Role.PRIVACY_OFFICER), overview=overview)) == ["Consent: 3 overdue"]
    assert needs(a_client(ours, a_member(Role.STAFF), overview=overview)) == []
    assert "Nothing waits for you." in words_of(a_client(ours, a_member(Role.STAFF)).get("/console/"))


def test_a_system_asks_for_entry_then_tier_then_a_decision(ours):
    client, committee = a_client(ours), a_client(ours, a_member(Role.COMMITTEE_MEMBER))
    send(client, "/console/systems/assistant/entry", {"title": "Help", "seen": "0"})
    assert any("answers missing" in title for title in needs(client))
    send(client, "/console/systems/assistant/entry", an_entry(seen="1"))
    assert "assistant has no tier yet" in needs(client)
    assert "Decide about assistant" not in needs(committee)
    send(client, "/console/systems/assistant/tier", answers())
    assert "Decide about assistant" in needs(committee)


def test_a_key_that_ends_soon_needs_a_new_one(ours):
    with ours.recorded() as tx:
        wanted = Wanted(frozenset({Right.STATUS_READ}), None, tx.moment + timedelta(days=9))
        applications.add(tx, "crm", "main", wanted, by="m1")
        now = tx.moment
    assert "The key of crm ends soon" in needs(a_client(ours, clock=lambda: now))
    assert not any("crm" in title for title in needs(a_client(ours, clock=lambda: now - timedelta(days=30))))


def test_quick_measures_are_counted_for_each_reader():
    counted = []
    overview = Overview("B", rows=lambda: counted.append(1) or [])
    measured = Measured(overview, lambda: NOW)
    assert measured.now() == measured.now()
    assert len(counted) == 2


def test_slow_measures_keep_nobody_waiting_twice(monkeypatch):
    monkeypatch.setattr(measuring, "QUICK", -1.0)
    monkeypatch.setattr(measuring, "PATIENCE", 5.0)
    ticks, again = [0.0], threading.Event()
    counted = []

    def rows():
        counted.append(1)
        again.set()
        return []

    overview = Overview("B", rows=rows)
    measured = Measured(overview, lambda: NOW, ticks=lambda: ticks[0])
    first = measured.now()
    again.clear()
    assert measured.now() is first
    assert len(counted) == 1
    ticks[0] = 1
    assert measured.now() is first
    assert again.wait(5)
    until = time.monotonic() + 5
    while measured.now() is first and time.monotonic() < until:
        time.sleep(0.01)
    assert measured.now() is not first


def test_who_comes_before_the_first_count_is_told_so_and_not_kept_waiting(ours, monkeypatch):
    monkeypatch.setattr(measuring, "PATIENCE", 0.01)
    counted = threading.Event()
    overview = an_overview()

    def rows():
        assert counted.wait(5)
        return overview.rows()

    client = a_client(ours, overview=Overview("B", rows))
    early = client.get("/console/status.json").json()
    assert {row["value"] for row in early["rows"]} == {"being counted"}
    assert early["counts"]["ok"] == 0
    counted.set()
    until = time.monotonic() + 5
    while client.get("/console/status.json").json() == early and time.monotonic() < until:
        time.sleep(0.01)
    assert client.get("/console/status.json").json()["counts"]["ok"] == 5


def test_a_measure_that_fails_later_is_told_to_the_next_reader(monkeypatch, caplog):
    monkeypatch.setattr(measuring, "QUICK", -1.0)
    monkeypatch.setattr(measuring, "PATIENCE", 5.0)
    broken, ticks = [False], [0.0]

    def rows():
        if broken[0]:
            raise RuntimeError("secret words")
        return []

    measured = Measured(Overview("B", rows=rows), lambda: NOW, ticks=lambda: ticks[0])
    measured.now()
    broken[0], ticks[0] = True, 1
    measured.now()
    until = time.monotonic() + 5
    while "could not be counted" not in caplog.text and time.monotonic() < until:
        time.sleep(0.01)
    assert "secret words" not in caplog.text
    with pytest.raises(RuntimeError):
        measured.now()


def test_the_stream_tells_that_something_was_recorded_and_nothing_of_it(ours, monkeypatch):
    monkeypatch.setattr(live, "EVERY", 0.01)
    monkeypatch.setattr(live, "ROUNDS", 2)
    client = a_client(ours)
    quiet = client.get("/console/live")
    assert quiet.headers["content-type"].startswith("text/event-stream")
    assert "event: changed" not in quiet.text
    happen(ours)
    told = client.get("/console/live", headers={"last-event-id": "0"})
    assert "event: changed" in told.text
    assert "thing" not in told.text


def test_the_stream_asks_for_the_same_door(ours):
    assert a_client(ours, None).get("/console/live").status_code == 401


def test_staff_are_added_by_a_link_that_is_shown_once(ours):
    client = a_client(ours)
    reply = send(client, "/console/staff/add", {"name": "Bo", "role": "engineer"})
    assert "/console/sign-in/invited/" in reply.text
    again = client.get("/console/staff")
    assert "/console/sign-in/invited/" not in again.text
    assert "Bo" in again.text
    bad = send(client, "/console/staff/add", {"name": "Xi", "role": "auditor"})
    assert bad.status_code == 400
    assert 'value="Xi"' in bad.text
    assert send(client, "/console/staff/add", {"name": "Xi", "role": "king"}).status_code == 400
    assert send(client, "/console/staff/add", {"name": "Bo", "role": "staff"}).status_code == 400


def test_staff_of_another_tenant_are_nobodys(ours):
    with ours.recorded() as tx:
        theirs = accounts.create(tx, "Nils", [Grant("north", Role.ENGINEER)])
    client = a_client(ours)
    assert "Nils" not in client.get("/console/staff").text
    assert send(client, "/console/staff/access", {"member": theirs, "what": "end"}).status_code == 400
    assert send(client, "/console/staff/role", {"member": theirs, "role": "owner"}).status_code == 400


def test_the_last_owner_stays(ours):
    with ours.recorded() as tx:
        only = accounts.create(tx, "Ada", [Grant("main", Role.OWNER)])
    reply = send(a_client(ours), "/console/staff/access", {"member": only, "what": "end"})
    assert reply.status_code == 400
    assert "no owner any more" in reply.text


def test_an_application_gets_its_key_once_and_can_be_ended(ours):
    client = a_client(ours)
    reply = send(
        client, "/console/applications/add", {"name": "crm", "days": "90", "scope.status.read": "yes"}
    )
    assert len(KEY.findall(reply.text)) == 1
    assert not KEY.search(client.get("/console/applications").text)
    for wrong in ({"name": "crm", "days": "90"}, {"name": "C R M", "days": "90", "scope.status.read": "yes"}, {"name": "x", "days": "7", "scope.status.read": "yes"}):  # fmt: skip
        assert send(client, "/console/applications/add", wrong).status_code == 400
    assert send(client, "/console/applications/end", {"application": "crm"}).status_code == 200
    assert "revoked" in client.get("/console/applications").text


def test_dangerous_acts_take_a_step_up(ours):
    late = replace(a_member(), stepped_up_at=None)
    assert (
        send(a_client(ours, late), "/console/staff/add", {"name": "Bo", "role": "staff"}).status_code == 403
    )


def beside(reply, field):
    return re.search(rf'id="w-{field}">([^<]*)<', reply.text)


def test_a_role_that_cannot_be_given_says_why_beside_its_own_field(ours):
    with ours.recorded() as tx:
        bo = accounts.create(tx, "Bo", [Grant("main", Role.STAFF)])
    client = a_client(ours)
    said = {"member": bo, "role": "auditor", "systems": "nowhere", "until": "2027-03-31", "what": "give"}
    reply = send(client, "/console/staff/role", said)
    assert (reply.status_code, beside(reply, "role.systems")[1]) == (
        400,
        "One of these systems does not exist.",
    )
    assert beside(reply, "add.systems") is None
    assert 'value="nowhere"' in reply.text
    assert f'<option value="{bo}" selected' in reply.text
    soon = send(client, "/console/staff/role", said | {"systems": "assistant", "until": "soon"})
    assert beside(soon, "role.until")[1].startswith("Write the date")
    assert send(client, "/console/staff/role", said | {"systems": "assistant"}).status_code == 200
    rows = client.get("/console/staff?format=json").json()["rows"]
    assert [row["roles"] for row in rows] == ["Auditor, Staff"]


def test_access_ends_begins_again_and_is_set_up_anew_with_evidence(ours):
    with ours.recorded() as tx:
        bo = accounts.create(tx, "Bo", [Grant("main", Role.STAFF)])
    client = a_client(ours)

    def standing(what):
        reply = send(client, "/console/staff/access", {"member": bo, "what": what})
        assert reply.status_code == 200
        with ours.store.reading() as connection:
            return accounts.find(connection, bo).standing, "/console/sign-in/invited/" in reply.text

    assert [standing(what) for what in ("end", "again", "anew")] == [
        ("disabled", False),
        ("not set up", False),
        ("not set up", True),
    ]
    with ours.store.reading() as connection:
        told = [
            read_leaf(one)["type"] for one in connection.scalars(select(leaf.c.leaf).order_by(leaf.c.seq))
        ]
    for type_ in (
        "staff.member.disabled",
        "staff.member.enabled",
        "staff.member.reset",
        "staff.member.invited",
    ):
        assert type_ in told
    reply = send(client, "/console/staff/access", {"member": bo, "what": ""})
    assert beside(reply, "access.member")[1] == "Choose what is to be done."


def test_who_works_in_another_tenant_too_is_not_taken_over_from_here(ours):
    with ours.recorded() as tx:
        both = accounts.create(tx, "Bo", [Grant("main", Role.STAFF), Grant("north", Role.OWNER)])
    for what in ("end", "anew"):
        reply = send(a_client(ours), "/console/staff/access", {"member": both, "what": what})
        assert "another tenant too" in beside(reply, "access.member")[1]


def test_another_tenant_is_told_nothing_of_the_houses_audits(full):
    north = a_client(full, a_member(Role.ANALYST, tenant="north"))
    assert needs(north) == ["No audit is kept"]
    assert needs(a_client(full, a_member(Role.ANALYST), overview=an_overview())) == []
