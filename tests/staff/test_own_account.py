"""Setting up and changing one's own account: links, factors, recovery codes, sessions, step-up, and forms that came late."""

import html
import json
import re

import pyotp
import pytest

from fairgo.console.sign_in import cookies
from fairgo.staff import accounts
from fairgo.staff.accounts import Grant
from fairgo.staff.rights import Role
from tests.staff.authenticator import Device
from tests.staff.signing import PASSWORD, Browser, a_console, a_member, an_entrance, code_of

NEW = "seven tulips near the tram"


@pytest.fixture
def house(ledger):
    return a_console(an_entrance(ledger))


@pytest.fixture
def link(ledger):
    with ledger.recorded() as tx:
        identity = accounts.create(tx, "priya", [Grant("main", Role.OWNER)])
        return f"/console/sign-in/invited/{accounts.invite(tx, identity)}"


def options_of(browser):
    return json.loads(html.unescape(re.search(r'data-options="([^"]+)"', browser.page.text)[1]))


def secret_of(browser):
    return re.search(r'id="secret">([A-Z2-7 ]+)<', browser.page.text)[1].replace(" ", "")


def codes_of(browser):
    return re.findall(r"<li><code>([a-z2-7-]{19})</code></li>", browser.page.text)


def now_in(browser, hands):
    return pyotp.TOTP(secret_of(browser)).at(hands.now)


def test_a_link_leads_to_a_password_an_app_and_recovery_codes(house, link, hands, ledger):
    browser = Browser(house)
    assert "priya" in browser.open(link).text
    assert (
        browser.send("/console/sign-in/invited", {"password": NEW, "again": NEW}).url.path
        == "/console/sign-in/set-up"
    )
    secret = secret_of(browser)
    browser.send("/console/sign-in/set-up/app", {"code": now_in(browser, hands)})
    codes = codes_of(browser)
    assert len(codes) == 10
    assert browser.open("/console/thing").json()["roles"] == ["owner"]
    assert Browser(house).open(link).status_code in {401, 403}
    hands.forward(seconds=30)
    again = Browser(house)
    again.enter_password(password=NEW)
    assert again.send("/console/sign-in/code", {"code": pyotp.TOTP(secret).at(hands.now)}).status_code == 200


def test_a_link_can_lead_to_a_passkey_alone(house, link):
    browser, device = Browser(house), Device()
    browser.open(link)
    reply = browser.send(
        "/console/sign-in/set-up/passkey", {"answer": device.make(options_of(browser)), "label": "laptop"}
    )
    assert reply.json()["roles"] == ["owner"]
    assert Browser(house).open(link).status_code in {401, 403}
    assert "laptop" in browser.open("/console/account").text


def test_a_weak_password_comes_back_with_the_reason_and_the_link_still_works(house, link):
    browser = Browser(house)
    for password, again, reason in (
        ("short", "short", "Use 12 characters"),
        ("Password2026!", "Password2026!", "stranger would try"),
        (NEW, NEW + "x", "do not say the same"),
    ):
        browser.open(link)
        reply = browser.send("/console/sign-in/invited", {"password": password, "again": again})
        assert reply.status_code == 422
        assert reason in reply.text
        assert password not in re.sub(r"<li>.*?</li>", "", reply.text)
    browser.open(link)
    assert (
        browser.send("/console/sign-in/invited", {"password": NEW, "again": NEW}).url.path
        == "/console/sign-in/set-up"
    )


def test_an_expired_link_says_so(house, link, hands):
    browser = Browser(house)
    browser.open(link)
    hands.forward(hours=25)
    assert "too old" in Browser(house).open(link).text
    assert browser.send("/console/sign-in/invited", {"password": NEW, "again": NEW}).status_code in {401, 403}


def test_a_password_alone_must_add_a_second_step_before_anything_opens(house, ledger, hands):
    a_member(ledger, app=False)
    browser = Browser(house)
    assert browser.enter_password().url.path == "/console/sign-in/set-up"
    assert browser.open("/console/thing").url.path == "/console/sign-in"
    browser.open("/console/sign-in/set-up")
    assert browser.page.url.path == "/console/sign-in"  # the door began anew
    browser.enter_password()
    assert browser.send("/console/sign-in/set-up/app", {"code": "000000"}).status_code == 422
    browser.send("/console/sign-in/set-up/app", {"code": now_in(browser, hands)})
    assert len(codes_of(browser)) == 10
    assert browser.open("/console/thing").status_code == 200


