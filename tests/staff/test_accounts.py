"""Accounts: names, roles in tenants, links that work once; the last owner stays; everything is evidence."""

from datetime import timedelta

import pytest

from fairgo.core.errors import BadRequest, Conflict, EvidenceBroken, NotAllowed, NotFound
from fairgo.staff import accounts, sessions
from fairgo.staff.accounts import Grant
from fairgo.staff.rights import Role
from tests.staff.signing import NOON, a_member

SYSTEMS = frozenset({"assistant"})


@pytest.fixture
def tx(ledger):
    with ledger.recorded() as writing:
        yield writing


def test_a_name_is_taken_however_it_is_written(tx):
    accounts.create(tx, "Zoë  Nair", [])
    for same in ("zoë nair", "ZOË NAIR", "Zoe\u0308 Nair"):
        with pytest.raises(Conflict):
            accounts.create(tx, same, [])
    assert accounts.named(tx.connection, "zoë nair").name == "Zoë Nair"


@pytest.mark.parametrize("name", ["", "   ", "x" * 129, "a\nb", "a\u202eb"])
def test_what_cannot_be_a_name_is_refused(tx, name):
    with pytest.raises(BadRequest):
        accounts.create(tx, name, [])
    accounts.create(tx, "somebody else", [])


def test_an_auditor_needs_systems_and_an_end(tx):
    for grant in (Grant("main", Role.AUDITOR), Grant("main", Role.AUDITOR, SYSTEMS), Grant("main", Role.AUDITOR, None, NOON)):  # fmt: skip
        with pytest.raises(BadRequest):
            accounts.create(tx, f"auditor {grant.until}{grant.systems}", [grant])


def test_what_a_member_may_be_in_a_tenant(tx):
    later = NOON + timedelta(days=7)
    identity = accounts.create(
        tx,
        "priya",
        [
            Grant("main", Role.ANALYST),
            Grant("north", Role.AUDITOR, SYSTEMS, later),
            Grant("south", Role.STAFF, None, later),
        ],
    )
    account = accounts.existing(tx.connection, identity)
    assert account.tenants == ("main", "north", "south")
    main = accounts.as_member(account, "main", at=NOON)
    assert (main.roles, main.systems, main.until) == ({Role.ANALYST}, None, None)
    north = accounts.as_member(account, "north", at=NOON)
    assert (north.roles, north.systems, north.until) == ({Role.AUDITOR}, SYSTEMS, later)
    assert accounts.as_member(account, "south", at=NOON).until == later
    assert accounts.as_member(account, "north", at=later) is None
    assert accounts.as_member(account, "elsewhere", at=NOON) is None


def test_a_wider_role_is_not_narrowed_by_an_auditors(tx):
    grants = [Grant("main", Role.OWNER), Grant("main", Role.AUDITOR, SYSTEMS, NOON + timedelta(days=1))]
    account = accounts.existing(tx.connection, accounts.create(tx, "priya", grants))
    member = accounts.as_member(account, "main", at=NOON)
    assert (member.roles, member.systems, member.until) == ({Role.OWNER}, None, None)


def test_narrow_roles_do_not_widen_each_other(tx):
    later = NOON + timedelta(days=1)
    grants = [
        Grant("main", Role.AUDITOR, frozenset({"assistant", "offers"}), later),
        Grant("main", Role.DESK_AGENT, frozenset({"offers"})),
        Grant("main", Role.STAFF, None, later),
    ]
    account = accounts.existing(tx.connection, accounts.create(tx, "priya", grants))
    assert accounts.as_member(account, "main", at=NOON).systems == {"offers"}


def test_the_last_owner_stays(ledger):
    first, _ = a_member(ledger)
    for act in (
        lambda tx: accounts.disable(tx, first),
        lambda tx: accounts.take_role(tx, first, "main", Role.OWNER),
    ):
        with pytest.raises(Conflict), ledger.recorded() as tx:
            act(tx)
    second, _ = a_member(ledger, name="second")
    with ledger.recorded() as tx:
        accounts.disable(tx, first)
    with pytest.raises(Conflict), ledger.recorded() as tx:
        accounts.disable(tx, second)
    with ledger.store.reading() as connection:
        assert accounts.existing(connection, first).standing == "disabled"
        assert accounts.existing(connection, second).standing == "active"


def test_a_link_works_once_and_for_a_day(tx):
    identity = accounts.create(tx, "priya", [Grant("main", Role.OWNER)])
    first, token = accounts.invite(tx, identity), accounts.invite(tx, identity)
    assert len(token) >= 43
    for bad in (first, token + "x", ""):
        with pytest.raises(NotAllowed):
            accounts.invited(tx.connection, bad, at=tx.moment)
    with pytest.raises(NotAllowed):
        accounts.invited(tx.connection, token, at=tx.moment + timedelta(hours=24))
    assert accounts.accept(tx, token).id == identity
    with pytest.raises(NotAllowed):
        accounts.accept(tx, token)


def test_a_reset_takes_everything_away_and_ends_every_session(ledger):
    identity, _ = a_member(ledger)
    with ledger.recorded() as tx:
        sessions.begin(
            tx, member=identity, tenant="main", way="app", device="Chrome", lasts=timedelta(hours=1)
        )
        accounts.reset(tx, identity)
        account = accounts.existing(tx.connection, identity)
        assert (account.password, account.totp, account.standing) == (None, None, "not set up")
        assert sessions.of_member(tx.connection, identity, at=tx.moment) == []


def test_what_is_not_there_is_said(tx):
    for act in (
        lambda: accounts.named(tx.connection, "nobody"),
        lambda: accounts.disable(tx, "0"),
        lambda: accounts.reset(tx, "0"),
        lambda: accounts.take_role(tx, "0", "main", Role.STAFF),
        lambda: sessions.end(tx, "0", "0", reason="revoked"),
        lambda: sessions.step_up(tx, "0", way="app"),
    ):
        with pytest.raises(NotFound):
            act()
    accounts.create(tx, "somebody", [])


def test_ending_no_session_is_no_change_and_needs_no_evidence(ledger):
    with pytest.raises(EvidenceBroken), ledger.recorded() as tx:
        assert sessions.end_all(tx, "nobody", reason="revoked") == 0


@pytest.mark.parametrize(
    ("said", "device"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0 Safari/537.36", "Chrome on Linux"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1 Version/19.0 Safari/604.1", "Safari on iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:150.0) Gecko/20100101 Firefox/150.0", "Firefox on Windows"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/156.0 Safari/537.36 Edg/156.0", "Edge on Windows"),
        ("<script>", "A browser"),
        ("", "A browser"),
    ],
)  # fmt: skip
def test_a_device_is_named_so_that_one_recognises_it(said, device):
    assert sessions.device_words(said) == device
