"""Wait ribbons: from the middle wait to the wait of the slowest tenth, by hour of the week, one ribbon a series."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

from fairgo.charts.chart import DASHES, INK, PALETTE, Chart, Table, drawn_from, specified

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_WIDTH, _HEIGHT = 720, 220
HOURS = 168


@dataclass(frozen=True, slots=True)
class Wait:
    """Waits in one hour of the week (0 is Monday from midnight), in minutes; None where nobody waited."""

    series: str
    hour: int
    p50: float | None
    p90: float | None
    n: int


def wait_ribbons(waits: Sequence[Wait], *, title: str, description: str) -> Chart:
    """The ribbons, Monday to Sunday. Hours without waits break the ribbon rather than being drawn as no wait."""
    series = list(dict.fromkeys(wait.series for wait in waits))
    values = [value for name in series for value in _pieces([w for w in waits if w.series == name])]
    names = ", ".join(f"'{day * 24}': '{word}'" for day, word in enumerate(_DAYS))
    axis = alt.Axis(
        title="Hour of the week",
        values=[day * 24 for day in range(7)],
        labelExpr=f"{{{names}}}[datum.value]",
        labelAlign="left",
    )
    x = alt.X("hour:Q", scale=alt.Scale(domain=[0, HOURS], nice=False), axis=axis)
    colour = alt.Scale(domain=series, range=[PALETTE[place % len(PALETTE)] for place in range(len(series))])
    dash = alt.Scale(domain=series, range=[list(DASHES[place % len(DASHES)]) for place in range(len(series))])
    chart = alt.Chart(drawn_from(values))
    layers = alt.layer(
        chart.mark_area(opacity=0.25, interpolate="step-after").encode(
            x=x,
            y=alt.Y("p50:Q", title="Minutes waited"),
            y2="p90:Q",
            color=alt.Color("series:N", title="From the middle wait to the slowest tenth", scale=colour),
            detail="piece:N",
        ),
        chart.mark_line(strokeWidth=2, interpolate="step-after").encode(
            x=x,
            y="p50:Q",
            color=alt.Color("series:N", scale=colour),
            strokeDash=alt.StrokeDash(
                "series:N", title="From the middle wait to the slowest tenth", scale=dash
            ),
            detail="piece:N",
        ),
        alt.Chart(drawn_from([{"hour": day * 24} for day in range(1, 7)]))
        .mark_rule(color=INK, opacity=0.15)
        .encode(x=x),
    ).properties(width=_WIDTH, height=_HEIGHT)
    columns = (
        "Series",
        "Day",
        "Hour",
        "Half waited at most, minutes",
        "9 in 10 waited at most, minutes",
        "People",
    )
    rows = tuple(
        (w.series, _DAYS[w.hour // 24], f"{w.hour % 24:02}:00", _minutes(w.p50), _minutes(w.p90), f"{w.n:,}")
        for w in waits
        if w.n
    )
    return Chart(title, description, specified(layers), Table(columns, rows))


def _pieces(waits: Sequence[Wait]) -> list[dict[str, Any]]:
    """The known hours of one series; each unbroken run is a piece, and reaches to the end of its last hour."""
    values: list[dict[str, Any]] = []
    piece, before = 0, -2
    for wait in sorted((w for w in waits if w.p50 is not None and w.p90 is not None), key=lambda w: w.hour):
        if wait.hour != before + 1:
            piece += 1
        elif values:
            values.pop()
        point = {"series": wait.series, "p50": wait.p50, "p90": wait.p90, "piece": f"{wait.series}/{piece}"}
        values += [{**point, "hour": wait.hour}, {**point, "hour": wait.hour + 1}]
        before = wait.hour
    return values


def _minutes(value: float | None) -> str:
    return "–" if value is None else f"{value:.1f}"
