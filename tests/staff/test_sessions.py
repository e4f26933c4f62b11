"""Sessions: their tokens and cookies, how they end, where signing in leads, and forms from elsewhere."""

import re

import pytest
from sqlalchemy import select, text
from starlette.requests import Request

from fairgo.console.sign_in import cookies
from fairgo.console.sign_in.entrance import safe_next
from fairgo.staff import accounts, records, sessions
from fairgo.staff.rights import Role
from tests.staff.signing import (
    NAME,
    PASSWORD,
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


def test_the_token_is_long_kept_only_as_a_hash_and_another_after_every_sign_in(house, priya, hands, ledger):
    _, secret = priya
    tokens = set()
    for _ in range(2):
        browser = Browser(house)
        browser.sign_in(secret, hands)
        tokens.add(browser.client.cookies[cookies.SESSION].split(".")[0])
    assert len(tokens) == 2
    assert min(len(token) for token in tokens) == 43  # 256 bits
    kept = {row.hash for row in rows(ledger, records.session)}
    assert kept == {sessions.token_hash(token) for token in tokens}
    with ledger.store.reading() as connection:
        dump = str(connection.execute(text("SELECT * FROM staff_session")).all())
    assert not any(token in dump for token in tokens)


def test_the_cookies_are_host_only_secure_and_out_of_reach_of_scripts(house, priya, hands):
    browser = Browser(house)
    browser.enter_password()
    reply = browser.client.post("/console/sign-in/code", data={"token": browser.token, "code": code_of(priya[1], hands)}, follow_redirects=False)  # fmt: skip
    for cookie in reply.headers.get_list("set-cookie"):
        name, _, rest = cookie.partition("=")
        assert name.startswith("__Host-fairgo-")
        assert {"httponly", "path=/", "secure", "samesite=lax"} <= {
            part.strip().lower() for part in rest.split(";")
        }
        assert "domain" not in rest.lower()
    assert reply.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "forge", ["x", "", "a.b.c", "{token}.9999999999.{mark}", "{token}.{used}.AAAA", "\u00ff"]
)
def test_a_forged_cookie_opens_nothing(house, priya, hands, forge):
    browser = Browser(house)
    browser.sign_in(priya[1], hands)
    token, used, mark = browser.client.cookies[cookies.SESSION].split(".")
    forged = forge.format(token=token, used=used, mark=mark)
    stranger = Browser(house)
    reply = stranger.client.get(
        "/console/thing", headers={"cookie": f"{cookies.SESSION}={forged}".encode("latin-1")}
    )
    assert reply.url.path == "/console/sign-in"


def test_a_session_ends_when_it_lies_idle_and_after_twelve_hours_whatever_is_done(house, priya, hands):
    browser = Browser(house)
    browser.sign_in(priya[1], hands)
    hands.forward(minutes=29)
    assert browser.open("/console/thing").status_code == 200
    hands.forward(minutes=29)
    assert browser.open("/console/thing").url.path == "/console/thing"
    hands.forward(minutes=31)
    assert browser.open("/console/thing").url.path == "/console/sign-in"
    browser.sign_in(priya[1], hands)
    for _ in range(26):
        hands.forward(minutes=28)
        last = browser.open("/console/thing")
    assert last.url.path == "/console/sign-in"


def test_listening_for_news_does_not_keep_a_session_alive(house, priya, hands):
    browser = Browser(house)
    browser.sign_in(priya[1], hands)
    for _ in range(2):
        hands.forward(minutes=16)
        browser.client.get("/console/live", headers={"accept": "text/event-stream"})
    assert browser.open("/console/thing").url.path == "/console/sign-in"


def test_signing_out_ends_the_session_here_and_not_only_in_the_browser(house, priya, hands):
    browser = Browser(house)
    browser.sign_in(priya[1], hands)
    stolen = browser.client.cookies[cookies.SESSION]
    reply = browser.send("/console/sign-out")
    assert "You are signed out." in reply.text
    thief = Browser(house)
    thief.client.cookies.set(cookies.SESSION, stolen)
    assert thief.open("/console/thing").url.path == "/console/sign-in"