def test_two_who_set_up_at_once_are_not_both_let_in(house, ledger, hands):
    a_member(ledger, app=False)
    first, second = Browser(house), Browser(house)
    first.enter_password()
    second.enter_password()
    first.send("/console/sign-in/set-up/app", {"code": now_in(first, hands)})
    reply = second.send("/console/sign-in/set-up/app", {"code": now_in(second, hands)})
    assert reply.status_code == 403
    assert cookies.SESSION not in second.client.cookies


def test_a_change_of_factor_ends_every_other_session(house, ledger, hands):
    _, secret = a_member(ledger)
    here, elsewhere = Browser(house), Browser(house)
    elsewhere.sign_in(secret, hands)
    here.sign_in(secret, hands)
    device = Device()
    here.open("/console/account")
    reply = here.send(
        "/console/account/passkeys", {"answer": device.make(options_of(here)), "label": "work laptop"}
    )
    assert "work laptop" in reply.text
    assert elsewhere.open("/console/thing").url.path == "/console/sign-in"
    assert here.open("/console/thing").status_code == 200


def test_changing_a_factor_takes_a_fresh_proof(house, ledger, hands):
    _, secret = a_member(ledger)
    browser = Browser(house)
    browser.sign_in(secret, hands)
    hands.forward(minutes=11)
    browser.open("/console/account")
    assert "prove first that it is you" in browser.page.text
    assert "data-options" not in browser.page.text
    before = browser.client.cookies[cookies.SESSION]
    reply = browser.send("/console/account/app/remove")
    assert reply.url.path == "/console/sign-in/again"
    assert (
        browser.send(
            "/console/sign-in/again", {"password": "wrong wrong wrong", "code": code_of(secret, hands)}
        ).status_code
        == 422
    )
    reply = browser.send("/console/sign-in/again", {"password": PASSWORD, "code": code_of(secret, hands)})
    assert reply.status_code == 200
    after = browser.client.cookies[cookies.SESSION]
    assert before.split(".")[0] != after.split(".")[0]
    old = Browser(house)
    old.client.cookies.set(cookies.SESSION, before)
    assert old.open("/console/thing").url.path == "/console/sign-in"
    browser.open("/console/account")
    assert "data-options" in browser.page.text


def test_the_last_way_to_sign_in_cannot_be_removed(house, ledger, hands):
    _, secret = a_member(ledger)
    browser = Browser(house)
    browser.sign_in(secret, hands)
    browser.open("/console/account")
    reply = browser.send("/console/account/app/remove")
    assert reply.status_code == 422
    assert "could not sign in any more" in reply.text
    device = Device()
    browser.send("/console/account/passkeys", {"answer": device.make(options_of(browser)), "label": ""})
    assert "None yet." in browser.send("/console/account/app/remove").text


def test_another_app_new_codes_and_another_password(house, ledger, hands):
    identity, secret = a_member(ledger)
    browser = Browser(house)
    browser.sign_in(secret, hands)
    browser.open("/console/account/app")
    fresh = secret_of(browser)
    assert browser.send("/console/account/app", {"code": code_of(secret, hands)}).status_code == 422
    assert secret_of(browser) == fresh
    assert browser.send("/console/account/app", {"code": pyotp.TOTP(fresh).at(hands.now)}).status_code == 200
    browser.send("/console/account/recovery")
    assert len(codes_of(browser)) == 10
    browser.open("/console/account")
    assert (
        browser.send("/console/account/password", {"password": "short", "again": "short"}).status_code == 422
    )
    assert "Done." in browser.send("/console/account/password", {"password": NEW, "again": NEW}).text
    hands.forward(seconds=30)
    again = Browser(house)
    again.enter_password(password=NEW)
    assert (
        again.send("/console/sign-in/code", {"code": pyotp.TOTP(fresh).at(hands.now)}).json()["id"]
        == identity
    )


def test_sessions_are_listed_and_ended(house, ledger, hands):
    _, secret = a_member(ledger)
    here, elsewhere, third = Browser(house), Browser(house), Browser(house)
    elsewhere.client.headers["user-agent"] = "Mozilla/5.0 (iPhone; CPU iPhone OS) Safari"
    for one in (elsewhere, third, here):
        one.sign_in(secret, hands)
    page = here.open("/console/account").text
    assert "Safari on iPhone" in page
    assert page.count("Chrome on Linux") >= 2
    assert "this one" in page
    phone = re.search(r'Safari on iPhone</strong>.*?name="session" value="([0-9a-f]+)"', page, re.DOTALL)[1]
    here.send("/console/account/sessions", {"session": phone})
    assert elsewhere.open("/console/thing").url.path == "/console/sign-in"
    assert third.open("/console/thing").status_code == 200
    here.open("/console/account")
    here.send("/console/account/sessions", {"session": "others"})
    assert third.open("/console/thing").url.path == "/console/sign-in"
    assert here.send("/console/account/sessions", {"session": phone}).status_code == 422


