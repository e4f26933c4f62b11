"""The audit itself: from a count cube to rates, gaps, findings and a verdict."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from fairgo.bias.audits.contrasts import Contrasts, contrast, family_q
from fairgo.bias.audits.groups import Finest, Partition, finest_groups, partitions
from fairgo.bias.audits.plan import Plan, settle
from fairgo.bias.audits.results import (
    Audit,
    Cell,
    CellState,
    Excluded,
    Finding,
    Gap,
    Largest,
    Suppressed,
)
from fairgo.bias.audits.shadows import Place, explain
from fairgo.bias.audits.suppression import SHOWN, SMALL, hidden_groups
from fairgo.stats.cube import Cube
from fairgo.stats.intervals import wilson
from fairgo.stats.rates import MIRROR, RATES, WITHOUT_TRUTH, FloatArray, IntArray, shares, tally
from fairgo.stats.tests import draws_for, largest_gap

_PROTECTING = "hidden so that a small group cannot be worked out by subtraction"


@dataclass(frozen=True, slots=True, eq=False)
class _Measured:
    """One partition with its comparisons, what may be shown of it, and its q."""

    contrasts: Contrasts
    states: IntArray
    q: FloatArray

    @property
    def partition(self) -> Partition:
        return self.contrasts.partition


def measure(cube: Cube, plan: Plan) -> Audit:
    """The audit of a count cube.

    Raises BadRequest when the plan does not fit the cube: a value that does not occur, an empty outcome.
    """
    plan = settle(plan, cube)
    metrics = WITHOUT_TRUTH if cube.layout.truth is None else tuple(RATES)
    finest = finest_groups(cube, plan)
    parts = partitions(finest)
    states = hidden_groups(parts, plan.min_n)
    contrasts = [
        contrast(
            part, metrics, reference=part.reference(plan.reference), shown=state == SHOWN, alpha=plan.alpha
        )
        for part, state in zip(parts, states, strict=True)
    ]
    qs, family = family_q(contrasts, metrics)
    measured = [_Measured(*one) for one in zip(contrasts, states, qs, strict=True)]
    gaps = {
        (index, group, column): _gap(one, group, column, metrics[column], plan)
        for index, one in enumerate(measured)
        for group in range(len(one.partition.groups))
        if group != one.contrasts.reference
        for column in range(len(metrics))
    }
    findings = _findings(measured, gaps, finest, metrics, plan)
    return Audit(
        outcome=cube.layout.outcome or "",
        truth=cube.layout.truth,
        attributes=cube.layout.attributes,
        plan=plan,
        rows=cube.rows,
        n=int(finest.counts.sum()),
        verdict=_verdict(gaps.values()),
        findings=tuple(findings.values()),
        cells=_cells(finest, measured, metrics, plan),
        gaps=tuple(findings.get(key, gap) for key, gap in gaps.items()),
        largest=_largest(measured, metrics, plan),
        family=family,
        excluded=_excluded(finest, metrics),
        suppressed=_suppressed(measured, plan),
    )


def _verdict(gaps: Iterable[Gap]) -> Finding:
    seen = {gap.verdict for gap in gaps}
    if Finding.FOUND in seen:
        return Finding.FOUND
    return Finding.ALIKE if seen == {Finding.ALIKE} else Finding.CANNOT_TELL


def _gap(one: _Measured, group: int, column: int, metric: str, plan: Plan) -> Gap:
    contrasts = one.contrasts
    gap = Gap(
        groups=one.partition.groups[group],
        reference=contrasts.reference_group,
        metric=metric,
        gap=None,
        low=None,
        high=None,
        p=None,
        q=None,
        verdict=Finding.CANNOT_TELL,
        n=int(one.partition.sizes[group]),
    )
    if not contrasts.tested[group, column]:
        return replace(gap, reason=_untested(one, group, column, plan))
    place = (group, column)
    sides = shares(
        (contrasts.numerators[place], contrasts.other_numerators[place]),
        (contrasts.denominators[place], contrasts.other_denominators[place]),
    )
    low, high, q = float(contrasts.low[place]), float(contrasts.high[place]), float(one.q[place])
    verdict = Finding.CANNOT_TELL
    if -plan.margin <= low and high <= plan.margin:
        verdict = Finding.ALIKE
    elif q <= plan.alpha:
        verdict = Finding.FOUND
    return replace(
        gap,
        gap=float(contrasts.gap[place]),
        low=low,
        high=high,
        p=float(contrasts.p[place]),
        q=q,
        verdict=verdict,
        value=float(sides[0]),
        reference_value=float(sides[1]),
        detectable=_known(contrasts.detectable[place]),
    )


def _untested(one: _Measured, group: int, column: int, plan: Plan) -> str:
    if one.states[group] != SHOWN:
        return _hidden(int(one.states[group]), plan)
    reference = one.contrasts.reference
    if reference is not None and one.states[reference] != SHOWN:
        return f"the reference: {_hidden(int(one.states[reference]), plan)}"
    if one.contrasts.denominators[group, column] == 0:
        return "not estimable: no row to count below the line (denominator 0)"
    return "not estimable: there is nobody to compare with (denominator 0)"


def _hidden(state: int, plan: Plan) -> str:
    return f"suppressed: fewer than {plan.min_n} rows" if state == SMALL else f"suppressed: {_PROTECTING}"


def _findings(
    measured: Sequence[_Measured],
    gaps: Mapping[tuple[int, int, int], Gap],
    finest: Finest,
    metrics: Sequence[str],
    plan: Plan,
) -> dict[tuple[int, int, int], Gap]:
    """The findings, strongest first, each with the group that explains it."""
    found = {
        Place(measured[index].contrasts, group, column, metrics[column]): (index, group, column)
        for (index, group, column), gap in gaps.items()
        if gap.verdict is Finding.FOUND
    }
    explained = explain(list(found), finest, plan)
    return {found[place]: replace(gaps[found[place]], explained_by=because) for place, because in explained}


def _cells(
    finest: Finest, measured: Sequence[_Measured], metrics: Sequence[str], plan: Plan
) -> tuple[Cell, ...]:
    everybody = finest.counts.sum(axis=0, keepdims=True)
    small = 0 < int(everybody.sum()) < plan.min_n
    cells = _rates([{}], everybody, np.array([SMALL if small else SHOWN]), metrics, plan)
    for one in measured:
        rates = _rates(one.partition.groups, one.partition.counts, one.states, metrics, plan)
        compared = zip(rates, one.contrasts.tested.ravel(), one.contrasts.detectable.ravel(), strict=True)
        cells += [_powered(cell, float(gap), plan) if tested else cell for cell, tested, gap in compared]
    return tuple(cells)


def _rates(
    groups: Sequence[Mapping[str, str]],
    counts: IntArray,
    states: IntArray,
    metrics: Sequence[str],
    plan: Plan,
) -> list[Cell]:
    """The rates of some groups, group by group and within it metric by metric."""
    above, below = tally(counts, metrics)
    values = shares(above, below)
    lows, highs = wilson(above, below)
    sizes = counts.sum(axis=1)
    cells = []
    for place in np.ndindex(above.shape):
        group, column = place
        cell = Cell(
            groups[group],
            metrics[column],
            int(sizes[group]),
            None,
            None,
            None,
            None,
            None,
            CellState.SUPPRESSED,
        )
        if states[group] != SHOWN:
            cells.append(replace(cell, reason=_hidden(int(states[group]), plan)))
            continue
        cell = replace(cell, numerator=int(above[place]), denominator=int(below[place]))
        if below[place] == 0:
            why = "no row to count below the line (denominator 0)"
            cells.append(replace(cell, state=CellState.NOT_ESTIMABLE, reason=why))
            continue
        value, low, high = float(values[place]), float(lows[place]), float(highs[place])
        cells.append(replace(cell, value=value, low=low, high=high, state=CellState.ESTIMATED))
    return cells


def _powered(cell: Cell, detectable: float, plan: Plan) -> Cell:
    """The cell with the smallest gap its comparison could have seen, marked where that is above the margin."""
    if detectable <= plan.margin:
        return replace(cell, detectable=detectable)
    known = _known(detectable)
    if known is None:
        why = "no gap, however large, could be seen with 80 % power"
    else:
        why = f"only a gap of {known * 100:.1f} points or more could be seen with 80 % power"
    return replace(cell, state=CellState.UNDERPOWERED, detectable=known, reason=why)


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _largest(measured: Sequence[_Measured], metrics: Sequence[str], plan: Plan) -> tuple[Largest, ...]:
    answers = []
    for index, one in enumerate(measured):
        draws = draws_for(len(one.partition.groups), plan.draws)
        done: dict[str, tuple[int, float]] = {}
        for column, metric in enumerate(metrics):
            asked = MIRROR.get(metric, metric)
            if asked not in done:
                done[asked] = largest_gap(
                    one.contrasts.numerators[:, column],
                    one.contrasts.denominators[:, column],
                    reference=one.contrasts.reference,
                    compared=one.contrasts.tested[:, column],
                    draws=draws,
                    seed=(plan.seed, index, column),
                )
            group, p = done[asked]
            if group >= 0:
                groups = one.partition.groups[group]
                answers.append(Largest(one.partition.attributes, metric, groups, p, draws))
    return tuple(answers)


def _excluded(finest: Finest, metrics: Sequence[str]) -> tuple[Excluded, ...]:
    needing_truth = tuple(metric for metric in metrics if metric not in WITHOUT_TRUTH)
    parts = (
        Excluded("the outcome is missing", finest.without_outcome, tuple(metrics)),
        Excluded("the truth is missing", finest.without_truth, needing_truth),
    )
    return tuple(part for part in parts if part.n)


def _suppressed(measured: Sequence[_Measured], plan: Plan) -> tuple[Suppressed, ...]:
    return tuple(
        Suppressed(one.partition.groups[place], int(one.partition.sizes[place]), _hidden(int(state), plan))
        for one in measured
        for place, state in enumerate(one.states)
        if state != SHOWN
    )
