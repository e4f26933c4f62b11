"""Payment card numbers: an issuer's prefix, a length that fits it, and the Luhn check digit (ISO/IEC 7812-1)."""

from fairgo.privacy.security.numbers import Number, Strength, Window

ON_THE_CARD = {(4, 4, 4, 4), (4, 6, 5)}
SPELLED_OUT = {(1,) * 15, (1,) * 16}
# (prefixes from, to, lengths); both ends belong to the range.
ISSUERS = (
    ("4", "4", {13, 16, 19}),  # Visa
    ("51", "55", {16}),  # Mastercard
    ("2221", "2720", {16}),  # Mastercard
    ("34", "34", {15}),  # American Express
    ("37", "37", {15}),  # American Express
    ("6011", "6011", {16, 17, 18, 19}),  # Discover
    ("644", "659", {16, 17, 18, 19}),  # Discover
    ("3528", "3589", {16, 17, 18, 19}),  # JCB
    ("300", "305", {14, 16, 17, 18, 19}),  # Diners Club
    ("3095", "3095", {14, 16, 17, 18, 19}),  # Diners Club
    ("36", "36", {14, 16, 17, 18, 19}),  # Diners Club
    ("38", "39", {14, 16, 17, 18, 19}),  # Diners Club
    ("62", "62", {16, 17, 18, 19}),  # UnionPay
    ("50", "50", {13, 14, 15, 16, 17, 18, 19}),  # Maestro
    ("56", "69", {13, 14, 15, 16, 17, 18, 19}),  # Maestro
)
_DOUBLED = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)


def luhn(given: str) -> bool:
    """True when the check digit of a row of digits is right."""
    odd = sum(map(int, given[-1::-2]))
    return (odd + sum(_DOUBLED[int(digit)] for digit in given[-2::-2])) % 10 == 0


def check(given: str) -> bool:
    """True for an issuer's prefix with a length that fits it, and a right check digit."""
    return _issued(given) and luhn(given)


def _issued(given: str) -> bool:
    return any(
        first <= given[: len(first)] <= last and len(given) in lengths for first, last, lengths in ISSUERS
    )


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
