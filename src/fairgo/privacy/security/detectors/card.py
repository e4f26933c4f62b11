"""Payment card numbers: an issuer's prefix, a length that fits it, and the Luhn check digit (ISO/IEC 7812-1)."""

import re

from fairgo.privacy.security.checks import luhn
from fairgo.privacy.security.detector import GAP, LOOSE_GAP, Need, Rule, Shape, compact

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


def check(value: str) -> bool:
    """True for an issuer's prefix with a length that fits it, and a right check digit."""
    return looks_issued(value) and luhn(compact(value))


def looks_issued(value: str) -> bool:
    """True for an issuer's prefix with a length that fits it."""
    given = compact(value)
    return _ISSUED[len(given)].match(given) is not None


DETECTOR = Shape(
    type="CARD",
    name="card number",
    rules=(
        Rule(rf"[2-6]\d{{3}}(?:{GAP}(?<!\d)\d{{4}}){{3}}", Need.NOTHING, 0.98, check),
        Rule(rf"3\d{{3}}{GAP}(?<!\d)\d{{6}}{GAP}(?<!\d)\d{{5}}", Need.NOTHING, 0.98, check),
        Rule(r"[2-6]\d{15}|3\d{14}", Need.NO_DENIAL, 0.95, check),
        Rule(rf"[2-6](?:{LOOSE_GAP}\d){{12,18}}", Need.NAME, 0.97, check),
        Rule(rf"[2-6](?:{LOOSE_GAP}\d){{14,15}}", Need.NAME_ONLY, 0.9, looks_issued),
    ),
    words=(
        *("card", "cards", "visa", "mastercard", "master card", "amex", "american express", "maestro"),
        *("unionpay", "diners", "eftpos", "credit", "debit", "cvv", "cvc", "pan", "expiry", "expires", "exp"),
        *("cardnumber", "creditcard", "card number", "card no", "credit card", "debit card", "ccnumber"),
        *("tarjeta", "carta di credito", "carta", "κάρτα", "κάρτας", "بطاقة", "البطاقة", "thẻ", "số thẻ"),
        *("so the", "信用卡", "卡号", "银行卡", "कार्ड", "ਕਾਰਡ"),
    ),
)
