"""The audit of a table of decisions, from the table to the answer."""

from collections.abc import Mapping, Sequence

from fairgo.bias.audits.measure import measure
from fairgo.bias.audits.plan import ALPHA, MARGIN, MIN_N, SEED, Plan, check_columns, check_numbers
from fairgo.bias.audits.results import Audit
from fairgo.tables import cube as cubes


def audit(  # noqa: PLR0913 - each keyword is one question a user may ask of a table
    table: object,
    *,
    outcome: str,
    positive: object,
    attributes: Sequence[str],
    truth: str | None = None,
    truth_positive: object | None = None,
    reference: Mapping[str, object] | None = None,
    margin: float = MARGIN,
    alpha: float = ALPHA,
    min_n: int = MIN_N,
    seed: int = SEED,
) -> Audit:
    """How decisions differ between groups of people, how surely, and what cannot be told yet.

    `table` is a path, a pattern of paths, or any table Narwhals takes; `outcome` its column of decisions,
    of which `positive` counts as selected; `truth` the column of what really happened (the same value
    counts as positive there unless `truth_positive` says otherwise). Every group is compared with everybody
    else, or with the group named in `reference` (attribute to value; a pair of attributes uses it only where
    both are named). Rates and gaps are fractions with 95 % intervals; `margin` is the largest gap that still counts as alike, `alpha` the false discovery rate
    among findings; groups of fewer than `min_n` rows are not shown.

    Raises BadRequest or NotFound, each with a hint, when the table or the question cannot be used.
    """
    plan = Plan(
        positive=str(positive),
        truth_positive="" if truth_positive is None else str(truth_positive),
        reference={attribute: str(value) for attribute, value in (reference or {}).items()},
        margin=margin,
        alpha=alpha,
        min_n=min_n,
        seed=seed,
    )
    check_columns(attributes, outcome, truth)
    check_numbers(plan)
    columns = cubes.Columns(tuple(attributes), outcome, truth)
    return measure(cubes.count(table, columns), plan)
