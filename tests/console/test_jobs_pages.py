"""The pages of jobs and notices, asked by a member, on a real house."""

import html
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.middleware import Middleware
from starlette.routing import Mount
from starlette.testclient import TestClient

from fairgo.console import jobs as job_pages
from fairgo.console import notices as notice_pages
from fairgo.console.app import Back, app
from fairgo.console.measuring import Measured
from fairgo.core.jobs import RunState
from fairgo.jobs.desk import desk
from fairgo.ledger.house import House
from fairgo.staff.accounts import Grant
from fairgo.staff.doors import MEMBER
from fairgo.staff.forms import GUARD, FormGuard
from fairgo.staff.notices import preferences
from fairgo.staff.notices.kinds import JOB_DEAD
from fairgo.staff.notices.raising import raise_notice
from fairgo.staff.rights import Role
from tests.api.seated import a_member
from tests.console.evidences import an_evidence
from tests.console.overviews import an_overview
from tests.jobs.labour import a_house, a_job, count_up, fill, make_tally, named, tally, work_off
from tests.ledger.ledgers import running
from tests.staff.test_notices import somebody

GUARDED = FormGuard(b"f" * 32, "this session")
FORM = {"sec-fetch-site": "same-origin"}


class Seated:
    """Puts a member and a session where signing in would."""

    def __init__(self, inner, member):
        self.inner, self.member = inner, member

    async def __call__(self, scope, receive, send):
        scope[MEMBER], scope[GUARD] = self.member, GUARDED
        await self.inner(scope, receive, send)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    opened = a_house(tmp_path)
    make_tally(opened)
    with running(opened.ledger):
        yield opened
    opened.close()


def a_client(house: House, *jobs, member=None) -> TestClient:
    back = Back(house.policy, house.ledger, Measured(an_overview()), an_evidence())
    room = desk(house, named(*(jobs or (a_job(lambda _one: None, schedule="30 2 * * *"),))))
    console = app(
        back,
        guards=[Middleware(Seated, member=member or a_member(Role.OWNER))],
        rooms=[lambda office: job_pages.routes(office, room), notice_pages.routes],
    )
    return TestClient(
        Mount("/console", console), base_url="http://localhost", headers=FORM, follow_redirects=False
    )


def post(client: TestClient, path: str, **fields: str):
    return client.post(path, data={"token": GUARDED.token(), **fields})


def dead(house: House):
    job = a_job(lambda _one: 1 / 0, retries=0)
    fill(house, job.name, 1)
    work_off(house, job)


def test_a_house_without_workers_says_so(house: House):
    shown = a_client(house).get("/console/jobs")
    assert shown.status_code == 200
    assert "start fairgo worker" in shown.text
    assert "30 2 * * *" in shown.text


def test_a_dead_letter_is_seen_and_run_again(house: House):
    dead(house)
    client = a_client(house)
    shown = client.get("/console/jobs").text
    assert "Failed for good" in shown
    assert "house.count/r0" in shown
    gone = post(client, "/console/jobs/change", do="retry", run="house.count/r0")
    assert gone.status_code == 303
    assert gone.headers["location"] == "/console/jobs/run/house.count/r0?did=retry"
    assert "in the queue again" in client.get(gone.headers["location"]).text
    again = post(client, "/console/jobs/change", do="retry", run="house.count/r0")
    assert again.status_code == 409
    work_off(house, a_job(lambda one: one.once(lambda tx: count_up(tx, one.reference))))
    assert tally(house) == {"r0": 1}


def test_a_job_is_started_and_stopped(house: House):
    client = a_client(house)
    begun = post(client, "/console/jobs/change", do="start", job="house.count")
    run = begun.headers["location"].removeprefix("/console/jobs/run/").partition("?")[0]
    assert "Stop it" in client.get(f"/console/jobs/run/{run}").text
    assert post(client, "/console/jobs/change", do="cancel", run=run).status_code == 303
    assert desk(house, {}).run(run).state is RunState.CANCELLED
    assert post(client, "/console/jobs/change", do="start", job="no.such").status_code == 404
    assert post(client, "/console/jobs/change", do="burn", run=run).status_code == 400


