"""What a customer reads in place of something hidden: plain words for every type, in every language that is shipped."""

import pytest

from fairgo.core.hiding import IDENTIFIERS
from fairgo.core.policy import Policy
from fairgo.demo.places import banksia
from fairgo.privacy.security import Rules, clean
from fairgo.privacy.security.phrases import PATTERNS, WORDS, phrase
from tests.privacy.security.texts import VAULT


def test_every_language_of_the_shipped_disclosures_has_words_for_every_type() -> None:
    spoken = {one.locale.partition("-")[0] for one in Policy.read(banksia()).disclosures}
    assert set(PATTERNS) >= spoken
    for language in PATTERNS:
        assert set(WORDS[language]) == set(IDENTIFIERS)
        assert len({phrase(type_, language) for type_ in IDENTIFIERS}) == len(IDENTIFIERS)


@pytest.mark.parametrize("type_", IDENTIFIERS)
def test_no_phrase_is_itself_a_find(type_: str) -> None:
    for language in PATTERNS:
        said = phrase(type_, language)
        assert clean(f"It is {said}.", VAULT).text == f"It is {said}."
        assert "_" not in said


def test_a_customer_reads_their_own_language() -> None:
    text = "gọi jane@example.com"
    assert clean(text, VAULT, Rules(locale="vi-VN")).text == "gọi [đã ẩn địa chỉ email]"
    assert clean(text, VAULT, Rules(locale="fr-FR")).text == "gọi [email address removed]"


def test_a_type_that_somebody_added_has_words_too() -> None:
    assert phrase("STAFF_NUMBER") == "[personal detail removed]"
