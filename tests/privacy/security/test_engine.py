"""The engine, over all structured types at once: pieces, white space, case, hiding twice, and who wins."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairgo.core.errors import Misconfigured
from fairgo.privacy.security import Span, catalogue, detect, redact_text
from fairgo.privacy.security.detection import found_in
from fairgo.privacy.security.detector import Rule, Shape, View
from fairgo.privacy.security.folding import fold, words_in
from fairgo.privacy.security.reading import Found
from fairgo.privacy.security.scanning import Scanner

# Written in pieces, so that whoever searches this repository for lost keys finds none.
AWS = f"{'AKIA'}LBHEGBY5RP4Z5RB4"

SAID = [
    *(
        "my tfn is 123 456 782",
        "tfn 123 456 789",
        "Medicare 2123 45670 1",
        "ihi 8003608166690503",
        "crn 123456789A",
    ),
    *("DVA file NX123456", "passport N 1234567", "driver's licence 12 345 678", "BSB 062-000 acct 1234 5678"),
    *(
        "4111 1111 1111 1111 12/27 123",
        "password is hunter2",
        "PIN: 4821",
        "the otp is 482 913",
        "nmi 4123456789",
    ),
    *("ABN 51 824 753 556", "acn 004085616", "rego ABC-12D", "ip 203.0.113.52", "usi BNGH 7C75 FN", "tfn"),
    *(
        "visa grant number 0123456789012",
        "born 3rd of March 1985",
        "DOB 2 1 / 0 9 / 1 9 9 5",
        "0 4 1 2 3 4 5 6 7 8",
    ),
    *(
        "oh four one two, double three four, triple five",
        "email jane dot doe at example dot com",
        "(02) 5550 1234",
    ),
    *("jo@example.com", "+61 (0)491 570 157", "order 123456782", "invoice 0491570006", "code 482913", "sk-"),
    *("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.abc", AWS, "2001:db8::1", "[TFN]", "[TF"),
    *(
        "is my tfn",
        "is my order number",
        "123 456 782",
        "N1234567",
        "is my passport",
        "-----BEGIN PRIVATE KEY-----",
    ),
    *(
        "four",
        "double",
        "oh one",
        "twenty",
        "at",
        "code",
        "password",
        "my email",
        "account",
        "1-2.3/4(5)",
    ),
]
JOINS = [
    " ",
    "  ",
    ", ",
    ". ",
    "\n",
    "\n> ",
    " | ",
    "; ",
    ": ",
    "",
    "-",
    "(",
    " \u200b",
    "\u00a0",
    "? ",
    " and ",
]
TEXTS = st.lists(st.one_of(st.sampled_from(SAID), st.sampled_from(JOINS)), max_size=12).map("".join)
# A name that is glued to a number is one only when the number is gone.
APART = st.lists(
    st.tuples(st.sampled_from(SAID), st.sampled_from([j for j in JOINS if j.strip("(-") != ""])), max_size=6
).map(lambda pairs: "".join(part for pair in pairs for part in pair))
# In small letters, [TFN] is no placeholder but what somebody typed.
ASCII = TEXTS.map(lambda text: "".join(sign for sign in text if sign.isascii() and sign not in "[]"))


def in_pieces(text: str, cuts: list[int]) -> list[tuple[str, str]]:
    places = sorted({0, *(cut % (len(text) + 1) for cut in cuts), len(text)})
    scanner = Scanner()
    parts = [part for a, b in pairwise(places) for part in scanner.feed(text[a:b])]
    parts += scanner.finish()
    assert "".join(words for words, _ in parts) == text
    return [(words, item.type) for words, item in parts if isinstance(item, Found)]


def whole(text: str) -> list[tuple[str, str]]:
    return [(text[span.start : span.end], span.type) for span in detect(text)]


@settings(max_examples=150)
@given(TEXTS, st.lists(st.integers(0, 400), max_size=20))
def test_any_pieces_find_what_the_whole_finds(text: str, cuts: list[int]) -> None:
    assert in_pieces(text, cuts) == whole(text)


@settings(max_examples=50)
@given(TEXTS)
def test_single_characters_find_what_the_whole_finds(text: str) -> None:
    assert in_pieces(text, list(range(len(text)))) == whole(text)


@pytest.mark.long
@settings(max_examples=4000)
@given(TEXTS, st.lists(st.integers(0, 400), max_size=20))
def test_any_pieces_find_what_the_whole_finds_at_length(text: str, cuts: list[int]) -> None:
    assert in_pieces(text, cuts) == whole(text)


@settings(max_examples=150)
@given(APART)
def test_hiding_twice_is_hiding_once(text: str) -> None:
    once, _ = redact_text(text)
    assert redact_text(once)[0] == once


@given(ASCII)
def test_case_does_not_matter(text: str) -> None:
    assert detect(text.lower()) == detect(text.upper())


@given(TEXTS, st.sampled_from([" ", "\n", "\t ", " \n "]), st.sampled_from([" ", "\n", "   "]))
def test_white_space_around_does_not_matter(text: str, before: str, after: str) -> None:
    shifted = [Span(s.start + len(before), s.end + len(before), s.type, s.score) for s in detect(text)]
    assert list(detect(before + text + after)) == shifted


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ref 0491570006 is my mobile", "PHONE"),
        ("acn 123 456 782, tfn later", "ACN"),
        ("passport N1234567 and licence no 12345678", "PASSPORT"),
        ("TFN: 123456782 | DOB: 03/03/85 | Medicare: 2123 45670 1", "TFN"),
        ('{"tfn":"123456782","dob":"1985-03-03"}', "TFN"),
    ],
)
def test_the_nearest_name_wins(text: str, expected: str) -> None:
    assert detect(text)[0].type == expected


@pytest.mark.parametrize(
    ("before", "text", "expected"),
    [
        ("What is your tax file number?", "123 456 782", ["TFN"]),
        ("my tfn is", "123 456 789", ["TFN"]),
        ("And your date of birth?", "3/3/85", ["DATE_OF_BIRTH"]),
        ("Passport number please", "N1234567", ["PASSPORT"]),
        ("What is your order number?", "123 456 782", []),
    ],
)
def test_an_answer_is_named_by_its_question(before: str, text: str, expected: list[str]) -> None:
    assert [found.type for found in found_in(text, before=before)] == expected


@pytest.mark.parametrize(
    ("given", "folded"),
    [
        ("Oh Four ONE two, double three four, triple five", "0412 334 555"),
        ("1 2 3 4 5 6", "123456"),
        ("zero four twelve, ninety nine", "0412 99"),
        ("one of two", "one of two"),
        ("８８‑１１ ７", "88-11 7"),
        ("0\u200b4", "04"),
        ("٠٤١٢", "0412"),
    ],
)
def test_ways_of_writing_are_folded(given: str, folded: str) -> None:
    assert fold(given).text == folded


@given(TEXTS)
def test_folded_characters_know_their_places(text: str) -> None:
    folded = fold(text)
    places = [(folded.start(at), folded.end(at + 1)) for at in range(len(folded.text))]
    assert all(0 <= start < end <= len(text) for start, end in places)
    assert all(a[0] <= b[0] and a[1] <= b[1] for a, b in pairwise(places))
    assert View(folded.text).words >= words_in("")


class _Registered:
    def __init__(self, detector: object) -> None:
        self.name = "loyalty"
        self._detector = detector

    def load(self) -> object:
        return self._detector


def test_a_package_adds_its_own_detector(monkeypatch: pytest.MonkeyPatch) -> None:
    own = Shape(type="LOYALTY", name="loyalty number", rules=(Rule(r"\d{7}"),), words=("loyalty club",))
    monkeypatch.setattr(catalogue, "entry_points", lambda **_how: [_Registered(own)])
    assert catalogue.of_others() == (own,)
    monkeypatch.setattr(catalogue, "entry_points", lambda **_how: [_Registered("nothing")])
    with pytest.raises(Misconfigured, match="loyalty"):
        catalogue.of_others()
