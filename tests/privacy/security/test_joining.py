"""An identifier in several messages: each part is hidden where it stands, and comes back to its customer."""

from dataclasses import replace

import pytest

from fairgo.core.turns import Role, Text, Turn, Vault
from fairgo.privacy.security import clean, redact_turn
from tests.turns import a_turn


def hidden(turn: Turn) -> Turn:
    done = redact_turn(turn).turn
    assert done is not None
    return done


def said(*words: str) -> tuple[Text, ...]:
    """Words of the customer and the assistant in turn, the customer first."""
    return tuple(Text(Role.AI if i % 2 else Role.CUSTOMER, text) for i, text in enumerate(words))


DIALOGUES = [
    (("my tfn is", "Sure, go ahead."), "123 456 782", "123 456 782"),
    (("hi", "What is your Medicare number?"), "2123 45670 1", "2123 45670 1"),
    (("hi", "Thanks, jo@example.com. What is your tax file number?"), "81854402", "81854402"),
    (("my tfn is 123 456", "And the rest?"), "782", "782"),
    (("my mobile is 0491", "Yes?"), "570 006 thanks", "570 006"),
    (("my tfn is 123", "Yes?", "456", "And?"), "782", "782"),
    (("my card is 4111 1111", "go on"), "1111 1111", "1111 1111"),
    (("I am jo.blogs", "at?"), "@example.com", "@example.com"),
]


@pytest.mark.parametrize(("history", "now", "secret"), DIALOGUES)
def test_the_second_half_is_hidden_with_the_history_in_the_request(history, now: str, secret: str) -> None:
    turn = hidden(a_turn(now, history=said(*history)))
    assert secret not in turn.texts[-1].text
    assert clean(turn.texts[-1].text, turn.vault).text == now


@pytest.mark.parametrize(("history", "now", "secret"), DIALOGUES)
def test_and_from_what_was_kept_when_the_request_does_not_repeat_it(history, now: str, secret: str) -> None:
    """The first half went out a turn ago, before anybody could know."""
    vault = Vault(secret=b"s" * 32, earlier=said(*history))
    verdict = redact_turn(replace(a_turn(now), vault=vault))
    assert verdict.turn is not None
    assert len(verdict.turn.texts) == 1
    assert secret not in verdict.turn.texts[0].text
    assert sum(verdict.counts.values()) == 1
    assert clean(verdict.turn.texts[0].text, verdict.turn.vault).text == now


def test_two_messages_at_once() -> None:
    verdict = redact_turn(a_turn("my tfn is 123 456", "782"))
    assert verdict.turn is not None
    first, second = (text.text for text in verdict.turn.texts)
    assert "123" not in first
    assert "782" not in second
    assert clean(f"{first}|{second}", verdict.turn.vault).text == "my tfn is 123 456|782"
    assert (
        clean("so it is 123456782", verdict.turn.vault).text == "so it is 123456782"
    )  # the customer gave it


def test_a_part_is_not_the_whole() -> None:
    """Whoever sees the placeholder of a part in another conversation, or another part, learns nothing."""
    turn = hidden(a_turn("my tfn is 123 456", "782"))
    tokens = [text.text.split()[-1] for text in turn.texts]
    assert len(set(tokens)) == 2
    assert clean(tokens[0], Vault(secret=b"o" * 32)).text == "[tax file number removed]"


@pytest.mark.parametrize(
    ("history", "now"),
    [
        (("how much is 3", "of which?"), "2 months"),
        (("my order is 123 456", "And the rest?"), "782"),
        (("what is your opening hour", "9 to 5"), "and on 24 12 2026?"),
        (("it costs 49.90", "yes"), "123 456 782 pages"),
        (("my tfn is 123 456 782", "Thank you. Which order?"), "81854402"),
    ],
)
def test_what_only_stands_after_one_another_stays(history, now: str) -> None:
    assert hidden(a_turn(now, history=said(*history))).texts[-1].text == now


def test_hiding_a_conversation_twice_is_hiding_it_once() -> None:
    for history, now, _secret in DIALOGUES:
        once = hidden(a_turn(now, history=said(*history)))
        assert hidden(once) == once


def test_a_type_that_the_policy_does_not_hide_stays_in_its_parts_too() -> None:
    rules = a_turn("x").privacy.model_copy(update={"hidden": ("TFN", "IHI")})
    turn = replace(a_turn("my mobile is 0491", "570 006"), privacy=rules)
    assert [text.text for text in hidden(turn).texts] == ["my mobile is 0491", "570 006"]
