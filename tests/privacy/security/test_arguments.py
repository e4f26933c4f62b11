"""Tool calls: the customer's own values reach the tool, others' do not, and the JSON stays JSON."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairgo.privacy.security import Rules, restore_arguments
from tests.privacy.security.texts import NASTY, OTHERS_EMAIL, OWN_PHONE, OWN_TFN, VAULT

JSON = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), NASTY
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from("abcde"), inner, max_size=3)
    ),
    max_leaves=5,
)


def restored(value: Any, **how: Any) -> Any:
    return json.loads(restore_arguments(json.dumps(value, **how), VAULT).text)


@pytest.mark.parametrize("ascii_only", [True, False])
def test_own_values_go_in_and_others_come_out(ascii_only: bool) -> None:
    sent = {"call": OWN_PHONE, "to": ["jo@example.com", OTHERS_EMAIL], "note": f'say "hi"\n{OWN_TFN}', "n": 5}
    assert restored(sent, ensure_ascii=ascii_only) == {
        "call": "0491 570 006",
        "to": ["[email address removed]"] * 2,
        "note": 'say "hi"\n123 456 782',
        "n": 5,
    }


@pytest.mark.parametrize("name", ["tfn", "taxFileNumber", "customer_tfn", "tax-file-no", "TFN"])
def test_the_name_of_a_value_says_what_it_is(name: str) -> None:
    assert restored({name: "81854402"}) == {name: "[tax file number removed]"}
    assert restored({name: 81854402}) == {name: "[tax file number removed]"}
    assert restored({name: 123456782}) == {name: 123456782}
    assert restored({name: 1, "order": "81854402"}) == {name: 1, "order": "81854402"}


def test_what_was_done_is_counted() -> None:
    cleaned = restore_arguments(json.dumps([OWN_TFN, OTHERS_EMAIL, "‹TFN·aaaaaaaaaa›"]), VAULT)
    assert (cleaned.restored, cleaned.counts, cleaned.unknown) == (1, {"EMAIL": 1}, 1)


def test_contacts_pass() -> None:
    text = '{"to": "help@example.org"}'
    assert restore_arguments(text, VAULT, Rules(("help@example.org",))).text == text


@pytest.mark.parametrize(
    ("broken", "expected"),
    [
        (f'{{"call": "{OWN_PHONE}', '{"call": "0491 570 006'),
        ('{"call": "jo@example.com', '{"call": "[email address removed]'),
        ('{"call": ' + json.dumps(OWN_PHONE)[:-1], '{"call": "0491 570 006'),
        ('{"call": "‹PHONE·abc', '{"call": "[phone number removed]'),
        ("", ""),
    ],
)
def test_broken_json_is_cleaned_as_text(broken: str, expected: str) -> None:
    assert restore_arguments(broken, VAULT).text == expected


def test_untouched_arguments_are_the_same_to_the_byte() -> None:
    text = '{ "a" : [1.50, -2e3, "x\\u00e9\\/y"],\n"b":null , "c": 12345678901234567890 }'
    assert restore_arguments(text, VAULT).text == text


def shape(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: shape(inner) for key, inner in value.items()}
    return [shape(inner) for inner in value] if isinstance(value, list) else None


@given(JSON)
def test_the_structure_stays(value: Any) -> None:
    assert shape(restored(value)) == shape(value)


def test_a_nesting_too_deep_to_read_is_cleaned_as_text() -> None:
    text = "[" * 100_000 + '"jo@example.com"'
    assert "jo@" not in restore_arguments(text, VAULT).text
