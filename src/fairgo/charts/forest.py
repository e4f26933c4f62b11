"""A forest plot: one line per gap, its interval, the zero line and the margin.

Verdicts differ by shape and filling as well as by colour.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import altair as alt

from fairgo.charts.chart import BLUE, INK, PAPER, RED, SOFT, Chart, Table, drawn_from, specified

# Word, shape, colour, filled.
_MARKS = (
    ("finding", "triangle-up", RED, True),
    ("alike", "circle", BLUE, True),
    ("cannot tell yet", "square", SOFT, False),
)
_WIDTH = 460
_LINE = 24
_LONGEST_LABEL = 420


@dataclass(frozen=True, slots=True)
class Row:
    """One gap as a fraction with the ends of its interval, a label, and its verdict in words."""

    label: str
    gap: float
    low: float
    high: float
    verdict: str


def forest(rows: Sequence[Row], *, title: str, description: str, margin: float) -> Chart:
    """The forest plot of some gaps, top to bottom as given, in percentage points; `margin` is a fraction."""
    # Numbered lines keep two rows of the same label apart.
    values = [
        {
            "line": f"{place:05}",
            "label": row.label,
            "gap": row.gap * 100,
            "low": row.low * 100,
            "high": row.high * 100,
            "verdict": row.verdict,
        }
        for place, row in enumerate(rows)
    ]
    names = {f"{place:05}": row.label for place, row in enumerate(rows)}
    words = [word for word, *_ in _MARKS]
    line = alt.Y("line:N", sort=None, title=None, axis=_label_axis(names))

    def scale(choices: list[str]) -> alt.Scale:
        return alt.Scale(domain=words, range=choices)

    colour = alt.Color("verdict:N", title="Verdict", scale=scale([mark[2] for mark in _MARKS]))
    fill = alt.Fill(
        "verdict:N", title="Verdict", scale=scale([mark[2] if mark[3] else PAPER for mark in _MARKS])
    )
    shape = alt.Shape("verdict:N", title="Verdict", scale=scale([mark[1] for mark in _MARKS]))
    data = drawn_from(values)
    band = alt.Chart(drawn_from([{"from": -margin * 100, "to": margin * 100}])).mark_rect(
        color="#e6eef5", stroke="#8aa3b8", strokeDash=[4, 3]
    )
    zero = alt.Chart(drawn_from([{"at": 0}])).mark_rule(color=INK)
    spans = alt.Chart(data).mark_rule(strokeWidth=2)
    points = alt.Chart(data).mark_point(size=90, strokeWidth=2, opacity=1)
    layers = alt.layer(
        band.encode(x=alt.X("from:Q", title="Gap in percentage points"), x2="to:Q"),
        zero.encode(x="at:Q"),
        spans.encode(x="low:Q", x2="high:Q", y=line, color=colour),
        points.encode(x="gap:Q", y=line, color=colour, shape=shape, fill=fill),
    ).properties(width=_WIDTH, height=alt.Step(_LINE))
    table = tuple(
        (row.label, _points(row.gap), _points(row.low), _points(row.high), row.verdict) for row in rows
    )
    columns = ("Comparison", "Gap, points", "Lowest", "Highest", "Verdict")
    return Chart(title, description, specified(layers), Table(columns, table))


def _label_axis(names: dict[str, str]) -> alt.Axis:
    # The field holds line numbers; Vega looks the words up in this literal.
    words = ", ".join(f"'{line}': {_literal(text)}" for line, text in names.items())
    return alt.Axis(labelExpr=f"{{{words}}}[datum.value]", labelLimit=_LONGEST_LABEL)


def _literal(text: str) -> str:
    escaped = "".join(f"\\u{ord(letter):04x}" if letter in "'\"\\\n\r" else letter for letter in text)
    return f"'{escaped}'"


def _points(share: float) -> str:
    return f"{share * 100:+.1f}"
