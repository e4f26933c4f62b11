"""Visa numbers: thirteen digits, beside words that name them."""

import pytest

from fairgo.privacy.security import detect


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("visa grant number 0123456789012", "0123456789012"),
        ("my visa grant number: 0123 4567 89012", "0123 4567 89012"),
        ("0123456789012 is the visa grant number", "0123456789012"),
        ("签证号码 0123456789012", "0123456789012"),
        ("barcode 0123456789012", None),
        ("visa application fee 710", None),
    ],
)
def test_shape_and_words_decide(text: str, expected: str | None) -> None:
    found = [text[span.start : span.end] for span in detect(text) if span.type == "VISA_NUMBER"]
    assert found == ([expected] if expected else [])
