"""Placeholders: stable in a conversation, meaningless outside, and not to be forged."""

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairgo.core.hiding import IDENTIFIERS
from fairgo.privacy.security.tokens import find_marks, token_of, unfinished, without_strangers
from tests.privacy.security.texts import OWN_TFN, SECRET, VAULT

BODY = OWN_TFN[5:-1]


def test_a_placeholder_says_the_type_and_nothing_else() -> None:
    assert OWN_TFN.startswith("‹TFN·")
    assert OWN_TFN.endswith("›")
    assert len(OWN_TFN) == len("‹TFN·k3f9abcd2x›")


def test_the_same_value_has_the_same_placeholder_in_one_conversation_only() -> None:
    assert token_of("TFN", "123456782", SECRET) == OWN_TFN
    assert token_of("TFN", "123456782", b"another secret") != OWN_TFN
    assert token_of("CARD", "123456782", SECRET)[-11:] != OWN_TFN[-11:]


@pytest.mark.parametrize(
    "written",
    [
        *(
            OWN_TFN,
            OWN_TFN.lower(),
            OWN_TFN.upper(),
            OWN_TFN[1:-1],
            f"<{OWN_TFN[1:-1]}>",
            f"&lt;{OWN_TFN[1:-1]}&gt;",
        ),
        *(f"&lsaquo;{OWN_TFN[1:-1]}&rsaquo;", f"&#8249;TFN&#183;{OWN_TFN[5:-1]}&#8250;", OWN_TFN[:-1]),
        *(f"&#x2039;TFN&#xB7;{OWN_TFN[5:-1]}&#x203A;",),
        *(f"\\u2039TFN\\u00b7{BODY}\\u203a", f"\\\\u2039TFN\\\\u00B7{BODY}\\\\u203A", f"tfn·{BODY}"),
        *(f"‹TFN\\·{BODY}›", f"\\‹TFN·{BODY}\\›", f"‹**TFN**·{BODY}›", f"‹`TFN·{BODY}`›", f"‹TFN·_{BODY}_›"),
        *(
            f"‹TFN · {BODY}›",
            f"‹ TFN·{BODY} ›",
            f"‹TFN·{BODY[:4]} {BODY[4:]}›",
            f"‹TFN·{BODY[:4]}\n{BODY[4:]}›",
        ),
        *(f"‹TFN·{BODY[:4]}\u200b{BODY[4:]}›", f"‹T\u200bFN·{BODY}›", " ".join(OWN_TFN)),
        *(f"%E2%80%B9TFN%C2%B7{BODY}%E2%80%BA", f"‹TFN•{BODY}›", f"‹TFN-{BODY}›", f"‹tfn: {BODY}›"),
    ],
)
def test_a_placeholder_is_recognised_however_a_model_writes_it(written: str) -> None:
    (mark,) = find_marks(f"see {written} there", final=True)
    assert mark.token == OWN_TFN
    assert (mark.start, mark.end) == (4, 4 + len(written))


@pytest.mark.parametrize(
    "text",
    [
        "‹Bonjour›",
        "col·lecció",
        "a < b",
        "R&D &amp; more",
        "PHONE·EMAIL",
        "<b>TFN</b>",
        "‹voir page 3›",
        "address·technology",
        "50% off · today",
        "C:\\\\Users",
        "‹Phone number›, he said",
    ],
)
def test_ordinary_signs_are_no_placeholder(text: str) -> None:
    assert find_marks(f"{text} and more", final=True) == []


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (OWN_TFN, OWN_TFN),
        ("‹TFN·aaaaaaaaaa›", "<TFN-aaaaaaaaaa>"),
        (OWN_TFN.upper(), f"<TFN-{OWN_TFN[5:-1].upper()}>"),
        (f"‹TFN·{OWN_TFN}", f"<TFN-{OWN_TFN}"),
        ("TFN·aaaaaaaaaa", "TFN-aaaaaaaaaa"),
        ("&lsaquo;TFN&middot;aaaaaaaaaa&rsaquo;", "<TFN-aaaaaaaaaa>"),
        ("‹Bonjour› col·lecció", "‹Bonjour› col·lecció"),
    ],
)
def test_a_strangers_placeholder_becomes_ordinary(typed: str, kept: str) -> None:
    assert without_strangers(typed, VAULT.values.keys()) == kept
    assert without_strangers(kept, VAULT.values.keys()) == kept


def test_types_with_underscores_are_recognised_escaped() -> None:
    token = token_of("DATE_OF_BIRTH", "1990-01-02", SECRET)
    for written in (token.replace("_", "\\_"), token[1:-1].replace("_", "\\_"), " ".join(token)):
        assert [mark.token for mark in find_marks(f"born {written}.", final=True)] == [token]


@given(st.text(max_size=12), st.sampled_from(IDENTIFIERS))
def test_a_placeholder_reads_like_no_word_and_no_number(value: str, type_: str) -> None:
    body = token_of(type_, value, SECRET).partition("·")[2][:-1]
    assert re.fullmatch("[a-z2-7]{10}", body)
    assert re.search("[a-z]", body)
    assert re.search("[2-7]", body)


MADE_FROM = [
    *"‹›·<>&;\\%*` \n\u200b",
    "TFN",
    "tfn",
    "PERSON·",
    BODY,
    BODY[:4],
    BODY[4:],
    "&lsaquo;",
    "\\u2039",
    "\\u00b7",
]
MADE_FROM += ["%e2%80%b9", "&#xB7;", "&lt;", "‹TFN·", OWN_TFN, "word", "7"]


@settings(max_examples=250)
@given(st.lists(st.sampled_from(MADE_FROM), max_size=12).map("".join), st.integers(0, 80))
def test_what_is_not_held_cannot_become_a_placeholder(text: str, cut: int) -> None:
    """What streaming rests on: nothing that arrives later changes what stands before `unfinished`."""
    safe = unfinished(text[:cut])
    early = [mark for mark in find_marks(text[:cut], final=False) if mark.end <= safe]
    assert [mark for mark in find_marks(text, final=False) if mark.start < safe] == early


FLOODS = ["‹", "‹TFN·", "TFN·", "·", "&lsaquo;", "\\‹", "%e2%80%b9t", "‹ T ", "‹PERSON·a "]


@pytest.mark.parametrize("flood", FLOODS)
def test_time_is_in_proportion_to_the_length(flood: str) -> None:
    def spent(size: int) -> float:
        """The best of three: a shared machine and the collector of garbage are slow now and then."""
        text, times = flood * (size // len(flood)), []
        for _ in range(3):
            began = time.process_time()
            find_marks(text, final=True)
            without_strangers(text, ())
            unfinished(text)
            times.append(time.process_time() - began)
        return min(times)

    assert spent(40_000) < 12 * spent(10_000) + 0.05
