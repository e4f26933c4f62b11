"""Meter identifiers: ten signs and a check sign, beside words that name them."""

import pytest

from fairgo.privacy.security import detect


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("NMI 4123456789", "4123456789"),
        ("nmi is QAAAVZZZZZ3", "QAAAVZZZZZ3"),
        ("my NMI: 2001 9857 32", "2001 9857 32"),
        ("4123456789 is the nmi", "4123456789"),
        ("product 4123456789", None),
        ("nmi please", None),
        ("nmi for 12 months", None),
    ],
)
def test_shape_and_words_decide(text: str, expected: str | None) -> None:
    found = [text[span.start : span.end] for span in detect(text) if span.type == "NMI"]
    assert found == ([expected] if expected else [])
