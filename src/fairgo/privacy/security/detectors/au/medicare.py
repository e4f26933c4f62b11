"""Medicare card numbers: eight digits, a check digit, the issue number and, when given, the person's own digit."""

from fairgo.privacy.security.checks import weighted
from fairgo.privacy.security.detector import GAP, LOOSE_GAP, Need, Rule, Shape, compact

WEIGHTS = (1, 3, 7, 9, 1, 3, 7, 9)


def check(value: str) -> bool:
    """True when the check digit is right and neither issue number nor person's digit is zero."""
    given = compact(value)
    return weighted(given[:8], WEIGHTS) % 10 == int(given[8]) and "0" not in given[9:]


DETECTOR = Shape(
    type="MEDICARE",
    name="Medicare number",
    rules=(
        Rule(rf"[2-6]\d{{3}}{GAP}(?<!\d)\d{{5}}{GAP}(?<!\d)\d(?:{GAP}[1-9])?", Need.NOTHING, 0.98, check),
        Rule(r"[2-6]\d{3} \d{5} \d(?: ?[/\-] ?[1-9])?", Need.NO_DENIAL, 0.85),
        Rule(rf"[2-6](?:{LOOSE_GAP}\d){{10}}", Need.NAME, 0.98, check),
        Rule(rf"[2-6](?:{LOOSE_GAP}\d){{9}}", Need.NAME, 0.97, check),
        Rule(rf"\d(?:{LOOSE_GAP}\d){{9,10}}", Need.NAME_ONLY, 0.93),
        Rule(r"\d{4} \d{5}|\d{4} \d{5} \d|\d{9}", Need.NAME_ONLY, 0.85),
    ),
    unsure=("card", "card number", "card no", "card num", "health card", "reference number", "my card"),
    support=("medicare", "irn", "health", "doctor", "gp", "clinic", "bulk", "rebate", "patient", "hospital"),
    words=(
        "medicre",
        "medicar",
        "meidcare",
        "medcare",
        "medicair",
        "m/care",
        "mcare",
        *("medicare", "irn", "medicare card", "medicare number", "medicarenumber", "medicare no"),
        *("medi care", "医保卡", "医疗卡", "الرعاية الصحية", "ميديكير"),
        *("ιατρική κάρτα", "ਮੈਡੀਕੇਅਰ", "मेडिकेयर"),
    ),
)
