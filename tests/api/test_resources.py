"""The API's resources: lists with cursors, tenants apart, applications with ETags, problems as RFC 9457 writes them."""

import re
import time
from datetime import UTC, datetime, timedelta

import pytest
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient

from fairgo.bias.records import keep_audit
from fairgo.gateway.records import make_key
from fairgo.staff import applications
from fairgo.staff.applications import Wanted
from fairgo.staff.callers import Callers, Rate
from fairgo.staff.rights import Right, Role
from fairgo.web.typed import Faults
from tests.api.seated import Seat, a_client, a_member
from tests.tenants import MAIN, NORTH, SYSTEMS, TENANTS

OWNER = a_member(Role.OWNER, stepped_up=True)
PROBLEM = "application/problem+json"


def a_key(here, *scopes, tenant=MAIN, name="program", days=30):
    name = f"{name}-{time.monotonic_ns()}"
    with here.house.ledger.recorded() as tx:
        wanted = Wanted(frozenset(scopes), None, applications.end_of(days, tx.moment))
        return name, applications.add(tx, name, tenant, wanted, by="test")


def test_the_status_has_the_21_rows(app):
    said = a_client(app, OWNER).get("/status").json()
    assert len(said["rows"]) == 21
    assert {row["state"] for row in said["rows"]} <= {
        "ok",
        "needs attention",
        "cannot tell yet",
        "not built yet",
    }


def test_another_tenant_is_not_shown_figures_of_the_whole_house(app):
    whole = {row["strategy"]: row for row in a_client(app, OWNER).get("/status").json()["rows"]}
    north = a_client(app, a_member(Role.OWNER, tenant=NORTH)).get("/status").json()["rows"]
    built = [row for row in north if row["state"] != "not built yet"]
    assert built
    for row in built:
        assert row["state"] == "cannot tell yet"
        assert row["detail"] != whole[row["strategy"]]["detail"]


@pytest.mark.parametrize("tenant", TENANTS)
def test_lists_show_what_is_of_the_tenant_and_nothing_else(here, app, tenant):
    client = a_client(app, a_member(Role.OWNER, tenant=tenant))
    own = here.things[tenant]
    (other,) = (things for name, things in here.things.items() if name != tenant)
    pages = {
        path: client.get(path).text
        for path in ("/systems", "/conversations", "/evidence/leaves", "/applications", "/staff")
    }
    assert own.system in pages["/systems"]
    assert own.conversation in pages["/conversations"]
    assert own.leaf in pages["/evidence/leaves"]
    assert own.application in pages["/applications"]
    assert own.member in pages["/staff"]
    for text in pages.values():
        assert not [name for name in other.names if name in text]


@pytest.mark.parametrize("tenant", TENANTS)
def test_another_tenants_things_are_as_if_they_did_not_exist(here, app, tenant):
    client = a_client(app, a_member(Role.OWNER, tenant=tenant, stepped_up=True))
    own = here.things[tenant]
    (other,) = (things for name, things in here.things.items() if name != tenant)
    for where, things, status in (("own", own, 200), ("other", other, 404)):
        for path in (
            f"/systems/{things.system}",
            f"/conversations/{things.conversation}/turns",
            f"/evidence/leaves/{things.leaf}",
            f"/evidence/leaves/{things.leaf}/receipt",
            f"/applications/{things.application}",
        ):
            said = client.get(path)
            assert said.status_code == status, (where, path)
        assert client.get("/conversations", params={"system": things.system}).status_code == status
    nowhere = client.get("/systems/nothing-here").json()
    there = client.get(f"/systems/{other.system}").json()
    assert nowhere | {"instance": ""} == there | {"instance": ""}


def test_an_auditor_sees_the_systems_they_are_for(here, app):
    auditor = a_member(Role.AUDITOR)
    assert a_client(app, auditor).get("/systems").json()["items"][0]["name"] == SYSTEMS[MAIN]
    elsewhere = a_member(Role.AUDITOR, systems=frozenset({"another"}))
    client = a_client(app, elsewhere)
    assert client.get("/systems").json()["items"] == []
    assert client.get(f"/conversations/{here.things[MAIN].conversation}/turns").status_code == 404


