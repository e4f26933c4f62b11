"""Passkeys: made and used with a software device; what a thief, a copy or another site could bring is refused."""

import html
import json
import re

import pytest

from fairgo.console.sign_in import cookies
from fairgo.core.errors import BadRequest, NotAllowed
from fairgo.staff import passkeys
from fairgo.staff.passkeys import Place
from tests.staff.authenticator import Device
from tests.staff.signing import Browser, a_console, a_member, an_entrance

HERE = Place("localhost", "http://localhost", "Banksia Mobile")
CHALLENGE = b"c" * 22


def options_of(browser):
    return json.loads(html.unescape(re.search(r'data-options="([^"]+)"', browser.page.text)[1]))


@pytest.fixture
def house(ledger):
    return a_console(an_entrance(ledger))


@pytest.fixture
def owner(ledger):
    """An account with a passkey alone, and its device."""
    identity, _ = a_member(ledger, password=None, app=False)
    device = Device()
    asked = passkeys.options_to_add(HERE, member=identity, name="priya", challenge=CHALLENGE, there=[])
    new = passkeys.added(HERE, device.make(json.loads(asked)), challenge=CHALLENGE)
    with ledger.recorded() as tx:
        passkeys.keep(tx, identity, new, label="laptop")
    return identity, device


def enter(house, device, **how):
    browser = Browser(house, **how)
    browser.open("/console/sign-in")
    browser.send("/console/sign-in/passkey", {"answer": device.use(options_of(browser))})
    return browser


def test_a_passkey_lets_one_in_without_a_name(house, owner):
    browser = enter(house, owner[1])
    assert browser.page.json()["id"] == owner[0]
    assert enter(house, owner[1]).page.json()["id"] == owner[0]


def test_a_device_that_never_counts_is_taken(house, owner, ledger):
    device = owner[1]
    device.counts = False
    for _ in range(2):
        assert enter(house, device).page.status_code == 200


def test_an_answer_is_good_once_and_only_in_its_browser(house, owner):
    browser, other = Browser(house), Browser(house)
    browser.open("/console/sign-in")
    answer = owner[1].use(options_of(browser))
    entry = browser.client.cookies[cookies.ENTRY]
    token = browser.token
    other.open("/console/sign-in")
    assert other.send("/console/sign-in/passkey", {"answer": answer}).status_code == 422
    assert browser.send("/console/sign-in/passkey", {"answer": answer}).json()["id"] == owner[0]
    owner[1].count = 0
    thief = Browser(house)
    thief.client.cookies.set(cookies.ENTRY, entry)
    reply = thief.client.post("/console/sign-in/passkey", data={"token": token, "answer": answer})
    assert reply.status_code == 422
    assert cookies.SESSION not in thief.client.cookies


def test_a_challenge_is_used_up_by_a_failure_too(house, owner):
    browser = Browser(house)
    browser.open("/console/sign-in")
    options, entry, token = options_of(browser), browser.client.cookies[cookies.ENTRY], browser.token
    browser.send("/console/sign-in/passkey", {"answer": "{}"})
    again = Browser(house)
    again.client.cookies.set(cookies.ENTRY, entry)
    reply = again.client.post(
        "/console/sign-in/passkey", data={"token": token, "answer": owner[1].use(options)}
    )
    assert reply.status_code == 422
    assert "used already" in reply.text


def test_a_copied_key_is_refused_once_the_count_shows_it(house, owner):
    device = owner[1]
    copy = Device(key=device.key, credential=device.credential, count=device.count)
    enter(house, device)
    enter(house, device)
    assert enter(house, copy).page.status_code == 422


@pytest.mark.parametrize(
    "change",
    [
        {"origin": "http://localhost:9999"},
        {"origin": "https://evil.example"},
        {"rp_id": "evil.example"},
        {"verifies": False},
        {"credential": b"x" * 32},
    ],
)
def test_another_site_no_verification_and_an_unknown_key_are_refused(house, owner, change):
    device = owner[1]
    for name, value in change.items():
        setattr(device, name, value)
    browser = enter(house, device)
    assert browser.page.status_code == 422
    assert "This passkey does not fit." in browser.page.text
    assert cookies.SESSION not in browser.client.cookies


def test_a_signature_by_another_key_is_refused(house, owner):
    thief = Device(credential=owner[1].credential)
    assert enter(house, thief).page.status_code == 422


@pytest.mark.parametrize(
    "answer",
    ["", "{}", "[]", "null", "not json", '{"id": 7}', '{"id": "////"}', '{"id": "YQ", "rawId": "YQ"}', "x" * 40_000, "{" * 5000],
)  # fmt: skip
def test_a_broken_answer_is_refused_and_not_a_fault(house, owner, answer):
    browser = Browser(house)
    browser.open("/console/sign-in")
    assert browser.send("/console/sign-in/passkey", {"answer": answer}).status_code == 422


@pytest.mark.parametrize("change", ["origin", "rp_id", "verifies", "challenge", "rubbish"])
def test_what_was_not_made_here_now_by_a_verified_person_is_not_added(change):
    device = Device()
    options = json.loads(passkeys.options_to_add(HERE, member="m", name="n", challenge=CHALLENGE, there=[]))
    if change == "challenge":
        options["challenge"] = "AAAA"
    elif change == "verifies":
        device.verifies = False
    elif change != "rubbish":
        setattr(device, change, "https://evil.example")
    answer = "{}" if change == "rubbish" else device.make(options)
    with pytest.raises(BadRequest):
        passkeys.added(HERE, answer, challenge=CHALLENGE)


def test_a_passkey_can_be_the_second_step_and_must_be_ones_own(house, owner, ledger):
    identity, _ = a_member(ledger, name="sam")
    device = Device()
    options = json.loads(
        passkeys.options_to_add(HERE, member=identity, name="sam", challenge=CHALLENGE, there=[])
    )
    with ledger.recorded() as tx:
        passkeys.keep(tx, identity, passkeys.added(HERE, device.make(options), challenge=CHALLENGE), label="")
    browser = Browser(house)
    browser.enter_password("sam")
    asked = options_of(browser)
    assert len(asked["allowCredentials"]) == 1
    assert browser.send("/console/sign-in/passkey", {"answer": owner[1].use(asked)}).status_code == 422
    assert browser.page.url.path == "/console/sign-in/passkey"
    answer = device.use(options_of(browser))
    assert browser.send("/console/sign-in/passkey", {"answer": answer}).json()["id"] == identity


def test_wrong_passwords_do_not_lock_passkeys_out(house, ledger, owner):
    for _ in range(6):
        Browser(house, address="203.0.113.9").enter_password("priya", "wrong wrong wrong")
    assert enter(house, owner[1]).page.json()["id"] == owner[0]


def test_under_a_bare_address_no_passkey_is_offered(ledger):
    browser = Browser(a_console(an_entrance(ledger)), base="https://127.0.0.1")
    assert "data-options" not in browser.open("/console/sign-in").text
    assert "http://localhost" in browser.page.text


def test_use_is_refused_when_the_key_went_meanwhile(ledger, owner):
    with ledger.store.reading() as connection:
        (kept,) = passkeys.of_member(connection, owner[0])
    with ledger.recorded() as tx:
        passkeys.remove(tx, owner[0], kept.id)
    with pytest.raises(NotAllowed), ledger.recorded() as tx:
        passkeys.use(tx, kept, 9)
