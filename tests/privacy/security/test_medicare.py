"""Medicare card numbers: check digit, grouping, and the person's own digit."""

import pytest

from fairgo.privacy.security import detect
from fairgo.privacy.security.detectors.au.medicare import check


@pytest.mark.parametrize("given", ["20000000211", "21234567011", "39876543511", "61111111511", "2123456701"])
def test_check_digits_are_right(given: str) -> None:
    assert check(given)


@pytest.mark.parametrize("given", ["2123456711", "21234567010", "2123456700"])
def test_check_digits_are_wrong(given: str) -> None:
    assert not check(given)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2123 45670 1", "2123 45670 1"),
        ("2123-45670-1", "2123-45670-1"),
        ("2123 45670 1 1", "2123 45670 1 1"),
        ("2123 45670 1/1", "2123 45670 1/1"),
        ("2123 45670 1-1 thanks", "2123 45670 1-1"),
        ("medicare 2123456701", "2123456701"),
        ("my Medicare card: 21234567011", "21234567011"),
        ("medicare 2123456701/1", "2123456701/1"),
        ("2123456701 irn 1", "2123456701"),
        ("card no 2123 456 701", None),
        ("health card no 2123 456 701", "2123 456 701"),
        ("2123456701", None),
        ("2123 45671 1", "2123 45671 1"),
        ("order 2123 45671 1", None),
        ("medicare 7123456701", "7123456701"),
        ("medicare: 2123 45671 1", "2123 45671 1"),
        ("medicare levy 2123 dollars", None),
    ],
)
def test_grouping_or_words_decide(text: str, expected: str | None) -> None:
    found = [text[s.start : s.end] for s in detect(text) if s.type == "MEDICARE"]
    assert found == ([expected] if expected else [])
