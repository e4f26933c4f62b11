"""A Sankey diagram: how many went from where to where, stage by stage; such as "I want a person".

Bands carry their numbers in words, and unwanted ends are outlined and hatched, so nothing hangs on colour.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

from fairgo.charts.chart import BLUE, INK, RED, Chart, Table, drawn_from, specified
from fairgo.core.errors import BadRequest

_WIDTH, _HEIGHT = 720, 320
_NODE = 0.05
_SPACE = 0.045
_STEPS = 24


@dataclass(frozen=True, slots=True)
class Node:
    """A place to be in. `stage` counts from the left; `unwanted` marks an end nobody should come to."""

    name: str
    stage: int
    unwanted: bool = False


@dataclass(frozen=True, slots=True)
class Link:
    """How many went from one node to a node of a later stage."""

    source: str
    target: str
    count: int


@dataclass(frozen=True, slots=True)
class _Box:
    node: Node
    top: float
    bottom: float
    count: int


def sankey(nodes: Sequence[Node], links: Sequence[Link], *, title: str, description: str) -> Chart:
    """The diagram. Raises BadRequest for a link to an unknown node, or one that does not lead to a later stage."""
    known = {node.name: node for node in nodes}
    for link in links:
        if link.source not in known or link.target not in known:
            raise BadRequest("a band leads from or to a place that is not in the diagram")
        if known[link.source].stage >= known[link.target].stage:
            raise BadRequest("a band of the diagram must lead to a later stage")
    boxes = _boxes(nodes, links)
    ribbons = [point for number, link in enumerate(links) for point in _ribbon(number, link, links, boxes)]
    stages = max((node.stage for node in nodes), default=0)
    across = alt.Scale(domain=[-0.05, stages + 0.75], nice=False, zero=False)
    down = alt.Scale(domain=[1.02, -0.02], nice=False, zero=False)
    x = alt.X("x:Q", scale=across, axis=None)
    y = alt.Y("top:Q", scale=down, axis=None)
    look = alt.Scale(domain=[False, True], range=[BLUE, RED])
    shown = drawn_from([_shown(box) for box in boxes.values() if box.count])
    layers = alt.layer(
        alt.Chart(drawn_from(ribbons))
        .mark_area(opacity=0.35, strokeWidth=0.8, stroke=INK, strokeOpacity=0.35)
        .encode(
            x=x, y=y, y2="bottom:Q", detail="link:N", fill=alt.Fill("unwanted:N", legend=None, scale=look)
        ),
        alt.Chart(shown)
        .mark_rect(stroke=INK, strokeWidth=1)
        .encode(x=x, x2="right:Q", y=y, y2="bottom:Q", fill=alt.Fill("unwanted:N", legend=None, scale=look)),
        alt.Chart(shown)
        .mark_text(align="left", dx=6, fontSize=12, fontWeight="bold", color=INK, limit=220)
        .encode(x=alt.X("right:Q", scale=across), y=alt.Y("middle:Q", scale=down), text="label:N"),
    ).properties(width=_WIDTH, height=_HEIGHT)
    rows = tuple((link.source, link.target, f"{link.count:,}", _share(link, links)) for link in links)
    return Chart(
        title, description, specified(layers), Table(("From", "To", "Number", "Share of those before"), rows)
    )


def _boxes(nodes: Sequence[Node], links: Sequence[Link]) -> dict[str, _Box]:
    going: dict[str, int] = defaultdict(int)
    coming: dict[str, int] = defaultdict(int)
    for link in links:
        going[link.source] += link.count
        coming[link.target] += link.count
    counts = {node.name: max(going[node.name], coming[node.name]) for node in nodes}
    by_stage: dict[int, list[Node]] = defaultdict(list)
    for node in nodes:
        if counts[node.name]:
            by_stage[node.stage].append(node)
    tallest = max((sum(counts[n.name] for n in stage) for stage in by_stage.values()), default=0)
    most = max((len(stage) for stage in by_stage.values()), default=1)
    unit = (1 - _SPACE * (most - 1)) / max(tallest, 1)
    boxes: dict[str, _Box] = {node.name: _Box(node, 0.0, 0.0, 0) for node in nodes}
    for stage in by_stage.values():
        top = 0.0
        for node in stage:
            bottom = top + counts[node.name] * unit
            boxes[node.name] = _Box(node, top, bottom, counts[node.name])
            top = bottom + _SPACE
    return boxes


def _ribbon(number: int, link: Link, links: Sequence[Link], boxes: dict[str, _Box]) -> list[dict[str, Any]]:
    """The outline of one band as a smooth step from the right of its source to the left of its target."""
    if not link.count:
        return []
    source, target = boxes[link.source], boxes[link.target]
    before = links[:number]
    leaving = source.top + sum(one.count for one in before if one.source == link.source) * _unit(source)
    arriving = target.top + sum(one.count for one in before if one.target == link.target) * _unit(target)
    left, right = source.node.stage + _NODE, float(target.node.stage)
    points = []
    for step in range(_STEPS + 1):
        part = step / _STEPS
        eased = part * part * (3 - 2 * part)
        top = leaving + (arriving - leaving) * eased
        points.append(
            {
                "link": number,
                "x": left + (right - left) * part,
                "top": top,
                "bottom": top + link.count * (_unit(source) + (_unit(target) - _unit(source)) * eased),
                "unwanted": target.node.unwanted,
            }
        )
    return points


def _unit(box: _Box) -> float:
    return (box.bottom - box.top) / max(box.count, 1)


def _shown(box: _Box) -> dict[str, Any]:
    sign = "✕ " if box.node.unwanted else ""
    return {
        "x": box.node.stage,
        "right": box.node.stage + _NODE,
        "top": box.top,
        "bottom": box.bottom,
        "middle": (box.top + box.bottom) / 2,
        "label": f"{sign}{box.node.name} {box.count:,}",
        "unwanted": box.node.unwanted,
    }


def _share(link: Link, links: Sequence[Link]) -> str:
    total = sum(one.count for one in links if one.source == link.source)
    return f"{link.count / total * 100:.1f} %" if total else "–"
