"""Individual healthcare identifiers: sixteen digits from 80036 with a Luhn digit."""

import pytest

from fairgo.privacy.security import detect


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("8003 6088 3335 7361", "8003 6088 3335 7361"),
        ("my ihi is 8003608166690503", "8003608166690503"),
        ("IHI: 8003-6081-6669-0503", "8003-6081-6669-0503"),
        ("healthcare identifier 8003 6081 6669 0504", "8003 6081 6669 0504"),
        ("8003 6081 6669 0504", "8003 6081 6669 0504"),
        ("8103 6081 6669 0504", None),
        ("order 9003608166690503", None),
    ],
)
def test_shape_and_words_decide(text: str, expected: str | None) -> None:
    found = [text[span.start : span.end] for span in detect(text) if span.type == "IHI"]
    assert found == ([expected] if expected else [])
