"""Consent over time: how many say yes, no, or took a yes back, for each purpose, with the steps of the notice."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import altair as alt

from fairgo.charts.chart import INK, Chart, Table, drawn_from, specified

# In the order in which they are stacked, from the ground up. Lightness alone tells them apart in print.
STATES = {"yes": "#1b5e8a", "no": "#8fb4cf", "withdrawn": "#f0d9a8"}
_WIDTH, _HEIGHT = 640, 120


@dataclass(frozen=True, slots=True)
class Standing:
    """How many customers stood how on one purpose at the end of a day. `state` is a key of STATES."""

    day: date
    purpose: str
    state: str
    count: int


@dataclass(frozen=True, slots=True)
class Notice:
    """A new version of the words under which a purpose is asked."""

    day: date
    purpose: str
    version: str


def consent_flow(
    standings: Sequence[Standing], notices: Sequence[Notice], *, title: str, description: str
) -> Chart:
    """One strip for each purpose: stacked numbers by day, and an upright line where the notice changed."""
    purposes = list(dict.fromkeys(standing.purpose for standing in standings))
    days = sorted({standing.day for standing in standings})
    span = alt.Scale(domain=[days[0].isoformat(), days[-1].isoformat()]) if len(days) > 1 else alt.Scale()
    x = alt.X("day:T", title=None, scale=span, axis=alt.Axis(format="%-d %b", labelOverlap=True, tickCount=8))
    strips = []
    for purpose in purposes:
        values = [
            {
                "day": s.day.isoformat(),
                "state": s.state,
                "count": s.count,
                "order": list(STATES).index(s.state),
            }
            for s in standings
            if s.purpose == purpose
        ]
        steps = [{"day": n.day.isoformat(), "words": n.version} for n in notices if n.purpose == purpose]
        bars = (
            alt.Chart(drawn_from(values))
            .mark_area(interpolate="step-after", stroke=INK, strokeWidth=0.8)
            .encode(
                x=x,
                y=alt.Y("count:Q", title="Customers", stack="zero"),
                order="order:O",
                fill=alt.Fill(
                    "state:N",
                    title="Answer",
                    scale=alt.Scale(domain=list(STATES), range=list(STATES.values())),
                ),
            )
        )
        lines = (
            alt.Chart(drawn_from(steps)).mark_rule(strokeDash=[5, 3], strokeWidth=1.5, color=INK).encode(x=x)
        )
        words = alt.Chart(drawn_from(steps)).mark_text(
            align="left", dx=4, dy=8, baseline="top", fontSize=11, color=INK
        )
        layers = [bars, lines, words.encode(x=x, y=alt.value(0), text="words:N")] if steps else [bars]
        strips.append(alt.layer(*layers).properties(width=_WIDTH, height=_HEIGHT, title=purpose))
    chart = alt.vconcat(*strips) if strips else alt.Chart(drawn_from([])).mark_point()
    rows = tuple((s.day.isoformat(), s.purpose, s.state, f"{s.count:,}") for s in standings)
    rows += tuple((n.day.isoformat(), n.purpose, "new notice", n.version) for n in notices)
    return Chart(title, description, specified(chart), Table(("Day", "Purpose", "Answer", "Customers"), rows))
