"""One pass over a table: GROUP BY attributes, strata, outcome and truth, and add up whole numbers.

The grouping is one expression through Narwhals, so DuckDB, Polars, pandas, Arrow, Spark and Ibis tables take the same
path; what is added are integers only, so they give the same cube to the last digit.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import narwhals as nw
import numpy as np
import pyarrow as pa

from fairgo.core.errors import BadRequest, NotFound, nearest
from fairgo.stats import bins, exact
from fairgo.stats.cube import MISSING, Cube, Histogram, Layout, gathered, label
from fairgo.stats.rates import IntArray
from fairgo.tables.buckets import BUCKET, with_buckets
from fairgo.tables.sources import collect, open_table

# Most values an attribute may have: numbers that are not banded, and words; and an outcome.
NUMBERS = 50
WORDS = 200
OUTCOMES = 20
CELLS = 2_000_000
_GLANCE = 10_000
_ROWS, _BIN, _SIZE, _OCTAVE = "fairgo_rows", "fairgo_bin", "fairgo_size", "fairgo_octave"


@dataclass(frozen=True, slots=True)
class Columns:
    """Which columns of a table are counted, and how. `customer` puts rows of one customer into one of `buckets`."""

    attributes: tuple[str, ...]
    outcome: str | None = None
    truth: str | None = None
    strata: tuple[str, ...] = ()
    amount: str | None = None
    score: str | None = None
    score_kind: bins.Kind = "probability"
    customer: str | None = None
    weights: str | None = None
    buckets: int = 64

    @property
    def layout(self) -> Layout:
        """What the cube of these columns counts."""
        return Layout(
            attributes=self.attributes,
            outcome=self.outcome,
            truth=self.truth,
            strata=self.strata,
            buckets=self.buckets if self.customer is not None else 0,
            amount=self.amount,
            score=self.score,
            score_kind=self.score_kind,
            weighted=self.weights is not None,
        )

    @property
    def named(self) -> tuple[str, ...]:
        """Every column that must be there."""
        others = (self.amount, self.score, self.customer, self.weights)
        return (*self.layout.columns, *(name for name in others if name is not None))


def count(source: object, columns: Columns) -> Cube:
    """The count cube of a table: a path or pattern, or anything Narwhals takes.

    Raises NotFound for a file or column that is not there (naming the nearest column), and BadRequest for
    a table without rows, an attribute with too many values to be groups, an outcome with too many, or numbers
    that are none, negative weights, and scores outside 0 to 1.
    """
    table = open_table(source)
    known = [str(name) for name in table.collect_schema().names()]
    for column in columns.named:
        if column not in known:
            raise NotFound(f"the table has no column {column!r}", hint=nearest(column, known))
    layout = columns.layout
    keys = list(layout.columns)
    # A customer number would make as many cells as rows; a glance at the first rows shows it cheaply.
    glance = collect(table.select(list(dict.fromkeys(columns.named))).head(_GLANCE)).to_arrow()
    _check_groups(layout, [_labelled(glance.column(name)) for name in keys])
    _check_numbers(table, columns)
    table = _prepared(table, columns)
    if layout.buckets:
        table = with_buckets(table, str(columns.customer), layout.buckets)
        keys.append(BUCKET)
    grouped = _limited(table.group_by(keys).agg(*_sums(columns)))
    parts = [_labelled(grouped.column(name)) for name in layout.columns]
    if not len(grouped):
        raise BadRequest("the table holds no rows", hint="audit a table with at least one decision in it")
    _check_groups(layout, parts)
    lines = _lines(grouped, keys)
    return gathered(
        layout,
        parts,
        np.stack([_whole(grouped, name) for name in layout.measures], axis=1),
        buckets=_whole(grouped, BUCKET) if layout.buckets else None,
        histograms=_histograms(table, columns, keys, lines),
    )


def _prepared(table: nw.LazyFrame[Any], columns: Columns) -> nw.LazyFrame[Any]:
    """The table with what is added up as columns of its own; not-a-number counts as nothing."""
    parts: list[nw.Expr] = []
    if columns.weights is not None:
        weight = _number(columns.weights)
        parts += [*_limbs(weight, "weight"), *_limbs(weight * weight, "weight2")]
    if columns.amount is not None:
        value = _number(columns.amount)
        parts += [value.alias("amounts"), *_limbs(value, "amount"), *_limbs(value * value, "amount2")]
    return table.with_columns(*parts) if parts else table


def _sums(columns: Columns) -> list[nw.Expr]:
    """The measures of the layout, in its order and under its names."""
    return [_MEASURED.get(name, nw.col(name).sum()).alias(name) for name in columns.layout.measures]


_MEASURED = {"rows": nw.len(), "amounts": nw.col("amounts").count()}


def _number(column: str) -> nw.Expr:
    value = nw.col(column).cast(nw.Float64)
    return nw.when(~value.is_nan()).then(value)


def _limbs(value: nw.Expr, name: str) -> list[nw.Expr]:
    """The three limbs of a number: the same steps as `stats.exact.limbs`."""
    filled = value.fill_null(0.0)
    whole = (filled.abs() * exact.UNIT + 0.5).floor()
    high = (whole / (exact.LIMB * exact.LIMB)).floor()
    rest = whole - high * (exact.LIMB * exact.LIMB)
    middle = (rest / exact.LIMB).floor()
    sign = nw.when(filled < 0).then(nw.lit(-1.0)).otherwise(nw.lit(1.0))
    parts = (high, middle, rest - middle * exact.LIMB)
    return [(sign * part).cast(nw.Int64).alias(f"{name}.{place}") for place, part in enumerate(parts)]


def _binned(table: nw.LazyFrame[Any], column: str, kind: bins.Kind) -> nw.LazyFrame[Any]:
    """The rows with a number in a column, and its bin: the same steps as `stats.bins.bin_of`.

    Each step is a column of its own: nested, the expression would double with every step.
    """
    table = table.with_columns(_number(column).alias(_BIN)).filter(~nw.col(_BIN).is_null())
    value = nw.col(_BIN)
    if kind == "probability":
        place = (value * bins.PARTS).floor()
        last = nw.lit(bins.PARTS - 1.0)
        return table.with_columns(
            nw.when(place >= bins.PARTS).then(last).otherwise(place).cast(nw.Int64).alias(_BIN)
        )
    size, octave = nw.col(_SIZE), nw.col(_OCTAVE)
    table = table.with_columns((value.abs() * 2.0**-bins.SMALLEST).alias(_SIZE), (value * 0).alias(_OCTAVE))
    for power in bins.DOUBLINGS:
        large = size >= 2.0**power
        table = table.with_columns(
            nw.when(large).then(size * 2.0**-power).otherwise(size).alias(_SIZE),
            nw.when(large).then(octave + power).otherwise(octave).alias(_OCTAVE),
        )
    place = octave * bins.STEPS + (size * bins.STEPS).floor() - bins.STEPS + 1
    signed = nw.when(value < 0).then(-place).otherwise(place)
    return table.with_columns(
        nw.when(size < 1).then(nw.lit(0.0)).otherwise(signed).cast(nw.Int64).alias(_BIN)
    )


def _histograms(
    table: nw.LazyFrame[Any], columns: Columns, keys: list[str], lines: dict[tuple[Any, ...], int]
) -> dict[str, Histogram]:
    found = {}
    wanted: tuple[tuple[str, str | None, bins.Kind], ...] = (
        ("amounts", columns.amount, "relative"),
        ("scores", columns.score, columns.score_kind),
    )
    for name, column, kind in wanted:
        if column is None:
            continue
        binned = _binned(table, column, kind)
        grouped = _limited(binned.group_by([*keys, _BIN]).agg(nw.len().alias(_ROWS)))
        cell = [lines[key] for key in _keys(grouped, keys)]
        found[name] = Histogram(
            kind, np.array(cell, dtype=np.int64), _whole(grouped, _BIN), _whole(grouped, _ROWS)
        )
    return found


def _limited(grouped: nw.LazyFrame[Any]) -> pa.Table:
    counted = collect(grouped.head(CELLS + 1)).to_arrow()
    if len(counted) > CELLS:
        raise BadRequest(
            f"the attributes make more than {CELLS:,} combinations",
            hint="name fewer attributes, or band them more coarsely",
        )
    return counted


def _lines(grouped: pa.Table, keys: list[str]) -> dict[tuple[Any, ...], int]:
    return {key: line for line, key in enumerate(_keys(grouped, keys))}


def _keys(grouped: pa.Table, keys: list[str]) -> list[tuple[Any, ...]]:
    # Not-a-number is not even equal to itself; as text every value is.
    columns = [[str(value) for value in grouped.column(name).to_pylist()] for name in keys]
    return list(zip(*columns, strict=True))


def _labelled(column: pa.ChunkedArray) -> tuple[list[str], IntArray]:
    """The labels of a column, and for each of its rows the place of its label."""
    encoded = column.combine_chunks()
    if not pa.types.is_dictionary(encoded.type):
        encoded = encoded.dictionary_encode()
    texts = [label(value) for value in encoded.dictionary.to_pylist()]
    codes = encoded.indices.fill_null(len(texts)).to_numpy(zero_copy_only=False).astype(np.int64)
    return [*texts, MISSING], codes


def _whole(table: pa.Table, name: str) -> IntArray:
    whole: IntArray = table.column(name).to_numpy().astype(np.int64)
    return whole


def _check_groups(layout: Layout, parts: Sequence[tuple[list[str], IntArray]]) -> None:
    groups = len(layout.attributes) + len(layout.strata)
    for place, (column, (texts, codes)) in enumerate(zip(layout.columns, parts, strict=True)):
        values = {texts[code] for code in np.unique(codes)} - {MISSING}
        if place >= groups:
            if len(values) > OUTCOMES:
                raise BadRequest(
                    f"column {column!r} has more than {OUTCOMES} different values, too many for an outcome",
                    hint="name the column that holds the decision, such as yes or no; "
                    "a number such as a waiting time is an amount",
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


def _check_numbers(table: nw.LazyFrame[Any], columns: Columns) -> None:
    """Raises BadRequest for numbers that are none, weights that are missing or negative, scores outside 0 to 1."""
    for column in dict.fromkeys(one for one in (columns.amount, columns.score, columns.weights) if one):
        least, most, missing = _reach(table, column)
        if missing and column == columns.weights:
            raise BadRequest(f"{missing:,} rows have no weight", hint="a row that counts fully has weight 1")
        if least is None or most is None:
            raise BadRequest(
                f"column {column!r} holds no number in any row", hint="name a column that is filled in"
            )
        if column == columns.weights and least < 0:
            raise BadRequest(f"column {column!r} has weights below 0", hint="weights count rows: 0 or more")
        if column == columns.score and columns.score_kind == "probability" and not 0 <= least <= most <= 1:
            raise BadRequest(
                f"the scores of column {column!r} are not between 0 and 1",
                hint="for scores on another scale, say so: score_kind='relative'",
            )
        if max(abs(least), abs(most)) ** 2 >= exact.LARGEST:
            raise BadRequest(
                f"the numbers of column {column!r} are too large to be added up exactly",
                hint="give them in larger units, such as thousands",
            )


def _reach(table: nw.LazyFrame[Any], column: str) -> tuple[float | None, float | None, int]:
    """The least and the greatest number of a column, and how many rows have none. Raises BadRequest for text."""
    value = _number(column)
    parts = (value.min().alias("least"), value.max().alias("most"), value.is_null().sum().alias("missing"))
    try:
        least, most, missing = table.select(*parts).collect().row(0)
    except Exception:  # noqa: BLE001 - every engine has errors of its own for a text that is no number, quoting it
        raise BadRequest(
            f"column {column!r} holds something that is not a number",
            hint="empty is fine; take units, signs and thousands separators out",
        ) from None
    known = [None if end is None or end != end else float(end) for end in (least, most)]  # noqa: PLR0124 - NaN
    return known[0], known[1], int(missing)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
