"""Passport numbers: beside words that name them, in several languages."""

import pytest

from fairgo.privacy.security import detect


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("my passport number is PA1234567", "PA1234567"),
        ("Passport # N 1234567 expiring 2030", "N 1234567"),
        ("E7654321 is my passport", "E7654321"),
        ("我的护照号是E1234567", "E1234567"),
        ("mi pasaporte es N1234567", "N1234567"),
        ("رقم جواز السفر N1234567", "N1234567"),
        ("hộ chiếu của tôi: C1234567", "C1234567"),
        ("my Indian passport K1234567", "K1234567"),
        ("part N1234567", None),
        ("passport renewal costs $412", None),
        ("passport office opens 8:30", None),
    ],
)
def test_shape_and_words_decide(text: str, expected: str | None) -> None:
    found = [text[span.start : span.end] for span in detect(text) if span.type == "PASSPORT"]
    assert found == ([expected] if expected else [])
