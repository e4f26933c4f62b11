"""Australian Business Numbers: eleven digits, of which the sum of weights divides by 89.

They identify businesses on a public register: detected, and by policy not hidden unless a company wants it.
"""

from fairgo.privacy.security.checks import weighted
from fairgo.privacy.security.detector import GAP, LOOSE_GAP, Need, Rule, Shape, compact

WEIGHTS = (10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19)


def check(value: str) -> bool:
    """True when the weighted sum, with one taken from the first digit, divides by 89."""
    given = compact(value)
    return given[0] != "0" and (weighted(given, WEIGHTS) - WEIGHTS[0]) % 89 == 0


DETECTOR = Shape(
    type="ABN",
    name="business number",
    rules=(
        Rule(r"[1-9]\d \d{3} \d{3} \d{3}", Need.NO_DENIAL, 0.97, check),
        Rule(rf"[1-9](?:{LOOSE_GAP}\d){{10}}", Need.NAME, 0.98, check),
        Rule(rf"[1-9]\d{GAP}\d{{3}}{GAP}\d{{3}}{GAP}\d{{3}}", Need.NAME_ONLY, 0.93),
    ),
    words=(
        "a b n",
        "a.b.n",
        "abn's",
        "abn",
        "abns",
        "business number",
        "australian business",
        "businessnumber",
        "商业号码",
    ),
)
