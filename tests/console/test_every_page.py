"""Every page in every state: empty, full, unknown; by right; and every table as CSV and JSON at the same address."""

import csv
import io
import re

import pytest

from fairgo.console.navigation import PLACES, ROOMS
from fairgo.staff.rights import GRANTS, Role
from tests.console.rooms import a_client, a_member, words_of

LISTS = ["/systems", "/conversations", "/bias/audits", "/evidence", "/staff", "/applications"]
PAGES = ["/", "/bias", "/consent", *LISTS, "/systems/assistant", "/search?q=assistant"]
FORMS = ["/systems/assistant/entry", "/systems/assistant/tier", "/systems/assistant/decide"]
CLAIM = re.compile(r"\b(unbiased|compliant)\b", re.IGNORECASE)


def found(client, path, pattern):
    return re.search(pattern, client.get(f"/console{path}").text)[1]


@pytest.mark.parametrize("path", [*PAGES, *FORMS])
def test_every_page_says_something_with_nothing_kept_and_with_a_full_house(path, empty, full):
    for ledger in (empty, full):
        reply = a_client(ledger).get(f"/console{path}")
        assert reply.status_code == 200
        assert reply.text.count("<h1>") == 1
        assert reply.text.count("<main ") == 1
        assert "style=" not in reply.text
        assert "<script>" not in reply.text
        assert not CLAIM.search(words_of(reply))


@pytest.mark.parametrize("path", LISTS)
def test_an_empty_list_says_what_will_stand_there_and_a_page_of_it_is_still_exported(path, empty):
    client = a_client(empty)
    as_json = client.get(f"/console{path}?format=json").json()
    assert set(as_json) == {"title", "columns", "rows", "next"}
    assert as_json["next"] is None


@pytest.mark.parametrize(
    ("path", "table"),
    [
        ("/", "strategies"),
        ("/", "duties"),
        ("/privacy", "strategies"),
        ("/systems", "systems"),
        ("/systems/assistant", "traffic"),
        ("/systems/assistant", "approvals"),
        ("/systems/assistant", "history"),
        ("/systems/assistant", "audits"),
        ("/conversations", "conversations"),
        ("/bias/audits", "audits"),
        ("/evidence", "events"),
    ],
)
def test_every_table_comes_as_csv_and_json_with_the_same_rows(path, table, full):
    client = a_client(full)
    as_json = client.get(f"/console{path}?format=json&table={table}")
    as_csv = client.get(f"/console{path}?format=csv&table={table}")
    assert as_json.headers["content-disposition"] == f'attachment; filename="{table}.json"'
    assert as_csv.content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(as_csv.content.decode("utf-8-sig"), newline="")))
    said = as_json.json()
    assert rows[0] == list(said["columns"].values())
    assert len(rows) - 1 == len(said["rows"]) > 0


def test_an_unknown_form_or_table_is_told_and_names_what_there_is(full):
    client = a_client(full)
    assert client.get("/console/systems?format=xlsx").status_code == 400
    reply = client.get("/console/systems/assistant?format=csv&table=trafic")
    assert reply.status_code == 400
    assert "traffic" in reply.text


@pytest.mark.parametrize(
    "path",
    ["/systems/nobody", "/conversations/nothing", "/bias/audits/none", "/evidence/leaf/none", "/nowhere"],
)
def test_what_does_not_exist_is_not_found_in_the_frame(path, full):
    reply = a_client(full).get(f"/console{path}")
    assert reply.status_code == 404
    assert 'aria-label="Console"' in reply.text


def test_the_menu_offers_exactly_what_a_role_may_open(full):
    for role in Role:
        how = {"systems": frozenset({"assistant"}), "until": None} if role is Role.AUDITOR else {}
        if role is Role.AUDITOR:
            from datetime import UTC, datetime

            how["until"] = datetime(2999, 1, 1, tzinfo=UTC)
        client = a_client(full, a_member(role, **how))
        text = client.get("/console/").text
        for place in PLACES:
            if place.group and place.path not in {"/jobs", "/notices"}:
                offered = f'<li><a href="/console{place.path}"' in text
                assert offered == (place.right in GRANTS[role]), (role, place.path)


def test_breadcrumbs_are_the_packages(full):
    assert {place.room for place in PLACES} <= set(ROOMS)
    words = words_of(a_client(full).get("/console/bias/audits"))
    assert "Home Bias Audits Audits" in words


def test_another_tenant_sees_no_system_conversation_event_or_figure(full):
    client = a_client(full, a_member(Role.OWNER, tenant="north"))
    for path in ("/systems", "/conversations", "/bias/audits", "/evidence"):
        assert client.get(f"/console{path}?format=json").json()["rows"] == []
    owner = a_client(full)
    event = found(owner, "/evidence", r'href="/console(/evidence/leaf/[^"]+)"')
    audit = found(owner, "/bias/audits", r'href="/console(/bias/audits/[^"]+)"')
    talked = found(owner, "/conversations", r'href="/console(/conversations/\w{20,})"')
    for path in (event, audit, talked, "/systems/assistant", f"{talked}/strip.svg"):
        assert owner.get(f"/console{path.replace('/strip.svg', '')}").status_code == 200
        assert client.get(f"/console{path}").status_code == 404, path
    home = client.get("/console/status.json").json()
    assert home["counts"]["ok"] == 0


def test_long_words_stay_in_the_page(full):
    reply = a_client(full, a_member(name="Wolfeschlegelsteinhausenbergerdorff " * 5)).get("/console/")
    assert reply.status_code == 200


def test_search_finds_by_right(full):
    owner, analyst = a_client(full), a_client(full, a_member(Role.STAFF))
    name = found(owner, "/conversations", r'href="/console/conversations/(\w{20,})"')
    assert name in owner.get(f"/console/search?q={name[:9]}").text
    assert name not in analyst.get(f"/console/search?q={name[:9]}").text
    leaf = found(owner, "/evidence", r'href="/console/evidence/leaf/([^"]+)"')
    assert leaf in owner.get(f"/console/search?q={leaf}").text
    assert "Help assistant" in owner.get("/console/search?q=help").text
    by_customer = owner.get("/console/search?q=someone else").text
    assert len(set(re.findall(r"/console/conversations/(\w{20,})", by_customer))) == 1


@pytest.mark.parametrize(
    "asked", ["", "%", "' OR 1=1 --", "<b>x</b>", "\u0000", "🦘" * 300, "a" * 5000, "%FF%FE"]
)
def test_search_takes_anything(asked, full):
    reply = a_client(full).get("/console/search", params={"q": asked})
    assert reply.status_code == 200
    assert "<b>x" not in reply.text
