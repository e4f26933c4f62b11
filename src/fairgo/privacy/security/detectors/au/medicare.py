"""Medicare card numbers: eight digits, a check digit, the issue number and, when given, the person's own digit."""

from operator import mul

from fairgo.privacy.security.characters import words
from fairgo.privacy.security.numbers import Number, Strength, Window

WEIGHTS = (1, 3, 7, 9, 1, 3, 7, 9)
ON_THE_CARD = {(4, 5, 1), (4, 5, 1, 1), (4, 5, 2)}


def fit(window: Window) -> Strength | None:
    """CERTAIN when grouped as on the card, POSSIBLE otherwise: one number in ten passes the check digit."""
    given = [int(digit) for digit in window.digits]
    if sum(map(mul, given, WEIGHTS)) % 10 != given[8] or 0 in given[9:]:
        return None
    return Strength.CERTAIN if window.shape in ON_THE_CARD else Strength.POSSIBLE


DETECTOR = Number(
    type="MEDICARE",
    lengths=range(10, 12),
    starts="23456",
    fit=fit,
    words=words(r"medicare", r"irn", r"card[\s_-]*n(?:umbers?|os?|um|r)", r"health[\s_-]*card"),
)
