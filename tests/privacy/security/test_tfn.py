"""Tax file numbers: the check sums of both lengths, and that a number alone is never one."""

import random

import pytest

from fairgo.privacy.security import detect
from fairgo.privacy.security.detectors.au.tfn import check


def found(text: str) -> list[str]:
    return [text[s.start : s.end] for s in detect(text) if s.type == "TFN"]


@pytest.mark.parametrize("given", ["123456782", "37118629", "81854402", "85655734", "85655797"])
def test_check_digits_are_right(given: str) -> None:
    assert check(given)


@pytest.mark.parametrize("given", ["123456789", "37118628", "000000000", "00000000", "85655743"])
def test_check_digits_are_wrong(given: str) -> None:
    assert not check(given)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("my TFN is 123456782", "123456782"),
        ("tax file number: 123 456 782.", "123 456 782"),
        ("Tax File No 123-456-782", "123-456-782"),
        ("taxfile 123.456.782", "123.456.782"),
        ("tfn 1 2 3 4 5 6 7 8 2", "1 2 3 4 5 6 7 8 2"),
        ("tfn 123\u00a0456\u2009782", "123\u00a0456\u2009782"),
        ("tfn 123\u200b456\u200b782", "123\u200b456\u200b782"),
        ("tfn １２３４５６７８２", "１２３４５６７８２"),
        ("tfn 123–456–782", "123–456–782"),
        ("tfn123456782", "123456782"),
        ("tfn_123456782_old", "123456782"),
        ("123 456 782 is my tax file number", "123 456 782"),
        ("37 118 629 hello", None),
        ("tfn 371 186 29", "371 186 29"),
        ("old tfn 37118629", "37118629"),
        ("123456782", None),
        ("order 123456782", None),
        ("the tfns are secret. " + "word " * 30 + "123456782", None),
        ("tfn 123456789", "123456789"),
        ("my tfn. Order 123456789", None),
        ("order 123456789 tfn later", None),
        ("outfnumber 123456782", None),
        ("123456782 " + "-" * 44 + "tfn", "123456782"),
        ("123456782 " + "-" * 44 + "tfnabc", None),
    ],
)
def test_words_near_it_decide(text: str, expected: str | None) -> None:
    assert found(text) == ([expected] if expected else [])


def test_no_number_without_words_is_one() -> None:
    chance = random.Random(9)
    numbers = "\n".join(
        f"{chance.randrange(10**8, 10**9)} {chance.randrange(10**7, 10**8)}" for _ in range(5000)
    )
    assert found(numbers) == []
