import pytest

from fairgo.web.guards import CONTENT_SECURITY_POLICY, host_of, is_loopback
from tests.web.sites import a_client

HTML = {"accept": "text/html"}


@pytest.mark.parametrize("path", ["/here/show", "/here/crash", "/here/theirs", "/here/nothing", "/here/post"])
def test_every_reply_has_the_security_headers(path):
    headers = a_client().get(path, headers=HTML).headers
    assert headers["content-security-policy"] == CONTENT_SECURITY_POLICY
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert headers["cache-control"] == "no-store"


def test_a_refusal_has_them_too():
    refused = a_client(guarded=True, host="evil.example").get("/here/show")
    assert refused.status_code == 400
    assert refused.headers["content-security-policy"] == CONTENT_SECURITY_POLICY


def test_the_policy_allows_nothing_inline_and_nothing_foreign():
    assert "default-src 'none'" in CONTENT_SECURITY_POLICY
    assert "unsafe" not in CONTENT_SECURITY_POLICY
    assert "http" not in CONTENT_SECURITY_POLICY


@pytest.mark.parametrize(
    "host", ["localhost", "LOCALHOST:8088", "127.0.0.1:8088", "[::1]:8088", "localhost."]
)
def test_an_allowed_host_gets_in(host):
    assert a_client(guarded=True).get("/here/show", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "localhost.evil.example",
        "127.0.0.1.nip.example",
        "x@localhost",
        "localhost:port",
        "",
        "[::1",
    ],
)
def test_another_host_is_refused(host):
    assert a_client(guarded=True).get("/here/show", headers={"host": host}).status_code == 400


def test_two_hosts_are_refused():
    doubled = [("host", "localhost"), ("host", "localhost")]
    assert a_client(guarded=True).get("/here/show", headers=doubled).status_code == 400


@pytest.mark.parametrize(
    ("header", "host"),
    [("A.Example:80", "a.example"), ("[::1]", "::1"), ("a/b", ""), ("a?b", ""), ("a#b", ""), ("a:99999", "")],
)
def test_the_host_in_a_header(header, host):
    assert host_of(header) == host


@pytest.mark.parametrize("client", ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"])
def test_this_machine_gets_in(client):
    assert a_client(guarded=True, client=client).get("/here/show").status_code == 200


@pytest.mark.parametrize(
    "client", ["192.0.2.7", "10.0.0.1", "2001:db8::1", "::ffff:192.0.2.7", "testclient", ""]
)
def test_another_machine_is_refused(client):
    assert not is_loopback(client)
    assert a_client(guarded=True, client=client).get("/here/show").status_code == 403


@pytest.mark.parametrize("header", ["x-forwarded-for", "forwarded", "x-real-ip"])
def test_behind_a_proxy_nobody_counts_as_this_machine(header):
    reply = a_client(guarded=True).get("/here/show", headers={header: "127.0.0.1"})
    assert reply.status_code == 403


FORM = {"content-type": "application/x-www-form-urlencoded"}


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "cross-site", "origin": "http://localhost"},
        {"origin": "http://evil.example"},
        {"origin": "http://localhost:9999"},
        {"origin": "file://"},
    ],
)
def test_a_cross_site_post_is_refused(headers):
    reply = a_client().post("/here/post", content="a=1", headers=FORM | headers)
    assert reply.status_code == 403
    assert reply.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "same-origin"},
        {"sec-fetch-site": "none"},
        {"sec-fetch-site": "same-origin", "origin": "null"},
        {"origin": "http://localhost"},
        {"origin": "null"},
        {},
    ],
)
def test_a_post_of_our_own_gets_in(headers):
    assert a_client().post("/here/post", content="a=1", headers=FORM | headers).text == "[('a', '1')]"


def test_a_cross_site_link_to_a_page_is_no_change_and_gets_in():
    assert a_client().get("/here/show", headers={"sec-fetch-site": "cross-site"}).status_code == 200
