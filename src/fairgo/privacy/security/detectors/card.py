"""Payment card numbers: an issuer's prefix, a length that fits it, and the Luhn check digit (ISO/IEC 7812-1)."""

import re

from fairgo.privacy.security.numbers import Number, Strength, Window, values

ON_THE_CARD = {(4, 4, 4, 4), (4, 6, 5)}
SPELLED_OUT = {(1,) * 15, (1,) * 16}
ISSUERS = (  # first digits, and how many digits there are in all
    (r"4", {13, 16, 19}),  # Visa
    (r"5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720", {16}),  # Mastercard
    (r"3[47]", {15}),  # American Express
    (r"6011|64[4-9]|65", {16, 17, 18, 19}),  # Discover
    (r"352[89]|35[3-8]", {16, 17, 18, 19}),  # JCB
    (r"30[0-5]|3095|36|3[89]", {14, 16, 17, 18, 19}),  # Diners Club
    (r"62", {16, 17, 18, 19}),  # UnionPay
    (r"50|5[6-9]|6", {13, 14, 15, 16, 17, 18, 19}),  # Maestro
)
_ISSUED = {
    length: re.compile("|".join(prefixes for prefixes, lengths in ISSUERS if length in lengths))
    for length in range(13, 20)
}
_DOUBLED = bytes((0, 2, 4, 6, 8, 1, 3, 5, 7, 9)).ljust(256)


def luhn(given: str) -> bool:
    """True when the check digit of a row of digits is right."""
    numbers = values(given)
    return (sum(numbers[-1::-2]) + sum(numbers[-2::-2].translate(_DOUBLED))) % 10 == 0


def check(given: str) -> bool:
    """True for an issuer's prefix with a length that fits it, and a right check digit."""
    return luhn(given) and _ISSUED[len(given)].match(given) is not None


def fit(window: Window) -> Strength | None:
    """Fifteen or sixteen digits stand for themselves; other lengths and odd groupings need words."""
    if len(window.digits) in {15, 16}:
        shape = window.shape
        if shape in ON_THE_CARD:
            return Strength.CERTAIN
        if len(shape) == 1 or shape in SPELLED_OUT:
            return Strength.LIKELY
    return Strength.POSSIBLE


DETECTOR = Number(
    type="CARD",
    lengths={"2": (16,), "3": range(14, 20), "4": (13, 16, 19), "5": range(13, 20), "6": range(13, 20)},
    check=check,
    fit=fit,
    words=(
        *(
            "card",
            "cards",
            "visa",
            "mastercard",
            "master card",
            "amex",
            "american express",
            "maestro",
            "unionpay",
        ),
        *("diners", "eftpos", "credit", "debit", "cvv", "cvc", "pan", "expiry", "expires"),
    ),
    contrary=frozenset(
        {
            "order",
            "orders",
            "invoice",
            "ref",
            "reference",
            "tracking",
            "receipt",
            "ticket",
            "serial",
            "imei",
            "meter",
        }
        | {"nmi", "parcel", "consignment", "barcode", "isbn", "transaction", "booking", "sim", "iccid"}
    ),
)
