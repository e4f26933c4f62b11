"""Texts outside a conversation: hidden, and given back to the letter, in whatever pieces they come."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairgo.core.hiding import Privacy
from fairgo.core.turns import Vault
from fairgo.privacy.security import Rules, detect, redact, restore
from fairgo.privacy.security.documents import Hider, Restorer
from tests.privacy.security.texts import NASTY, WITHOUT_PLACEHOLDERS

SIGNS = st.text(alphabet="‹›·TFNPHOE0123456789 abk3f&;lsaquo\\*%\n", max_size=60)
TEXTS = st.one_of(NASTY, SIGNS, st.text(max_size=60))
CUTS = st.lists(st.integers(0, 2000), max_size=20)


def pieces(text: str, cuts: list[int]) -> list[str]:
    places = sorted({0, *(cut % (len(text) + 1) for cut in cuts), len(text)})
    return [text[a:b] for a, b in pairwise(places)]


@settings(max_examples=150)
@given(TEXTS)
def test_what_was_hidden_comes_back_to_the_letter(text: str) -> None:
    done = redact(text)
    assert restore(done.text, done.vault) == text


@settings(max_examples=100)
@given(TEXTS)
def test_hiding_twice_is_hiding_once(text: str) -> None:
    once = redact(text)
    assert redact(once.text).text == once.text
    assert redact(once.text, vault=once.vault).text == once.text


@settings(max_examples=100)
@given(TEXTS, CUTS, CUTS)
def test_any_pieces_give_what_the_whole_gives(text: str, cuts: list[int], other: list[int]) -> None:
    hider = Hider(Vault(secret=b"s" * 32))
    said = "".join(map(hider.feed, pieces(text, cuts))) + hider.finish()
    whole = redact(text, vault=Vault(secret=b"s" * 32))
    assert (said, tuple(hider.spans)) == (whole.text, whole.spans)
    restorer = Restorer(whole.vault)
    assert "".join(map(restorer.feed, pieces(said, other))) + restorer.finish() == text


@given(WITHOUT_PLACEHOLDERS)
def test_what_is_found_is_what_detect_finds(text: str) -> None:
    assert redact(text).spans == detect(text)


def test_spans_are_code_points_of_the_given_text() -> None:
    text = "🙂 hallo é 0491 570 006 und jo@example.com"
    found = [text[span.start : span.end] for span in redact(text).spans]
    assert found == ["0491 570 006", "jo@example.com"]


def test_two_writings_of_one_value_both_come_back_as_they_were() -> None:
    done = redact("0491 570 006, +61491570006 or 0491 570 006")
    first, second, third = done.text.replace(" or ", ", ").split(", ")
    assert (first == third, first != second) == (True, True)
    assert restore(done.text, done.vault) == "0491 570 006, +61491570006 or 0491 570 006"


def test_what_a_model_made_of_a_placeholder_is_given_back_too() -> None:
    done = redact("call 0491 570 006")
    token = done.text.removeprefix("call ")
    answer = f"CALL {token.upper()}, &lsaquo;{token[1:-1]}&rsaquo; or ‹PHONE·{token[7:11]} {token[11:]}"
    assert restore(answer, done.vault) == "CALL 0491 570 006, 0491 570 006 or 0491 570 006"


def test_a_placeholder_of_somebody_else_stays() -> None:
    done = redact("see ‹TFN·abcde23456› and 0491 570 006")
    assert done.text.startswith("see ‹TFN·abcde23456› and ‹PHONE·")
    restorer = Restorer(done.vault)
    assert restorer.feed(done.text) + restorer.finish() == "see ‹TFN·abcde23456› and 0491 570 006"
    assert restorer.unknown == 1


def test_an_identifier_dressed_as_a_placeholder_is_hidden() -> None:
    assert "0491570006" not in redact("‹PHONE·0491570006›").text


def test_rules_decide_what_is_hidden_and_not_what_is_found() -> None:
    rules = Rules(("help@example.org",), Privacy(hidden=("TFN", "IHI", "EMAIL")))
    done = redact("0491 570 006 help@example.org jo@example.com", rules)
    assert done.text.startswith("0491 570 006 help@example.org ‹EMAIL·")
    assert [span.type for span in done.spans] == ["PHONE", "EMAIL", "EMAIL"]


def test_without_a_vault_no_value_is_remembered() -> None:
    hider = Hider(keep=False)
    said = hider.feed("0491 570 006 and +61491570006 ") + hider.finish()
    assert hider.values == {}
    first, second = said.strip().split(" and ")
    assert first == second


@pytest.mark.long
@settings(max_examples=4000)
@given(TEXTS, CUTS)
def test_hidden_in_pieces_and_given_back_to_the_letter_at_length(text: str, cuts: list[int]) -> None:
    hider = Hider()
    said = "".join(map(hider.feed, pieces(text, cuts))) + hider.finish()
    again = redact(said, vault=hider.vault())
    assert again.text == said
    assert restore(said, hider.vault()) == text
