import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairgo.core.errors import NotAllowed
from fairgo.web.forms import (
    LARGEST_FORM,
    MOST_FIELDS,
    check_form_token,
    form_token,
    random_name,
    sign,
    unsign,
)
from tests.web.sites import a_client

SECRET = b"s" * 32
FORM = {"content-type": "application/x-www-form-urlencoded"}


@given(st.text(min_size=1), st.text())
def test_what_was_signed_comes_back(value, purpose):
    assert unsign(SECRET, purpose, sign(SECRET, purpose, value)) == value


@given(st.text(min_size=1), st.data())
def test_one_changed_character_breaks_a_signature(value, data):
    signed = sign(SECRET, "cookie", value)
    place = data.draw(st.integers(0, len(signed) - 1))
    other = data.draw(st.characters().filter(lambda c: c != signed[place]))
    changed = signed[:place] + other + signed[place + 1 :]
    assert unsign(SECRET, "cookie", changed) is None


def test_another_secret_or_purpose_does_not_fit():
    signed = sign(SECRET, "cookie", "name")
    assert unsign(b"t" * 32, "cookie", signed) is None
    assert unsign(SECRET, "form", signed) is None
    assert unsign(SECRET, "cookie", "") is None
    assert unsign(SECRET, "cookie", ".") is None


def test_purpose_and_value_do_not_run_into_each_other():
    assert sign(SECRET, "a", "b/c").rpartition(".")[2] != sign(SECRET, "a/b", "c").rpartition(".")[2]


def test_a_form_token_is_for_one_visitor_and_new_each_time():
    token = form_token(SECRET, "visitor")
    check_form_token(SECRET, "visitor", token)
    assert form_token(SECRET, "visitor") != token
    for visitor, wrong in [("another", token), ("visitor", ""), ("visitor", token[:-1]), ("", token)]:
        with pytest.raises(NotAllowed):
            check_form_token(SECRET, visitor, wrong)


def test_a_random_name_is_128_bits():
    names = {random_name() for _ in range(1000)}
    assert len(names) == 1000
    assert {len(name) for name in names} == {22}


def test_a_form_is_read_with_blank_fields_and_any_alphabet():
    reply = a_client().post("/here/post", data={"a": "", "b": "größe 漢字 🙂", "c": "1 + 1 & 2"})
    assert reply.text == repr([("a", ""), ("b", "größe 漢字 🙂"), ("c", "1 + 1 & 2")])


def test_broken_utf_8_is_replaced_and_does_not_crash():
    assert a_client().post("/here/post", content=b"a=%ff\xff", headers=FORM).status_code == 200


@pytest.mark.parametrize(
    ("content", "type_"),
    [
        (b"{}", "application/json"),
        (b"a=1", "text/plain"),
        (b"a=" + b"x" * LARGEST_FORM, FORM["content-type"]),
        (b"&".join(b"f%d=1" % i for i in range(MOST_FIELDS + 1)), FORM["content-type"]),
    ],
)
def test_what_is_no_form_or_too_much_is_refused(content, type_):
    assert a_client().post("/here/post", content=content, headers={"content-type": type_}).status_code == 400
