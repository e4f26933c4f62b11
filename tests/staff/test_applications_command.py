"""`fairgo application` as its users run it."""

import json

import pytest
import typer

from fairgo.cli.main import app
from fairgo.core.errors import BadRequest, Conflict, NotFound
from tests.tenants import NORTH, SYSTEMS, two_tenant_policy


@pytest.fixture
def run(tmp_path, capsys):
    """Runs `fairgo application …`. Gives what was printed, as JSON."""
    policy = two_tenant_policy(tmp_path / "policy")

    def command(*words):
        line = ["application", *words, "--policy", str(policy), "--data", str(tmp_path / "data"), "--json"]
        typer.main.get_command(app).main(line, standalone_mode=False)
        return json.loads(capsys.readouterr().out)

    return command


def test_from_the_first_key_to_the_end(run):
    first = run("add", "crm", "--scopes", "systems.read, choices.write")["key"]
    (listed,) = run("list")
    assert listed["scopes"] == ["choices.write", "systems.read"]
    assert listed["systems"] is None
    assert first.startswith(listed["keys"][0]["prefix"])
    assert len(first) > len(listed["keys"][0]["prefix"]) + 40
    second = run("rotate", "crm", "--overlap-hours", "0", "--days", "0")["key"]
    (listed,) = run("list")
    assert second != first
    assert [key["ends_at"] for key in listed["keys"]] == [None]
    assert run("revoke", "crm")["revoked"] is True
    (listed,) = run("list")
    assert (listed["revoked"], listed["keys"]) == (True, [])
    with pytest.raises(Conflict, match="revoked"):
        run("rotate", "crm")


def test_tenants_have_applications_of_their_own(run):
    run("add", "crm", "--scopes", "status.read")
    run("add", "crm", "--scopes", "status.read", "--tenant", NORTH, "--systems", SYSTEMS[NORTH])
    assert [one["systems"] for one in run("list", "--tenant", NORTH)] == [[SYSTEMS[NORTH]]]
    with pytest.raises(Conflict):
        run("add", "crm", "--scopes", "status.read")


@pytest.mark.parametrize(
    ("words", "error", "hint"),
    [
        (["crm", "--scopes", "system.read"], BadRequest, "systems.read"),
        (["crm", "--scopes", "staff.manage"], BadRequest, ""),
        (["crm", "--scopes", ""], BadRequest, "rights.md"),
        (["CRM", "--scopes", "status.read"], BadRequest, "crm"),
        (["crm", "--scopes", "status.read", "--tenant", "nroth"], NotFound, "north"),
        (["crm", "--scopes", "status.read", "--systems", SYSTEMS[NORTH]], NotFound, ""),
    ],
)
def test_a_mistake_is_told(run, words, error, hint):
    with pytest.raises(error) as told:
        run("add", *words)
    assert hint in told.value.hint
