"""One pass over a table: GROUP BY attributes, outcome and truth, and count."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import narwhals as nw

from fairgo.core.errors import BadRequest, NotFound, nearest
from fairgo.stats.cube import MISSING, Cube, label
from fairgo.tables.sources import collect, open_table

# Most values an attribute may have: numbers that are not banded, and words; and an outcome.
NUMBERS = 50
WORDS = 200
OUTCOMES = 20
CELLS = 500_000
_GLANCE = 10_000
_COUNT = "fairgo_rows"


def count(source: object, *, attributes: Sequence[str], outcome: str, truth: str | None = None) -> Cube:
    """The count cube of a table: a path or pattern, or anything Narwhals takes.

    Raises NotFound for a file or column that is not there (naming the nearest column), and BadRequest for
    a table without rows, an attribute with too many values to be groups, or an outcome with too many.
    """
    table = open_table(source)
    columns = [*attributes, outcome, *([] if truth is None else [truth])]
    known = [str(name) for name in table.collect_schema().names()]
    for column in columns:
        if column not in known:
            raise NotFound(f"the table has no column {column!r}", hint=nearest(column, known))
    # A customer number would make as many cells as rows; a glance at the first rows shows it cheaply.
    glance = collect(table.select(columns).head(_GLANCE))
    _check(Cube(tuple(attributes), outcome, truth, _cells((*row, 1) for row in glance.iter_rows())))
    grouped = table.group_by(columns).agg(nw.len().alias(_COUNT)).select([*columns, _COUNT])
    counted = collect(grouped.head(CELLS + 1))
    if len(counted) > CELLS:
        raise BadRequest(
            f"the attributes make more than {CELLS:,} combinations",
            hint="name fewer attributes, or band them more coarsely",
        )
    cube = Cube(tuple(attributes), outcome, truth, _cells(counted.iter_rows()))
    if cube.rows == 0:
        raise BadRequest("the table holds no rows", hint="audit a table with at least one decision in it")
    _check(cube)
    return cube


def _cells(rows: Iterable[tuple[Any, ...]]) -> Counter[tuple[str, ...]]:
    cells: Counter[tuple[str, ...]] = Counter()
    for *values, number in rows:
        # Different values can share a label (nothing and blank text), so counts are added up.
        cells[tuple(label(value) for value in values)] += int(number)
    return cells


def _check(cube: Cube) -> None:
    for place, column in enumerate(cube.columns):
        values = [level for level in cube.levels(place) if level != MISSING]
        if place >= len(cube.attributes):
            if len(values) > OUTCOMES:
                raise BadRequest(
                    f"column {column!r} has more than {OUTCOMES} different values, too many for an outcome",
                    hint="name the column that holds the decision, such as yes or no",
                )
        elif len(values) > NUMBERS and all(_is_number(value) for value in values):
            raise BadRequest(
                f"attribute {column!r} has more than {NUMBERS} different numbers",
                hint=f"band it first: add a column such as {column}_band with five to ten ranges",
            )
        elif len(values) > WORDS:
            raise BadRequest(
                f"attribute {column!r} has more than {WORDS} different values, too many to be groups",
                hint="it looks like an identifier; name a column whose values are groups of people",
            )


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
