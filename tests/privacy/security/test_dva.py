"""Veterans' file numbers: only beside words that name them."""

import pytest

from fairgo.privacy.security import detect


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("DVA gold card NX123456", "NX123456"),
        ("veteran file number: QSM12345", "QSM12345"),
        ("my dva number is V 123456", "V 123456"),
        ("dva vxab1234a", "vxab1234a"),
        ("TX123456 is my DVA number", "TX123456"),
        ("bus NX123456", None),
        ("dva office, level 12", None),
        ("dva hotline 1800 838 372", None),
    ],
)
def test_shape_and_words_decide(text: str, expected: str | None) -> None:
    found = [text[span.start : span.end] for span in detect(text) if span.type == "DVA"]
    assert found == ([expected] if expected else [])
