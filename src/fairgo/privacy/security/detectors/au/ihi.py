"""Individual healthcare identifiers (and those of providers): sixteen digits that begin 80036, with a Luhn digit.

Basis: Healthcare Identifiers Act 2010 (Cth): use and disclosure are limited by law.
"""

from fairgo.privacy.security.checks import luhn
from fairgo.privacy.security.detector import GAP, LOOSE_GAP, Need, Rule, Shape, compact


def check(value: str) -> bool:
    """True when the Luhn digit over all sixteen is right."""
    return luhn(compact(value))


DETECTOR = Shape(
    type="IHI",
    name="healthcare identifier",
    rules=(
        Rule(rf"8003{GAP}60\d\d{GAP}\d{{4}}{GAP}\d{{4}}", Need.NO_DENIAL, 0.93),
        Rule(rf"8003{GAP}6[012]\d\d(?:{GAP}\d{{4}}){{2}}", Need.NOTHING, 0.98, check),
        Rule(rf"8{LOOSE_GAP}0{LOOSE_GAP}0{LOOSE_GAP}3{LOOSE_GAP}6(?:{LOOSE_GAP}\d){{11}}", Need.NAME, 0.95),
        Rule(rf"\d(?:{LOOSE_GAP}\d){{15}}", Need.NAME_ONLY, 0.9),
    ),
    words=(
        "i h i",
        "health identifier number",
        "health record number",
        *(
            "ihi",
            "healthcare identifier",
            "health identifier",
            "individual healthcare",
            "hpi",
            "hpii",
            "hpio",
        ),
        *("my health record", "healthcare id", "health id", "mhr", "医疗识别号", "mã số y tế"),
    ),
)
