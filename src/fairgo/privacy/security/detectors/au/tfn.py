"""Australian tax file numbers: nine digits, or eight on old ones.

One number in eleven passes the check, so words near it must say what it is.
Basis: Privacy (Tax File Number) Rule 2015: a tax file number is always hidden.
"""

from operator import mul

from fairgo.privacy.security.numbers import Number, Strength, Window, values

NINE = (1, 4, 3, 7, 5, 8, 6, 9, 10)
EIGHT = (10, 7, 8, 4, 6, 3, 5, 1)  # weights of their own, not the first eight of nine
EIGHT_SHAPES = {(8,), (3, 3, 2), (2, 3, 3), (4, 4), (1,) * 8}


def check(given: str) -> bool:
    """True when the weighted sum of the digits divides by eleven."""
    total: int = sum(map(mul, values(given), NINE if len(given) == 9 else EIGHT))
    return total % 11 == 0 and total > 0


def fit(window: Window) -> Strength | None:
    """Never more than POSSIBLE; eight digits only in the groupings that are in use."""
    if len(window.digits) == 8 and window.shape not in EIGHT_SHAPES:
        return None
    return Strength.POSSIBLE


DETECTOR = Number(
    type="TFN",
    lengths=dict.fromkeys("0123456789", (8, 9)),
    check=check,
    fit=fit,
    only_named=True,
    words=("tfn", "tfns", "tax file", "taxfile", "taxfilenumber", "tax number", "tax no"),
)