def test_a_program_gets_a_problem_and_no_page(house):
    reply = Browser(house).client.get("/console/thing", headers={"accept": "application/json"})
    assert reply.status_code == 401
    assert reply.json()["code"] == "sign_in_needed"


@pytest.mark.parametrize(
    "wanted",
    [
        "https://evil.example/",
        "//evil.example/console/",
        "/\\evil.example",
        "/console/../evil",
        "/console/%2e%2e/evil",
        "/console/%2E./evil",
        "/console/./x",
        "/evil",
        "/consolevil",
        "javascript:alert(1)",
        "/console//evil.example\r\nset-cookie: a=b",
        "/console/ü",
        "/console/sign-out",
        "/console/sign-in/again",
        "",
    ],
)
def test_signing_in_leads_nowhere_else(wanted):
    assert safe_next(Request({"type": "http", "root_path": "/console"}), wanted) == "/console/"


@pytest.mark.parametrize("wanted", ["/console/", "/console/thing?a=b&c=%20d", "/console/evidence/leaf/0a.1"])
def test_pages_of_the_console_are_led_to(wanted):
    assert safe_next(Request({"type": "http", "root_path": "/console"}), wanted) == wanted


def test_an_address_elsewhere_is_forgotten_on_the_way_in(house, priya, hands):
    browser = Browser(house)
    browser.open("/console/sign-in", params={"next": "https://evil.example/"})
    browser.send("/console/sign-in", {"name": NAME, "password": PASSWORD})
    reply = browser.client.post("/console/sign-in/code", data={"token": browser.token, "code": code_of(priya[1], hands)}, follow_redirects=False)  # fmt: skip
    assert reply.headers["location"] == "/console/"


def test_a_form_from_elsewhere_does_nothing(house, priya, hands):
    browser, other = Browser(house), Browser(house)
    browser.sign_in(priya[1], hands)
    other.sign_in(priya[1], hands)
    stolen = other.token
    for token in (stolen, "", "x.y", None):
        reply = browser.client.post("/console/thing", data={"words": "hello"} | ({"token": token} if token is not None else {}))  # fmt: skip
        assert reply.status_code == 403
    reply = browser.client.post(
        "/console/thing", data={"token": browser.token}, headers={"sec-fetch-site": "cross-site"}
    )
    assert reply.status_code == 403
    assert browser.send("/console/thing", {"words": "hello"}).json() == {"words": "hello"}


def test_who_has_roles_in_two_tenants_goes_over(house, ledger, hands):
    identity, secret = a_member(ledger)
    with ledger.recorded() as tx:
        accounts.give_role(tx, identity, accounts.Grant("north", Role.ANALYST))
    browser = Browser(house)
    assert browser.sign_in(secret, hands).json()["tenant"] == "main"
    account = browser.open("/console/account").text
    offered = re.findall(r'<option value="(\w+)"( selected)?>(?:main|north)<', account)
    assert offered == [("main", " selected"), ("north", "")]
    reply = browser.send("/console/sign-in/tenant", {"tenant": "north"})
    assert (reply.json()["tenant"], reply.json()["roles"]) == ("north", ["analyst"])
    assert browser.send("/console/sign-in/tenant", {"tenant": "south"}).status_code == 403


def test_who_has_roles_in_one_tenant_is_offered_no_other(house, ledger, hands, priya):
    with ledger.recorded() as tx:
        ended = accounts.Grant("north", Role.ANALYST, until=hands.now)
        accounts.give_role(tx, priya[0], ended)
    browser = Browser(house)
    browser.sign_in(priya[1], hands)
    assert 'action="/console/sign-in/tenant"' not in browser.open("/console/account").text
