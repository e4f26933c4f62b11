"""Banksia's hardship-plan decisions: an invented table with one planted unfairness, or with none.

The planted group is an intersection, `PLANT`. No single attribute shows it: each group's own rate stays where it
was, because those who share only one half of the intersection are offered a plan a little more often. That is
how such a gap hides from a check of one attribute at a time.
"""

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from fairgo.core.errors import BadRequest

SEED = 20260301
PLANT: dict[str, str] = {"age_band": "65+", "region": "Queensland"}
# The column that holds the decision, and its value that a customer wants.
OUTCOME = "plan_offered"
POSITIVE = "yes"
# How much less often the planted group is offered a plan.
GAP = 0.15
# The share of offers everybody has when nothing is planted.
RATE = 0.62
MISSING = 0.02
LEAST_ROWS = 100

ATTRIBUTES: dict[str, dict[str, float]] = {
    "gender": {"woman": 0.52, "man": 0.465, "non-binary": 0.015},
    "age_band": {"18-24": 0.14, "25-34": 0.19, "35-49": 0.25, "50-64": 0.20, "65+": 0.22},
    "region": {
        "New South Wales": 0.28,
        "Victoria": 0.24,
        "Queensland": 0.22,
        "Western Australia": 0.11,
        "South Australia": 0.07,
        "Tasmania": 0.04,
        "Northern Territory": 0.02,
        "Australian Capital Territory": 0.02,
    },
    "language_at_home": {
        "English": 0.70,
        "Chinese languages": 0.07,
        "Arabic": 0.06,
        "Vietnamese": 0.05,
        "First Nations languages": 0.02,
        "another language": 0.10,
    },
}
# What a decision may rightly turn on, alike for everybody: how it moves the rate, and how common it is.
MONTHS_OVERDUE: dict[int, tuple[float, float]] = {
    1: (0.04, 0.45),
    2: (0.0, 0.30),
    3: (-0.05, 0.16),
    4: (-0.11, 0.09),
}
AMOUNT_BANDS: dict[str, tuple[float, float]] = {
    "under $200": (0.02, 0.40),
    "$200 to $500": (0.0, 0.38),
    "over $500": (-0.036, 0.22),
}

_Floats = NDArray[np.float64]
_Words = NDArray[np.object_]


def write_decisions(path: Path, *, seed: int = SEED, planted: bool = True, rows: int = 20_000) -> None:
    """Write a Parquet table of `rows` decisions, the same for the same seed.

    Columns: decision_id, decided_on (date), the four ATTRIBUTES (text, about 2 % missing), months_overdue
    (1 to 4), amount_band, plan_offered ("yes" or "no"). When `planted`, the group of PLANT is offered a plan GAP less
    often, by quota rather than by chance, so that every single attribute's rates stay alike in this very
    table. Otherwise each decision is an independent draw at a rate that no attribute moves.
    Raises BadRequest when `rows` is below 100.
    """
    if rows < LEAST_ROWS:
        raise BadRequest(f"{rows} rows are too few", hint=f"at least {LEAST_ROWS}")
    chance = np.random.default_rng(seed)
    table: dict[str, _Words] = {name: _people(chance, shares, rows) for name, shares in ATTRIBUTES.items()}
    months = _drawn(chance, {value: share for value, (_, share) in MONTHS_OVERDUE.items()}, rows)
    bands = _drawn(chance, {value: share for value, (_, share) in AMOUNT_BANDS.items()}, rows)
    rates = RATE + _moved(months, MONTHS_OVERDUE) + _moved(bands, AMOUNT_BANDS)
    if planted:
        offered = _by_quota(chance, rates + _interaction(table), table)
    else:
        offered = chance.random(rows) < rates
    days = np.datetime64(date(2025, 7, 1)) + np.sort(chance.integers(0, 365, rows))
    columns: dict[str, Any] = {
        "decision_id": [f"HP-{number:06d}" for number in range(1, rows + 1)],
        "decided_on": pa.array(days, pa.date32()),
        **{name: pa.array(values, pa.string()) for name, values in table.items()},
        "months_overdue": pa.array(months.astype(np.int8)),
        "amount_band": pa.array(bands, pa.string()),
        OUTCOME: np.where(offered, POSITIVE, "no"),
    }
    pq.write_table(pa.table(columns), path)


def _drawn(chance: np.random.Generator, shares: dict[Any, float], rows: int) -> _Words:
    values = np.array(list(shares), dtype=object)
    return values[chance.choice(len(values), size=rows, p=list(shares.values()))]


def _people(chance: np.random.Generator, shares: dict[str, float], rows: int) -> _Words:
    values = _drawn(chance, shares, rows)
    values[chance.random(rows) < MISSING] = None
    return values


def _moved(values: _Words, effects: dict[Any, tuple[float, float]]) -> _Floats:
    moved = np.zeros(len(values))
    for value, (effect, _) in effects.items():
        moved[values == value] = effect
    return moved


def _interaction(table: dict[str, _Words]) -> _Floats:
    """What the plant adds to each rate: -GAP inside, and so much elsewhere that no single attribute moves.

    With a and b the shares of the two halves among those who have both attributes, the effect is
    -c (in first half - a)(in second half - b), which sums to nothing over either attribute when the
    two are independent; c makes it -GAP for those in both.
    """
    (first, one), (second, two) = PLANT.items()
    known = np.array(
        [x is not None and y is not None for x, y in zip(table[first], table[second], strict=True)]
    )
    in_one, in_two = table[first] == one, table[second] == two
    a, b = in_one[known].mean(), in_two[known].mean()
    effect = -GAP / ((1 - a) * (1 - b)) * (in_one - a) * (in_two - b)
    return np.where(known, effect, 0.0)


def _by_quota(chance: np.random.Generator, rates: _Floats, table: dict[str, _Words]) -> NDArray[np.bool_]:
    """Who is offered a plan: a systematic sample (Madow 1949) over rows sorted by their attributes.

    Every run of neighbours gets the sum of its rates, give or take one, so groups get what their rates say.
    """
    sorted_by = ("region", "gender", "language_at_home", "age_band")
    codes = [np.unique([value or "" for value in table[name]], return_inverse=True)[1] for name in sorted_by]
    order = np.lexsort([chance.random(len(rates)), *reversed(codes)])
    reached = np.floor(np.cumsum(np.clip(rates[order], 0, 1)) + chance.random())
    offered = np.zeros(len(rates), dtype=bool)
    offered[order] = np.diff(reached, prepend=0.0) >= 1
    return offered
