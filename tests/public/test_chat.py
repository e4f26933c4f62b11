"""The customer's journey without JavaScript: pages, forms, redirects."""

import re
from datetime import UTC, datetime
from html import unescape

import pytest
from starlette.routing import Mount
from starlette.testclient import TestClient

from fairgo.core.errors import EvidenceBroken, Misconfigured, UpstreamFailed
from fairgo.core.ports import Author, Line
from fairgo.public.app import app, time_words
from fairgo.public.words import ENGLISH
from tests.public.chats import AT, HUMAN_WAY, LABEL_AI, LABEL_PERSON, STATEMENT, Memory

SECRET = b"a made-up secret of thirty-two b"
HTML = {"accept": "text/html"}
JSON = {"accept": "application/json"}
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@pytest.fixture
def memory():
    return Memory()


@pytest.fixture
def client(memory):
    return a_client(memory)


def a_client(memory, *, scheme="http", **wording):
    public = app(memory.chat(**wording), secret=SECRET, clock=lambda: NOW)
    return TestClient(
        Mount("/you", public), base_url=f"{scheme}://localhost", headers=HTML, raise_server_exceptions=False
    )


def token_of(client):
    return re.search(r'name="token" value="([^"]+)"', client.get("/you/chat").text).group(1)


def post(client, path, headers=None, **fields):
    fields = {"token": token_of(client)} | fields
    return client.post(f"/you/chat{path}", data=fields, headers=headers or {}, follow_redirects=False)


def visible(text):
    """What is on the page for a customer: hidden parts, head, scripts' template and tags taken out."""
    text = re.sub(r"(?s)<head>.*?</head>|<template.*?</template>", "", text)
    text = re.sub(r"(?s)<(p|form|a)\b[^>]* hidden>.*?</\1>", "", text)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", text)).split())


def test_the_way_in_leads_to_the_chat(client):
    reply = client.get("/you/", follow_redirects=False)
    assert (reply.status_code, reply.headers["location"]) == (307, "/you/chat")


def test_the_statement_stands_before_any_message(client):
    text = client.get("/you/chat").text
    assert STATEMENT in visible(text)
    assert text.index(STATEMENT) < text.index('role="log"') < text.index("<textarea")
    assert ENGLISH.nothing_yet in visible(text)


def test_each_line_says_who_wrote_it(client, memory):
    assert post(client, "", words="When is my bill due?").headers["location"] == "/you/chat#latest"
    post(client, "/person")
    memory.a_person_writes("Hi, I am Priya.")
    text = client.get("/you/chat").text
    lines = re.findall(
        r'(?s)<li class="line" data-author="(\w+)".*?label-of">([^<]+)<.*?datetime="([^"]+)">([^<]+)<.*?dir="auto">([^<]+)<',
        text,
    )
    assert [line[:2] for line in lines] == [
        ("customer", ENGLISH.you),
        ("ai", LABEL_AI),
        ("notice", ENGLISH.notice),
        ("person", LABEL_PERSON),
    ]
    assert {line[2:4] for line in lines} == {(AT, "03:02 UTC")}
    assert lines[0][4] == "When is my bill due?"
    assert "<ol role" not in text


def test_a_sent_message_is_not_sent_again_by_loading_anew(client, memory):
    reply = post(client, "", words="Once")
    assert reply.status_code == 303
    client.get(reply.headers["location"])
    client.get(reply.headers["location"])
    assert memory.model_calls == 1


def test_talk_to_a_person(client, memory):
    before = visible(client.get("/you/chat").text)
    assert ENGLISH.talk_to_person in before
    assert HUMAN_WAY in before
    assert ENGLISH.waiting not in before
    assert post(client, "/person").headers["location"] == "/you/chat#latest"
    after = visible(client.get("/you/chat").text)
    assert f"{ENGLISH.waiting_now} {HUMAN_WAY}" in after
    assert f" {ENGLISH.talk_to_person} " not in after
    post(client, "", words="Are you there?")
    assert memory.model_calls == 0


