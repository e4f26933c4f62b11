"""Signing in by password and code: the way in, the ways not in, and how a session ends."""

import re

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select

from fairgo.console.sign_in import cookies
from fairgo.ledger import records as ledger_records
from fairgo.staff import accounts, factors, records, totp
from fairgo.staff.passwords import Passwords
from tests.staff.signing import (
    NAME,
    PASSWORD,
    QUICK,
    Browser,
    a_console,
    a_member,
    an_entrance,
    code_of,
)

WRONG = "The name and the password do not fit together."


@pytest.fixture
def house(ledger):
    return a_console(an_entrance(ledger))


@pytest.fixture
def priya(ledger):
    return a_member(ledger)


def rows(ledger, table):
    with ledger.store.reading() as connection:
        return connection.execute(select(table)).all()


def events(ledger):
    with ledger.store.reading() as connection:
        return [re.search(rb'"type":"([^"]+)"', leaf)[1].decode() for leaf in connection.scalars(select(ledger_records.leaf.c.leaf))]  # fmt: skip


def test_password_and_code_let_one_in_and_lead_to_where_one_wanted_to_go(house, priya, hands):
    identity, secret = priya
    browser = Browser(house)
    reply = browser.open("/console/thing?x=1")
    assert reply.url.path == "/console/sign-in"
    assert browser.enter_password(path=str(reply.url)).url.path == "/console/sign-in/code"
    reply = browser.send("/console/sign-in/code", {"code": code_of(secret, hands)})
    assert str(reply.url) == "https://localhost/console/thing?x=1"
    assert reply.json()["id"] == identity


def test_capitals_and_spaces_of_the_name_do_not_matter(house, priya):
    assert Browser(house).enter_password("  PRIYA ").url.path == "/console/sign-in/code"


def test_the_password_alone_opens_nothing(house, priya):
    browser = Browser(house)
    browser.enter_password()
    assert browser.open("/console/thing").url.path == "/console/sign-in"


def test_a_wrong_password_and_an_unknown_name_get_the_very_same_page(house, priya, ledger):
    pages = []
    for name in (NAME, "nobody"):
        browser = Browser(house)
        reply = browser.enter_password(name, "wrong " + PASSWORD)
        assert reply.status_code == 422
        assert WRONG in reply.text
        assert f'value="{name}"' in reply.text
        assert "wrong " + PASSWORD not in reply.text
        plain = re.sub(r'(name="token" value=|data-options=)"[^"]*"', "", reply.text)
        pages.append(plain.replace(name, "NAME"))
    assert pages[0] == pages[1]
    assert events(ledger).count("staff.sign_in.failed") == 2


def test_an_unknown_name_costs_as_much_work_as_a_known_one(ledger, monkeypatch):
    a_member(ledger)
    entrance = an_entrance(ledger)
    verified = []
    real = PasswordHasher.verify
    monkeypatch.setattr(
        PasswordHasher, "verify", lambda *given: verified.append(given[1][:20]) or real(*given)
    )
    for name in (NAME, "nobody"):
        Browser(a_console(entrance)).enter_password(name, "wrong wrong wrong")
    assert len(verified) == 2
    assert verified[0] == verified[1]  # the same parameters


def test_a_disabled_account_is_like_an_unknown_one_and_its_session_ends(house, priya, hands, ledger):
    identity, secret = priya
    a_member(ledger, name="second owner")
    browser = Browser(house)
    browser.sign_in(secret, hands)
    assert browser.page.json()["id"] == identity
    with ledger.recorded() as tx:
        accounts.disable(tx, identity)
    assert browser.open("/console/thing").url.path == "/console/sign-in"
    assert WRONG in browser.enter_password().text


@pytest.mark.parametrize("code", ["000000", "", "abcdef", "１２３４５６", "x" * 4000])
def test_a_wrong_code_is_refused(house, priya, code):
    browser = Browser(house)
    browser.enter_password()
    reply = browser.send("/console/sign-in/code", {"code": code})
    assert reply.status_code == 422
    assert "This code does not fit" in reply.text
    assert cookies.SESSION not in browser.client.cookies


def test_a_code_is_good_once(house, priya, hands):
    _, secret = priya
    Browser(house).sign_in(secret, hands)
    again = Browser(house)
    again.enter_password()
    reply = again.send("/console/sign-in/code", {"code": code_of(secret, hands)})
    assert reply.status_code == 422
    assert cookies.SESSION not in again.client.cookies


def test_a_recovery_code_is_good_once(house, priya, ledger):
    codes = totp.new_recovery_codes()
    with ledger.recorded() as tx:
        factors.set_recovery_codes(tx, priya[0], codes)
    for expected in (200, 422):
        browser = Browser(house)
        browser.enter_password()
        assert browser.send("/console/sign-in/code", {"code": codes[3].upper()}).status_code == expected
    with ledger.store.reading() as connection:
        assert factors.recovery_codes_left(connection, priya[0]) == 9


