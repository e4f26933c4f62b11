"""Medicare card numbers: eight digits, a check digit, the issue number and, when given, the person's own digit."""

from operator import mul

from fairgo.privacy.security.numbers import Number, Strength, Window, values

WEIGHTS = (1, 3, 7, 9, 1, 3, 7, 9)
ON_THE_CARD = {(4, 5, 1), (4, 5, 1, 1), (4, 5, 2)}


def check(given: str) -> bool:
    """True when the check digit is right and neither issue number nor person's digit is zero."""
    total: int = sum(map(mul, values(given), WEIGHTS))
    return total % 10 == int(given[8]) and "0" not in given[9:]


def fit(window: Window) -> Strength | None:
    """CERTAIN when grouped as on the card, POSSIBLE otherwise: one number in ten passes the check digit."""
    return Strength.CERTAIN if window.shape in ON_THE_CARD else Strength.POSSIBLE


DETECTOR = Number(
    type="MEDICARE",
    lengths=dict.fromkeys("23456", (10, 11)),
    check=check,
    fit=fit,
    words=("medicare", "irn", "card number", "card no", "card num", "health card"),
)