def test_runs_are_listed_and_exported(house: House):
    fill(house, "house.count", 60)
    client = a_client(house)
    first = client.get("/console/jobs/runs?state=queued")
    assert first.text.count('<th role="rowheader"') == 50
    onward = html.unescape(re.findall(r'href="(\?[^"]*after=[^"]*)"', first.text)[0])
    assert client.get(f"/console/jobs/runs{onward}").text.count('<th role="rowheader"') == 10
    rows = client.get("/console/jobs/runs?format=json").json()["rows"]
    assert len(rows) == 60
    assert client.get("/console/jobs?format=csv").text.startswith("\ufeff")
    assert client.get("/console/jobs/runs?state=nonsense&at=x&after=y").status_code == 200


def test_a_form_that_is_not_ours_changes_nothing(house: House):
    client = a_client(house)
    forged = client.post("/console/jobs/change", data={"do": "start", "job": "house.count"})
    assert forged.status_code in {401, 403}
    assert desk(house, {}).counts()["queued"] == 0


def test_who_may_only_look_sees_no_buttons(house: House):
    dead(house)
    client = a_client(house, member=a_member(Role.ANALYST))
    assert "Run again" not in client.get("/console/jobs").text
    assert post(client, "/console/jobs/change", do="retry", run="house.count/r0").status_code == 403
    outside = a_client(house, member=a_member(Role.STAFF))
    assert outside.get("/console/jobs").status_code == 403


def test_another_tenant_finds_nothing_of_the_house(house: House):
    dead(house)
    client = a_client(house, member=a_member(Role.OWNER, tenant="north"))
    assert "house.count" not in client.get("/console/jobs").text
    assert "house.count" not in client.get("/console/jobs/runs").text
    assert client.get("/console/jobs/run/house.count/r0").status_code == 404
    assert post(client, "/console/jobs/change", do="retry", run="house.count/r0").status_code == 404


def test_the_inbox_shows_and_marks(house: House):
    owner = somebody(house.ledger, "owner", Grant("main", Role.OWNER))
    with house.ledger.recorded() as tx:
        for number in range(55):
            raise_notice(tx, JOB_DEAD, f"k{number}", about=f"ledger.check/{number}")
    client = a_client(house, member=owner)
    shown = client.get("/console/notices")
    assert "55 not read yet" in shown.text
    assert shown.text.count("Mark as read") == 50
    onward = html.unescape(re.findall(r'href="(\?[^"]*after=[^"]*)"', shown.text)[0])
    older = client.get(f"/console/notices{onward}").text
    assert older.count("Mark as read") == 5
    one = re.findall(r'name="notice" value="([0-9a-f]+)"', older)[0]
    assert post(client, "/console/notices/read", notice=one).status_code == 303
    assert "54 not read yet" in client.get("/console/notices?unread=1").text
    post(client, "/console/notices/read")
    assert "You have read them all" in client.get("/console/notices").text


def test_wishes_are_kept_and_what_does_not_fit_is_shown_again(house: House):
    client = a_client(house)
    wrong = post(
        client,
        "/console/notices/preferences",
        address="nowhere",
        quiet_from="7pm",
        digest_hour="8",
        revision="0",
    )
    assert wrong.status_code == 400
    assert 'value="nowhere"' in wrong.text
    assert 'aria-invalid="true"' in wrong.text
    assert 'value="7pm"' in wrong.text
    fine = {"address": "a@example.com", "digest_hour": "9", "pace-job.dead": "in the digest", "revision": "0"}
    kept = post(client, "/console/notices/preferences", **fine)
    assert kept.headers["location"].endswith("?did=saved")
    stale = post(client, "/console/notices/preferences", **(fine | {"address": "b@example.com"}))
    assert stale.status_code == 409
    assert 'value="b@example.com"' in stale.text
    assert "<dd>a@example.com</dd>" in stale.text
    revision = re.findall(r'name="revision" value="(\d+)"', stale.text)[0]
    post(
        client, "/console/notices/preferences", **(fine | {"address": "b@example.com", "revision": revision})
    )
    with house.store.reading() as connection:
        assert preferences.of_member(connection, "m1").address == "b@example.com"
