"""Search finds jobs, for whoever may see them."""

from fairgo.core.jobs import JobLine, Missed
from fairgo.staff.rights import Role
from tests.console.rooms import a_client, a_member, words_of

CHECK = JobLine("ledger.check", "verifies the evidence", "10 3 * * *", Missed.ONCE, 3, 60, None, None)


def found(ledger, member, asked):
    client = a_client(ledger, member, jobs=lambda: [CHECK])
    return words_of(client.get("/console/search", params={"q": asked}))


def test_jobs_are_found_by_name_and_by_what_they_do(full):
    for asked in ("ledger.ch", "VERIFIES"):
        assert "It verifies the evidence" in found(full, a_member(), asked)
    assert "It verifies the evidence" not in found(full, a_member(), "backup")


def test_jobs_are_found_by_right_and_in_the_house_alone(full):
    for member in (a_member(Role.STAFF), a_member(tenant="north")):
        assert "It verifies the evidence" not in found(full, member, "ledger.check")
