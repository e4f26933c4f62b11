"""Internet addresses: not versions, not what every router has."""

import pytest

from fairgo.privacy.security import detect


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("IP address 203.45.67.89", "203.45.67.89"),
        ("logged in from 203.0.113.52 today", "203.0.113.52"),
        ("my ip is 8.8.4.4", "8.8.4.4"),
        ("2001:db8:85a3::8a2e:370:7334", "2001:db8:85a3::8a2e:370:7334"),
        ("version 1.2.3.4", None),
        ("firmware version 10.15.7.203", None),
        ("open 192.168.1.1 in a browser", None),
        ("127.0.0.1", None),
        ("999.1.1.1.1", None),
        ("10:15:30", None),
    ],
)
def test_shape_and_words_decide(text: str, expected: str | None) -> None:
    found = [text[span.start : span.end] for span in detect(text) if span.type == "IP_ADDRESS"]
    assert found == ([expected] if expected else [])
