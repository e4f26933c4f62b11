"""File numbers of the Department of Veterans' Affairs: a state's letter, a war code, and digits, eight or nine signs."""

from fairgo.privacy.security.detector import CODE, END, Rule, Shape, compact

_FILE = rf"{CODE}[nvqwst][ -]?(?:[a-z]?[ -]?\d{{6}}|[a-z]{{2}}[ -]?\d{{5}}|[a-z]{{3}}[ -]?\d{{4}})(?:[ -]?[a-z])?{END}"
_BROAD = rf"{CODE}[nvqwst][ -]?[a-z]{{0,3}}[ -]?\d{{3,6}}[a-z]?{END}"


def is_long_enough(value: str) -> bool:
    """True for a state, a war code and digits that together have the length of a file number."""
    return 7 <= len(compact(value)) <= 9


DETECTOR = Shape(
    type="DVA",
    name="veteran file number",
    rules=(
        Rule(_FILE, score=0.97, check=is_long_enough, after=False),
        Rule(_BROAD, score=0.9, check=is_long_enough, after=False),
        Rule(rf"{CODE}[nvqwst][a-z]{{0,3}}\d{{4,6}}[a-z]?{END}", score=0.95, check=is_long_enough),
    ),
    words=(
        "vets number",
        "vet number",
        "vets",
        "vet card",
        "d v a",
        "repat",
        "repatriation",
        "vet affairs",
        "vets affairs",
        "veteran affairs",
        "vietnam vet",
        "veterans card",
        "file no",
        "dept of veterans",
        *("dva", "veteran", "veterans", "veterans affairs", "gold card", "white card", "veteran's"),
        *(
            "dva file",
            "service pension",
            "pension number",
            "war widow",
            "widow",
            "service number",
            "orange card",
            "file number",
            "veteran card",
        ),
    ),
)
