"""The count cube: how many rows share each combination of attributes, decision and truth.

Everything an audit says is computed from these counts, so its cost depends on the number of cells
and not of rows; and the cubes of days, files or shards add up to the cube of the whole.
"""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Self

from fairgo.core.errors import BadRequest

MISSING = "(missing)"

_ABSENT = frozenset({"nan", "NaN", "<NA>", "NaT"})
_WHOLE = re.compile(r"(-?\d+)\.0+")
_TRUTH_VALUES = frozenset({"true", "false"})


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
class Cube:
    """Counts by attributes, then the decision, then (where there is one) the truth.

    `cells` maps each observed combination of labels, in that order, to its number of rows.
    """

    attributes: tuple[str, ...]
    outcome: str
    truth: str | None
    cells: Mapping[tuple[str, ...], int]

    def __post_init__(self) -> None:
        object.__setattr__(self, "cells", MappingProxyType(dict(sorted(self.cells.items()))))

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns, in the order of the labels in each cell."""
        return (*self.attributes, self.outcome, *(() if self.truth is None else (self.truth,)))

    @property
    def rows(self) -> int:
        """How many rows were counted."""
        return sum(self.cells.values())

    def levels(self, column: int) -> dict[str, int]:
        """The labels of one column, sorted, each with its number of rows."""
        found: Counter[str] = Counter()
        for key, count in self.cells.items():
            found[key[column]] += count
        return dict(sorted(found.items()))

    def __add__(self, other: Self) -> Self:
        """The cube of both tables together. Raises BadRequest when the two count different columns."""
        if self.columns != other.columns or (self.truth is None) != (other.truth is None):
            raise BadRequest(
                "two counts of different columns cannot be added",
                hint="count both tables by the same attributes, outcome and truth",
            )
        both = Counter(dict(self.cells))
        both.update(dict(other.cells))
        return type(self)(self.attributes, self.outcome, self.truth, both)
