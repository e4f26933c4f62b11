"""Overviews to show: some strategies measured, the rest not built."""

from fairgo.core.article import STRATEGIES
from fairgo.core.ports import Overview, Row
from fairgo.core.verdicts import NOT_BUILT, Measure, State

MEASURED = {
    "security": Measure("128 identifiers hidden, 0 texts not scanned", State.OK, "in 42 turns"),
    "disclosure": Measure("0 of 42 interactions without it", State.OK),
    "opt_out": Measure("3 wishes, at most 0.01 seconds", State.OK, "measured on the last 30 days"),
    "choices": Measure("0 withdrawals not in force", State.OK),
    "values": Measure("policy version 3f9a1c22 in force", State.OK),
    "alternatives": Measure(
        "2 people waiting, 1 hand-over failed", State.ATTENTION, "the oldest waits 14 minutes"
    ),
    "parity": Measure("about 440 more needed", State.CANNOT_TELL, "nobody has opted out this month"),
}


def an_overview(measures: dict[str, Measure] | None = None, organisation: str = "Banksia Mobile") -> Overview:
    known = MEASURED if measures is None else measures
    return Overview(
        organisation=organisation,
        rows=lambda: [Row(item, known.get(item.name, NOT_BUILT)) for item in STRATEGIES],
    )
