"""A forest plot: one line per gap, its interval, the zero line and the margin; with its table twin.

Verdicts differ by shape and filling as well as by colour, and the picture carries a title and a
description. The same rows give the same bytes, so that a picture can be hashed as evidence.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from html import escape
from typing import Any

import altair as alt
import vl_convert

# Word, shape, colour, filled. Colours keep a contrast of at least 4.5 to 1 on white.
_MARKS = (
    ("finding", "triangle-up", "#a4262c", True),
    ("alike", "circle", "#1b5e8a", True),
    ("cannot tell yet", "square", "#595959", False),
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


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing as SVG text, and the same content as a table for those who do not see it."""

    svg: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def forest(rows: Sequence[Row], *, title: str, description: str, margin: float) -> Picture:
    """The forest plot of some gaps, top to bottom as given, in percentage points; `margin` is a fraction."""
    svg = vl_convert.vegalite_to_svg(_specification(rows, margin))
    table = tuple(
        (row.label, _points(row.gap), _points(row.low), _points(row.high), row.verdict) for row in rows
    )
    columns = ("Comparison", "Gap, points", "Lowest", "Highest", "Verdict")
    return Picture(_named(svg, title, description), columns, table)


def _specification(rows: Sequence[Row], margin: float) -> dict[str, Any]:
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

    colours = [mark[2] for mark in _MARKS]
    colour = alt.Color("verdict:N", title="Verdict", scale=scale(colours))
    fill = alt.Fill(
        "verdict:N", title="Verdict", scale=scale([mark[2] if mark[3] else "#ffffff" for mark in _MARKS])
    )
    shape = alt.Shape("verdict:N", title="Verdict", scale=scale([mark[1] for mark in _MARKS]))
    data = alt.Data(values=values)
    band = alt.Chart(alt.Data(values=[{"from": -margin * 100, "to": margin * 100}])).mark_rect(
        color="#e6eef5", stroke="#8aa3b8", strokeDash=[4, 3]
    )
    zero = alt.Chart(alt.Data(values=[{"at": 0}])).mark_rule(color="#333333")
    spans = alt.Chart(data).mark_rule(strokeWidth=2)
    points = alt.Chart(data).mark_point(size=90, strokeWidth=2, opacity=1)
    chart = alt.layer(
        band.encode(x=alt.X("from:Q", title="Gap in percentage points"), x2="to:Q"),
        zero.encode(x="at:Q"),
        spans.encode(x="low:Q", x2="high:Q", y=line, color=colour),
        points.encode(x="gap:Q", y=line, color=colour, shape=shape, fill=fill),
    ).properties(width=_WIDTH, height=alt.Step(_LINE))
    specification: dict[str, Any] = chart.configure_axis(
        labelFontSize=12, titleFontSize=12, labelColor="#222222"
    ).to_dict()
    return specification


def _label_axis(names: dict[str, str]) -> alt.Axis:
    # The field holds line numbers; Vega looks the words up in this literal.
    words = ", ".join(f"'{line}': {_literal(text)}" for line, text in names.items())
    return alt.Axis(labelExpr=f"{{{words}}}[datum.value]", labelLimit=_LONGEST_LABEL)


def _literal(text: str) -> str:
    escaped = "".join(f"\\u{ord(letter):04x}" if letter in "'\"\\\n\r" else letter for letter in text)
    return f"'{escaped}'"


def _points(share: float) -> str:
    return f"{share * 100:+.1f}"


def _named(svg: str, title: str, description: str) -> str:
    mark = sha256(f"{title}\n{description}".encode()).hexdigest()[:12]
    opening, _, rest = svg.partition(">")
    named = f'{opening} role="img" aria-labelledby="title-{mark} description-{mark}">'
    title_tag = f'<title id="title-{mark}">{escape(title)}</title>'
    return f'{named}{title_tag}<desc id="description-{mark}">{escape(description)}</desc>{rest}'
