"""Payment cards: issuer, length and check digit; unusual lengths need words."""

import pytest

from fairgo.privacy.security import detect
from fairgo.privacy.security.detectors.card import check


@pytest.mark.parametrize(
    "given",
    [
        *("4111111111111111", "4222222222222", "5555555555554444", "2223003122003222", "378282246310005"),
        *(
            "6011111111111117",
            "3530111333300000",
            "30569309025904",
            "6200000000000005",
            "4000000000000000006",
        ),
    ],
)
def test_published_test_cards_pass(given: str) -> None:
    assert check(given)


@pytest.mark.parametrize(
    "given", ["4111111111111112", "1111111111111117", "9999999999999995", "0000000000000000"]
)
def test_wrong_digits_and_unknown_issuers_fail(given: str) -> None:
    assert not check(given)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("4111 1111 1111 1111", "4111 1111 1111 1111"),
        ("4111-1111-1111-1111 exp 12/27", "4111-1111-1111-1111"),
        ("4111 1111 1111 1111 12/27 123", "4111 1111 1111 1111"),
        ("4111111111111111", "4111111111111111"),
        ("3782 822463 10005", "3782 822463 10005"),
        ("4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1", "4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1"),
        ("visa 41 1111 1111 1111 11", "41 1111 1111 1111 11"),
        ("4222222222222", None),
        ("visa 4222222222222", "4222222222222"),
        ("30569309025904", None),
        ("diners 30569309025904", "30569309025904"),
        ("tracking no. 4111111111111111", None),
        ("4111111111111111 is the tracking number", None),
        ("4111111111111111 is the booking on my card", "4111111111111111"),
        ("4111 1111 1111 1112", None),
        ("IMEI 490154203237518", None),
    ],
)
def test_shape_and_words_decide(text: str, expected: str | None) -> None:
    found = [text[s.start : s.end] for s in detect(text) if s.type == "CARD"]
    assert found == ([expected] if expected else [])
