"""What the table says to whom: expiry, scope, step-up, and nobody."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairgo.staff.rights import (
    DANGEROUS,
    GRANTS,
    PERMISSIONS,
    SCOPES,
    STEP_UP_LASTS,
    Answer,
    Member,
    Right,
    Role,
    allowed,
    answer,
)

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
OWNER = Member("m", "Alex", frozenset({Role.OWNER}), stepped_up_at=NOW)
AUDITOR = Member(
    "x", "Kim", frozenset({Role.AUDITOR}), systems=frozenset({"assistant"}), until=NOW + timedelta(days=1)
)


def test_nobody_may_anything():
    assert not [right for right in Right if allowed(None, right, at=NOW)]


@given(st.frozensets(st.sampled_from(list(Role)), min_size=1).filter(lambda roles: Role.AUDITOR not in roles))
def test_several_roles_have_what_each_has(roles):
    member = replace(OWNER, roles=roles)
    for right in Right:
        assert allowed(member, right, at=NOW) == any(right in GRANTS[role] for role in roles)


@pytest.mark.parametrize("right", sorted(DANGEROUS))
def test_a_dangerous_right_takes_a_fresh_proof(right):
    for stepped_up_at, said in (
        (None, Answer.STEP_UP),
        (NOW - STEP_UP_LASTS, Answer.STEP_UP),
        (NOW - STEP_UP_LASTS + timedelta(seconds=1), Answer.YES),
    ):
        member = replace(OWNER, stepped_up_at=stepped_up_at)
        assert answer(member, right, at=NOW) is said
        assert allowed(member, right, at=NOW) is (said is Answer.YES)


def test_an_auditor_has_systems_and_an_end():
    assert allowed(AUDITOR, Right.AUDITS_READ, at=NOW)
    assert allowed(AUDITOR, Right.AUDITS_READ, system="assistant", at=NOW)
    assert not allowed(AUDITOR, Right.AUDITS_READ, system="another", at=NOW)
    assert AUDITOR.until is not None
    assert not allowed(AUDITOR, Right.AUDITS_READ, at=AUDITOR.until)
    for without in ({"until": None}, {"systems": None}):
        assert not [right for right in Right if allowed(replace(AUDITOR, **without), right, at=NOW)]


def test_a_key_holds_its_scopes_and_never_a_dangerous_one():
    program = Member("application:1", "crm", frozenset(), scopes=frozenset(Right))
    assert program.rights == SCOPES
    assert not SCOPES & DANGEROUS
    assert all(PERMISSIONS[right].for_applications for right in SCOPES)
