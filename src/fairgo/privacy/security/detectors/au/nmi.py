"""National Metering Identifiers: ten letters and digits without O and I, and when given a check digit."""

from fairgo.privacy.security.detector import CODE, END, LOOSE_GAP, Need, Rule, Shape, compact


def is_meter(value: str) -> bool:
    """True for a code, not a word; and, with eleven signs, for the right check digit."""
    return any(sign.isdigit() for sign in value) and check(value)


def check(value: str) -> bool:
    """True for ten signs, or eleven of which the last is the check digit (AEMO, NMI procedure)."""
    given = compact(value).upper()
    if len(given) != 11:
        return len(given) == 10
    doubled = "".join(str(ord(c) * (2 if i % 2 == 0 else 1)) for i, c in enumerate(reversed(given[:10])))
    return (sum(map(int, doubled)) + int(given[10])) % 10 == 0


DETECTOR = Shape(
    type="NMI",
    name="electricity meter number",
    rules=(
        Rule(rf"{CODE}(?=[a-z]*\d)[a-z\d]{{10,11}}{END}", Need.NAME_ONLY, 0.9),
        Rule(rf"\d(?:{LOOSE_GAP}\d){{9,10}}", Need.NAME, 0.95),
        Rule(rf"{CODE}[a-hj-np-z\d]{{10}}\d?{END}", Need.NAME, 0.95, is_meter),
        Rule(
            rf"{CODE}[a-hj-np-z\d]{{4}}[ \-]?[a-hj-np-z\d]{{4}}[ \-]?[a-hj-np-z\d]{{2}}[ \-]?\d?{END}",
            Need.NAME,
            0.95,
            is_meter,
            after=False,
        ),
    ),
    words=(
        "n m i",
        "national meter identifier",
        "supply point",
        "nmi's",
        "meter point",
        "nmi",
        "nmis",
        "national meter",
        "national metering",
        "metering identifier",
        "meter identifier",
        "mirn",
        "电表号码",
    ),
)
