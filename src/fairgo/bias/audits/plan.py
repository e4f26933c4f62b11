"""What an audit was asked: checked, with every value written as it is counted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from fairgo.core.errors import BadRequest, nearest
from fairgo.stats.cube import MISSING, Cube, label
from fairgo.stats.tests import DRAWS

# Below five, whoever knows a member or two of a group can often work out the others, and the rate says
# next to nothing: the 95 % interval of 2 in 4 runs from 15 % to 85 %.
MIN_N = 5
MARGIN = 0.05
ALPHA = 0.05
SEED = 20261123

_SHOWN = 20
_LONGEST = 40
_OTHER_SPELLING = {"1": "true", "0": "false", "true": "1", "false": "0"}


@dataclass(frozen=True, slots=True)
class Plan:
    """The questions of an audit, apart from the columns, which the cube names.

    `margin` is the largest gap that still counts as alike; `alpha` the false discovery rate of findings;
    groups of fewer than `min_n` rows are not shown; `seed` and `draws` make the permutation test repeatable.
    """

    positive: str
    truth_positive: str = ""
    reference: Mapping[str, str] = field(default_factory=dict)
    margin: float = MARGIN
    alpha: float = ALPHA
    min_n: int = MIN_N
    seed: int = SEED
    draws: int = DRAWS


def check_columns(attributes: Sequence[str], outcome: str, truth: str | None) -> None:
    """Raises BadRequest when the columns named cannot be audited together."""
    if not attributes or not all(attributes):
        raise BadRequest("no attribute is named", hint="name at least one column of groups, such as gender")
    for attribute in attributes:
        if attributes.count(attribute) > 1:
            raise BadRequest(f"attribute {attribute!r} is named twice", hint="name each attribute once")
    if outcome in attributes:
        raise BadRequest(
            f"attribute {outcome!r} is also the outcome", hint="name the groups and the decision separately"
        )
    if truth in attributes:
        raise BadRequest(
            f"attribute {truth!r} is also the truth", hint="name the groups and the truth separately"
        )
    if truth == outcome:
        raise BadRequest(
            f"{outcome!r} is named as both outcome and truth",
            hint="the outcome is what was decided, the truth is what really happened",
        )


def check_numbers(plan: Plan) -> None:
    """Raises BadRequest for a margin, alpha or smallest group that makes no sense."""
    if not 0 < plan.margin < 1:
        raise BadRequest("the margin must be above 0 and below 1", hint="0.05 means five percentage points")
    if not 0 < plan.alpha < 1:
        raise BadRequest("alpha must be above 0 and below 1", hint="0.05 is usual")
    if plan.min_n < 1:
        raise BadRequest("the smallest group shown must have at least 1 row", hint="5 is the default")


def settle(plan: Plan, cube: Cube) -> Plan:
    """The plan with its values spelt as this cube counts them.

    Raises BadRequest when a column holds nothing, or a value named does not occur.
    """
    check_numbers(plan)
    layout = cube.layout
    positive = plan.positive
    if layout.outcome is not None:
        positive = _value(layout.outcome, cube.levels(layout.outcome), plan.positive)
    truth_positive = ""
    if layout.truth is not None:
        asked = plan.truth_positive or plan.positive
        truth_positive = _value(layout.truth, cube.levels(layout.truth), asked)
    reference = {}
    for attribute, value in plan.reference.items():
        if attribute not in layout.attributes:
            raise BadRequest(
                f"the reference {attribute!r} is not one of the attributes",
                hint=nearest(attribute, layout.attributes),
            )
        levels = cube.levels(attribute)
        chosen = _spelling(levels, value)
        if chosen not in levels:
            raise BadRequest(f"attribute {attribute!r} has no group {value!r}", hint=nearest(value, levels))
        reference[attribute] = chosen
    return Plan(
        positive=positive,
        truth_positive=truth_positive,
        reference=MappingProxyType(reference),
        margin=plan.margin,
        alpha=plan.alpha,
        min_n=plan.min_n,
        seed=plan.seed,
        draws=plan.draws,
    )


def _value(column: str, levels: Mapping[str, int], asked: str) -> str:
    seen = {level: rows for level, rows in levels.items() if level != MISSING}
    if not seen:
        raise BadRequest(
            f"column {column!r} holds no value in any row", hint="name a column that is filled in"
        )
    chosen = _spelling(seen, asked)
    if chosen not in seen:
        listed = ", ".join(f"{_short(level)} ({rows:,})" for level, rows in list(seen.items())[:_SHOWN])
        raise BadRequest(f"no row has {asked!r} in column {column!r}", hint=f"values seen: {listed}")
    return chosen


def _spelling(levels: Mapping[str, int], asked: str) -> str:
    """The label asked for; 1 and true (0 and false) are one where the column holds only such values."""
    wanted = label(asked)
    other = _OTHER_SPELLING.get(wanted, wanted)
    filled = set(levels) - {MISSING}
    if wanted not in levels and (filled <= {"true", "false"} or filled <= {"0", "1"}):
        return other
    return wanted


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
