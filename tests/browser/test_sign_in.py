"""Signing in with a real browser: password and app with JavaScript off, passkeys by a virtual device, a provider."""

import re
import time
from threading import Event

import pyotp
import pytest
from argon2 import PasswordHasher
from sqlalchemy import text
from starlette.applications import Starlette
from starlette.routing import Mount

from fairgo.assemble import console as console_of
from fairgo.assemble import overview
from fairgo.console.measuring import Measured
from fairgo.console.sign_in.app import entrance
from fairgo.console.sign_in.cookies import SESSION
from fairgo.staff import accounts, factors, totp
from fairgo.staff.accounts import Grant
from fairgo.staff.rights import Role
from tests.serving import fairgo, policy_folder
from tests.staff.providers import ADA, CLIENT, mock_provider

PASSWORD = "tram window lemon choir"
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
STAFF = """[provider]
title = "Banksia ID"
issuer = "{issuer}"
client_id = "{client}"
roles = [{{ value = "fairgo-owners", role = "owner" }}]
"""


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """A whole Fairgo whose staff may also sign in with a provider."""
    folder = tmp_path_factory.mktemp("sign-in")
    with mock_provider(ADA) as issuer:
        policy = policy_folder(folder / "policy-folder")
        (policy / "policy" / "staff.toml").write_text(STAFF.format(issuer=issuer, client=CLIENT))
        secret = policy / "keys" / "oidc.secret"
        secret.write_text("not so secret\n")
        secret.chmod(0o600)
        with fairgo(folder, "http://127.0.0.1:9/v1") as running:
            yield running


@pytest.fixture
def console(house):
    """Where the console is. Passkeys are tied to a name, so not under a bare address."""
    return house.base.replace("127.0.0.1", "localhost") + "/console"


@pytest.fixture
def member(house):
    """A function that makes an account which is set up, and gives the secret of its app."""

    def make(name):
        secret = totp.new_secret()
        hashed = PasswordHasher().hash(PASSWORD)
        with house.house.ledger.recorded() as tx:
            identity = accounts.create(tx, name, [Grant("main", Role.OWNER)])
            accounts.set_password(tx, identity, hashed)
            factors.set_app(tx, identity, secret, step=1)
        return secret

    return make


@pytest.fixture
def link(house, console):
    """A function that makes an account, and gives the link to set it up."""

    def make(name):
        with house.house.ledger.recorded() as tx:
            identity = accounts.create(tx, name, [Grant("main", Role.OWNER)])
            return f"{console}/sign-in/invited/{accounts.invite(tx, identity)}"

    return make


def code(secret):
    return pyotp.TOTP(secret).at(time.time())


def enter(page, name, secret):
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("Code").fill(code(secret))
    page.get_by_role("button", name="Sign in", exact=True).click()


def signed_in_as(page):
    page.wait_for_url(re.compile("/console/$"))
    return page.locator(".who .name").inner_text()


def test_password_and_app_from_the_link_to_signing_out_with_javascript_off(link, console, open_page):
    page = open_page(link("Priya"), java_script_enabled=False)
    page.get_by_label("New password").fill(PASSWORD)
    page.get_by_label("The same once more").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    secret = page.locator("#secret").inner_text().replace(" ", "")
    page.get_by_label("Code").fill(code(secret))
    page.get_by_role("button", name="Add the app").click()
    codes = page.locator("#codes code").all_inner_texts()
    assert len(codes) == 10
    page.get_by_role("link", name="I have kept them: go on").click()
    assert signed_in_as(page) == "Priya"
    page.locator(".who summary").click()
    page.get_by_role("button", name="Sign out").click()
    assert page.get_by_role("status").inner_text() == "You are signed out."
    page.goto(f"{console}/evidence")
    assert page.get_by_role("heading", level=1).inner_text() == "Sign in"
    page.get_by_label("Name").fill("priya")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("Code").fill(codes[4])
    page.get_by_role("button", name="Sign in", exact=True).click()
    assert page.url == f"{console}/evidence"


def test_by_keyboard_alone(member, console, open_page):
    secret = member("Keys")
    page = open_page(f"{console}/")
    page.get_by_label("Name").focus()
    page.keyboard.type("Keys")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/sign-in/code$"))
    while page.evaluate("document.activeElement.id") != "code":
        page.keyboard.press("Tab")
    page.keyboard.type(code(secret))
    page.keyboard.press("Enter")
    assert signed_in_as(page) == "Keys"


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_the_cookie_is_taken_on_this_machine_without_https(member, console, open_page, host):
    secret = member(f"Host {host}")
    page = open_page(console.replace("localhost", host) + "/")
    enter(page, f"Host {host}", secret)
    assert signed_in_as(page) == f"Host {host}"
    (cookie,) = [one for one in page.context.cookies() if one["name"] == SESSION]
    assert (cookie["secure"], cookie["httpOnly"], cookie["sameSite"], cookie["path"]) == (
        True,
        True,
        "Lax",
        "/",
    )
    assert page.evaluate("document.cookie") == ""


def test_a_wrong_password_is_told_beside_its_field_and_to_screen_readers(member, console, open_page):
    member("Wrong")
    page = open_page(f"{console}/sign-in")
    page.get_by_label("Name").fill("Wrong")
    page.get_by_label("Password").fill("not the password")
    page.get_by_role("button", name="Go on").click()
    assert "do not fit together" in page.get_by_role("alert").first.inner_text()
    assert page.get_by_label("Name").input_value() == "Wrong"
    assert page.get_by_label("Password").input_value() == ""
    assert page.get_by_label("Password").get_attribute("aria-describedby") == "wrong-words"


