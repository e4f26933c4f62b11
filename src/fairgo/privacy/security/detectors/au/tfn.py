"""Australian tax file numbers: nine digits, or eight on old ones.

One number in eleven passes the check, so words near it must say what it is; when they do so plainly, one with a
wrong digit counts too: it was mistyped.
Basis: Privacy (Tax File Number) Rule 2015: a tax file number is always hidden.
"""

from fairgo.privacy.security.checks import groups, weighted
from fairgo.privacy.security.detector import LOOSE_GAP, Need, Rule, Shape, compact

NINE = (1, 4, 3, 7, 5, 8, 6, 9, 10)
EIGHT = (10, 7, 8, 4, 6, 3, 5, 1)  # weights of their own, not the first eight of nine
EIGHT_SHAPES = {(8,), (3, 3, 2), (2, 3, 3), (4, 4)}


def check(value: str) -> bool:
    """True when the weighted sum of the digits divides by eleven."""
    given = compact(value)
    total = weighted(given, NINE if len(given) == 9 else EIGHT)
    return total % 11 == 0 and total > 0


def check_eight(value: str) -> bool:
    """The same for eight digits, only in the groupings that are in use."""
    return is_grouped(value) and check(value)


def is_grouped(value: str) -> bool:
    """True for eight digits as they are written."""
    return groups(value) in EIGHT_SHAPES


DETECTOR = Shape(
    type="TFN",
    name="tax file number",
    rules=(
        Rule(rf"\d(?:{LOOSE_GAP}\d){{8}}", Need.NAME, 0.98, check),
        Rule(rf"\d(?:{LOOSE_GAP}\d){{7}}", Need.NAME, 0.97, check_eight),
        Rule(rf"\d(?:{LOOSE_GAP}\d){{8}}", Need.NAME_ONLY, 0.93),
        Rule(rf"\d(?:{LOOSE_GAP}\d){{7}}", Need.NAME_ONLY, 0.9, is_grouped),
        Rule(r"\d{3} \d{3} \d{3,4}|\d{10}", Need.NAME_ONLY, 0.8),
    ),
    unsure=("ato", "tax", "super", "superannuation", "payg", "employment", "declaration"),
    support=(
        "ato",
        "tax",
        "super",
        "superannuation",
        "payg",
        "employment",
        "employee",
        "employer",
        "declaration",
    ),
    words=(
        "ato file",
        "tax one",
        "ato number",
        "tax file reference",
        "t f n",
        "tax file no",
        "taxfile no",
        "tax fil",
        "tfn's",
        "tax file num",
        "tnf",
        "file number for tax",
        *("tfn", "tfns", "tax file", "taxfile", "taxfilenumber", "tax number", "tax no", "tax id", "t.f.n"),
        *("税号", "税务号", "税务档案号", "税档号", "mã số thuế", "ma so thue", "số thuế", "الرقم الضريبي"),
        *(
            "رقم الملف الضريبي",
            "الملف الضريبي",
            "αφμ",
            "αριθμός φορολογικού",
            "φορολογικού",
            "codice fiscale",
        ),
        *("numero fiscale", "número fiscal", "numero de impuestos", "ਟੈਕਸ ਫਾਈਲ", "ਟੈਕਸ", "टैक्स फाइल", "टैक्स"),
    ),
)
