import logging

import pytest

from tests.web.sites import PRIVATE, a_client, a_site

HTML = {"accept": "text/html,application/xhtml+xml"}


@pytest.mark.parametrize("accept", ["text/html", "application/json", "*/*", ""])
@pytest.mark.parametrize("page", ["crash", "ours", "forgetful"])
def test_a_fault_of_our_own_gives_a_reference_and_no_value(page, accept, caplog):
    with caplog.at_level(logging.DEBUG):
        reply = a_client().get(f"/here/{page}", headers={"accept": accept})
    assert reply.status_code == 500
    logged = [record.getMessage() for record in caplog.records if record.name == "fairgo.web.problems"]
    assert len(logged) == 1
    reference = logged[0].split()[1].rstrip(":")
    assert reference in reply.text
    said = reply.text + caplog.text
    for leak in (PRIVATE, "Maria", "Traceback", "sites.py", "look there"):
        assert leak not in said
    assert "ValueError" not in reply.text


def test_the_log_names_class_and_place(caplog):
    a_client().get("/here/crash")
    assert "ValueError at tests.web.sites.crash:" in caplog.text


def test_the_users_mistake_is_told_with_message_and_hint_and_not_logged(caplog):
    reply = a_client().get("/here/theirs", headers=HTML)
    assert reply.status_code == 404
    assert reply.headers["content-type"].startswith("text/html")
    assert "No such thing." in reply.text
    assert "Try another." in reply.text
    assert "Reference" not in reply.text
    assert caplog.text == ""


def test_programs_get_problem_json():
    reply = a_client().get("/here/theirs")
    assert reply.headers["content-type"] == "application/problem+json"
    assert reply.json() == {
        "title": "Not Found",
        "status": 404,
        "detail": "No such thing.",
        "code": "not_found",
        "hint": "Try another.",
    }


def test_staff_are_told_what_is_broken():
    reply = a_client(a_site(frank=True)).get("/here/ours", headers=HTML)
    assert reply.status_code == 500
    assert "look there" in reply.text


def test_no_such_page_and_no_such_method_are_problems_like_all_others():
    client = a_client()
    missing = client.get("/here/<b>nothing</b>", headers=HTML)
    assert missing.status_code == 404
    assert "This page does not exist." in missing.text
    assert "nothing" not in missing.text
    wrong = client.get("/here/post")
    assert wrong.status_code == 405
    assert wrong.headers["allow"] == "POST"
    assert wrong.json()["detail"] == "This address does not take that kind of request."


def test_a_broken_template_still_gives_a_reference(caplog):
    reply = a_client(a_site(frame="{{ gone }}")).get("/here/crash", headers=HTML)
    assert reply.status_code == 500
    assert reply.headers["content-type"].startswith("text/plain")
    assert caplog.records[-1].getMessage().split()[1].rstrip(":") in reply.text


def test_a_reply_that_breaks_off_ends_the_connection_without_its_reason(caplog):
    client = a_client()
    client._transport.raise_server_exceptions = True
    with pytest.raises(Exception, match=r"the reply broke off, reference [0-9a-f]{8}") as broken:
        client.get("/here/breaks_off")
    assert broken.type.__name__ == "BrokeOff"
    assert broken.value.__suppress_context__
    assert PRIVATE not in caplog.text
