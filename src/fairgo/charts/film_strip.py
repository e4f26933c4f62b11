"""A conversation as a film strip: stretches with the AI, of waiting and with a person, and the marks along it.

Stretches differ by height, outline and hatching as well as by colour; marks differ by shape and carry a number that the
table twin explains.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

from fairgo.charts.chart import (
    AMBER,
    BLUE,
    GREEN,
    INK,
    RED,
    SOFT,
    VIOLET,
    Chart,
    Table,
    drawn_from,
    specified,
)

AI, WAITING, PERSON, NOTICE = "AI", "waiting", "person", "notice"
_LOOKS = {  # wash, edge, hatched, height above the ground line
    AI: ("#dce9f5", BLUE, False, 0.7),
    WAITING: ("#fbf1de", AMBER, True, 0.45),
    PERSON: ("#dff0e4", GREEN, False, 1.0),
    NOTICE: ("#efefef", SOFT, False, 0.45),
}
MARKS = {  # what happened: shape and colour
    "disclosed": ("circle", BLUE),
    "asked for a person": ("triangle-up", RED),
    "redacted": ("square", VIOLET),
    "flagged": ("diamond", RED),
    "handed over": ("triangle-right", GREEN),
    "feedback": ("cross", AMBER),
    "choice": ("wedge", SOFT),
}
_OTHER = ("stroke", INK)
_WIDTH, _UNIT = 720, 62
_HATCH = 0.012
_APART = 0.5


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of the conversation: who had it, from where to where on the strip, and words for the table."""

    who: str
    start: float
    end: float
    words: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that happened at a place on the strip. `what` is a key of MARKS, or any other word."""

    what: str
    at: float
    words: str = ""


def film_strip(
    stretches: Sequence[Stretch], marks: Sequence[Mark], *, title: str, description: str, unit: str = "Turn"
) -> Chart:
    """The strip, left to right. Places are numbers of `unit`: turns, or minutes since the beginning."""
    first = min((stretch.start for stretch in stretches), default=0.0)
    last = max([*(stretch.end for stretch in stretches), *(mark.at for mark in marks), first + 1.0])
    scale = alt.Scale(domain=[first, last], nice=False, zero=False)
    x = alt.X("start:Q", scale=scale, title=unit, axis=alt.Axis(grid=False, tickMinStep=1, format="d"))
    kinds = list(_LOOKS)
    frames = drawn_from([_frame(stretch, last - first) for stretch in stretches])
    lines = drawn_from([line for stretch in stretches for line in _hatching(stretch, last - first)])
    signs = _signs(marks, last - first)
    top = max((sign["level"] for sign in signs), default=1.0) + 0.4
    up = alt.Scale(domain=[-0.1, top], nice=False, zero=False)
    y = alt.Y("bottom:Q", scale=up, axis=None)
    whats = list(dict.fromkeys(mark.what for mark in marks))
    looks = [MARKS.get(what, _OTHER) for what in whats]
    point = {
        "x": alt.X("at:Q", scale=scale),
        "y": alt.Y("level:Q", scale=up, axis=None),
    }
    layers = alt.layer(
        alt.Chart(frames)
        .mark_rect(strokeWidth=2)
        .encode(
            x=x,
            x2="end:Q",
            y=y,
            y2="top:Q",
            fill=alt.Fill(
                "who:N", legend=None, scale=alt.Scale(domain=kinds, range=[_LOOKS[k][0] for k in kinds])
            ),
            stroke=alt.Stroke(
                "who:N", legend=None, scale=alt.Scale(domain=kinds, range=[_LOOKS[k][1] for k in kinds])
            ),
        ),
        alt.Chart(lines)
        .mark_rule(color=AMBER, strokeWidth=1)
        .encode(x=alt.X("start:Q", scale=scale), x2="end:Q", y=y, y2="top:Q"),
        alt.Chart(frames)
        .mark_text(fontSize=12, color=INK, baseline="bottom", dy=-5)
        .encode(x=alt.X("middle:Q", scale=scale), y=y, text="label:N"),
        alt.Chart(drawn_from(signs))
        .mark_point(size=150, strokeWidth=1.5, filled=True, opacity=1)
        .encode(
            **point,
            shape=alt.Shape(
                "what:N", title="Mark", scale=alt.Scale(domain=whats, range=[look[0] for look in looks])
            ),
            color=alt.Color(
                "what:N", title="Mark", scale=alt.Scale(domain=whats, range=[look[1] for look in looks])
            ),
        ),
        alt.Chart(drawn_from(signs))
        .mark_text(fontSize=10, dy=-14, color=INK)
        .encode(**point, text="number:N"),
    ).properties(width=_WIDTH, height=_UNIT * (top + 0.1))
    return Chart(title, description, specified(layers), _twin(stretches, marks, unit))


def _frame(stretch: Stretch, length: float) -> dict[str, Any]:
    wide = (stretch.end - stretch.start) / length > 0.012 * (len(stretch.who) + 1)
    return {
        "who": stretch.who,
        "start": stretch.start,
        "end": stretch.end,
        "middle": (stretch.start + stretch.end) / 2,
        "bottom": 0,
        "top": _LOOKS[stretch.who][3],
        "label": stretch.who if wide else stretch.who[:1].upper(),
    }


def _hatching(stretch: Stretch, length: float) -> list[dict[str, float]]:
    _, _, hatched, top = _LOOKS[stretch.who]
    if not hatched:
        return []
    step = _HATCH * length
    count = int((stretch.end - stretch.start) / step)
    return [
        {
            "start": stretch.start + place * step,
            "end": min(stretch.end, stretch.start + (place + 1) * step),
            "bottom": 0,
            "top": top,
        }
        for place in range(count + 1)
        if stretch.start + place * step < stretch.end
    ]


def _signs(marks: Sequence[Mark], length: float) -> list[dict[str, Any]]:
    """Marks with their numbers, one above the other where they would cover each other."""
    signs: list[dict[str, Any]] = []
    placed: list[tuple[float, int]] = []
    for number, mark in enumerate(marks, start=1):
        level = 0
        while any(abs(at - mark.at) < 0.028 * length and taken == level for at, taken in placed):
            level += 1
        placed.append((mark.at, level))
        signs.append({"what": mark.what, "at": mark.at, "level": 1.3 + _APART * level, "number": str(number)})
    return signs


def _twin(stretches: Sequence[Stretch], marks: Sequence[Mark], unit: str) -> Table:
    rows = [(f"{s.start:g} to {s.end:g}", "", s.who, s.words) for s in stretches]
    rows += [(f"{m.at:g}", str(number), m.what, m.words) for number, m in enumerate(marks, start=1)]
    return Table((unit, "Mark", "What", "More"), tuple(rows))
