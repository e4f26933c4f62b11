"""Centrelink numbers: nine digits and a letter, beside words that name them."""

import pytest

from fairgo.privacy.security import detect


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("CRN 123 456 789A", "123 456 789A"),
        ("my crn's 204567891 k", "204567891 k"),
        ("Centrelink reference: 204-567-891K", "204-567-891K"),
        ("204567891K is my CRN", "204567891K"),
        ("crn 204 567 891", "204 567 891"),
        ("ticket 123456789A", None),
        ("centrelink closes at 5", None),
    ],
)
def test_shape_and_words_decide(text: str, expected: str | None) -> None:
    found = [text[span.start : span.end] for span in detect(text) if span.type == "CRN"]
    assert found == ([expected] if expected else [])
