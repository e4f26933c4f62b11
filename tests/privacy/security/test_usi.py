"""Student identifiers: ten signs with a check sign, beside words that name them."""

import pytest

from fairgo.privacy.security import detect


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("USI is BNGH7C75FN", "BNGH7C75FN"),
        ("unique student identifier: BNGH 7C75 FN", "BNGH 7C75 FN"),
        ("BNGH7C75FN is my USI", "BNGH7C75FN"),
        ("usi BNGH7C75FM", "BNGH7C75FM"),
        ("code BNGH7C75FN", None),
        ("usi lookup page", None),
    ],
)
def test_shape_and_words_decide(text: str, expected: str | None) -> None:
    found = [text[span.start : span.end] for span in detect(text) if span.type == "USI"]
    assert found == ([expected] if expected else [])
