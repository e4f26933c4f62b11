"""The invented decisions: one intersection is treated worse, no single attribute shows it, or nothing is planted."""

from itertools import combinations
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from scipy import stats

from fairgo.core.errors import BadRequest
from fairgo.demo.decisions import ATTRIBUTES, GAP, OUTCOME, PLANT, POSITIVE, RATE, SEED, write_decisions

LEVEL = 0.05


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("decisions")


def written(folder: Path, *, seed: int = SEED, planted: bool = True, rows: int = 20_000) -> pa.Table:
    path = folder / f"{seed}-{planted}-{rows}.parquet"
    if not path.exists():
        write_decisions(path, seed=seed, planted=planted, rows=rows)
    return pq.read_table(path)


def words(table: pa.Table, name: str) -> np.ndarray:
    return np.array([value or "(missing)" for value in table[name].to_pylist()])


def offered(table: pa.Table) -> np.ndarray:
    return words(table, OUTCOME) == POSITIVE


def marginals(table: pa.Table, at_least: int) -> dict[tuple[str, str], float]:
    """Each group's own rate of offers less everybody's, for groups of a size."""
    yes = offered(table)
    gaps = {}
    for name in ATTRIBUTES:
        values = words(table, name)
        for group in np.unique(values):
            inside = values == group
            if inside.sum() >= at_least:
                gaps[name, str(group)] = yes[inside].mean() - yes.mean()
    return gaps


def plant(table: pa.Table) -> np.ndarray:
    return np.logical_and.reduce([words(table, name) == group for name, group in PLANT.items()])


def findings(table: pa.Table, at_least: int = 30) -> list[tuple[str, ...]]:
    """Groups, single and in pairs, that differ from the rest: two-proportion z test, Benjamini-Hochberg."""
    yes, tests = offered(table), []
    for many in (1, 2):
        for names in combinations(ATTRIBUTES, many):
            keys = np.array(["|".join(row) for row in zip(*(words(table, n) for n in names), strict=True)])
            for group in np.unique(keys):
                inside = keys == group
                n, m = inside.sum(), (~inside).sum()
                if n >= at_least:
                    spread = np.sqrt(yes.mean() * (1 - yes.mean()) * (1 / n + 1 / m))
                    z = (yes[inside].mean() - yes[~inside].mean()) / spread
                    tests.append((2 * stats.norm.sf(abs(z)), str(group)))
    tests.sort()
    passed = [i for i, (p, _) in enumerate(tests, 1) if p <= LEVEL * i / len(tests)]
    return [tuple(group.split("|")) for _, group in tests[: max(passed, default=0)]]


def test_the_table(folder: Path):
    table = written(folder)
    assert table.num_rows == 20_000
    assert table.schema.names == [
        "decision_id",
        "decided_on",
        *ATTRIBUTES,
        "months_overdue",
        "amount_band",
        "plan_offered",
    ]
    assert table.schema.field("decided_on").type == pa.date32()
    assert len(set(table["decision_id"].to_pylist())) == 20_000
    assert set(table["plan_offered"].to_pylist()) == {"yes", "no"}
    for name, shares in ATTRIBUTES.items():
        assert set(table[name].to_pylist()) == {*shares, None}
        assert 0.01 < table[name].null_count / 20_000 < 0.03
        assert sum(shares.values()) == pytest.approx(1)


def test_the_planted_group_is_large_and_offered_less(folder: Path):
    table = written(folder)
    inside, yes = plant(table), offered(table)
    assert inside.sum() >= 800
    assert yes[inside].mean() - yes.mean() == pytest.approx(-GAP, abs=0.015)
    assert yes.mean() == pytest.approx(RATE, abs=0.005)


def test_no_single_attribute_shows_the_plant(folder: Path):
    gaps = marginals(written(folder), at_least=1)
    assert len(gaps) == sum(len(shares) + 1 for shares in ATTRIBUTES.values())
    assert max(map(abs, gaps.values())) < 0.010


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_other_seeds_hide_the_plant_as_well(folder: Path, seed: int):
    table = written(folder, seed=seed)
    inside, yes = plant(table), offered(table)
    assert inside.sum() >= 800
    assert yes[inside].mean() - yes.mean() == pytest.approx(-GAP, abs=0.025)
    assert max(map(abs, marginals(table, at_least=700).values())) < 0.012


def test_an_audit_finds_the_plant_and_nothing_else(folder: Path):
    assert findings(written(folder)) == [tuple(PLANT.values())]


def test_an_audit_finds_nothing_where_nothing_is_planted(folder: Path):
    assert findings(written(folder, planted=False)) == []


def test_what_is_not_planted_is_drawn_by_chance(folder: Path):
    table = written(folder, planted=False)
    yes = offered(table)
    scores = []
    for (name, group), gap in marginals(table, at_least=100).items():
        n = (words(table, name) == group).sum()
        scores.append(gap / np.sqrt(yes.mean() * (1 - yes.mean()) * (1 / n - 1 / len(yes))))
    # Made even by quota, these would all lie near 0; by chance they spread like a standard normal.
    assert 0.6 < np.std(scores) < 1.6


def test_both_tables_have_the_same_people(folder: Path):
    planted, even = written(folder), written(folder, planted=False)
    for name in (*ATTRIBUTES, "months_overdue", "amount_band"):
        assert planted[name].equals(even[name])


def test_what_may_rightly_count_does(folder: Path):
    table = written(folder)
    yes, months = offered(table), np.array(table["months_overdue"].to_pylist())
    assert yes[months == 1].mean() > yes[months == 4].mean() + 0.08


def test_the_same_seed_writes_the_same_table(folder: Path, tmp_path: Path):
    write_decisions(tmp_path / "again.parquet")
    assert pq.read_table(tmp_path / "again.parquet").equals(written(folder))
    write_decisions(tmp_path / "other.parquet", seed=SEED + 1)
    assert not pq.read_table(tmp_path / "other.parquet").equals(written(folder))


def test_fewer_rows_can_be_had_and_too_few_are_refused(folder: Path, tmp_path: Path):
    assert written(folder, rows=500).num_rows == 500
    with pytest.raises(BadRequest):
        write_decisions(tmp_path / "none.parquet", rows=99)
    assert not (tmp_path / "none.parquet").exists()
