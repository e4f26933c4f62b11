"""Lines by group over a threshold or a score, each with a dash pattern of its own; and where the threshold stands."""

from collections.abc import Sequence
from dataclasses import dataclass

import altair as alt

from fairgo.charts.chart import DASHES, INK, PALETTE, SOFT, Chart, Table, drawn_from, specified

_WIDTH, _HEIGHT = 460, 300


@dataclass(frozen=True, slots=True)
class Point:
    """One point of one group's line, with the ends of its interval where there is one."""

    group: str
    x: float
    y: float
    low: float | None = None
    high: float | None = None


def curves(
    points: Sequence[Point],
    *,
    title: str,
    description: str,
    x: str,
    y: str,
    marked: float | None = None,
    diagonal: bool = False,
) -> Chart:
    """The lines over x from 0 to 1, with y from 0 to 1; `marked` is an upright line, `diagonal` that of x = y."""
    groups = list(dict.fromkeys(point.group for point in points))
    colour = alt.Scale(domain=groups, range=[PALETTE[place % len(PALETTE)] for place in range(len(groups))])
    dash = alt.Scale(domain=groups, range=[list(DASHES[place % len(DASHES)]) for place in range(len(groups))])
    unit = alt.Scale(domain=[0, 1], nice=False)
    across, up = alt.X("x:Q", title=x, scale=unit), alt.Y("y:Q", title=y, scale=unit)
    data = drawn_from([{"group": p.group, "x": p.x, "y": p.y, "low": p.low, "high": p.high} for p in points])
    layers = [
        alt.Chart(data)
        .mark_line(strokeWidth=2)
        .encode(
            x=across,
            y=up,
            color=alt.Color("group:N", title="Group", scale=colour),
            strokeDash=alt.StrokeDash("group:N", title="Group", scale=dash),
        )
    ]
    if any(point.low is not None for point in points):
        bars = alt.Chart(data).transform_filter("isValid(datum.low)").mark_rule(strokeWidth=1.5)
        layers.append(
            bars.encode(
                x=across, y=alt.Y("low:Q", scale=unit), y2="high:Q", color=alt.Color("group:N", scale=colour)
            )
        )
    if diagonal:
        ends = drawn_from([{"x": 0, "y": 0}, {"x": 1, "y": 1}])
        layers.insert(
            0, alt.Chart(ends).mark_line(color=SOFT, strokeWidth=1, strokeDash=[3, 3]).encode(x=across, y=up)
        )
    if marked is not None:
        layers.append(
            alt.Chart(drawn_from([{"x": marked}])).mark_rule(color=INK, strokeWidth=1.5).encode(x=across)
        )
    chart = alt.layer(*layers).properties(width=_WIDTH, height=_HEIGHT)
    rows = tuple((p.group, f"{p.x:.3f}", f"{p.y:.3f}", _number(p.low), _number(p.high)) for p in points)
    return Chart(title, description, specified(chart), Table(("Group", x, y, "Lowest", "Highest"), rows))


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"
