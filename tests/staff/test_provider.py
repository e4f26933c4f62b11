"""Signing in with a provider: end to end against a real one, and against one that lies."""

import hashlib
import hmac
import json
import time
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from fairgo.console.sign_in import cookies
from fairgo.core.errors import Misconfigured
from fairgo.staff import accounts
from fairgo.staff.oidc import LOGOUT, Provider
from tests.staff.authenticator import text
from tests.staff.providers import ADA, BOB, CLIENT, FORGED, KEYS, configured, lying, mock_provider
from tests.staff.signing import Browser, a_console, an_entrance

BACK = "/console/sign-in/provider/back"


@pytest.fixture
def liar():
    with lying() as provider:
        yield provider


@pytest.fixture
def house(ledger, liar):
    return a_console(an_entrance(ledger, provider=Provider(configured(liar.issuer), "")))


def go(browser, path="/console/sign-in/provider?next=/console/thing"):
    """To the provider; gives the address that the browser is sent to."""
    return browser.client.get(path, follow_redirects=False).headers["location"]


def come_back(browser, liar, **changes):
    """There and back again, with what the browser brings changed."""
    brought = {**liar.come_back(go(browser)), **changes}
    return browser.open(BACK, params={name: value for name, value in brought.items() if value is not None})


def everyone(ledger):
    with ledger.store.reading() as connection:
        return accounts.everyone(connection)


def test_end_to_end_with_a_real_provider(ledger):
    with mock_provider(ADA, BOB) as issuer:
        house = a_console(an_entrance(ledger, provider=Provider(configured(issuer), "secret")))
        browser = Browser(house)
        assert "Sign in with Banksia ID" in browser.open("/console/sign-in").text
        asked = go(browser)
        query = {name: values[0] for name, values in parse_qs(urlsplit(asked).query).items()}
        assert query["code_challenge_method"] == "S256"
        assert min(len(query[name]) for name in ("state", "nonce", "code_challenge")) >= 43
        assert query["redirect_uri"] == f"http://localhost{BACK}"
        reply = httpx.post(asked, data={"sub": "ada"}, trust_env=False)
        back = urlsplit(reply.headers["location"])
        reply = browser.open(f"{back.path}?{back.query}")
        assert str(reply.url) == "https://localhost/console/thing"
        assert reply.json()["roles"] == ["owner"]
        stranger = Browser(house)
        back = urlsplit(httpx.post(go(stranger), data={"sub": "bob"}, trust_env=False).headers["location"])
        reply = stranger.open(f"{back.path}?{back.query}")
        assert "may not sign in here" in reply.text
    assert [one.name for one in everyone(ledger)] == ["Ada Byron"]


def test_whoever_the_provider_vouches_for_gets_the_roles_of_the_claim(house, liar, ledger):
    browser = Browser(house)
    assert come_back(browser, liar).json()["roles"] == ["owner"]
    (account,) = everyone(ledger)
    assert (account.name, account.login, account.password, account.standing) == (
        "Ada Byron",
        None,
        None,
        "active",
    )


def test_roles_follow_the_claim_at_every_sign_in(house, liar, ledger):
    come_back(Browser(house), liar)
    liar.claims = {**ADA, "groups": ["fairgo-analysts"], "name": "Ada King"}
    reply = come_back(Browser(house), liar)
    assert (reply.json()["roles"], reply.json()["tenant"]) == (["analyst"], "north")
    (account,) = everyone(ledger)
    assert account.name == "Ada King"
    liar.claims = {**ADA, "groups": []}
    assert "may not sign in here" in come_back(Browser(house), liar).text


def test_a_disabled_account_is_not_let_in(house, liar, ledger):
    come_back(Browser(house), liar)
    (account,) = everyone(ledger)
    with ledger.recorded() as tx:
        accounts.create(tx, "owner", [accounts.Grant("main", accounts.Role.OWNER)])
        accounts.disable(tx, account.id)
    assert "may not sign in here" in come_back(Browser(house), liar).text


