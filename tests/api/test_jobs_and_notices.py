"""`/api/jobs` and `/api/notices`: lists that go on, changes, edits that collide, tenants apart."""

from uuid import uuid4

import pytest
from starlette.testclient import TestClient

from fairgo.core.events import Event
from fairgo.staff.accounts import Grant
from fairgo.staff.notices.kinds import JOB_DEAD
from fairgo.staff.notices.raising import raise_notice
from fairgo.staff.rights import Role
from fairgo.store.queueing import put
from tests.api.seated import a_client, a_member
from tests.staff.test_notices import somebody
from tests.tenants import MAIN, NORTH

OWNER = a_member(Role.OWNER)


def owner_of(here):
    return somebody(here.house.ledger, f"owner {uuid4().hex[:8]}", Grant(MAIN, Role.OWNER))


@pytest.fixture(scope="module")
def filled(here):
    with here.house.ledger.recorded(Event("house.thing.happened")) as tx:
        for number in range(7):
            put(tx.connection, "house.api", f"n{number}", due=tx.moment)


def every(client: TestClient, path: str) -> list[dict]:
    items, cursor = [], ""
    while cursor is not None:
        said = client.get(path + (f"&cursor={cursor}" if cursor else "")).json()
        items += said["items"]
        cursor = said["next"]
    return items


def test_jobs_and_how_the_queue_stands(app):
    said = a_client(app, OWNER).get("/jobs").json()
    assert said["zone"] == "Australia/Sydney"
    assert said["runs"].keys() == {"queued", "running", "done", "dead", "cancelled"}
    by_name = {job["name"]: job for job in said["jobs"]}
    assert by_name["ledger.check"]["next_at"].endswith("Z")
    assert by_name["notices.mail"]["next_at"] is None


def test_runs_go_on_without_a_gap(app, filled):
    items = every(a_client(app, OWNER), "/jobs/runs?job=house.api&limit=3")
    assert [item["id"] for item in items] == [f"house.api/n{number}" for number in range(6, -1, -1)]


def test_a_run_is_begun_stopped_and_tried_again(app):
    client = a_client(app, OWNER)
    begun = client.post("/jobs/ledger.keys/runs")
    assert begun.status_code == 202
    assert begun.headers["location"].startswith("/api/jobs/runs/ledger.keys/asked-")
    run = begun.json()["id"]
    assert client.get(f"/jobs/runs/{run}").json()["state"] == "queued"
    assert client.post("/jobs/runs", json={"run": run, "change": "cancel"}).json()["state"] == "cancelled"
    assert client.post("/jobs/runs", json={"run": run, "change": "cancel"}).status_code == 409
    assert client.post("/jobs/runs", json={"run": run, "change": "retry"}).json()["state"] == "queued"
    assert client.post("/jobs/no.such/runs").status_code == 404
    assert client.get("/jobs/runs/no/such").status_code == 404
    assert client.post("/jobs/runs", json={"run": "a b", "change": "retry"}).status_code == 422


def test_another_tenant_sees_none_of_it(app, filled):
    client = a_client(app, a_member(Role.OWNER, tenant=NORTH))
    assert client.get("/jobs").json()["jobs"] == []
    assert client.get("/jobs/runs").json() == {"items": [], "next": None}
    assert client.get("/jobs/runs/house.api/n0").status_code == 404
    assert client.post("/jobs/ledger.keys/runs").status_code == 404


def test_notices_are_ones_own(app, here):
    owner, other = owner_of(here), owner_of(here)
    with here.house.ledger.recorded() as tx:
        for number in range(5):
            raise_notice(tx, JOB_DEAD, f"api{number}", about=f"x/{number}")
    client = a_client(app, owner)
    items = every(client, "/notices?limit=2")
    assert len(items) == 5
    assert client.post("/notices/read", json={"notices": [items[0]["id"]]}).json() == {
        "marked": 1,
        "unread": 4,
    }
    assert client.get("/notices?unread=true").json()["unread"] == 4
    assert client.post("/notices/read", json={}).json() == {"marked": 4, "unread": 0}
    assert a_client(app, other).get("/notices").json()["unread"] == 5


def test_wishes_that_collide_are_refused_with_both(app, here):
    client = a_client(app, owner_of(here))
    first = client.get("/notices/preferences")
    tag = first.headers["etag"]
    wished = {"address": "a@example.com", "paces": {"job.dead": "in the digest"}, "digest_hour": 7}
    assert client.put("/notices/preferences", json=wished).status_code == 428
    kept = client.put("/notices/preferences", json=wished, headers={"if-match": tag})
    assert kept.status_code == 200
    stale = client.put(
        "/notices/preferences", json=wished | {"address": "b@example.com"}, headers={"if-match": tag}
    )
    assert stale.status_code == 412
    assert stale.json()["current"]["address"] == "a@example.com"
    assert stale.json()["yours"]["address"] == "b@example.com"
    fresh = {"if-match": stale.headers["etag"]}
    assert (
        client.put("/notices/preferences", json=wished | {"address": "no"}, headers=fresh).status_code == 400
    )
    assert (
        client.put(
            "/notices/preferences", json=wished | {"paces": {"x": "at once"}}, headers=fresh
        ).status_code
        == 400
    )
