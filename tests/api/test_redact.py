"""`POST /api/redact`: for keys of the gateway and of applications, by the rules of the system they are for."""

import json

import pytest

from fairgo.gateway.records import make_key
from fairgo.staff.rights import Right, Role
from tests.api.seated import a_client, a_member
from tests.api.test_resources import a_key
from tests.tenants import MAIN, NORTH, SYSTEMS

TEXT = "🙂 mein tfn is 123 456 782, call 0491 570 006, ABN 51 824 753 556"


def keys(here) -> list[str]:
    return [make_key(here.house.ledger, SYSTEMS[MAIN]), a_key(here, Right.TEXT_REDACT)[1]]


def test_a_gateways_key_and_an_applications_key_open_it(here, app) -> None:
    for key in keys(here):
        got = a_client(app, key=key).post("/redact", json={"text": TEXT})
        said = got.json()
        found = {span["type"]: TEXT[span["start"] : span["end"]] for span in said["spans"]}
        assert got.status_code == 200
        assert (found["TFN"], found["PHONE"]) == ("123 456 782", "0491 570 006")
        assert all(set(span) == {"start", "end", "type", "score"} for span in said["spans"])
        assert "123 456 782" not in said["text"]
        assert "51 824 753 556" in said["text"]  # of a business: found and not hidden


def test_placeholders_of_one_answer_mean_nothing_in_another(here, app) -> None:
    key = keys(here)[0]
    one, two = (a_client(app, key=key).post("/redact", json={"text": TEXT}).json()["text"] for _ in "12")
    assert one != two


def test_it_keeps_nothing(here, app) -> None:
    text = "my email is only.here.once@example.com"
    a_client(app, key=keys(here)[0]).post("/redact", json={"text": text, "system": SYSTEMS[MAIN]})
    files = [path for path in here.house.data.rglob("*") if path.is_file()]
    assert files
    assert not any(b"only.here.once" in path.read_bytes() for path in files)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 422),
        ({"text": 5}, 422),
        ({"text": "x", "contacts": ["0491570006"]}, 422),
        ({"text": "x" * 1_000_001}, 422),
        ({"text": "x", "system": "nowhere"}, 404),
        ({"text": "x", "system": SYSTEMS[NORTH]}, 404),
    ],
)
def test_what_does_not_fit_is_a_problem_that_repeats_nothing(here, app, body, status: int) -> None:
    got = a_client(app, key=keys(here)[0]).post("/redact", json=body)
    assert got.status_code == status
    assert got.headers["content-type"].startswith("application/problem+json")
    assert "0491570006" not in json.dumps(got.json())


def test_who_has_no_right_to_it_learns_nothing(here, app) -> None:
    other = a_key(here, Right.STATUS_READ)[1]
    assert a_client(app).post("/redact", json={"text": TEXT}).status_code == 401
    assert a_client(app, key="fg_nonsense").post("/redact", json={"text": TEXT}).status_code == 401
    assert a_client(app, key=other).post("/redact", json={"text": TEXT}).status_code == 403
    assert a_client(app, a_member(Role.AUDITOR)).post("/redact", json={"text": TEXT}).status_code == 403


def test_staff_who_may_redact_do_so_by_the_organisations_rules(app) -> None:
    got = a_client(app, a_member(Role.PRIVACY_OFFICER)).post("/redact", json={"text": "call 0491 570 006"})
    assert got.json()["text"].startswith("call ‹PHONE·")
