"""`fairgo staff` from the outside: links, passwords from standard input only, roles, and the mistakes one makes."""

import json

import pytest
from typer.testing import CliRunner

from fairgo.cli import serving
from fairgo.cli.staff import app
from fairgo.core.errors import BadRequest, Conflict, Misconfigured, NotFound
from fairgo.ledger.house import visiting
from fairgo.staff import accounts
from fairgo.store.keys import read_secret_file
from tests.serving import policy_folder

PASSWORD = "tram window lemon choir"


@pytest.fixture(scope="module")
def policy(tmp_path_factory):
    return policy_folder(tmp_path_factory.mktemp("policy") / "folder")


@pytest.fixture
def staff(policy, tmp_path):
    def run(*words, said=None):
        places = ["--policy", str(policy), "--data", str(tmp_path / "data"), "--json"]
        done = CliRunner().invoke(app, [*words, *places], input=said)
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        assert done.exit_code == 0, done.output
        return json.loads(done.stdout)

    run.house = lambda: visiting(policy, tmp_path / "data", existing=True)
    return run


def test_the_first_owner_gets_a_link_that_works(staff):
    made = staff("add", "Priya Nair", "--role", "owner")
    token = made["link"].rpartition("/")[2]
    assert made["link"].startswith("http://localhost:8088/console/sign-in/invited/")
    with staff.house() as house, house.store.reading() as connection:
        assert accounts.invited(connection, token, at=house.ledger.clock()).id == made["id"]
    (listed,) = staff("list")
    assert (listed["name"], listed["standing"]) == ("Priya Nair", "not set up")
    assert listed["roles"] == [{"role": "owner", "tenant": "main", "systems": None, "until": None}]


def test_a_password_comes_from_standard_input_and_is_judged(staff):
    with pytest.raises(BadRequest) as wrong:
        staff("add", "priya", "--role", "owner", "--password", said="Password2026\n")
    assert "stranger would try" in wrong.value.hint
    made = staff("add", "priya", "--role", "owner", "--password", said=f"{PASSWORD}\n")
    assert made["link"] == ""
    assert PASSWORD not in json.dumps(made)
    with staff.house() as house, house.store.reading() as connection:
        assert accounts.named(connection, "priya").password.startswith("$argon2id$")


def test_roles_are_given_and_taken_and_the_last_owner_stays(staff):
    staff("add", "priya", "--role", "owner", "--role", "engineer")
    staff("add", "sam", "--role", "staff")
    staff("role", "sam", "owner")
    staff("role", "priya", "owner", "--take")
    with pytest.raises(Conflict):
        staff("disable", "sam")
    staff("disable", "priya")
    standing = {
        one["name"]: (one["standing"], [role["role"] for role in one["roles"]]) for one in staff("list")
    }
    assert standing == {"priya": ("disabled", ["engineer"]), "sam": ("not set up", ["owner", "staff"])}
    staff("enable", "priya")
    assert staff("reset", "priya")["link"].startswith("http://localhost:8088/")


def test_an_auditor_comes_for_some_systems_and_for_a_time(staff):
    with pytest.raises(BadRequest):
        staff("add", "eve", "--role", "auditor")
    made = staff("add", "eve", "--role", "auditor", "--systems", "assistant", "--until", "2999-01-31")
    assert made["roles"] == ["auditor"]
    (listed,) = staff("list")
    assert listed["roles"][0] == {
        "role": "auditor",
        "tenant": "main",
        "systems": ["assistant"],
        "until": "2999-01-31T00:00:00+00:00",
    }


MISTAKES = [
    (("role", "priya", "ownr"), NotFound, "did you mean 'owner'?"),
    (("role", "nobody", "owner"), NotFound, "fairgo staff list"),
    (("role", "priya", "staff", "--tenant", "mian"), NotFound, "did you mean 'main'?"),
    (("role", "priya", "staff", "--systems", "asistant"), NotFound, "did you mean 'assistant'?"),
    (("role", "priya", "staff", "--until", "tomorrow"), BadRequest, "YYYY-MM-DD"),
    (("role", "priya", "staff", "--until", "2001-01-01"), BadRequest, "--until"),
    (("role", "priya", "staff", "--take"), NotFound, "fairgo staff list"),
    (("add", "PRIYA", "--role", "staff"), Conflict, "fairgo staff list"),
    (("sessions", "priya", "--revoke", "all"), NotFound, ""),
    (("sessions", "priya", "--revoke", "0123"), NotFound, "The list"),
    (("disable", "nobody"), NotFound, "fairgo staff list"),
]


def test_a_mistake_is_named_and_changes_nothing(staff):
    staff("add", "priya", "--role", "owner")
    before = staff("list")
    for words, kind, hint in MISTAKES:
        with pytest.raises(kind) as wrong:
            staff(*words)
        assert wrong.value.hint.startswith(hint), words
    assert staff("list") == before


def test_sessions_are_listed_and_ended(staff):
    from datetime import timedelta

    from fairgo.staff import sessions

    made = staff("add", "priya", "--role", "owner")
    with staff.house() as house, house.ledger.recorded() as tx:
        for _ in range(2):
            sessions.begin(
                tx,
                member=made["id"],
                tenant="main",
                way="passkey",
                device="Firefox on Mac",
                lasts=timedelta(1),
            )
    first, second = staff("sessions", "priya")
    assert (first["device"], first["way"]) == ("Firefox on Mac", "passkey")
    assert [one["id"] for one in staff("sessions", "priya", "--revoke", first["id"])] == [second["id"]]
    assert staff("sessions", "priya", "--revoke", "all") == []


def test_check_reads_the_provider_as_the_server_would(tmp_path):
    folder = policy_folder(tmp_path / "folder")
    serving.check(folder, as_json=True)
    said = '[provider]\nissuer = "https://idp.example"\nclient_id = "c"\nroles = [{ value = "x", role = "king" }]\n'
    (folder / "policy" / "staff.toml").write_text(said, encoding="utf-8")
    with pytest.raises(Misconfigured) as wrong:
        serving.check(folder, as_json=True)
    assert "'king'" in wrong.value.message


def test_a_secret_that_others_can_read_stops_the_start(tmp_path):
    secret = tmp_path / "oidc.secret"
    assert read_secret_file(secret) == ""
    secret.write_text("s3\n", encoding="utf-8")
    secret.chmod(0o644)
    with pytest.raises(Misconfigured):
        read_secret_file(secret)
    secret.chmod(0o600)
    assert read_secret_file(secret) == "s3"
