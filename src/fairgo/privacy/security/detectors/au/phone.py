"""Telephone numbers: Australian mobiles and landlines, and any number written with a plus and a country's code.

Numbers that begin 13, 1300, 1800 or 190 belong to businesses, not to a person, and are never found.
"""

from fairgo.privacy.security.numbers import Number, Strength, Window

MOBILE, LANDLINE = "04", ("02", "03", "07", "08")
# How many digits a number has with its country's code, where that does not vary.
LENGTHS = {"1": {11}, "44": {12}, "65": {10}, "86": {13}, "91": {12}, "852": {11}, "61": {11, 12}}
MOBILE_SHAPES = {(10,), (4, 6), (2, 4, 4), (2, 8), (4, 2, 4), (4, 2, 2, 2), (3, 3, 4), (5, 5), (1,) * 10}


def fit(window: Window) -> Strength | None:
    """What prefix, length and grouping say; dates, decimals and mixed separators are not telephone numbers."""
    if "/" in window.gaps:
        return None
    if window.plus:
        return Strength.CERTAIN if _international(window) else None
    if len(set(window.gaps[1:])) > 1:
        return None
    return _australian(window)


def _australian(window: Window) -> Strength | None:
    given = window.digits
    if given.startswith("0061") and _national("0" + given[4:]):
        return Strength.LIKELY
    if given.startswith("61") and _national("0" + given[2:]):
        return Strength.POSSIBLE
    return _grouped(window) if _national(given) else None


def _national(given: str) -> bool:
    return len(given) == 10 and given.startswith((MOBILE, *LANDLINE))


def _grouped(window: Window) -> Strength:
    shape, gaps = window.shape, window.gaps
    if shape == (4, 3, 3) and window.digits.startswith(MOBILE):
        return Strength.CERTAIN
    if shape[0] == 2 and ")" in gaps[0]:
        return Strength.CERTAIN
    if shape == (2, 4, 4):
        return Strength.CERTAIN if gaps == (" ", " ") else Strength.LIKELY
    if shape in {(10,), (2, 8)} or (shape in MOBILE_SHAPES and window.digits.startswith(MOBILE)):
        return Strength.LIKELY
    return Strength.POSSIBLE


def _international(window: Window) -> bool:
    given = window.digits
    if given.startswith("0") or len(window.groups) > 7 or not 8 <= len(given) <= 15:
        return False
    for code, lengths in LENGTHS.items():
        if given.startswith(code):
            return len(given) in lengths and (code != "61" or _national("0" + given[2:].removeprefix("0")))
    return True


def normal(window: Window) -> str:
    """The number with a plus and the country's code, so that 0491 570 006 and +61 491 570 006 are the same."""
    given = window.digits
    if not window.plus:
        given = given.removeprefix("00") if given.startswith("0061") else given
        given = "61" + given[1:] if given.startswith("0") else given
    return "+61" + given[2:].removeprefix("0") if given.startswith("61") else "+" + given


DETECTOR = Number(
    type="PHONE",
    lengths={"+": range(8, 16), "0": (10, 13), "6": (11,)},
    fit=fit,
    normal=normal,
    words=(
        *(
            "phone",
            "phones",
            "telephone",
            "mobile",
            "mob",
            "cell",
            "cellphone",
            "ph",
            "tel",
            "fax",
            "whatsapp",
        ),
        *("landline", "contact", "call", "calling", "called", "ring", "text", "sms", "dial", "reach"),
        *(
            "my number",
            "my best number",
            "my new number",
            "my work number",
            "my home number",
            "my other number",
        ),
    ),
    contrary=frozenset(
        {
            "order",
            "orders",
            "invoice",
            "invoices",
            "inv",
            "ref",
            "reference",
            "tracking",
            "receipt",
            "ticket",
            "case",
        }
        | {
            "serial",
            "imei",
            "meter",
            "nmi",
            "account",
            "acc",
            "acct",
            "bsb",
            "parcel",
            "consignment",
            "policy",
        }
        | {"claim", "sku", "barcode", "isbn", "transaction", "booking", "abn", "acn", "product", "item", "po"}
        | {"batch", "licence", "license"}
    ),
)
