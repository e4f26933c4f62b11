"""Driver licence numbers of every state, beside words that name them."""

import pytest

from fairgo.privacy.security import detect


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("licence no 12 345 678 NSW", "12 345 678"),
        ("my victorian driver's licence is 034567891", "034567891"),
        ("drivers license number: 1234AB", "1234AB"),
        ("WA licence 7654321", "7654321"),
        ("QLD DL 045 678 912", "045 678 912"),
        ("licence card number P123456789", "P123456789"),
        ("驾照号 12345678", "12345678"),
        ("software license 12345678", None),
        ("12345678", None),
        ("licence fee is $57.00 until 2027", None),
    ],
)
def test_shape_and_words_decide(text: str, expected: str | None) -> None:
    found = [text[span.start : span.end] for span in detect(text) if span.type == "DRIVER_LICENCE"]
    assert found == ([expected] if expected else [])
