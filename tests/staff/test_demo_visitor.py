"""The demo's visitor: signed in without an account, in a role that can be switched, and told so; only in the demo."""

import pytest

from fairgo.console.sign_in import app as sign_in
from fairgo.console.sign_in import cookies
from fairgo.staff.rights import Role
from fairgo.web.guards import LoopbackOnly
from tests.house.tree import SOURCE, files, read
from tests.staff.signing import Browser, a_console, an_entrance


@pytest.fixture
def entrance(ledger):
    return an_entrance(ledger, demo_systems=frozenset({"assistant"}))


@pytest.fixture
def browser(entrance):
    return Browser(a_console(entrance))


def test_the_visitor_is_an_owner_at_first_and_needs_no_cookie(browser):
    reply = browser.open("/console/thing")
    assert (reply.json()["id"], reply.json()["roles"]) == ("demo", ["owner"])
    assert browser.open("/console/sign-in").url.path == "/console/"


@pytest.mark.parametrize("role", list(Role))
def test_every_role_can_be_taken_and_every_page_says_so(browser, role):
    browser.open("/console/account")
    reply = browser.send("/console/sign-in/demo", {"role": role.value, "next": "/console/account"})
    assert reply.url.path == "/console/account"
    assert f"Demo: you are signed in as {role.value.replace('_', ' ')}." in reply.text
    assert browser.open("/console/").json()["roles"] == [role.value]


def test_switching_takes_a_form_of_ones_own_and_a_role_that_exists(entrance, browser):
    other = Browser(a_console(entrance))
    other.open("/console/account")
    browser.open("/console/account")
    stolen = browser.client.post("/console/sign-in/demo", data={"token": other.token, "role": "staff"})
    assert stolen.status_code == 403
    browser.open("/console/account")
    assert browser.send("/console/sign-in/demo", {"role": "king"}).status_code == 400
    assert browser.open("/console/").json()["roles"] == ["owner"]


def test_a_forged_role_is_no_role(browser):
    browser.open("/console/account")
    browser.client.cookies.clear()
    reply = browser.client.get("/console/", headers={"cookie": f"{cookies.DEMO}=staff.abc.AAAA"})
    assert reply.json()["roles"] == ["owner"]


def test_outside_the_demo_there_is_no_visitor_and_nothing_to_switch(ledger, entrance):
    visitor = Browser(a_console(entrance))
    visitor.open("/console/account")
    cookie = visitor.client.cookies[cookies.DEMO]
    stranger = Browser(a_console(an_entrance(ledger)))
    stranger.client.cookies.set(cookies.DEMO, cookie)
    assert stranger.open("/console/").url.path == "/console/sign-in"
    assert (
        stranger.client.post("/console/sign-in/demo", data={"role": "owner"}).url.path == "/console/sign-in"
    )


def test_the_demo_answers_on_this_machine_alone_even_with_an_address(ledger):
    guards = sign_in.guards(an_entrance(ledger, demo_systems=frozenset(), address="https://fairgo.example"))
    assert LoopbackOnly in [guard.cls for guard in guards]
    assert "fairgo.example" not in guards[0].kwargs["allowed"]


def test_only_the_demo_makes_a_house_of_the_demo():
    asks = [
        path.relative_to(SOURCE).as_posix()
        for path in files(".py", under=SOURCE)
        if "demo=True" in read(path)
    ]
    assert sorted(asks) == ["console/sign_in/visitor.py", "demo/run.py"]