def test_that_a_person_has_it_is_said_only_once_one_has_written(client, memory):
    post(client, "", words="Hello")
    post(client, "/person")
    text = visible(client.get("/you/chat").text)
    assert ENGLISH.waiting in text
    assert ENGLISH.joined not in text
    memory.a_person_writes("Hi, I am Priya.")
    text = visible(client.get("/you/chat").text)
    assert ENGLISH.joined_now in text
    assert ENGLISH.waiting not in text
    post(client, "/choice", ai="yes")
    post(client, "", words="Hello AI")
    post(client, "/person")
    text = visible(client.get("/you/chat").text)
    assert ENGLISH.waiting in text
    assert ENGLISH.joined not in text


def test_ai_comes_back_from_a_person_only_when_the_customer_chooses(client, memory):
    post(client, "/person")
    text = visible(client.get("/you/chat").text)
    assert ENGLISH.ai_paused in text
    assert ENGLISH.stop_ai in text
    assert ENGLISH.use_ai in text
    post(client, "", words="Hello")
    assert memory.model_calls == 0
    post(client, "/choice", ai="yes")
    assert STATEMENT in visible(client.get("/you/chat").text)
    post(client, "", words="Hello")
    assert memory.model_calls == 1


def test_the_ai_statement_is_gone_while_it_would_not_be_true(client):
    post(client, "/person")
    text = visible(client.get("/you/chat").text)
    assert STATEMENT not in text
    assert ENGLISH.waiting_now in text


def test_stop_and_use_again(client, memory):
    assert ENGLISH.stop_ai in visible(client.get("/you/chat").text)
    assert post(client, "/choice", ai="no").headers["location"] == "/you/chat#choices"
    text = visible(client.get("/you/chat").text)
    assert ENGLISH.use_ai in text
    assert ENGLISH.stop_ai not in text
    assert STATEMENT not in text
    assert f"{ENGLISH.ai_off} {HUMAN_WAY}" in text
    post(client, "", words="Hello")
    assert memory.model_calls == 0
    post(client, "/choice", ai="yes")
    text = visible(client.get("/you/chat").text)
    assert ENGLISH.stop_ai in text
    assert STATEMENT in text
    post(client, "", words="Hello")
    assert memory.model_calls == 1


@pytest.mark.parametrize("ai", [None, "", "YES", "on", "true", "1"])
def test_only_the_button_itself_gives_consent(client, memory, ai):
    post(client, "/choice", **({} if ai is None else {"ai": ai}))
    assert [item.ai_allowed for item in memory.conversations.values()] == [False]


@pytest.mark.parametrize("words", ["", "   ", "\r\n \t"])
def test_an_empty_message_is_told_beside_the_field(client, memory, words):
    reply = post(client, "", words=words)
    assert reply.status_code == 422
    assert ENGLISH.nothing_written in visible(reply.text)
    assert 'aria-invalid="true"' in reply.text
    assert "<title>Not sent:" in reply.text
    assert memory.conversations == {}


def test_a_message_over_4000_characters_is_kept_and_told(client, memory):
    long = "ö" * 4001
    reply = post(client, "", words=long)
    assert reply.status_code == 422
    assert "Your message has 4,001 characters. The limit is 4,000." in visible(reply.text)
    assert re.search(r"(?s)<textarea[^>]*>\n(.*?)</textarea>", reply.text).group(1) == long
    assert memory.conversations == {}
    assert post(client, "", words=long[1:]).status_code == 303


def test_line_ends_count_once(client, memory):
    assert post(client, "", words="ab\r\n" * 1333).status_code == 303
    (conversation,) = memory.conversations.values()
    assert conversation.lines[0].words == "ab\n" * 1332 + "ab"


def test_what_could_not_be_sent_is_kept(client, memory):
    memory.failing = UpstreamFailed("the assistant is down")
    reply = post(client, "", words="Please keep <this>")
    assert reply.status_code == 502
    assert ENGLISH.not_sent in visible(reply.text)
    assert "Please keep &lt;this&gt;</textarea>" in reply.text