def test_a_passkey_is_made_from_a_link_used_to_sign_in_and_proves_anew(link, console, open_page):
    page = open_page(link("Passkey"))
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    device = session.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})["authenticatorId"]
    page.get_by_label("A name for this passkey").fill("work laptop")
    page.get_by_role("button", name="Make a passkey").click()
    assert signed_in_as(page) == "Passkey"
    assert len(session.send("WebAuthn.getCredentials", {"authenticatorId": device})["credentials"]) == 1
    page.goto(f"{console}/account")
    assert "work laptop" in page.locator("#passkey").inner_text()
    page.context.clear_cookies()
    page.goto(f"{console}/sign-in?next=/console/account")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url(f"{console}/account")
    page.goto(f"{console}/sign-in/again?next=/console/account")
    before = page.context.cookies()
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url(f"{console}/account")
    assert before != page.context.cookies()


def test_whoever_turns_the_passkey_away_can_go_on_otherwise(member, console, open_page):
    secret = member("Refuser")
    page = open_page(f"{console}/sign-in")
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE | {"isUserVerified": False}})
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.get_by_text("No passkey was used.").wait_for()
    enter(page, "Refuser", secret)
    assert signed_in_as(page) == "Refuser"


def test_a_provider_signs_one_in(console, browser):
    # It is another site, so this page has a context of its own, without the guard against leaving.
    context = browser.new_context()
    context.set_default_timeout(10_000)
    page = context.new_page()
    page.goto(f"{console}/evidence")
    page.get_by_role("link", name="Sign in with Banksia ID").click()
    page.get_by_role("button", name="ada", exact=True).click()
    page.wait_for_url(f"{console}/evidence")
    assert page.locator(".who .name").inner_text() == "Ada Byron"
    context.close()


def test_the_demos_visitor_takes_another_role_with_javascript_off(
    house, serve, open_page, faults_in_every_look
):
    running = house.house
    visited = Starlette(
        routes=[
            Mount(
                "/console",
                console_of(running, Measured(overview(running)), entrance(running, demo=True), Event()),
            )
        ]
    )
    page = open_page(f"{serve(visited)}/console/evidence", java_script_enabled=False)
    assert "Demo: you are signed in as owner." in page.locator("body").inner_text()
    page.get_by_label("Go on as").select_option("privacy_officer")
    page.get_by_role("button", name="Switch").click()
    assert page.url.endswith("/console/evidence")
    assert "Demo: you are signed in as privacy officer." in page.locator("body").inner_text()
    page.goto(page.url.replace("/evidence", "/jobs"))
    assert "Demo: you are signed in as privacy officer." in page.locator("body").inner_text()
    assert faults_in_every_look(open_page(page.url)) == {}


def test_axe_finds_nothing_on_any_page_of_signing_in(link, member, console, open_page, faults_in_every_look):
    found = {}

    def look(name):
        faults = faults_in_every_look(page)
        if faults:
            found[name] = faults

    page = open_page(f"{console}/sign-in")
    look("start")
    page.get_by_label("Name").fill("nobody")
    page.get_by_label("Password").fill("not the password")
    page.get_by_role("button", name="Go on").click()
    look("wrong")
    page.goto(link("Axe"))
    look("link")
    page.get_by_label("New password").fill("short")
    page.get_by_label("The same once more").fill("short")
    page.get_by_role("button", name="Go on").click()
    look("weak password")
    page.get_by_label("New password").fill(PASSWORD)
    page.get_by_label("The same once more").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    look("second step")
    secret = page.locator("#secret").inner_text().replace(" ", "")
    page.get_by_label("Code").fill(code(secret))
    page.get_by_role("button", name="Add the app").click()
    look("recovery codes")
    page.goto(f"{console}/account")
    look("account")
    page.goto(f"{console}/account/app")
    look("another app")
    page.goto(f"{console}/sign-in/again")
    look("again")
    page.goto(f"{console}/sign-in/invited/nothing")
    look("no such link")
    page.context.clear_cookies()
    second = member("Axe too")
    page.goto(f"{console}/sign-in")
    page.get_by_label("Name").fill("Axe too")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    look("code")
    page.get_by_label("Code").fill(code(second))
    assert found == {}


def test_what_was_typed_before_the_session_ended_is_offered_again(
    member, house, console, open_page, axe_violations
):
    secret = member("Late")
    page = open_page(f"{console}/")
    enter(page, "Late", secret)
    signed_in_as(page)
    page.evaluate("""token => {
        const form = document.createElement("form");
        form.method = "post";
        form.id = "late";
        form.action = "/console/notices/preferences";
        for (const [name, value] of Object.entries({token, address: "late@banksia.example"})) {
            const field = document.createElement("input");
            field.name = name;
            field.value = value;
            form.append(field);
        }
        document.body.append(form);
    }""", page.locator("input[name=token]").first.input_value())  # fmt: skip
    with house.house.ledger.recorded() as tx:
        identity = accounts.named(tx.connection, "Late").id
        tx.execute(
            text("UPDATE staff_session SET ends_at = '2026-01-01 00:00:00' WHERE member = :m"),
            {"m": identity},
        )
        accounts.enable(tx, identity)
    page.evaluate("document.getElementById('late').submit()")
    page.get_by_text("What you typed is kept").wait_for()
    page.get_by_label("Name").fill("Late")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    with house.house.ledger.recorded() as tx:
        codes = totp.new_recovery_codes()
        factors.set_recovery_codes(tx, identity, codes)
    page.get_by_label("Code").fill(codes[0])
    page.get_by_role("button", name="Sign in", exact=True).click()
    assert page.get_by_label("Address").input_value() == "late@banksia.example"
    assert axe_violations(page) == ""
