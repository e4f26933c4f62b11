"""An audit as one self-contained page, for people and for the file it is kept in."""

import os
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from fairgo.bias.audits import words
from fairgo.bias.audits.results import Audit, Finding, Gap
from fairgo.charts.chart import Chart
from fairgo.charts.forest import Row, forest
from fairgo.core.errors import BadRequest

_PAGES = Path(__file__).parent
_DRAWN = 30
# A browser shows tables of a few thousand rows; the JSON holds every row.
_LISTED = 2000


def page(audit: Audit) -> str:
    """The audit as HTML: headline, picture with its table, rates, methods, what would change it, limits."""
    environment = Environment(
        loader=FileSystemLoader(_PAGES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    drawn = _drawn(audit)
    picture = _picture(drawn, audit)
    return environment.get_template("audit.html").render(
        audit=audit,
        words=words,
        picture=picture,
        # The chart escapes what it writes; see charts.chart.
        svg=Markup(picture.svg()) if picture else "",  # noqa: S704 - our own SVG, its texts escaped by its maker
        drawn=len(drawn),
        listed=_LISTED,
        comparable=sum(gap.gap is not None for gap in audit.gaps),
    )


def write(audit: Audit, path: Path) -> None:
    """Writes the page whole or not at all. Raises BadRequest when the place cannot be written."""
    text = page(audit)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.unfinished")
    try:
        unfinished.write_text(text, encoding="utf-8")
        unfinished.replace(path)
    except OSError as wrong:
        unfinished.unlink(missing_ok=True)
        raise BadRequest(
            f"the page cannot be written to {path}: {wrong.strerror}",
            hint="name a file in a folder that exists and may be written",
        ) from None


def _drawn(audit: Audit) -> list[Gap]:
    """The gaps worth a line: findings in their order, then what is unsure, the largest first."""
    others = [gap for gap in audit.gaps if gap.gap is not None and gap.verdict is not Finding.FOUND]
    others.sort(key=lambda gap: (gap.verdict is Finding.ALIKE, gap.p or 1.0))
    return [*audit.findings, *others][:_DRAWN]


def _picture(gaps: list[Gap], audit: Audit) -> Chart | None:
    rows = [
        Row(f"{words.group_name(gap.groups)} · {gap.metric}", gap.gap, gap.low, gap.high, str(gap.verdict))
        for gap in gaps
        if gap.gap is not None and gap.low is not None and gap.high is not None
    ]
    if not rows:
        return None
    return forest(
        rows,
        title=f"Gaps between groups in {audit.outcome}",
        description=f"{words.headline(audit)} Each line is a gap with its 95 % interval; the shaded band is the "
        "margin. Triangle: finding. Disc: alike. Hollow square: cannot tell yet. A table with the same "
        "numbers follows.",
        margin=audit.plan.margin,
    )
