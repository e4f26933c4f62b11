"""The count cube: how many rows share each combination of attributes, strata, decision and truth.

Everything an audit says is computed from these sums, so its cost depends on the number of cells and not of rows; and
the cubes of days, files or shards add up to the cube of the whole, to the last digit: all that is added is whole numbers.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from fairgo.core.errors import BadRequest
from fairgo.stats import exact
from fairgo.stats.bins import Kind
from fairgo.stats.rates import FloatArray, IntArray

MISSING = "(missing)"

_ABSENT = frozenset({"nan", "NaN", "<NA>", "NaT"})
_WHOLE = re.compile(r"(-?\d+)\.0+")
_TRUTH_VALUES = frozenset({"true", "false"})
_LARGEST_KEY = 2**62
_DENSE = 16
_WHOLE_FLOATS = 2**53


def label(value: object) -> str:
    """The text a value is counted under, the same whatever table it came from.

    Nothing, not-a-number and blank text become `(missing)`; whole numbers lose an empty fraction
    (`1.0` is `1`), and truth values are lower case (`True` is `true`).
    """
    if value is None:
        return MISSING
    text = str(value)
    if not text.strip() or text in _ABSENT:
        return MISSING
    if text.lower() in _TRUTH_VALUES:
        return text.lower()
    whole = _WHOLE.fullmatch(text)
    if whole is None:
        return text
    return "0" if whole[1] == "-0" else whole[1]


@dataclass(frozen=True, slots=True)
class Layout:
    """What a cube counts: its columns by name, and what is summed beside the rows.

    `buckets` is into how many hash buckets customers fall, 0 when rows are taken as independent. `amount` is a numeric
    outcome, `score` what a model gave, `weighted` whether rows have weights.
    """

    attributes: tuple[str, ...]
    outcome: str | None = None
    truth: str | None = None
    strata: tuple[str, ...] = ()
    buckets: int = 0
    amount: str | None = None
    score: str | None = None
    score_kind: Kind = "probability"
    weighted: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        """The labelled columns in the order of the codes of a cell: attributes, strata, outcome, truth."""
        last = tuple(name for name in (self.outcome, self.truth) if name is not None)
        return (*self.attributes, *self.strata, *last)

    @property
    def measures(self) -> tuple[str, ...]:
        """What is summed in each cell. Exact sums take three limbs each; see `stats.exact`."""
        exact_sums = ("weight", "weight2") * self.weighted
        if self.amount is not None:
            exact_sums += ("amount", "amount2")
        counted = ("rows", *(("amounts",) if self.amount is not None else ()))
        return (*counted, *(f"{name}.{limb}" for name in exact_sums for limb in range(exact.LIMBS)))


@dataclass(frozen=True, slots=True, eq=False)
class Histogram:
    """How many rows of a cell fall into a bin: three arrays of one length, sorted by cell and bin."""

    kind: Kind
    cell: IntArray
    bin: IntArray
    count: IntArray


@dataclass(frozen=True, slots=True, eq=False)
class Cube:
    """Rows counted by combination.

    `labels` are the sorted labels of each column of the layout; `codes` (cells, columns) index into them, with the
    customers' bucket as a last column where there are buckets; `sums` (cells, measures) are whole numbers. Cells are
    in order and occur once, so equal data give equal arrays whatever engine counted them.
    """

    layout: Layout
    labels: tuple[tuple[str, ...], ...]
    codes: IntArray
    sums: IntArray
    amounts: Histogram | None = None
    scores: Histogram | None = None

    @property
    def rows(self) -> int:
        """How many rows were counted."""
        return int(self.counts.sum())

    @property
    def counts(self) -> IntArray:
        """The number of rows of each cell."""
        answer: IntArray = self.sums[:, 0]
        return answer

    def levels(self, column: str) -> dict[str, int]:
        """The labels of one column, sorted, each with its number of rows."""
        place = self.layout.columns.index(column)
        found = np.bincount(self.codes[:, place], weights=self.counts, minlength=len(self.labels[place]))
        return {text: int(rows) for text, rows in zip(self.labels[place], found, strict=True)}

    def cells(self) -> dict[tuple[str, ...], int]:
        """Each combination of labels with its number of rows, buckets added up."""
        found: dict[tuple[str, ...], int] = {}
        for row, count in zip(self.codes.tolist(), self.counts.tolist(), strict=True):
            key = tuple(texts[code] for texts, code in zip(self.labels, row, strict=False))
            found[key] = found.get(key, 0) + count
        return found

    def __eq__(self, other: object) -> bool:
        """True when both count the same columns and every sum is the same."""
        if not isinstance(other, Cube):
            return NotImplemented
        return (
            (self.layout, self.labels) == (other.layout, other.labels)
            and all(_same(one, another) for one, another in zip(_arrays(self), _arrays(other), strict=False))
            and len(_arrays(self)) == len(_arrays(other))
        )

    __hash__ = None  # type: ignore[assignment]

    def __add__(self, other: Self) -> "Cube":
        """The cube of both tables together. Raises BadRequest when the two count different columns."""
        if self.layout != other.layout:
            raise BadRequest(
                "two counts of different columns cannot be added",
                hint="count both tables by the same attributes, strata, outcome, truth, score and amount",
            )
        return added([self, other])


def counted(layout: Layout, cells: Mapping[tuple[str, ...], int]) -> Cube:
    """A cube without extras from a mapping of label tuples, in the order of `layout.columns`, to numbers of rows."""
    keys = list(cells)
    codes = np.arange(len(keys))
    columns = [([key[place] for key in keys], codes) for place in range(len(layout.columns))]
    return gathered(layout, columns, np.array([[cells[key]] for key in keys], dtype=np.int64).reshape(-1, 1))


def gathered(
    layout: Layout,
    columns: Sequence[tuple[Sequence[str], IntArray]],
    sums: IntArray,
    *,
    buckets: IntArray | None = None,
    histograms: Mapping[str, Histogram] | None = None,
) -> Cube:
    """The cube of some lines: `columns` are labels and codes into them, `sums` (lines, measures) what is added up.

    Labels may be doubled and lines may share a combination. `histograms` name `amounts` and `scores`, whose `cell` counts these lines.
    """
    labels, coded = [], []
    for texts, places in columns:
        names = sorted(set(texts))
        index = {name: code for code, name in enumerate(names)}
        labels.append(tuple(names))
        coded.append(np.array([index[text] for text in texts], dtype=np.int64)[places])
    if buckets is not None:
        coded.append(buckets)
    codes = np.stack(coded, axis=1).astype(np.int64) if coded else np.zeros((len(sums), 0), dtype=np.int64)
    return _tidied(Cube(layout, tuple(labels), codes, sums, **(histograms or {})))


def added(cubes: Sequence[Cube]) -> Cube:
    """The cube of all their rows together; they must have one layout."""
    first = cubes[0]
    labels = tuple(
        tuple(sorted({text for cube in cubes for text in cube.labels[place]}))
        for place in range(len(first.labels))
    )
    codes = np.concatenate([_recoded(cube, labels) for cube in cubes])
    starts = np.cumsum([0, *(len(cube.codes) for cube in cubes)])
    whole = Cube(
        first.layout,
        labels,
        codes,
        np.concatenate([cube.sums for cube in cubes]),
        _joined([cube.amounts for cube in cubes], starts),
        _joined([cube.scores for cube in cubes], starts),
    )
    return _tidied(whole)


def measured(layout: Layout, sums: IntArray, name: str) -> FloatArray:
    """A measure of some sums of shape (..., measures) as numbers of shape (...): `rows`, or an exact sum by its name."""
    places = [place for place, measure in enumerate(layout.measures) if measure.partition(".")[0] == name]
    if len(places) == 1:
        return sums[..., places[0]].astype(np.float64)
    return exact.totals(sums[..., places])


def distinct(codes: IntArray) -> tuple[IntArray, IntArray]:
    """The different rows of codes (cells, columns) in order, and for each cell the place of its row among them."""
    keys = _keys(codes)
    reach = int(keys.max(initial=-1)) + 1
    if reach <= _DENSE * max(len(keys), 1):
        # Few possible combinations: finding them by counting is much faster than by sorting.
        seen = np.zeros(reach, dtype=np.bool_)
        seen[keys] = True
        member = (np.cumsum(seen) - 1)[keys]
        first = np.zeros(int(seen.sum()), dtype=np.int64)
        first[member[::-1]] = np.arange(len(keys))[::-1]
        return codes[first], member
    _, first, member = np.unique(keys, return_index=True, return_inverse=True)
    return codes[first], member.reshape(-1)


def rolled(sums: IntArray, member: IntArray, size: int) -> IntArray:
    """Whole sums of shape (cells, …) added up by group: `member` says which of `size` groups each cell is in."""
    answer = np.zeros((size, *sums.shape[1:]), dtype=np.int64)
    if len(member) == 0:
        return answer
    if int(np.abs(sums).max(initial=0)) * len(member) < _WHOLE_FLOATS:
        # Floating-point numbers hold whole numbers of this size exactly, and adding them by group is faster.
        flat = sums.reshape(len(sums), -1)
        columns = [np.bincount(member, weights=column, minlength=size) for column in flat.T]
        return np.stack(columns, axis=-1).astype(np.int64).reshape(answer.shape)
    order = np.argsort(member, kind="stable")
    first = np.flatnonzero(np.diff(member[order], prepend=-1))
    answer[member[order][first]] = np.add.reduceat(sums[order], first, axis=0)
    return answer


def _tidied(cube: Cube) -> Cube:
    """The same cube with labels that occur, cells in order, and each combination once."""
    labels, codes = [], cube.codes.copy()
    for place, texts in enumerate(cube.labels):
        used, codes[:, place] = np.unique(codes[:, place], return_inverse=True)
        labels.append(tuple(texts[code] for code in used))
    keys = _keys(codes)
    _, first, member = np.unique(keys, return_index=True, return_inverse=True)
    member = member.reshape(-1)
    return replace(
        cube,
        labels=tuple(labels),
        codes=codes[first],
        sums=rolled(cube.sums, member, len(first)),
        amounts=_regrouped(cube.amounts, member),
        scores=_regrouped(cube.scores, member),
    )


def _keys(codes: IntArray) -> IntArray:
    """One number for each row of codes, in the same order as the rows."""
    keys = np.zeros(len(codes), dtype=np.int64)
    reach = 1
    for place in range(codes.shape[1]):
        size = int(codes[:, place].max(initial=0)) + 1
        if reach * size >= _LARGEST_KEY:
            # Too many combinations for one number: the columns so far are numbered anew by what occurs.
            keys = np.unique(keys, return_inverse=True)[1].reshape(-1).astype(np.int64)
            reach = len(keys)
        keys = keys * size + codes[:, place]
        reach *= size
    return keys


def _recoded(cube: Cube, labels: Iterable[tuple[str, ...]]) -> IntArray:
    codes = cube.codes.copy()
    for place, texts in enumerate(labels):
        index = {text: code for code, text in enumerate(texts)}
        codes[:, place] = np.array([index[text] for text in cube.labels[place]], dtype=np.int64)[
            codes[:, place]
        ]
    return codes


def _joined(parts: Sequence[Histogram | None], starts: IntArray) -> Histogram | None:
    known = [(part, start) for part, start in zip(parts, starts, strict=False) if part is not None]
    if not known:
        return None
    return Histogram(
        known[0][0].kind,
        np.concatenate([part.cell + start for part, start in known]),
        np.concatenate([part.bin for part, _ in known]),
        np.concatenate([part.count for part, _ in known]),
    )


def _regrouped(part: Histogram | None, member: IntArray) -> Histogram | None:
    if part is None:
        return None
    pairs = np.stack([member[part.cell], part.bin - part.bin.min(initial=0)], axis=1)
    _, first, group = np.unique(_keys(pairs), return_index=True, return_inverse=True)
    count = rolled(part.count[:, None], group.reshape(-1), len(first))[:, 0]
    return Histogram(part.kind, pairs[first, 0], part.bin[first], count)


def _arrays(cube: Cube) -> list[IntArray]:
    parts = [part for part in (cube.amounts, cube.scores) if part is not None]
    return [cube.codes, cube.sums, *(array for p in parts for array in (p.cell, p.bin, p.count))]


def _same(one: IntArray, other: IntArray) -> bool:
    return one.shape == other.shape and bool((one == other).all())