def test_nobody_gets_an_account_whom_no_role_fits(house, liar, ledger):
    liar.claims = BOB
    assert "may not sign in here" in come_back(Browser(house), liar).text
    assert everyone(ledger) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"state": "another"},
        {"state": None},
        {"iss": "https://evil.example"},
        {"code": None},
        {"error": "access_denied"},
    ],
)
def test_what_the_browser_brings_must_fit(house, liar, ledger, changes):
    reply = come_back(Browser(house), liar, **changes)
    assert reply.status_code == 422
    assert everyone(ledger) == []


def test_a_provider_that_names_itself_in_answers_must_do_so_each_time(house, liar):
    liar.about = {"authorization_response_iss_parameter_supported": True}
    assert come_back(Browser(house), liar, iss=None).status_code == 422


@pytest.mark.parametrize(
    "changes",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"aud": "another-client"},
        {"aud": [CLIENT, "another"]},
        {"azp": "another-client"},
        {"iss": "https://evil.example"},
        {"exp": int(time.time()) - 3600},
        {"exp": None},
        {"sub": None},
        {"sub": "x" * 256},
    ],
)
def test_what_the_token_says_must_fit(house, liar, ledger, changes):
    liar.changes = changes
    reply = come_back(Browser(house), liar)
    assert reply.status_code == 422
    assert "does not fit" in reply.text
    assert everyone(ledger) == []


def test_a_token_signed_by_another_key_or_with_the_public_one_as_secret_is_refused(house, liar, ledger):
    liar.signs_with = FORGED["one"]
    assert come_back(Browser(house), liar).status_code == 422
    liar.signs_with, signed = None, liar.token
    for algorithm, key in (("HS256", liar.key.as_pem(private=False)), ("none", None)):

        def forged(algorithm=algorithm, key=key):
            said = signed().split(".")[1]
            head = text(json.dumps({"alg": algorithm, "kid": "one"}).encode())
            mark = b"" if key is None else hmac.new(key, f"{head}.{said}".encode(), hashlib.sha256).digest()
            return f"{head}.{said}.{text(mark)}"

        liar.token = forged
        assert come_back(Browser(house), liar).status_code == 422
    assert everyone(ledger) == []


def test_without_our_verifier_the_code_is_worth_nothing(house, liar):
    browser = Browser(house)
    brought = liar.come_back(go(browser))
    liar.asked["code_challenge"] = "of somebody else"
    assert browser.open(BACK, params=brought).status_code == 422


def test_an_answer_counts_once_and_only_in_the_browser_that_asked(house, liar):
    browser, other = Browser(house), Browser(house)
    brought = liar.come_back(go(browser))
    assert other.open(BACK, params=brought).status_code == 422
    entry = browser.client.cookies[cookies.ENTRY]
    assert browser.open(BACK, params=brought).status_code == 200
    thief = Browser(house)
    thief.client.cookies.set(cookies.ENTRY, entry)
    reply = thief.open(BACK, params=brought)
    assert reply.status_code == 422
    assert "used already" in reply.text


def test_keys_that_the_provider_has_changed_are_fetched_anew(ledger, liar):
    provider = Provider(configured(liar.issuer), "")
    house = a_console(an_entrance(ledger, provider=provider))
    assert come_back(Browser(house), liar).status_code == 200
    liar.key = KEYS["two"]
    provider._keys_at -= 11
    assert come_back(Browser(house), liar).status_code == 200
    fetched = liar.keys_fetched
    liar.signs_with = FORGED["two"]
    for _ in range(5):
        assert come_back(Browser(house), liar).status_code == 422
    assert liar.keys_fetched == fetched  # a flood of made-up tokens asks nothing


def test_a_claim_that_is_not_in_the_token_is_fetched_and_must_be_of_the_same_person(house, liar):
    liar.claims = {"sub": "ada", "name": "Ada"}
    liar.userinfo = {"sub": "ada", "groups": ["fairgo-owners"]}
    assert come_back(Browser(house), liar).json()["roles"] == ["owner"]
    liar.userinfo = {"sub": "somebody else", "groups": ["fairgo-owners"]}
    assert come_back(Browser(house), liar).status_code == 422


