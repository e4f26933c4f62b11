"""Australian tax file numbers: nine digits, or eight on old ones.

One number in eleven passes the check, so words near it must say what it is.
Basis: Privacy (Tax File Number) Rule 2015: a tax file number is always hidden.
"""

from operator import mul

from fairgo.privacy.security.characters import words
from fairgo.privacy.security.numbers import Number, Strength, Window

NINE = (1, 4, 3, 7, 5, 8, 6, 9, 10)
EIGHT = (10, 7, 8, 4, 6, 3, 5, 1)  # weights of their own, not the first eight of nine
EIGHT_SHAPES = {(8,), (3, 3, 2), (2, 3, 3), (4, 4), (1,) * 8}


def fit(window: Window) -> Strength | None:
    """POSSIBLE when the weighted sum of the digits divides by eleven."""
    weights = NINE if len(window.digits) == 9 else EIGHT
    total = sum(map(mul, map(int, window.digits), weights))
    if total == 0 or total % 11:
        return None
    if weights is EIGHT and window.shape not in EIGHT_SHAPES:
        return None
    return Strength.POSSIBLE


DETECTOR = Number(
    type="TFN",
    lengths=range(8, 10),
    starts="0123456789",
    fit=fit,
    words=words(r"tfns?", r"tax[\s_-]*file(?:[\s_-]*n(?:umbers?|os?|um|r))?", r"tax[\s_-]*n(?:umber|o)"),
)