@pytest.mark.parametrize("failing", [EvidenceBroken("no evidence of /srv/x"), ValueError("secret words")])
@pytest.mark.parametrize("path", ["/person", "/choice"])
def test_when_it_breaks_the_way_to_a_person_is_on_the_page(client, memory, failing, path, caplog):
    memory.failing = failing
    reply = post(client, path, ai="no")
    assert reply.status_code == 500
    assert HUMAN_WAY in visible(reply.text)
    assert 'href="/you/chat"' in reply.text
    for leak in ("/srv/x", "secret words"):
        assert leak not in reply.text + caplog.text


def test_a_log_never_has_the_customers_words(client, memory, caplog):
    memory.failing = UpstreamFailed("down")
    post(client, "", words="My name is Maria Rossi")
    memory.failing = RuntimeError("My name is Maria Rossi")
    post(client, "", words="My name is Maria Rossi")
    assert "fairgo" in caplog.text
    assert "Maria" not in caplog.text


def test_words_cannot_become_markup(client):
    post(client, "", words="</textarea><script>alert(1)</script>")
    text = client.get("/you/chat").text
    assert "<script>" not in text
    assert "&lt;script&gt;" in text


def test_the_cookie_is_random_signed_and_closed(client):
    cookie = client.get("/you/chat").headers["set-cookie"]
    assert re.match(r"fairgo-visitor=[\w-]{22}\.[\w-]{43};", cookie)
    attributes = {part.strip().lower() for part in cookie.split(";")[1:]}
    assert attributes == {"httponly", "samesite=lax", "path=/you", "max-age=2592000"}


def test_over_https_the_cookie_is_secure(memory):
    assert "; Secure" in a_client(memory, scheme="https").get("/you/chat").headers["set-cookie"]


def test_a_visitor_keeps_their_name_and_two_visitors_share_nothing(memory):
    one, two = a_client(memory), a_client(memory)
    post(one, "", words="Only mine")
    names = {one.cookies["fairgo-visitor"], two.get("/you/chat").cookies["fairgo-visitor"]}
    one.get("/you/chat")
    assert len(names | {one.cookies["fairgo-visitor"]}) == 2
    assert "Only mine" in one.get("/you/chat").text
    assert "Only mine" not in two.get("/you/chat").text


def test_a_changed_cookie_opens_nothing(client, memory):
    post(client, "", words="Only mine")
    name, _, signature = client.cookies["fairgo-visitor"].rpartition(".")
    for forged in (name, f"{name}.", f"{name}.{'A' * 43}", f"{'B' * 22}.{signature}", "", "x.y"):
        client.cookies.clear()
        reply = client.get("/you/chat", headers={"cookie": f"fairgo-visitor={forged}"})
        assert "Only mine" not in reply.text
        assert reply.cookies["fairgo-visitor"].split(".")[0] != name
        client.cookies.clear()
        assert client.get("/you/chat.json", headers={"cookie": f"fairgo-visitor={forged}"}).status_code == 403


@pytest.mark.parametrize("path", ["", "/person", "/choice"])
def test_nothing_is_done_without_the_visitors_own_token(memory, path):
    mine, theirs = a_client(memory), a_client(memory)
    for token in ("", "x.y", token_of(theirs)):
        reply = post(mine, path, token=token, words="Hello", ai="no")
        assert reply.status_code == 403
        assert HUMAN_WAY in visible(reply.text)
    token = token_of(mine)
    mine.cookies.clear()
    without = mine.post(f"/you/chat{path}", data={"token": token, "words": "Hello"}, follow_redirects=False)
    assert without.status_code == 403
    assert "Allow cookies" in visible(without.text)
    assert memory.conversations == {}


@pytest.mark.parametrize("path", ["", "/person", "/choice"])
def test_another_site_cannot_act_for_a_customer(client, memory, path):
    reply = post(client, path, {"sec-fetch-site": "cross-site"}, words="Hello", ai="yes")
    assert reply.status_code == 403
    assert memory.conversations == {}


