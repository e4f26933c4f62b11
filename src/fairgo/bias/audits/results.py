"""What an audit says, as frozen values and as JSON."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from fairgo.bias.audits.plan import Plan
from fairgo.stats.intervals import LEVEL
from fairgo.stats.power import POWER


class Finding(StrEnum):
    """The three things an audit can say of a gap, and of a whole table."""

    FOUND = "finding"
    ALIKE = "alike"
    CANNOT_TELL = "cannot tell yet"


class CellState(StrEnum):
    """How a rate stands. Only an estimated one had a comparison that could see a gap of the margin's size."""

    ESTIMATED = "estimated"
    NOT_ESTIMABLE = "not estimable"
    SUPPRESSED = "suppressed"
    UNDERPOWERED = "underpowered"


@dataclass(frozen=True, slots=True)
class Cell:
    """One rate of one group. `n` counts the group's rows; `groups` is empty for everybody.

    `detectable` is the smallest gap this group's comparison could have seen with 80 % power.
    """

    groups: Mapping[str, str]
    metric: str
    n: int
    numerator: int | None
    denominator: int | None
    value: float | None
    low: float | None
    high: float | None
    state: CellState
    detectable: float | None = None
    reason: str = ""

    def to_dict(self) -> dict[str, Any]:
        """The cell as JSON values."""
        return {name: _plain(getattr(self, name)) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Gap:
    """One group's rate minus its reference's, as fractions. `reference` None means everybody else.

    `p` is of this comparison alone, `q` corrected for all comparisons of the audit. A gap that is the
    shadow of a stronger finding names that finding's group in `explained_by`.
    """

    groups: Mapping[str, str]
    reference: Mapping[str, str] | None
    metric: str
    gap: float | None
    low: float | None
    high: float | None
    p: float | None
    q: float | None
    verdict: Finding
    value: float | None = None
    reference_value: float | None = None
    n: int = 0
    detectable: float | None = None
    reason: str = ""
    explained_by: Mapping[str, str] | None = None

    def to_dict(self) -> dict[str, Any]:
        """The gap as JSON values."""
        return {name: _plain(getattr(self, name)) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Largest:
    """The largest gap among all groups of one partition, with the p of its permutation test."""

    attributes: tuple[str, ...]
    metric: str
    groups: Mapping[str, str]
    p: float
    draws: int

    def to_dict(self) -> dict[str, Any]:
        """The test as JSON values."""
        return {name: _plain(getattr(self, name)) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Excluded:
    """Rows left out of some rates, and why."""

    reason: str
    n: int
    metrics: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """The exclusion as JSON values."""
        return {name: _plain(getattr(self, name)) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Suppressed:
    """A group whose rates are not shown, and why."""

    groups: Mapping[str, str]
    n: int
    reason: str

    def to_dict(self) -> dict[str, Any]:
        """The suppression as JSON values."""
        return {name: _plain(getattr(self, name)) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Audit:
    """The whole answer. `rows` were read; `n` of them have a decision and were audited.

    `family` is how many different comparisons the correction for many tests is over.
    """

    outcome: str
    truth: str | None
    attributes: tuple[str, ...]
    plan: Plan
    rows: int
    n: int
    verdict: Finding
    findings: tuple[Gap, ...]
    cells: tuple[Cell, ...]
    gaps: tuple[Gap, ...]
    largest: tuple[Largest, ...]
    family: int
    excluded: tuple[Excluded, ...]
    suppressed: tuple[Suppressed, ...]

    def to_dict(self) -> dict[str, Any]:
        """The answer as JSON values: rates are fractions, and what is not known is null, never not-a-number."""
        return {
            "n": self.n,
            "verdict": str(self.verdict),
            "findings": [gap.to_dict() for gap in self.findings],
            "cells": [cell.to_dict() for cell in self.cells],
            "gaps": [gap.to_dict() for gap in self.gaps],
            "rows": self.rows,
            "excluded": [part.to_dict() for part in self.excluded],
            "suppressed": [part.to_dict() for part in self.suppressed],
            "family": {"size": self.family, "method": "Benjamini-Hochberg", "alpha": self.plan.alpha},
            "largest": [part.to_dict() for part in self.largest],
            "settings": {
                "outcome": self.outcome,
                "positive": self.plan.positive,
                "truth": self.truth,
                "truth_positive": self.plan.truth_positive if self.truth is not None else None,
                "attributes": list(self.attributes),
                "reference": dict(self.plan.reference),
                "margin": self.plan.margin,
                "alpha": self.plan.alpha,
                "min_n": self.plan.min_n,
                "level": LEVEL,
                "power": POWER,
                "seed": self.plan.seed,
            },
        }


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, tuple):
        return list(value)
    return str(value) if isinstance(value, StrEnum) else value
