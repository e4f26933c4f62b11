"""Conversations: listed by cursor, shown from codes, their words only for a purpose and never without evidence."""

import re

import pytest

from fairgo.ledger.conversations import Wanted, listed
from fairgo.ledger.reading import contents
from fairgo.ledger.sequencer import integrate
from fairgo.staff.rights import Role
from tests.console.rooms import a_client, a_member, send, words_of
from tests.privacy.erasing import MAI, decide, open_turn, talk

SECRET = "0491 570 006"


def names(reply):
    return re.findall(r'href="/console/conversations/(\w{20,})"', reply.text)


def test_a_conversation_stands_where_its_newest_turn_stands_and_is_counted_once(ours):
    for one in ("one", "two", "one"):
        talk(ours, MAI, "hello there", conversation=one)
    rows = a_client(ours).get("/console/conversations?format=json").json()["rows"]
    assert [row["turns"] for row in rows] == [2, 1]
    assert rows[0]["last_at"] >= rows[1]["last_at"]


def test_pages_go_on_by_cursor_and_meet_every_conversation_once(ours, monkeypatch):
    monkeypatch.setattr("fairgo.console.exports.PAGE", 2)
    for nth in range(5):
        talk(ours, MAI, "hello there", conversation=f"c{nth}")
    client, seen, address = a_client(ours), [], "/console/conversations"
    for _page in range(3):
        reply = client.get(address)
        seen += names(reply)
        onward = re.search(r'href="(\?[^"]*after=[^"]*)" rel="next"', reply.text)
        address = "/console/conversations" + onward[1].replace("&amp;", "&") if onward else ""
    assert not address
    assert len(seen) == len(set(seen)) == 5


def test_a_cursor_fits_its_own_list_and_reader_only(ours, monkeypatch):
    monkeypatch.setattr("fairgo.console.exports.PAGE", 1)
    for nth in range(2):
        talk(ours, MAI, "hello there", conversation=f"c{nth}")
    text = a_client(ours).get("/console/conversations").text
    onward = re.search(r'href="\?(after=[^"]*)"', text)[1]
    assert a_client(ours).get(f"/console/conversations?{onward}").status_code == 200
    assert a_client(ours).get(f"/console/conversations?outcome=refuse&{onward}").status_code == 400
    assert a_client(ours).get("/console/conversations?after=x.y").status_code == 400


@pytest.mark.parametrize(
    ("outcome", "count"), [("", 3), ("allow", 1), ("hand-over", 1), ("open", 0), ("change", 1)]
)
def test_the_list_is_narrowed_by_what_became_of_a_turn(outcome, count, full):
    assert (
        len(a_client(full).get(f"/console/conversations?outcome={outcome}&format=json").json()["rows"])
        >= count
    )


@pytest.mark.parametrize(
    ("query", "field"),
    [("since=yesterday", "since"), ("until=2026-02-30", "until"), ("since=2026-02-02&until=2026-02-01", "until"), ("until=9999-12-31", "until")],
)  # fmt: skip
def test_a_date_that_is_none_is_told_beside_the_field_and_stays(query, field, full):
    reply = a_client(full).get(f"/console/conversations?{query}")
    assert reply.status_code == 400
    assert f'id="w-{field}"' in reply.text
    assert query.rpartition("=")[2] in reply.text


def test_days_are_narrowed_and_a_system_of_another_tenant_is_nobodys(full):
    client = a_client(full)
    assert names(client.get("/console/conversations?since=2999-01-01")) == []
    assert len(set(names(client.get("/console/conversations?since=2020-01-01&until=2998-01-01")))) == 3
    assert names(client.get("/console/conversations?system=nobody")) == []


def test_the_strip_shows_who_had_it_and_each_mark_opens_its_evidence(full):
    client = a_client(full)
    marks = set()
    for name in set(names(client.get("/console/conversations"))):
        reply = client.get(f"/console/conversations/{name}")
        assert SECRET not in reply.text
        for leaf, mark in re.findall(
            r'class="chip" data-tone="\w+" href="/console(/evidence/leaf/[^"]+)">.*?</svg>\s*([\w: ]+)',
            reply.text,
            re.DOTALL,
        ):
            marks.add(mark.strip())
            assert client.get(f"/console{leaf}").status_code == 200
    assert {"redacted", "disclosed", "handed over", "asked for a person", "kept for a person"} <= marks
    assert "waiting for a person" in words_of(reply) or len(marks) > 4


def test_a_person_stretch_begins_when_somebody_joined(ours):
    talk(ours, MAI, "I want to talk to a person")
    talk(ours, MAI, "are you there")
    with ours.recorded() as tx:
        from sqlalchemy import text

        from tests.ledger.ledgers import HAPPENED

        tx.execute(text("UPDATE handover SET joined_at = asked_at, state = 'joined'"))
        tx.append(HAPPENED)
    client = a_client(ours)
    reply = client.get(f"/console/conversations/{names(client.get('/console/conversations'))[0]}")
    assert 'data-who="person"' in reply.text


def test_a_turn_that_never_closed_is_marked(ours):
    open_turn(ours, decide(ours, MAI, "hello there"))
    client = a_client(ours)
    [name] = names(client.get("/console/conversations?outcome=open"))
    assert "never closed" in client.get(f"/console/conversations/{name}").text


def test_words_are_read_for_a_purpose_and_leave_evidence(full):
    client = a_client(full)
    name = next(one for one in names(client.get("/console/conversations")) if "redacted" in client.get(f"/console/conversations/{one}").text)  # fmt: skip
    path = f"/console/conversations/{name}/words"
    refused = send(client, path, {"purpose": "", "words": "case 7"})
    assert refused.status_code == 400
    assert 'id="w-purpose"' in refused.text
    assert "case 7" in refused.text
    assert SECRET not in refused.text
    opened = send(client, path, {"purpose": "complaint", "words": "case 7"})
    assert opened.status_code == 200
    assert "Where is my bill?" in opened.text
    integrate(full.store, full.signer, full.clock)
    with full.store.reading() as connection:
        read = [leaf for leaf in contents(connection) if leaf["type"] == "staff.content.read"]
    assert f"/console/evidence/leaf/{read[-1]['id']}" in opened.text
    assert read[-1]["facts"]["purpose"] == "complaint"
    assert "Where is my bill?" not in client.get(f"/console/conversations/{name}").text


def test_a_role_without_the_right_sees_codes_and_gets_no_words(full):
    client = a_client(full, a_member(Role.ENGINEER))
    name = names(client.get("/console/conversations"))[0]
    assert "Your role does not open it." in client.get(f"/console/conversations/{name}").text
    assert send(client, f"/console/conversations/{name}/words", {"purpose": "complaint"}).status_code == 403


def test_lists_of_several_systems_are_one_list_in_order(ours):
    for nth in range(4):
        talk(ours, MAI, "hello there", conversation=f"c{nth}")
    with ours.recorded() as tx:
        from sqlalchemy import text

        from tests.ledger.ledgers import HAPPENED

        tx.execute(text("UPDATE turn SET system = 'other' WHERE rowid % 2 = 0"))
        tx.append(HAPPENED)
    with ours.store.reading() as connection:
        both = listed(connection, Wanted(frozenset({"assistant", "other"})), limit=9)
        one = listed(connection, Wanted(frozenset({"other"})), limit=9)
    assert [row.at for row in both] == sorted((row.at for row in both), reverse=True)
    assert (len(both), len(one)) == (4, 2)
