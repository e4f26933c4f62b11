"""A matrix of groups by metrics: each cell a rate with its interval as a bar; "cannot tell yet" is hatched.

Verdicts differ by outline, hatching and a sign in the corner as well as by colour.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

from fairgo.charts.chart import BLUE, FAINT, INK, RED, SOFT, Chart, Table, drawn_from, specified

FINDING, ALIKE, CANNOT_TELL, REFERENCE = "finding", "alike", "cannot tell yet", "reference"
_WASH = {FINDING: "#fbe3e4", ALIKE: "#e3eef6", CANNOT_TELL: "#f3f3f3", REFERENCE: "#ffffff"}
_EDGE = {FINDING: RED, ALIKE: BLUE, CANNOT_TELL: SOFT, REFERENCE: FAINT}
_SIGN = {FINDING: "▲", ALIKE: "●", CANNOT_TELL: "?", REFERENCE: ""}
_WIDTH, _HEIGHT = 96, 44
_GAP = 0.05
_HATCHES = 6
_LABEL = 320


@dataclass(frozen=True, slots=True)
class Square:
    """One rate of one group as a fraction with the ends of its interval; None where it cannot be estimated or shown.

    `verdict` is one of the four words of this module; `note` says in a few words why there is no number.
    """

    group: str
    metric: str
    value: float | None
    low: float | None
    high: float | None
    verdict: str
    n: int
    note: str = ""


def matrix(squares: Sequence[Square], *, title: str, description: str) -> Chart:
    """The matrix: groups down and metrics across, in the order in which they first occur."""
    groups = list(dict.fromkeys(square.group for square in squares))
    metrics = list(dict.fromkeys(square.metric for square in squares))
    places = [(metrics.index(square.metric), groups.index(square.group), square) for square in squares]
    across = alt.Scale(domain=[0, len(metrics)], nice=False, zero=False)
    down = alt.Scale(domain=[len(groups), 0], nice=False, zero=False)

    def x(field: str) -> alt.X:
        return alt.X(f"{field}:Q", scale=across, axis=None)

    def y(field: str) -> alt.Y:
        return alt.Y(f"{field}:Q", scale=down, axis=None)

    verdicts = list(_WASH)
    fill = alt.Fill(
        "verdict:N", legend=None, scale=alt.Scale(domain=verdicts, range=[_WASH[word] for word in verdicts])
    )
    edge = alt.Stroke(
        "verdict:N", legend=None, scale=alt.Scale(domain=verdicts, range=[_EDGE[word] for word in verdicts])
    )
    cells = alt.Chart(drawn_from([_cell(*place) for place in places]))
    bars = alt.Chart(drawn_from([bar for place in places for bar in _bar(*place)]))
    hatching = alt.Chart(drawn_from([line for place in places for line in _hatching(*place)]))
    heads = [{"at": place + 0.5, "text": metric} for place, metric in enumerate(metrics)]
    sides = [{"at": place + 0.5, "text": group} for place, group in enumerate(groups)]
    layers = alt.layer(
        cells.mark_rect(strokeWidth=1.5).encode(
            x=x("left"), x2="right", y=y("top"), y2="bottom", fill=fill, stroke=edge
        ),
        hatching.mark_rule(color=SOFT, strokeWidth=1, opacity=0.55).encode(
            x=x("left"), x2="right", y=y("top"), y2="bottom"
        ),
        bars.mark_rule(strokeWidth=3, color=INK).encode(x=x("low"), x2="high", y=y("level")),
        bars.mark_tick(thickness=2, size=10, color=INK, orient="vertical").encode(x=x("value"), y=y("level")),
        cells.mark_text(fontSize=12, color=INK, dy=-7).encode(x=x("middle"), y=y("centre"), text="words:N"),
        cells.mark_text(fontSize=10, color=INK, align="right").encode(
            x=x("corner"), y=y("sign_level"), text="sign:N"
        ),
        alt.Chart(drawn_from(heads))
        .mark_text(fontSize=12, color=INK, baseline="bottom", dy=-6)
        .encode(x=x("at"), y=alt.value(0), text="text:N"),
        alt.Chart(drawn_from(sides))
        .mark_text(fontSize=12, color=INK, align="right", dx=-8, limit=_LABEL)
        .encode(x=alt.value(0), y=y("at"), text="text:N"),
    ).properties(width=_WIDTH * max(len(metrics), 1), height=_HEIGHT * max(len(groups), 1))
    columns = ("Group", "Metric", "Rate", "Lowest", "Highest", "Rows", "Verdict")
    rows = tuple(
        (
            s.group,
            s.metric,
            _percent(s.value) or s.note,
            _percent(s.low),
            _percent(s.high),
            f"{s.n:,}",
            s.verdict,
        )
        for s in squares
    )
    return Chart(title, description, specified(layers), Table(columns, rows))


def _cell(column: int, row: int, square: Square) -> dict[str, Any]:
    return {
        "left": column + _GAP,
        "right": column + 1 - _GAP,
        "top": row + _GAP,
        "bottom": row + 1 - _GAP,
        "middle": column + 0.5,
        "centre": row + 0.5,
        "corner": column + 1 - 2 * _GAP,
        "sign_level": row + 0.22,
        "verdict": square.verdict,
        "sign": _SIGN[square.verdict],
        "words": square.note or "not known" if square.value is None else _percent(square.value),
    }


def _bar(column: int, row: int, square: Square) -> list[dict[str, float]]:
    """The interval, drawn from 0 % at the left edge of the cell to 100 % at the right."""
    if square.value is None or square.low is None or square.high is None:
        return []
    at = {"low": square.low, "value": square.value, "high": square.high}
    inner = {name: column + 2 * _GAP + share * (1 - 4 * _GAP) for name, share in at.items()}
    return [{**inner, "level": row + 0.76}]


def _hatching(column: int, row: int, square: Square) -> list[dict[str, float]]:
    """Slanting lines across a cell that cannot tell, each cut off at its edges."""
    if square.verdict != CANNOT_TELL:
        return []
    size = 1 - 2 * _GAP
    lines = []
    for step in range(1, 2 * _HATCHES):
        reach = step / _HATCHES
        first, last = max(0.0, reach - 1), min(1.0, reach)
        lines.append(
            {
                "left": column + _GAP + first * size,
                "right": column + _GAP + last * size,
                "top": row + _GAP + (reach - first) * size,
                "bottom": row + _GAP + (reach - last) * size,
            }
        )
    return lines


def _percent(share: float | None) -> str:
    return "" if share is None else f"{share * 100:.1f} %"
