"""Australian Company Numbers (and registered body numbers): nine digits with a check digit.

They identify companies on a public register: detected, and by policy not hidden unless a company wants it.
"""

from fairgo.privacy.security.checks import weighted
from fairgo.privacy.security.detector import LOOSE_GAP, Need, Rule, Shape, compact

WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 1)


def check(value: str) -> bool:
    """True when the ninth digit makes the weighted sum of the first eight a multiple of ten."""
    given = compact(value)
    return (weighted(given[:8], WEIGHTS) + int(given[8])) % 10 == 0


DETECTOR = Shape(
    type="ACN",
    name="company number",
    rules=(
        Rule(rf"\d(?:{LOOSE_GAP}\d){{8}}", Need.NAME, 0.98, check),
        Rule(rf"\d(?:{LOOSE_GAP}\d){{8}}", Need.NAME_ONLY, 0.92),
    ),
    words=(
        "a c n",
        "a.c.n",
        "acn's",
        "company no",
        "acn",
        "acns",
        "arbn",
        "company number",
        "australian company",
        "companynumber",
        "pty ltd",
    ),
)