@pytest.mark.parametrize("path", ["/person", "/choice"])
def test_looking_changes_nothing(client, path):
    assert client.get(f"/you/chat{path}").status_code == 405


def test_the_script_gets_the_same_lines_as_the_page(client, memory):
    reply = post(client, "", JSON, words="Hello")
    assert reply.status_code == 200
    twin = reply.json()
    assert twin == client.get("/you/chat.json").json()
    assert [line["label"] for line in twin["lines"]] == [ENGLISH.you, LABEL_AI]
    text = client.get("/you/chat").text
    assert all(line["words"] in text and line["time"] in text for line in twin["lines"])
    shown = set(re.findall(r'data-when="([a-z-]+)">', text))
    assert shown == {part for part, is_shown in twin["shown"].items() if is_shown}
    hidden = set(re.findall(r'data-when="([a-z-]+)" hidden>', text))
    assert hidden == {part for part, is_shown in twin["shown"].items() if not is_shown}


def test_the_script_is_told_what_is_wrong(client, memory):
    empty = post(client, "", JSON, words=" ")
    assert (empty.status_code, empty.json()) == (422, {"wrong": ENGLISH.nothing_written})
    memory.failing = UpstreamFailed("down")
    failed = post(client, "", JSON, words="Hello")
    assert (failed.status_code, failed.json()) == (502, {"wrong": ENGLISH.not_sent})


def test_a_stranger_has_no_lines(client):
    assert client.get("/you/chat.json").status_code == 403


def test_pages_are_not_kept_by_the_browser(client):
    for path in ("/you/chat", "/you/chat.json", "/you/nothing"):
        assert client.get(path).headers["cache-control"] == "no-store"


def test_the_page_has_no_script_or_style_of_its_own(client):
    text = client.get("/you/chat").text
    assert re.findall(r"<script[^>]*>[^<]", text) == []
    assert "style=" not in text
    assert "<style" not in text
    assert re.search(r"\son\w+=", text) is None
    assert set(re.findall(r'(?:src|href|action)="([^"#]+)"', text)) == {
        item for item in re.findall(r'"(/you/[^"#]+)"', text) if not item.endswith("chat.json")
    }


def test_the_companys_wording_is_escaped(memory):
    text = (
        a_client(memory, statement="<b>AI</b>", human_way="<i>call</i>", organisation="A & B")
        .get("/you/chat")
        .text
    )
    assert "<b>" not in text
    assert "<i>" not in text
    assert "A &amp; B" in text


@pytest.mark.parametrize(
    ("at", "words"),
    [
        ("2026-11-23T03:02Z", "03:02 UTC"),
        ("2026-11-22T23:59Z", "2026-11-22, 23:59 UTC"),
        ("2026-11-23T03:02:41+00:00", "03:02 UTC"),
    ],
)
def test_a_time_beside_a_message(at, words):
    assert time_words(at, NOW) == words


def test_it_answers_only_to_the_names_it_is_given(memory):
    public = Mount("/you", app(memory.chat(), secret=SECRET, hosts={"chat.banksia.example"}))
    reached = TestClient(public, base_url="https://chat.banksia.example").get("/you/chat")
    assert reached.status_code == 200
    refused = TestClient(public, base_url="http://evil.example").get("/you/chat")
    assert refused.status_code == 400
    assert "set-cookie" not in refused.headers


def test_a_short_secret_is_refused(memory):
    with pytest.raises(Misconfigured):
        app(memory.chat(), secret=b"short")


def test_a_visitor_name_is_what_the_chat_gets(client, memory):
    post(client, "", words="Hello")
    (visitor,) = memory.conversations
    assert client.cookies["fairgo-visitor"].startswith(f"{visitor}.")
    assert memory.conversations[visitor].lines[0] == Line(Author.CUSTOMER, "Hello", AT)
