"""What an audit says, in plain words: what was measured, on whom, how surely, and what would change it."""

from collections.abc import Mapping

from fairgo.bias.audits.results import Audit, Cell, CellState, Finding, Gap
from fairgo.stats.power import trials_needed

MEANINGS: Mapping[str, str] = {
    "selection_rate": "share selected",
    "tpr": "share selected of the really positive",
    "fpr": "share selected of the really negative (false alarms)",
    "tnr": "share not selected of the really negative",
    "fnr": "share not selected of the really positive (misses)",
    "ppv": "share really positive of the selected",
    "npv": "share really negative of the not selected",
    "fdr": "share really negative of the selected",
    "for": "share really positive of the not selected",
    "accuracy": "share where decision and truth agree",
    "base_rate": "share really positive, whatever was decided",
}
_MENTIONED = 5


def group_name(groups: Mapping[str, str]) -> str:
    """A group in words, such as `gender = F, region = north`."""
    return ", ".join(f"{attribute} = {value}" for attribute, value in groups.items()) or "everybody"


def reference_name(gap: Gap) -> str:
    """Whom a group was compared with."""
    return "everybody else" if gap.reference is None else group_name(gap.reference)


def percent(share: float | None, digits: int = 1) -> str:
    """A share as a percentage; a dash where it is not known."""
    return "–" if share is None else f"{share * 100:.{digits}f} %"


def chance(p: float | None) -> str:
    """A p or q in words short enough for a table."""
    if p is None:
        return "–"
    return "below 0.001" if p < 0.001 else f"{p:.3f}"


def subject(audit: Audit) -> str:
    """What was measured, and on whom."""
    what = f"{audit.outcome} = {audit.plan.positive}"
    truth = f", against {audit.truth} = {audit.plan.truth_positive}" if audit.truth is not None else ""
    return (
        f"{audit.n:,} decisions, where selected means {what}{truth}, compared by {_listed(audit.attributes)}."
    )


def headline(audit: Audit) -> str:
    """The verdict in one sentence."""
    margin = f"{audit.plan.margin * 100:g} points"
    if audit.verdict is Finding.FOUND:
        return f"A difference was found. {describe(audit.findings[0])}"
    if audit.verdict is Finding.ALIKE:
        return f"Alike within {margin}: all {len(audit.gaps):,} intervals lie inside that margin."
    unsure = [gap for gap in audit.gaps if gap.verdict is Finding.CANNOT_TELL]
    return (
        f"Cannot tell yet: {len(unsure):,} of {len(audit.gaps):,} comparisons neither show a difference "
        f"nor show that it is smaller than {margin}."
    )


def describe(gap: Gap) -> str:
    """One comparison in one sentence."""
    name = f"{group_name(gap.groups)}: {MEANINGS[gap.metric]} ({gap.metric})"
    if gap.gap is None or gap.low is None or gap.high is None:
        return f"{name}: {gap.reason}."
    side = "higher" if gap.gap > 0 else "lower"
    return (
        f"{name} is {percent(gap.value)} against {percent(gap.reference_value)} of {reference_name(gap)}: "
        f"{abs(gap.gap) * 100:.1f} points {side} "
        f"(95 % interval {gap.low * 100:+.1f} to {gap.high * 100:+.1f}, p {chance(gap.p)}, q {chance(gap.q)})."
    )


def what_would_change(audit: Audit) -> list[str]:
    """What would have to happen for the verdict to be another."""
    margin = f"{audit.plan.margin * 100:g} points"
    if audit.verdict is Finding.FOUND:
        return _to_close_gaps(audit)
    if audit.verdict is Finding.ALIKE:
        widest = max(max(abs(gap.low or 0.0), abs(gap.high or 0.0)) for gap in audit.gaps) * 100
        return [
            f"One interval reaching beyond {margin} would be enough. The furthest now reaches {widest:.1f} points."
        ]
    return _to_tell(audit, margin)


def _to_close_gaps(audit: Audit) -> list[str]:
    cells = {(tuple(cell.groups.items()), cell.metric): cell for cell in audit.cells}
    sentences = []
    for gap in [gap for gap in audit.findings if gap.explained_by is None][:_MENTIONED]:
        below = cells[tuple(gap.groups.items()), gap.metric].denominator or 0
        rows = round(abs(gap.gap or 0.0) * below)
        sentences.append(
            f"{group_name(gap.groups)}, {gap.metric}: about {rows:,} of its {below:,} rows would have to "
            "count the other way for the gap to close."
        )
    return sentences


def _to_tell(audit: Audit, margin: str) -> list[str]:
    weak = [cell for cell in audit.cells if cell.state is CellState.UNDERPOWERED]
    sentences = [
        f"{group_name(cell.groups)}, {cell.metric}: about {_needed(cell, audit):,} rows below the line, "
        f"now {cell.denominator:,}, before a gap of {margin} would be seen 8 times in 10."
        for cell in sorted(weak, key=lambda cell: _needed(cell, audit))[:_MENTIONED]
        if cell.detectable is not None
    ]
    blank = sum(gap.gap is None for gap in audit.gaps)
    if blank:
        sentences.append(
            f"{blank:,} comparisons could not be made at all; they need more rows of their groups."
        )
    return sentences or ["More rows: the intervals still reach beyond the margin on both sides of it."]


def _needed(cell: Cell, audit: Audit) -> int:
    if cell.detectable is None or cell.denominator is None:
        return 0
    return trials_needed(cell.denominator, cell.detectable, audit.plan.margin)


def limits(audit: Audit) -> list[str]:
    """What was left out or hidden, and how many comparisons were made."""
    sentences = [
        f"{part.n:,} of {audit.rows:,} rows are left out of {_listed(part.metrics)}: {part.reason}."
        for part in audit.excluded
    ] or [f"No row is left out: all {audit.rows:,} have what was needed."]
    if audit.suppressed:
        sentences.append(
            f"{len(audit.suppressed):,} groups are not shown: fewer than {audit.plan.min_n} rows, "
            "or hidden so that a smaller one cannot be worked out."
        )
    sentences.append(
        f"{audit.family:,} different comparisons were made. q is corrected for all of them "
        f"(Benjamini–Hochberg): of the findings, about {audit.plan.alpha:.0%} or fewer are expected to be chance."
    )
    sentences.append("Groups are compared as recorded. Why they differ, this audit cannot say.")
    return sentences


def methods(audit: Audit) -> list[str]:
    """How the numbers came about."""
    draws = max((test.draws for test in audit.largest), default=audit.plan.draws)
    margin = f"{audit.plan.margin * 100:g} points"
    found = f"A finding has q at most {audit.plan.alpha:g} and an interval that reaches beyond {margin}"
    shadow = "A finding is explained by a stronger one when its gap goes away once people inside that group"
    return [
        "Rates: Wilson score intervals, 95 %. Gaps: Newcombe hybrid score intervals, 95 %, group minus reference.",
        "p: chi-square test without correction; Fisher's exact test where an expected count is below 5.",
        f"Largest gap of each partition: permutation of the counts, {draws:,} draws, seed {audit.plan.seed}.",
        f"{found}; alike means wholly within.",
        f"{shadow} and people outside it are compared only among themselves (Mantel–Haenszel).",
        "Underpowered: with 80 % power the comparison could only have seen a gap larger than the margin.",
        f"Missing values are a group of their own. Groups under {audit.plan.min_n} rows are not shown.",
    ]


def _listed(words: tuple[str, ...]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
