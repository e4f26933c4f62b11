"""Dates of birth: a date in any form, where somebody was born then."""

import pytest

from fairgo.privacy.security import detect


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("DOB 3.3.85", "3.3.85"),
        ("dob: 03/03/1985", "03/03/1985"),
        ("born on the 3rd of March, 1985", "3rd of March, 1985"),
        ("1985-03-03 is my date of birth", "1985-03-03"),
        ("D.O.B. 31-12-79", "31-12-79"),
        ("birthday: March 3, 1985", "March 3, 1985"),
        ("dob 31121979", "31121979"),
        (
            "date of birth twelfth of december nineteen seventy nine",
            "twelfth of december nineteen seventy nine",
        ),
        ("nací el 3 de marzo de 1985", "3 de marzo de 1985"),
        ("出生日期1985年3月12日", "1985年3月12日"),
        ("γεννήθηκα 3/3/1985", "3/3/1985"),
        ("DOB 2 1 / 0 9 / 1 9 9 5", "2 1 / 0 9 / 1 9 9 5"),
        ("appointment on 12/11/2026", None),
        ("born to run, tickets on 12 March 2099", None),
        ("Delivery due 3 March 2026", None),
        ("dob 45/45/1985", None),
        ("birthday sale ends soon", None),
    ],
)
def test_shape_and_words_decide(text: str, expected: str | None) -> None:
    found = [text[span.start : span.end] for span in detect(text) if span.type == "DATE_OF_BIRTH"]
    assert found == ([expected] if expected else [])