def test_somebody_elses_session_cannot_be_ended(house, ledger, hands):
    _, secret = a_member(ledger)
    _, other_secret = a_member(ledger, name="sam", roles=(Role.STAFF,))
    victim, sam = Browser(house), Browser(house)
    victim.sign_in(secret, hands)
    from fairgo.staff import sessions

    with ledger.store.reading() as connection:
        identity = accounts.named(connection, "priya").id
        (session,) = sessions.of_member(connection, identity, at=hands.now)
    hands.forward(seconds=30)
    sam.enter_password("sam")
    sam.send("/console/sign-in/code", {"code": code_of(other_secret, hands)})
    sam.open("/console/account")
    assert sam.send("/console/account/sessions", {"session": session.id}).status_code == 422
    assert victim.open("/console/thing").status_code == 200


def test_a_form_sent_after_the_session_ended_is_kept_and_offered_again(house, ledger, hands):
    _, secret = a_member(ledger)
    browser = Browser(house)
    browser.sign_in(secret, hands)
    hands.forward(minutes=40)
    reply = browser.send("/console/thing", {"reason": "A long <b>answer</b>,\nwith lines", "state": "open"})
    assert reply.url.path == "/console/sign-in"
    assert "What you typed is kept" in reply.text
    browser.send("/console/sign-in", {"name": "priya", "password": PASSWORD})
    reply = browser.send("/console/sign-in/code", {"code": code_of(secret, hands)})
    assert reply.url.path == "/console/sign-in/kept"
    assert "A long &lt;b&gt;answer&lt;/b&gt;,\nwith lines</textarea>" in reply.text
    place = re.search(r'action="(/console/sign-in/kept/[0-9a-f]+)"', reply.text)[1]
    sent = browser.send(place, {"reason": "looked over", "state": "open"})
    assert sent.json() == {"reason": "looked over", "state": "open"}
    assert browser.open("/console/sign-in/kept").url.path == "/console/"


def test_a_dangerous_form_is_kept_while_one_proves_that_it_is_oneself(house, ledger, hands):
    _, secret = a_member(ledger)
    browser = Browser(house)
    browser.sign_in(secret, hands)
    hands.forward(minutes=11)
    reply = browser.send("/console/danger", {"name": "sam"})
    assert reply.url.path == "/console/sign-in/again"
    reply = browser.send("/console/sign-in/again", {"password": PASSWORD, "code": code_of(secret, hands)})
    place = re.search(r'action="(/console/sign-in/kept/[0-9a-f]+)"', reply.text)[1]
    assert browser.send(place, {"name": "sam"}).json() == {"name": "sam"}


def test_what_is_kept_is_sealed_short_lived_and_its_owners_alone(house, ledger, hands):
    _, secret = a_member(ledger)
    _, other = a_member(ledger, name="sam", roles=(Role.STAFF,))
    browser, sam = Browser(house), Browser(house)
    browser.sign_in(secret, hands)
    hands.forward(minutes=40)
    browser.send("/console/thing", {"reason": "something private"})
    from sqlalchemy import text

    with ledger.store.reading() as connection:
        (row,) = connection.execute(text("SELECT * FROM staff_kept_form")).all()
    assert b"private" not in row.sealed
    sam.enter_password("sam")
    sam.send("/console/sign-in/code", {"code": code_of(other, hands)})
    assert sam.open("/console/sign-in/kept").url.path == "/console/"
    hands.forward(minutes=61)
    assert browser.sign_in(secret, hands).url.path == "/console/"


@pytest.mark.parametrize("token", ["", "forged.x"])
def test_a_form_without_the_sessions_own_token_is_not_kept(house, ledger, hands, token):
    _, secret = a_member(ledger)
    browser = Browser(house)
    browser.sign_in(secret, hands)
    hands.forward(minutes=40)
    reply = browser.client.post("/console/thing", data={"token": token, "reason": "planted"})
    assert "kept" not in str(reply.url)
    assert browser.sign_in(secret, hands).url.path == "/console/"


def test_whoever_never_signed_in_leaves_nothing_behind(house, ledger):
    from sqlalchemy import text

    Browser(house).client.post("/console/thing", data={"token": "x", "reason": "planted"})
    with ledger.store.reading() as connection:
        assert connection.execute(text("SELECT * FROM staff_kept_form")).all() == []
