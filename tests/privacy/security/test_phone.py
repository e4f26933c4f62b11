"""Telephone numbers: a person's are found however they are typed; a business's never are."""

import pytest

from fairgo.privacy.security import detect
from fairgo.privacy.security.detection import found_in


def found(text: str) -> list[str]:
    return [text[s.start : s.end] for s in detect(text) if s.type == "PHONE"]


@pytest.mark.parametrize(
    "number",
    [
        *("0491 570 006", "0491570156", "0491-570-157", "0491.570.158", "(0491) 570 159", "0491 570006"),
        *(
            "04 9157 0006",
            "0 4 9 1 5 7 0 0 0 6",
            "０４９１ ５７０ ００６",
            "0491\u00a0570\u00a0006",
        ),
        *("(02) 5550 1234", "02 5550 1234", "0255501234", "02-5550-1234", "(07)55501234", "08 55501234"),
        *("+61 491 570 006", "+61491570006", "+61 (0)491 570 006", "(+61) 491 570 006", "+61 2 5550 1234"),
        *("0061 491 570 006", "+44 20 7946 0958", "+1 (212) 555-0123", "+64 21 123 4567", "+49 30 901820"),
    ],
)
def test_a_persons_number_is_found_alone_and_in_a_sentence(number: str) -> None:
    assert found(number) == [number]
    assert found(f"Please ring {number}, thanks") == [number]


@pytest.mark.parametrize(
    "text",
    [
        *(
            "1300 555 010",
            "1800 160 401",
            "13 22 22",
            "131 450",
            "1900 555 010",
            "+61 1300 555 010",
            "+61 1800 160 401",
        ),
        *("+61 13 22 22", "1902 555 010", "0800 555 01"),
    ],
)
def test_a_businesss_number_is_never_found(text: str) -> None:
    assert found(f"call {text} now") == []


@pytest.mark.parametrize(
    "words",
    [
        *(
            "order {}",
            "Order number: {}",
            "invoice no. {}",
            "ref #{}",
            "your tracking id is {}",
            "receipt {}",
        ),
        *(
            "ticket-{}",
            "case {}",
            "serial no {}",
            "IMEI {}",
            "meter {}",
            "account {}",
            "{} is my order number",
        ),
        *("{} (invoice)", "SKU_{}", "x{}", "{}abc", "BSB and account {}"),
    ],
)
def test_solid_digits_that_are_said_to_be_something_else_stay(words: str) -> None:
    assert found(words.format("0412345678")) == []


@pytest.mark.parametrize(
    "words",
    [
        *("{}", "my order is late, call me on {}", "order phone {}", "in case you need me: {}", "I'm on {}"),
        *("ref {} is my mobile", "mobile{}", "my account is locked, ring {}", "{}, order 12"),
    ],
)
def test_solid_digits_are_found_unless_something_else_is_said(words: str) -> None:
    text = words.format("0491570006")
    assert found(text) == ["0491570006"]


@pytest.mark.parametrize(
    "text",
    [
        "04/12/2024 15",
        "04.12.2024 15",
        "04-12-2024 15",
        "2+61 491 570 0061",
        "+1234567",
        "049157000",
    ],
)
def test_dates_and_other_shapes_stay(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    "number", ["0491 570 006", "+61 491 570 006", "+61 (0)491 570 006", "0061491570006", "mobile 61491570006"]
)
def test_one_number_has_one_normal_form(number: str) -> None:
    assert [item.normal for item in found_in(number)] == ["+61491570006"]


@pytest.mark.parametrize("number", ["04 91 57 00 06", "041 2345 678", "61 491 570 006", "61255501234"])
def test_an_unusual_grouping_needs_words(number: str) -> None:
    assert found(f"{number} it is") == []
    assert found(f"mobile {number} it is") == [number]
