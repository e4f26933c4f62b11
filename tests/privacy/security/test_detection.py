"""Detection as a whole: what stays, what never matters, and that no text takes long."""

import random
from itertools import pairwise
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairgo.core.hiding import IDENTIFIERS
from fairgo.privacy.security import Span, detect, redact_text
from fairgo.privacy.security.catalogue import DETECTORS, TYPES
from fairgo.privacy.security.detectors.au.tfn import check
from tests.privacy.security.texts import ASCII, NASTY


@pytest.mark.parametrize(
    "text",
    [
        "Product 4006381333 is out of stock",
        "SKU 2123456701, batch 8801234567",
        "created_at=1732345678 updated_at=1732345678901",
        "commit a94a8fe5ccb19ba61c4c0873d391e987982fbbd3",
        "3f786850e387550fdab836ed7e6dc881de23001b",
        "PO 4500123456 / invoice INV-2024-0412-0098",
        "tracking 33QBZ1234567801000931505 and 7012345678901234",
        "Order 81854402 arrives 12/11/2026 between 10:15 and 14:30",
        "It costs $1,234.50, or $49.90 a month for 24 months",
        "meter readings 10443 10520 10611 10702 10790 10854 10911",
        "lotto 03 12 15 22 34 41",
        "version 2.31.4, router 192.168.100.200, port 8088",
        "-33.8688197, 151.2092955",
        "uuid 123e4567-e89b-12d3-a456-426614174000",
        "ISBN 978-0-306-40615-7, EAN 9312345678907",
        "IMEI 490154203237518",
        "0.4915700061 and 1.23456782e9",
        "year 2024 2025 2026, 50 100 150 200 250",
        "call 13 22 22 or 1300 555 010 or 1800 160 401",
        "the DAN settings are redundant",
        "col·lecció ‹Bonjour› a < b && c > d",
    ],
)
def test_f14_business_data_stays(text: str) -> None:
    assert detect(text) == ()


def test_of_random_numbers_without_words_hardly_any_is_flagged() -> None:
    chance = random.Random(14)
    nine = [str(chance.randrange(10**9)).zfill(9) for _ in range(4000)]
    assert sum(bool(detect(number)) for number in nine) == 0
    ten = [str(chance.randrange(10**9, 10**10)) for _ in range(4000)]
    assert sum(bool(detect(number)) for number in ten) == 0


def test_several_types_in_one_message_each_as_itself() -> None:
    text = "TFN 123 456 782, Medicare 2123 45670 1 0491 570 006 4111 1111 1111 1111 jo@example.com and 81854402 is a tfn"
    assert [(s.type, text[s.start : s.end]) for s in detect(text)] == [
        ("TFN", "123 456 782"),
        ("MEDICARE", "2123 45670 1"),
        ("PHONE", "0491 570 006"),
        ("CARD", "4111 1111 1111 1111"),
        ("EMAIL", "jo@example.com"),
        ("TFN", "81854402"),
    ]


def test_a_surer_identifier_goes_before_one_that_overlaps_it() -> None:
    text = "my tfn and 1 4111 0018 1111 1117"
    assert check("141110018")
    assert [(s.type, text[s.start : s.end]) for s in detect(text)] == [("CARD", "4111 0018 1111 1117")]


def test_text_is_redacted_by_type_but_for_the_companys_contacts() -> None:
    text = "Reach us at (02) 5550 0100 or help@example.org; I am jo@example.com"
    words, spans = redact_text(text, ("+61 2 5550 0100", "HELP@example.org"))
    assert words == "Reach us at (02) 5550 0100 or help@example.org; I am [EMAIL]"
    assert [text[s.start : s.end] for s in spans] == ["jo@example.com"]


def test_every_listed_type_has_a_detector_and_plain_words() -> None:
    assert set(IDENTIFIERS) <= TYPES
    assert all(detector.name for detector in DETECTORS)


@given(NASTY)
def test_spans_are_sorted_apart_and_inside(text: str) -> None:
    spans = detect(text)
    assert all(0 <= s.start < s.end <= len(text) and 0 < s.score <= 1 for s in spans)
    assert all(a.end <= b.start for a, b in pairwise(spans))


@given(ASCII, st.sampled_from(["", " ", "\n", " \t ", "  \n  "]), st.sampled_from(["", " ", "\n", " " * 60]))
def test_white_space_around_does_not_matter(text: str, before: str, after: str) -> None:
    shifted = [Span(s.start + len(before), s.end + len(before), s.type, s.score) for s in detect(text)]
    assert list(detect(before + text + after)) == shifted


@given(ASCII)
def test_case_does_not_matter(text: str) -> None:
    assert detect(text.lower()) == detect(text.upper()) == detect(text)


def seconds(text: str) -> float:
    start = process_time()
    detect(text)
    return process_time() - start


def assert_linear(piece: str, size: int) -> None:
    text = piece * (size // len(piece))
    quarter = text[: len(text) // 4]
    allowed = 9 * min(seconds(quarter) for _ in range(2)) + 0.1  # four times is linear, sixteen quadratic
    assert seconds(text) < allowed or seconds(text) < allowed


@pytest.mark.parametrize("piece", ["7", "1 ", "a.a.", "@"])
def test_a_megabyte_of_what_is_hard_takes_time_in_proportion(piece: str) -> None:
    assert_linear(piece, 1_000_000)


@pytest.mark.parametrize(
    "piece",
    [
        *(
            "4 ",
            "0 4 ",
            "a@",
            "a@b.",
            "a@-",
            "+1",
            "(",
            "1\u200b",
            "‹TFN·",
            "‹",
            "&lsaquo;",
            "TFN·",
            "tfn 123456782 ",
        ),
        *("0491570006 ", "4111 1111 1111 1111 ", "1     ", "12345678-"),
    ],
)
def test_no_text_takes_more_than_its_share_of_time(piece: str) -> None:
    assert_linear(piece, 60_000)


def test_one_long_run_before_an_address_takes_no_longer() -> None:
    assert seconds("a" * 1_000_000 + "@example.com") < 2