def test_a_claim_may_lie_deeper(ledger, liar):
    liar.claims = {"sub": "ada", "realm_access": {"roles": ["fairgo-owners"]}}
    provider = Provider(configured(liar.issuer, claim="realm_access.roles"), "")
    assert come_back(Browser(a_console(an_entrance(ledger, provider=provider))), liar).json()["roles"] == [
        "owner"
    ]


def test_a_silent_provider_is_said_and_other_ways_stay(ledger):
    provider = Provider(configured("http://127.0.0.1:9"), "")
    reply = Browser(a_console(an_entrance(ledger, provider=provider))).open("/console/sign-in/provider")
    assert reply.status_code == 502
    assert "does not answer" in reply.text


def test_a_step_up_is_proved_at_the_provider_just_now_by_the_same_person(house, liar, hands):
    browser = Browser(house)
    come_back(browser, liar)
    hands.forward(minutes=11)
    browser.open("/console/sign-in/again?next=/console/account")
    assert "Prove it with Banksia ID" in browser.page.text
    path = "/console/sign-in/provider?again=1&next=/console/account"
    asked = go(browser, path)
    assert "prompt=login" in asked
    assert "max_age=0" in asked
    for proved_at, sub in (
        (None, "ada"),
        (hands.now.timestamp() - 900, "ada"),
        (hands.now.timestamp(), "eve"),
    ):
        liar.changes = {"auth_time": None if proved_at is None else int(proved_at), "sub": sub}
        assert browser.open(BACK, params=liar.come_back(go(browser, path))).status_code == 422
    liar.changes = {"auth_time": int(hands.now.timestamp())}
    reply = browser.open(BACK, params=liar.come_back(go(browser, path)))
    assert reply.url.path == "/console/account"
    assert "prove first" not in reply.text


def test_the_provider_can_end_sessions(house, liar):
    liar.claims = {**ADA, "sid": "s1"}
    first = Browser(house)
    come_back(first, liar)
    liar.claims = {**ADA, "sid": "s2"}
    second = Browser(house)
    come_back(second, liar)
    caller = Browser(house)

    def ended(**said):
        token = liar.token(**{"nonce": None, "jti": "j1", "events": {LOGOUT: {}}, **said})
        return caller.client.post("/console/sign-in/provider/ended", data={"logout_token": token}).status_code

    for wrong in ({"events": {}}, {"nonce": "n"}, {"jti": None}, {"aud": "another"}):
        assert ended(**wrong) in {401, 403}
    assert first.open("/console/thing").status_code == 200
    assert ended(sid="s1") == 200
    assert first.open("/console/thing").url.path == "/console/sign-in"
    assert second.open("/console/thing").url.path == "/console/thing"
    assert ended(sid="s2") in {401, 403}  # the same token's id counts once
    assert ended(sid=None, jti="j2") == 200
    assert second.open("/console/thing").url.path == "/console/sign-in"


@pytest.mark.parametrize(
    "how",
    [
        {"issuer": "http://idp.example"},
        {"roles": [{"value": "x", "role": "king"}]},
        {"roles": [{"value": "x", "role": "auditor"}]},
    ],
)
def test_what_cannot_be_is_said_at_the_start(how):
    with pytest.raises(Misconfigured):
        Provider(configured(**{"issuer": "https://idp.example", **how}), "")


def test_without_the_extra_the_start_says_what_to_install(monkeypatch):
    monkeypatch.setattr("fairgo.staff.oidc.find_spec", lambda name: None if name == "authlib" else object())
    with pytest.raises(Misconfigured) as wrong:
        Provider(configured("https://idp.example"), "")
    assert "fairgo[oidc]" in wrong.value.hint


def test_a_provider_that_calls_itself_otherwise_is_refused(house, liar):
    liar.about = {"issuer": "https://evil.example"}
    assert Browser(house).open("/console/sign-in/provider").status_code == 500
