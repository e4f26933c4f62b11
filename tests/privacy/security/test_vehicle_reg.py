"""Number plates of every state, beside words that name them."""

import pytest

from fairgo.privacy.security import detect


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("my rego is ABC123", "ABC123"),
        ("rego 1AB 2CD", "1AB 2CD"),
        ("number plate S123 ABC", "S123 ABC"),
        ("my car's plates are YHJ 87K", "YHJ 87K"),
        ("WA plate 1ABC 234", "1ABC 234"),
        ("ABC-12D is my rego", "ABC-12D"),
        ("车牌号 ABC123", "ABC123"),
        ("model ABC123", None),
        ("rego renewal for 12 months", None),
        ("flight QF123", None),
    ],
)
def test_shape_and_words_decide(text: str, expected: str | None) -> None:
    found = [text[span.start : span.end] for span in detect(text) if span.type == "VEHICLE_REG"]
    assert found == ([expected] if expected else [])