def test_a_list_is_walked_by_its_cursors_and_shows_everything_once(app):
    client = a_client(app, OWNER)
    whole = [one["name"] for one in client.get("/evidence/leaves", params={"limit": 100}).json()["items"]]
    walked, cursor = [], None
    for _ in range(len(whole) + 1):
        page = client.get(
            "/evidence/leaves", params={"limit": 2} | ({"cursor": cursor} if cursor else {})
        ).json()
        walked += [one["name"] for one in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert walked == whole
    assert len(whole) > 4


def test_a_cursor_of_another_list_or_reader_or_hand_is_refused(app):
    client = a_client(app, OWNER)
    cursor = client.get("/evidence/leaves", params={"limit": 1}).json()["next"]
    for path in ("/conversations", "/systems", "/staff"):
        assert client.get(path, params={"cursor": cursor}).status_code == 400
    north = a_client(app, a_member(Role.OWNER, tenant=NORTH))
    assert north.get("/evidence/leaves", params={"cursor": cursor}).status_code == 400
    assert client.get("/evidence/leaves", params={"cursor": "x" + cursor}).status_code == 400


@pytest.mark.parametrize("limit", [0, 101, -1, "many"])
def test_a_limit_out_of_bounds_names_the_field(app, limit):
    said = a_client(app, OWNER).get("/systems", params={"limit": limit})
    assert said.status_code == 422
    assert said.headers["content-type"] == PROBLEM
    (field,) = said.json()["errors"]
    assert (field["in"], field["field"]) == ("query", "limit")


def test_a_refusal_is_a_problem_as_rfc_9457_writes_it(app):
    said = a_client(app, OWNER).get("/systems/nothing-here")
    problem = said.json()
    assert said.headers["content-type"] == PROBLEM
    assert set(problem) == {"type", "title", "status", "detail", "instance", "code", "hint", "errors"}
    assert problem["status"] == said.status_code == 404
    assert problem["type"].startswith("urn:fairgo:problem:")
    assert re.fullmatch(r"urn:fairgo:refusal:[0-9a-f]{12}", problem["instance"])


def test_what_was_sent_is_not_repeated(app):
    client = a_client(app, OWNER)
    secret = "jo@example.com"
    for said in (
        client.put("/customers/jo/choices/answers", json={"choice": secret}),
        client.put(
            "/customers/jo/choices/answers", content=secret, headers={"content-type": "application/json"}
        ),
        client.get("/systems", params={"limit": secret}),
        client.get(f"/systems/{secret}"),
    ):
        assert said.status_code in {404, 422}
        assert secret not in said.text


def test_nobody_learns_what_fits_before_the_door(app):
    client = a_client(app)
    said = client.post("/applications", content="{", headers={"content-type": "application/json"})
    assert said.status_code == 401
    assert said.headers["www-authenticate"].startswith("Bearer")
    staff = a_client(app, a_member(Role.STAFF))
    assert staff.post("/applications", json={}).status_code == 403


def test_a_dangerous_right_takes_a_step_up(app):
    new = {"name": "never-made", "scopes": ["status.read"]}
    said = a_client(app, a_member(Role.OWNER)).post("/applications", json=new)
    assert (said.status_code, said.json()["code"]) == (403, "step_up_needed")


def test_a_change_from_another_site_is_refused(app):
    new = {"name": "never-made", "scopes": ["status.read"]}
    client = a_client(app, OWNER)
    for header in ({"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "none"}):
        assert client.post("/applications", json=new, headers=header).status_code == 403
    del client.headers["sec-fetch-site"]
    assert client.post("/applications", json=new).status_code == 403
    assert (
        client.post("/applications", json=new, headers={"origin": "https://evil.example"}).status_code == 403
    )


def test_an_application_is_added_and_its_key_opens_its_scopes_only(app):
    made = a_client(app, OWNER).post("/applications", json={"name": "crm", "scopes": ["systems.read"]})
    assert made.status_code == 201
    assert made.headers["location"].endswith("/applications/crm")
    client = a_client(app, key=made.json()["key"])
    assert client.get("/systems").status_code == 200
    assert client.get("/conversations").status_code == 403
    shown = a_client(app, OWNER).get("/applications/crm")
    assert made.json()["key"] not in shown.text
    (key,) = shown.json()["keys"]
    assert made.json()["key"].startswith(key["prefix"])
    assert key["used_at"] is not None
    assert (
        a_client(app, OWNER)
        .post("/applications", json={"name": "crm", "scopes": ["systems.read"]})
        .status_code
        == 409
    )


def test_nobody_gives_an_application_more_than_they_have(here, app):
    engineer = a_client(app, a_member(Role.ENGINEER, stepped_up=True))
    more = {"name": "too-much", "scopes": ["choices.write"]}
    assert engineer.post("/applications", json=more).status_code == 403
    name, _key = a_key(here, Right.CHOICES_WRITE)
    assert engineer.post(f"/applications/{name}/keys", json={}).status_code == 403
    dangerous = {"name": "too-much", "scopes": ["staff.manage"]}
    said = a_client(app, OWNER).post("/applications", json=dangerous)
    assert said.status_code == 422
    assert said.json()["errors"][0]["field"] == "scopes.0"
    other = {"name": "elsewhere", "scopes": ["systems.read"], "systems": [SYSTEMS[NORTH]]}
    assert a_client(app, OWNER).post("/applications", json=other).status_code == 404


def test_a_stale_edit_is_refused_with_both_versions(here, app):
    name, _key = a_key(here, Right.SYSTEMS_READ)
    client = a_client(app, OWNER)
    first = client.get(f"/applications/{name}").headers["etag"]
    theirs = {"scopes": ["status.read"]}
    done = client.put(f"/applications/{name}", json=theirs, headers={"if-match": first})
    assert done.status_code == 200
    assert done.headers["etag"] != first
    mine = {"scopes": ["audits.read"]}
    stale = client.put(f"/applications/{name}", json=mine, headers={"if-match": first})
    assert stale.status_code == 412
    assert stale.json()["current"]["scopes"] == ["status.read"]
    assert stale.json()["yours"]["scopes"] == ["audits.read"]
    assert stale.headers["etag"] == done.headers["etag"]
    assert client.put(f"/applications/{name}", json=mine).status_code == 428
    again = client.put(f"/applications/{name}", json=mine, headers={"if-match": stale.headers["etag"]})
    assert again.json()["version"] == 3


def test_a_rotated_key_goes_on_for_the_overlap_and_a_revoked_one_not_at_all(here, app):
    name, first = a_key(here, Right.SYSTEMS_READ)
    owner = a_client(app, OWNER)
    second = owner.post(f"/applications/{name}/keys", json={"overlap_hours": 1}).json()["key"]
    for key in (first, second):
        assert a_client(app, key=key).get("/systems").status_code == 200
    third = owner.post(f"/applications/{name}/keys", json={"overlap_hours": 0}).json()["key"]
    for key, status in ((first, 401), (second, 401), (third, 200)):
        assert a_client(app, key=key).get("/systems").status_code == status
    assert owner.delete(f"/applications/{name}").status_code == 204
    assert a_client(app, key=third).get("/systems").status_code == 401
    assert owner.delete(f"/applications/{name}").status_code == 409


def test_a_key_ends_on_its_day(here):
    _name, key = a_key(here, Right.SYSTEMS_READ, days=1)
    with here.house.store.reading() as connection:
        member, _ = applications.whose(connection, key, datetime.now(UTC))
        assert member.rights == {Right.SYSTEMS_READ}
        with pytest.raises(applications.NotAllowed):
            applications.whose(connection, key, datetime.now(UTC) + timedelta(days=1, seconds=1))


@pytest.mark.parametrize(
    "said", ["", "Bearer", "Bearer x", "Basic YTpi", "Bearer fga_000000000000_" + "a" * 43]
)
def test_a_key_nobody_knows_opens_nothing_even_beside_a_session(app, said):
    client = a_client(app, OWNER)
    refused = client.get("/systems", headers={"authorization": said})
    assert refused.status_code == 401
    assert "www-authenticate" in refused.headers


def test_a_gateways_key_passes_choices_on_for_its_tenant(here, app):
    for tenant in TENANTS:
        key = make_key(here.house.ledger, SYSTEMS[tenant])
        client = a_client(app, key=key)
        assert client.get("/customers/jo/choices/answers").json()["ai_allowed"] is True
        assert client.get("/systems").status_code == 403
    changed = client.put("/customers/jo/choices/answers", json={"choice": "withdraw"})
    assert changed.json()["ai_allowed"] is False
    main = a_client(app, key=make_key(here.house.ledger, SYSTEMS[MAIN]))
    assert main.get("/customers/jo/choices/answers").json()["ai_allowed"] is True


def test_an_unknown_address_or_method_leaks_nothing(app):
    for client in (a_client(app), a_client(app, OWNER)):
        said = client.get("/nothing/here")
        assert (said.status_code, said.headers["content-type"]) == (404, PROBLEM)
    refused = a_client(app, OWNER).patch("/systems")
    assert refused.status_code == 405
    assert "GET" in refused.headers["allow"]
    assert a_client(app, OWNER).get("/systems").headers["content-security-policy"]


def test_audits_are_listed_for_their_tenant(here, app):
    result = {"n": 40, "findings": [], "settings": {"outcome": "approved"}}
    kept = {
        system: keep_audit(here.house.ledger, verdict="alike", result=result, system=system)
        for system in (*SYSTEMS.values(), "")
    }
    owners = {tenant: a_client(app, a_member(Role.OWNER, tenant=tenant)) for tenant in TENANTS}
    seen = {
        tenant: {one["id"] for one in client.get("/audits").json()["items"]}
        for tenant, client in owners.items()
    }
    assert seen == {MAIN: {kept[SYSTEMS[MAIN]], kept[""]}, NORTH: {kept[SYSTEMS[NORTH]]}}
    first = owners[MAIN].get("/audits", params={"limit": 1}).json()
    rest = owners[MAIN].get("/audits", params={"limit": 1, "cursor": first["next"]}).json()
    assert {first["items"][0]["id"], rest["items"][0]["id"]} == seen[MAIN]
    assert rest["next"] is None
    assert owners[NORTH].get(f"/audits/{kept[SYSTEMS[NORTH]]}").json()["answer"] == result
    assert owners[NORTH].get(f"/audits/{kept['']}").status_code == 404


def test_too_many_requests_are_told_when_to_come_back(here):
    few = Callers(
        PlainTextResponse("done"),
        ledger=here.house.ledger,
        policy=here.house.policy,
        system_of=None,
        rate=Rate(2),
    )
    client = TestClient(Seat(few, OWNER))
    assert [client.get("/").status_code for _ in range(3)] == [200, 200, 429]
    refused = client.get("/")
    assert refused.headers["content-type"] == PROBLEM
    assert 1 <= int(refused.headers["retry-after"]) <= 31
    assert TestClient(Seat(few, a_member(Role.STAFF, id="m2"))).get("/").status_code == 200


def test_room_comes_back_with_time():
    now = [0.0]
    rate = Rate(60, clock=lambda: now[0])
    assert [rate.wait("a") for _ in range(60)] == [0.0] * 60
    assert rate.wait("a") == pytest.approx(1.0)
    now[0] += 1.0
    assert rate.wait("a") == 0.0
    assert rate.wait("a") > 0


def test_a_body_that_is_too_large_is_a_problem_too(app):
    said = a_client(app, OWNER).put(
        "/customers/jo/choices/answers",
        content=b" " * (1 << 20) + b"{}",
        headers={"content-type": "application/json"},
    )
    assert (said.status_code, said.headers["content-type"]) == (413, PROBLEM)


def test_a_fault_says_nothing_but_its_reference(caplog):
    async def broken(_scope, _receive, _send):
        raise ValueError("jo@example.com")

    said = TestClient(Faults(broken)).get("/")
    assert said.status_code == 500
    assert "jo@example.com" not in said.text + caplog.text
    assert said.json()["instance"].rpartition(":")[2] in caplog.text
