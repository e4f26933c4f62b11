"""Tables of decisions to audit: published counts, planted gaps, and nothing at all."""

import csv
import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np

from fairgo.bias.audits import Audit, Cell, Gap
from fairgo.stats.cube import Cube, Layout
from fairgo.stats.cube import counted as cube_of_counts

# ProPublica's published counts for COMPAS, two years, decile 5 and above: tn, fp, fn, tp.
COMPAS = {"African-American": (990, 805, 532, 1369), "Caucasian": (1139, 349, 461, 505)}


def compas(path: Path) -> Path:
    rows = [
        (race, decision, truth)
        for race, counts in COMPAS.items()
        for (truth, decision), count in zip(itertools.product((0, 1), (0, 1)), counts, strict=True)
        for _ in range(count)
    ]
    return write_csv(path, ("race", "high_risk", "two_year_recid"), rows)


def write_csv(path: Path, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows(rows)
    return path


def counted(attributes: Sequence[str], groups: Mapping[tuple[str, ...], tuple[int, int]]) -> Cube:
    """A cube from (selected, rows) of each group."""
    cells = {}
    for group, (selected, rows) in groups.items():
        cells |= {(*group, "yes"): selected, (*group, "no"): rows - selected}
    return cube_of_counts(Layout(tuple(attributes), "offer"), {key: n for key, n in cells.items() if n})


def simulated(
    seed: int, rate: Callable[[tuple[int, ...]], float], *, rows: int = 3000, shape: Sequence[int] = (2, 3, 3)
) -> Cube:
    """A cube of random rows over attributes a, b, ... with random group sizes and a given rate of selection."""
    rng = np.random.default_rng(seed)
    keys = list(itertools.product(*map(range, shape)))
    sizes = rng.multinomial(rows, rng.dirichlet(np.full(len(keys), 8.0)))
    groups = {
        tuple(map(str, key)): (int(rng.binomial(size, rate(key))), int(size))
        for key, size in zip(keys, sizes, strict=True)
    }
    return counted("abcdef"[: len(shape)], groups)


def cell(audit: Audit, metric: str, **groups: str) -> Cell:
    (found,) = [cell for cell in audit.cells if cell.groups == groups and cell.metric == metric]
    return found


def gap(audit: Audit, metric: str, **groups: str) -> Gap:
    (found,) = [gap for gap in audit.gaps if gap.groups == groups and gap.metric == metric]
    return found
