"""Company numbers: nine digits with a check digit, beside words that name them."""

import pytest

from fairgo.privacy.security import detect


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ACN 004 085 616", "004 085 616"),
        ("our acn is 010499966", "010499966"),
        ("Acme Pty Ltd 000 000 180", "000 000 180"),
        ("004 085 616", None),
        ("order 004085616", None),
    ],
)
def test_shape_and_words_decide(text: str, expected: str | None) -> None:
    found = [text[span.start : span.end] for span in detect(text) if span.type == "ACN"]
    assert found == ([expected] if expected else [])
