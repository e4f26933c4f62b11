"""Unique Student Identifiers: ten signs of 2 to 9 and A to Z without I and O, the last a check sign (Luhn mod 32)."""

from fairgo.privacy.security.checks import has_digits
from fairgo.privacy.security.detector import CODE, END, Need, Rule, Shape, compact

SIGNS = "23456789abcdefghjklmnpqrstuvwxyz"


def check(value: str) -> bool:
    """True when the last sign is the check sign of the nine before it."""
    if len(compact(value)) != 10 or sum(sign.isdigit() for sign in value) < 1:
        return False
    numbers = [SIGNS.find(sign) for sign in compact(value)]
    doubled = sum(sum(divmod(number * 2, 32)) for number in numbers[-2::-2])
    return -1 not in numbers and (sum(numbers[-1::-2]) + doubled) % 32 == 0


_SIGN = "[2-9a-hj-np-z]"
DETECTOR = Shape(
    type="USI",
    name="student identifier",
    rules=(
        Rule(rf"{CODE}{_SIGN}{{10}}{END}", Need.NAME, 0.98, check),
        Rule(
            rf"{CODE}{_SIGN}{{2,5}}(?:[ .\-]{_SIGN}{{2,5}}){{1,4}}{END}", Need.NAME, 0.98, check, after=False
        ),
        Rule(rf"{CODE}(?=[a-z]*\d)[a-z\d]{{10}}{END}", Need.NAME_ONLY, 0.92, has_digits),
        Rule(
            rf"{CODE}[a-z\d]{{4}} [a-z\d]{{4}} [a-z\d]{{2}}{END}",
            Need.NAME_ONLY,
            0.9,
            has_digits,
            after=False,
        ),
    ),
    unsure=(
        "student",
        "course",
        "enrol",
        "enrolment",
        "enrolled",
        "tafe",
        "rto",
        "training",
        "cert",
        "certificate",
        "diploma",
    ),
    support=(
        "student",
        "course",
        "enrol",
        "enrolment",
        "enrolled",
        "tafe",
        "rto",
        "training",
        "cert",
        "certificate",
    ),
    words=(
        "u s i",
        "student identifier number",
        "usi",
        "usis",
        "unique student",
        "student identifier",
        "学生识别号",
        "uniquestudentidentifier",
    ),
)
