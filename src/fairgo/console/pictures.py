"""The pictures of the console's pages: what they are drawn from. How they are drawn is `fairgo.charts`' business."""

from collections.abc import Callable, Mapping, Sequence

from fairgo.bias.audits import words
from fairgo.bias.audits.results import Audit, Finding, Gap
from fairgo.charts import film_strip as film
from fairgo.charts.chart import Chart
from fairgo.charts.forest import Row, forest
from fairgo.charts.matrix import ALIKE, CANNOT_TELL, FINDING, REFERENCE, Square, matrix
from fairgo.console.strip import Strip, Who

DRAWN = 30  # lines of a forest, and groups of a matrix: more cannot be read
WHO = {Who.AI: film.AI, Who.WAITING: film.WAITING, Who.PERSON: film.PERSON}
VERDICTS = {Finding.FOUND: FINDING, Finding.ALIKE: ALIKE, Finding.CANNOT_TELL: CANNOT_TELL}


def audit_matrix(audit: Audit) -> Chart | None:
    """Groups by rates, each with its interval; what cannot be told is hatched. None without a rate."""
    worst = _worst(audit)
    groups = list(dict.fromkeys(words.group_name(gap.groups) for gap in worst))[: DRAWN // 2]
    kept = {"everybody", *groups}
    said = {(words.group_name(gap.groups), gap.metric): gap.verdict for gap in audit.gaps}
    order = {name: place for place, name in enumerate(["everybody", *groups])}
    cells = sorted(
        (cell for cell in audit.cells if words.group_name(cell.groups) in kept),
        key=lambda cell: order[words.group_name(cell.groups)],
    )
    squares = [
        Square(
            words.group_name(cell.groups),
            cell.metric,
            cell.value,
            cell.low,
            cell.high,
            REFERENCE
            if not cell.groups
            else _verdict(said.get((words.group_name(cell.groups), cell.metric))),
            cell.n,
            cell.reason,
        )
        for cell in cells
    ]
    if not squares:
        return None
    return matrix(
        squares,
        title=f"Rates of each group in {audit.outcome}",
        description="Each cell is a rate with its 95 % interval as a bar. A triangle marks a finding, a disc a group that "
        "is alike within the margin. Hatched: cannot tell yet.",
    )


def audit_forest(audit: Audit) -> Chart | None:
    """The gaps worth a line: findings first, then the least sure. None without a gap."""
    rows = [
        Row(f"{words.group_name(gap.groups)} · {gap.metric}", gap.gap, gap.low, gap.high, str(gap.verdict))
        for gap in _worst(audit)[:DRAWN]
        if gap.gap is not None and gap.low is not None and gap.high is not None
    ]
    if not rows:
        return None
    return forest(
        rows,
        title=f"Gaps between groups in {audit.outcome}",
        description="Each line is a gap with its 95 % interval; the shaded band is the margin. Triangle: finding. Disc: "
        "alike. Hollow square: cannot tell yet.",
        margin=audit.plan.margin,
    )


OF_AUDIT: Mapping[str, Callable[[Audit], Chart | None]] = {"matrix": audit_matrix, "forest": audit_forest}


STRIP_WORDS = (
    "Who had the conversation, from left to right, and what happened on the way. Each turn is one step."
)


def conversation_strip(strip: Strip, name: str) -> Chart:
    """The film strip of a conversation: one step for each turn, since a wait of a day would hide the minutes of talk."""
    stretches, marks, at = [], [], 0
    for stretch in strip.stretches:
        length = max(1, len(stretch.frames))
        since = f"{stretch.since:%H:%M}"
        until = f"{stretch.until:%H:%M}" if stretch.until else "now"
        stretches.append(
            film.Stretch(WHO[stretch.who], at, at + length, f"{stretch.who.value}, {since} to {until}")
        )
        marks += [
            film.Mark(mark.kind, at + nth + 0.5, f"{mark.words}, {frame.turn.opened_at:%H:%M:%S}")
            for nth, frame in enumerate(stretch.frames)
            for mark in frame.marks
        ]
        at += length
    return film.film_strip(
        stretches,
        marks,
        title=f"Conversation {name}",
        description=STRIP_WORDS,
    )


def _worst(audit: Audit) -> Sequence[Gap]:
    others = [gap for gap in audit.gaps if gap.gap is not None and gap.verdict is not Finding.FOUND]
    others.sort(key=lambda gap: (gap.verdict is Finding.ALIKE, gap.p or 1.0))
    return [*audit.findings, *others]


def _verdict(found: Finding | None) -> str:
    return CANNOT_TELL if found is None else VERDICTS[found]
