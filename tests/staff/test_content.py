"""Reading what customers wrote: a purpose from the list, the right, and a leaf, or nothing at all."""

import pytest
from sqlalchemy import text

from fairgo.core.errors import BadRequest, NotAllowed, NotFound
from fairgo.ledger.leaves import read_leaf
from fairgo.staff.content import Purpose, read_content, readings, stated, words_of
from fairgo.staff.rights import Role
from tests.api.seated import a_member
from tests.tenants import MAIN, NORTH, SYSTEMS, two_tenants

OFFICER = a_member(Role.PRIVACY_OFFICER)
WHY = stated("complaint", "Jo called about the bill of May.")


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    with two_tenants(tmp_path_factory.mktemp("content")) as found:
        yield found


def leaves(house):
    with house.store.reading() as connection:
        return [read_leaf(row.leaf) for row in connection.execute(text("SELECT leaf FROM ledger_leaf"))]


def test_reading_leaves_who_and_why_and_not_a_word(here):
    house, things = here.house, here.things[MAIN]
    read = read_content(house.ledger, OFFICER, frozenset({SYSTEMS[MAIN]}), things.conversation, WHY)
    assert read.turns[0].said == ("The secret word of main.",)
    (leaf,) = (one for one in leaves(house) if one["id"] == read.leaf)
    assert leaf["type"] == "staff.content.read"
    assert leaf["system"] == SYSTEMS[MAIN]
    assert leaf["facts"] == {"by": OFFICER.id, "purpose": "complaint", "turns": 1}
    assert set(leaf["commitments"]) == {"words"}
    assert "Jo" not in str(leaf)
    with house.store.reading() as connection:
        (line,) = readings(connection, things.conversation)
        assert (line.member, line.purpose, line.leaf) == (OFFICER.id, "complaint", read.leaf)
        assert words_of(connection, house.ledger.keys, read.leaf) == WHY.words
        with pytest.raises(NotFound):
            words_of(connection, house.ledger.keys, "0000000000000000.1")


@pytest.mark.parametrize(
    "role", [role for role in Role if role not in {Role.OWNER, Role.PRIVACY_OFFICER, Role.DESK_AGENT}]
)
def test_without_the_right_nothing_is_read_and_nothing_is_kept(here, role):
    before = len(leaves(here.house))
    with pytest.raises(NotAllowed):
        read_content(
            here.house.ledger, a_member(role), frozenset({SYSTEMS[MAIN]}), here.things[MAIN].conversation, WHY
        )
    assert len(leaves(here.house)) == before


def test_another_tenants_conversation_is_as_if_it_did_not_exist(here):
    before = len(leaves(here.house))
    for conversation in (here.things[NORTH].conversation, "nothing"):
        with pytest.raises(NotFound, match="No conversation has this name"):
            read_content(here.house.ledger, OFFICER, frozenset({SYSTEMS[MAIN]}), conversation, WHY)
    assert len(leaves(here.house)) == before


@pytest.mark.parametrize("purpose", ["", "curiosity", "COMPLAINT", "complaint "])
def test_a_purpose_must_be_on_the_list(purpose):
    with pytest.raises(BadRequest):
        stated(purpose)


def test_words_are_short_and_may_be_left_out():
    assert stated(Purpose.INCIDENT).words == ""
    with pytest.raises(BadRequest):
        stated("incident", "x" * 2001)
