"""A chart as a value: what it shows, how it is drawn, and the same content as a table for those who do not see it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from html import escape
from typing import Any

import altair as alt

from fairgo.charts.rendering import render

# Colours keep a contrast of at least 4.5 to 1 on the white that every picture brings along.
INK, SOFT, FAINT, PAPER = "#222222", "#595959", "#c9ced6", "#ffffff"
RED, BLUE, GREEN, AMBER, VIOLET = "#a4262c", "#1b5e8a", "#2a6b3c", "#8a5a00", "#574293"
PALETTE = (BLUE, AMBER, VIOLET, GREEN, RED, SOFT)
DASHES = ((1, 0), (6, 3), (2, 2), (8, 3, 2, 3), (12, 4), (1, 3))
SHAPES = ("circle", "square", "triangle-up", "diamond", "cross", "triangle-down")
_FONT = 12
_SHARPNESS = 2.0


@dataclass(frozen=True, slots=True)
class Table:
    """The content of a chart in words: column names, and rows as long as those."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing with a title, a description and its table twin. `spec` is a Vega-Lite specification.

    The same specification gives the same bytes on one machine, so a picture can be hashed as evidence.
    """

    title: str
    description: str
    spec: Mapping[str, Any]
    table: Table

    def svg(self) -> str:
        """The drawing as SVG with its title and description in it; no scripts, no styles, nothing fetched.

        Raises FairgoError when the drawing process cannot be had.
        """
        return _named(render(self.spec, "svg").decode(), self.title, self.description)

    def png(self, *, sharpness: float = _SHARPNESS) -> bytes:
        """The drawing as PNG, `sharpness` pixels to each unit of the SVG. Raises FairgoError as `svg` does."""
        return render(self.spec, "png", scale=sharpness)

    def _repr_mimebundle_(self, *_: object, **__: object) -> dict[str, Any]:
        """The chart as notebooks show it: an image, and the description for those who do not see it."""
        return {"image/svg+xml": self.svg(), "text/plain": f"{self.title}. {self.description}"}


def specified(chart: Any) -> dict[str, Any]:
    """The specification of an Altair chart, in the lettering and on the paper of all our pictures."""
    specification: dict[str, Any] = (
        chart.configure(background=PAPER, padding=8)
        .configure_axis(
            labelFontSize=_FONT, titleFontSize=_FONT, labelColor=INK, titleColor=INK, gridColor="#eceef1"
        )
        .configure_legend(
            labelFontSize=_FONT,
            titleFontSize=_FONT,
            labelColor=INK,
            titleColor=INK,
            labelLimit=240,
            titleLimit=320,
        )
        .configure_view(stroke=None)
        .to_dict()
    )
    return specification


def drawn_from(values: Sequence[Mapping[str, Any]]) -> Any:
    """Rows as the data of an Altair chart, without its limit on their number."""
    return alt.Data(values=[dict(row) for row in values])


def _named(svg: str, title: str, description: str) -> str:
    mark = sha256(f"{title}\n{description}".encode()).hexdigest()[:12]
    opening, _, rest = svg.partition(">")
    named = f'{opening} role="img" aria-labelledby="title-{mark} description-{mark}">'
    title_tag = f'<title id="title-{mark}">{escape(title)}</title>'
    return f'{named}{title_tag}<desc id="description-{mark}">{escape(description)}</desc>{rest}'
