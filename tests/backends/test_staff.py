"""What counts once, counts once on both databases; what one transaction decides, another sees."""

from datetime import timedelta

import pytest

from fairgo.core.errors import Conflict, NotAllowed
from fairgo.staff import accounts, factors, kept, limits, sessions, totp
from fairgo.staff.accounts import Grant
from fairgo.staff.rights import Role

HOUR = timedelta(hours=1)


@pytest.fixture
def member(ledger):
    with ledger.recorded() as tx:
        identity = accounts.create(
            tx, "priya", [Grant("main", Role.AUDITOR, frozenset({"a", "b"}), tx.moment + HOUR)]
        )
        factors.set_app(tx, identity, totp.new_secret(), step=5)
        return identity


def test_an_account_is_read_as_it_was_written(ledger, member):
    with ledger.store.reading() as connection:
        account = accounts.named(connection, "PRIYA")
        (grant,) = account.grants
        found = accounts.as_member(account, "main", at=grant.until - HOUR)
        assert found.systems == {"a", "b"}
        assert accounts.as_member(account, "main", at=grant.until) is None
    with pytest.raises(Conflict), ledger.recorded() as tx:
        accounts.create(tx, "Priya", [])


def test_codes_challenges_and_links_count_once(ledger, member):
    codes = totp.new_recovery_codes()
    with ledger.recorded() as tx:
        factors.set_recovery_codes(tx, member, codes)
        link = accounts.invite(tx, member)
    once = (
        lambda tx: factors.use_step(tx, member, 6),
        lambda tx: factors.use_recovery_code(tx, member, codes[0]),
        lambda tx: limits.spend(tx, "challenge", "c", ends_at=tx.moment + HOUR),
        lambda tx: accounts.accept(tx, link),
    )
    for act in once:
        with ledger.recorded() as tx:
            act(tx)
            accounts.enable(tx, member)
        with pytest.raises(NotAllowed), ledger.recorded() as tx:
            act(tx)


def test_failures_are_counted_together_and_forgotten_in_time(ledger):
    thing = limits.counted(ledger.keys, limits.ACCOUNT, "priya")
    for _ in range(6):
        with ledger.recorded() as tx:
            limits.failed(tx, thing)
            accounts.create(tx, f"witness {tx.moment.timestamp()}", [])
    now = ledger.clock()
    with ledger.store.reading() as connection:
        assert timedelta(seconds=50) < limits.waits_for(connection, now, thing) <= timedelta(seconds=60)
        assert limits.waits_for(connection, now + timedelta(hours=13), thing) == timedelta(0)
        with pytest.raises(NotAllowed) as wrong:
            limits.check(connection, now, thing)
    assert wrong.value.status == 429


def test_sessions_and_kept_forms_are_read_as_they_were_written(ledger, member):
    with ledger.recorded() as tx:
        token = sessions.begin(tx, member=member, tenant="main", way="passkey", device="Firefox", lasts=HOUR)
        kept.keep(tx, member, "/console/x", {"words": "ü\n<b>"})
    with ledger.store.reading() as connection:
        found = sessions.named_by(connection, token)
        assert found.ends_at - found.made_at == HOUR
        form = kept.newest(connection, ledger.keys, member, at=ledger.clock())
        assert (form.path, form.fields) == ("/console/x", {"words": "ü\n<b>"})
        assert kept.newest(connection, ledger.keys, "somebody else", at=ledger.clock()) is None
    with ledger.recorded() as tx:
        assert sessions.end_all(tx, member, reason="revoked") == 1
    with ledger.store.reading() as connection:
        assert sessions.named_by(connection, token) is None