def test_after_five_failures_an_account_waits_longer_each_time_and_so_does_a_name_nobody_has(
    house, priya, hands
):
    pages = []
    for name in (NAME, "nobody"):
        browser = Browser(house, address=f"198.51.100.{len(pages)}")
        for _ in range(5):
            assert browser.enter_password(name, "wrong wrong wrong").status_code == 422
        reply = browser.enter_password(name, PASSWORD)
        assert reply.status_code == 429
        assert "Wait 31 seconds" in reply.text
        pages.append(
            re.sub(r'(name="token" value=|data-options=)"[^"]*"', "", reply.text).replace(name, "NAME")
        )
    assert pages[0] == pages[1]
    hands.forward(seconds=31)
    browser = Browser(house)
    assert browser.enter_password(NAME, "wrong wrong wrong").status_code == 422
    assert "Wait 61 seconds" in browser.enter_password().text
    hands.forward(seconds=61)
    assert browser.enter_password().url.path == "/console/sign-in/code"


def test_a_right_password_does_not_make_up_for_wrong_codes(house, priya):
    for _ in range(5):
        browser = Browser(house)
        assert browser.enter_password().url.path == "/console/sign-in/code"
        browser.send("/console/sign-in/code", {"code": "000000"})
    assert Browser(house).enter_password().status_code == 429


def test_one_address_cannot_try_many_names(house, ledger):
    browser = Browser(house)
    for number in range(20):
        assert browser.enter_password(f"nobody{number}", "wrong wrong wrong").status_code == 422
    assert browser.enter_password("nobody99").status_code == 429
    assert Browser(house, address="198.51.100.99").enter_password("nobody99").status_code == 422


def test_what_a_proxy_says_about_who_calls_counts_only_from_our_own(ledger):
    browser = Browser(a_console(an_entrance(ledger)))
    for number in range(21):
        browser.client.headers["x-forwarded-for"] = f"203.0.113.{number}"
        last = browser.enter_password(f"nobody{number}", "wrong wrong wrong")
    assert last.status_code == 429
    house = a_console(an_entrance(ledger, proxies=frozenset({"198.51.100.7"})))
    browser = Browser(house)
    browser.client.headers["x-forwarded-for"] = "198.51.100.66, 203.0.113.200"
    assert browser.enter_password("nobody").status_code == 422


def test_signing_somebody_else_in_by_a_form_of_ones_own_does_not_work(house, priya):
    attacker, victim = Browser(house), Browser(house)
    attacker.open("/console/sign-in")
    reply = victim.client.post(
        "/console/sign-in", data={"token": attacker.token, "name": NAME, "password": PASSWORD}
    )
    assert reply.status_code == 403
    victim.open("/console/sign-in")
    reply = victim.client.post(
        "/console/sign-in", data={"token": attacker.token, "name": NAME, "password": PASSWORD}
    )
    assert reply.status_code in {403, 422}
    assert victim.open("/console/sign-in/code").url.path == "/console/sign-in"


def test_a_sign_in_that_took_too_long_begins_anew(house, priya, hands):
    browser = Browser(house)
    browser.enter_password()
    hands.forward(minutes=11)
    reply = browser.send("/console/sign-in/code", {"code": code_of(priya[1], hands)})
    assert reply.status_code == 403
    assert "it was too old" in reply.text


def test_a_password_under_old_parameters_is_hashed_anew(ledger, hands):
    _, secret = a_member(ledger)
    newer = PasswordHasher(time_cost=2, memory_cost=8, parallelism=1)
    Browser(a_console(an_entrance(ledger, passwords=Passwords(hasher=newer)))).sign_in(secret, hands)
    (row,) = rows(ledger, records.member)
    assert "t=2" in row.password
    assert newer.verify(row.password, PASSWORD)


def test_what_is_written_down_names_nobody(house, priya, hands, ledger):
    browser = Browser(house)
    browser.enter_password(NAME, "wrong wrong wrong")
    browser.sign_in(priya[1], hands)
    browser.send("/console/sign-out")
    found = events(ledger)
    for expected in (
        "staff.sign_in.failed",
        "staff.password.proved",
        "staff.session.began",
        "staff.session.ended",
    ):
        assert expected in found
    with ledger.store.reading() as connection:
        said = b"".join(connection.scalars(select(ledger_records.leaf.c.leaf)))
    assert NAME.encode() not in said
    assert b"198.51.100" not in said


def test_guesses_sent_at_once_gain_nothing(house, priya, ledger):
    # Each began before the others had failed: what counts is decided when it would take effect.
    browsers = [Browser(house) for _ in range(7)]
    for browser in browsers:
        browser.open("/console/sign-in")
    entrance = an_entrance(ledger)
    for browser in browsers[:6]:
        browser.send("/console/sign-in", {"name": NAME, "password": "wrong wrong wrong"})
    assert browsers[6].send("/console/sign-in", {"name": NAME, "password": PASSWORD}).status_code == 429
    assert entrance.passwords.fits(QUICK.hash(PASSWORD), PASSWORD)
