"""Payment card numbers: an issuer's prefix, a length that fits it, and the Luhn check digit (ISO/IEC 7812-1)."""

from fairgo.privacy.security.characters import words
from fairgo.privacy.security.numbers import Number, Strength, Window, contrary

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


def _issued(given: str) -> bool:
    return any(
        first <= given[: len(first)] <= last and len(given) in lengths for first, last, lengths in ISSUERS
    )


def fit(window: Window) -> Strength | None:
    """Fifteen or sixteen digits stand for themselves; other lengths and odd groupings need words."""
    given = window.digits
    if not luhn(given) or not _issued(given):
        return None
    shape = window.shape
    if shape in ON_THE_CARD and len(given) in {15, 16}:
        return Strength.CERTAIN
    if len(given) in {15, 16} and (len(shape) == 1 or shape in SPELLED_OUT):
        return Strength.LIKELY
    return Strength.POSSIBLE


DETECTOR = Number(
    type="CARD",
    lengths=range(13, 20),
    starts="23456",
    fit=fit,
    words=words(
        r"cards?(?:[\s_-]*(?:#|numbers?|no\.?|num|nr))*",
        r"visa|master\s?card|amex|american\s+express|maestro|unionpay|diners|eftpos",
        r"credit|debit|cvv|cvc|pan|expiry|expires",
    ),
    contrary=contrary(
        r"orders?|invoices?|ref|references?|tracking|receipts?|tickets?|serial|imei|meters?|nmi|parcels?",
        r"consignment|barcode|isbn|transactions?|booking|sim|iccid",
    ),
)
