"""Secrets: passwords, codes, keys, answers; and the many sentences about them that hold none."""

import pytest

from fairgo.privacy.security import detect
from fairgo.privacy.security.detection import found_in

# Written in pieces, so that whoever searches this repository for lost keys finds none.
AWS = f"{'AKIA'}LBHEGBY5RP4Z5RB4"
GITHUB = f"{'ghp_'}1234567890abcdefghij1234567890abcdef"
RSA = f"-----BEGIN RSA {'PRIVATE'} KEY-----\nMIIE1abc\n-----END RSA PRIVATE KEY-----"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("PIN is 4821", "4821"),
        ("my pin's 4821", "4821"),
        ("cvv 123", "123"),
        ("the otp is 482913", "482913"),
        ("verification code 482 913", "482 913"),
        ("the code they texted me is 482913", "482913"),
        ("4111 1111 1111 1111 12/27 123", "123"),
        ("password: Tr0ub4dor&3", "Tr0ub4dor&3"),
        ("my pw is sunshine99", "sunshine99"),
        ('password is "correct horse battery"', "correct horse battery"),
        ("密码是abc12345", "abc12345"),
        ("contraseña: perro2024", "perro2024"),
        ("wifi password Kangaroo2024", "Kangaroo2024"),
        ("security question answer: Fluffy", "Fluffy"),
        ("my mother's maiden name is Henderson", "Henderson"),
        (AWS, AWS),
        ("sk-proj-abc123def456ghi789jkl012", "sk-proj-abc123def456ghi789jkl012"),
        (GITHUB, GITHUB),
        (
            "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.abcDEF123-_x",
            "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.abcDEF123-_x",
        ),
        (
            RSA,
            RSA,
        ),
        ("Password is incorrect every time", None),
        ("my password is not working", None),
        ("I forgot my password again", None),
        ("how to restore the password of myprofile", None),
        ("promo code SAVE20", None),
        ("use code 123456 at checkout", None),
        ("postcode 3000", None),
        ("zip code is 600005", None),
        ("error code 500123", None),
        ("the key is under the mat", None),
        ("drop a pin at the corner", None),
        ("order 482913", None),
    ],
)
def test_shape_and_words_decide(text: str, expected: str | None) -> None:
    found = [text[span.start : span.end] for span in detect(text) if span.type == "SECRET"]
    assert found == ([expected] if expected else [])


def test_an_answer_to_a_question_is_one() -> None:
    assert [found.type for found in found_in("4821", before="What is your PIN?")] == ["SECRET"]
    assert list(found_in("4821", before="What is the meter reading?")) == []
