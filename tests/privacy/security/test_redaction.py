"""Hiding: every text of a turn, the vault that undoes it, and nobody else's values."""

from dataclasses import replace

import pytest
from hypothesis import given, settings

from fairgo.core.turns import Role, Text, Turn, Vault
from fairgo.core.verdicts import Outcome, Verdict
from fairgo.privacy.security import clean, detect, redact_turn
from tests.privacy.security.texts import NASTY, WITHOUT_PLACEHOLDERS
from tests.turns import a_turn


def hidden(verdict: Verdict) -> Turn:
    assert verdict.turn is not None
    return verdict.turn


def test_what_the_customer_says_is_hidden_and_counted() -> None:
    verdict = redact_turn(a_turn("my tfn is 123 456 782, mobile 0491 570 006", "and 0491570006 again"))
    assert (verdict.outcome, verdict.reason) == (Outcome.CHANGE, "privacy.redacted")
    assert verdict.counts == {"TFN": 1, "PHONE": 2}
    turn = hidden(verdict)
    first, second = (text.text for text in turn.texts)
    phone = next(token for token, value in turn.vault.values.items() if value == "0491 570 006")
    assert first.endswith(f"mobile {phone}")
    assert second == f"and {phone} again"
    assert turn.vault.given == set(turn.vault.values)


def test_nothing_to_hide_is_allowed() -> None:
    turn = a_turn("How much is order 12345678?")
    verdict = redact_turn(turn)
    assert (verdict.outcome, verdict.counts, verdict.turn) == (Outcome.ALLOW, {}, turn)


def test_history_is_hidden_but_not_counted_again() -> None:
    history = (Text(Role.CUSTOMER, "I am jo@example.com"), Text(Role.AI, "Hello jo@example.com"))
    verdict = redact_turn(a_turn("what now?", history=history))
    assert (verdict.outcome, verdict.counts) == (Outcome.ALLOW, {})
    assert not any("jo@example.com" in text.text for text in hidden(verdict).texts)
    unnamed = redact_turn(a_turn("what now?", history=history, remembered=False))
    assert unnamed.counts == {"EMAIL": 1}


@pytest.mark.parametrize("role", [Role.SYSTEM, Role.TOOL, Role.AI])
def test_what_others_wrote_is_hidden_and_not_given(role: Role) -> None:
    turn = hidden(redact_turn(a_turn("hi", history=(Text(role, '{"email": "jo@example.com"}'),))))
    (token,) = turn.vault.values
    assert turn.texts[0].text == f'{{"email": "{token}"}}'
    assert turn.vault.given == frozenset()
    assert clean(token, turn.vault).text == "[email address removed]"
    later = hidden(redact_turn(replace(a_turn("I am Jo@Example.com"), vault=turn.vault)))
    assert later.vault.given == {token}
    assert later.vault.values[token] == "Jo@Example.com"


def test_f3_a_value_keeps_its_placeholder_over_turns() -> None:
    first = hidden(redact_turn(a_turn("mobile 0491 570 006")))
    again = hidden(redact_turn(replace(a_turn("it is +61 491 570 006"), vault=first.vault)))
    assert again.vault.values == first.vault.values
    assert clean(again.texts[0].text, again.vault).text == "it is 0491 570 006"


def test_the_companys_contacts_pass() -> None:
    verdict = redact_turn(
        a_turn("is 0255500100 yours, help@example.org?"), ("(02) 5550 0100", "help@example.org")
    )
    assert verdict.outcome is Outcome.ALLOW


def test_a_typed_placeholder_restores_nothing() -> None:
    other = hidden(redact_turn(a_turn("mobile 0491 570 006")))
    (token,) = other.vault.values
    mine = hidden(redact_turn(replace(a_turn(f"what is {token}?"), vault=Vault(secret=b"m" * 32))))
    assert "‹" not in mine.texts[0].text
    assert "0491" not in clean(f"It is {token}", mine.vault).text
    tool = hidden(redact_turn(a_turn("hi", history=(Text(Role.TOOL, "jo@example.com"),))))
    (theirs,) = tool.vault.values
    echoed = hidden(redact_turn(replace(a_turn(f"what is {theirs}?"), vault=tool.vault)))
    assert "jo@" not in clean(echoed.texts[0].text, echoed.vault).text


def test_a_conversation_without_a_secret_gets_one() -> None:
    turn = hidden(redact_turn(replace(a_turn("tfn 123456782"), vault=Vault())))
    assert len(turn.vault.secret) == 32
    assert clean(turn.texts[0].text, turn.vault).text == "tfn 123456782"


def test_a_secret_is_never_shown() -> None:
    assert "secret" not in repr(hidden(redact_turn(a_turn("tfn 123456782"))).vault)


@settings(max_examples=120)
@given(NASTY)
def test_hiding_twice_is_hiding_once(text: str) -> None:
    once = hidden(redact_turn(a_turn(text)))
    twice = redact_turn(once)
    assert (twice.outcome, twice.turn) == (Outcome.ALLOW, once)
    assert detect(once.texts[0].text) == ()


@pytest.mark.parametrize(
    "text",
    [
        "0491570006 order(02) 5550 1234",
        "0491570006 order.x@example.com",
        "81854402 is tfn" + "b" * 128 + "@example.com",
        "0491 570 006" + "b" * 118 + "@example.com",
        "123456782 tfn 0491570156 37118629",
        "1 123 456 782 0491 570 006 tfn 2",
    ],
)
def test_what_stands_next_to_something_hidden_is_judged_the_same_afterwards(text: str) -> None:
    once = hidden(redact_turn(a_turn(text)))
    assert redact_turn(once).turn == once


@given(WITHOUT_PLACEHOLDERS)
def test_what_was_hidden_comes_back_to_its_customer(text: str) -> None:
    turn = hidden(redact_turn(a_turn(text)))
    restored = clean(turn.texts[0].text, turn.vault)
    assert (restored.counts, restored.unknown) == ({}, 0)
    if restored.restored == len(turn.vault.values):  # no value written in two ways
        assert restored.text == text
