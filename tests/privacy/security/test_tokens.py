"""Placeholders: stable in a conversation, meaningless outside, and not to be forged."""

import pytest

from fairgo.privacy.security.tokens import find_marks, token_of, without_strangers
from tests.privacy.security.texts import OWN_TFN, SECRET, VAULT


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
    ],
)
def test_a_placeholder_is_recognised_however_a_model_writes_it(written: str) -> None:
    (mark,) = find_marks(f"see {written} there", final=True)
    assert mark.token == OWN_TFN
    assert (mark.start, mark.end) == (4, 4 + len(written))


@pytest.mark.parametrize(
    "text", ["‹Bonjour›", "col·lecció", "a < b", "R&D &amp; more", "PHONE·EMAIL", "<b>TFN</b>"]
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
        ("&lsaquo;TFN&middot;aaaaaaaaaa&rsaquo;", "&lsaquo;TFN-aaaaaaaaaa&rsaquo;"),
        ("‹Bonjour› col·lecció", "‹Bonjour› col·lecció"),
    ],
)
def test_a_strangers_placeholder_becomes_ordinary(typed: str, kept: str) -> None:
    assert without_strangers(typed, VAULT.values.keys()) == kept
    assert without_strangers(kept, VAULT.values.keys()) == kept
