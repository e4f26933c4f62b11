"""A kept audit as a value again, so that its page says the same years later."""

from collections.abc import Mapping
from typing import Any

from fairgo.bias.audits.plan import Plan
from fairgo.bias.audits.results import (
    Audit,
    Cell,
    CellState,
    Excluded,
    Finding,
    Gap,
    Largest,
    Suppressed,
)
from fairgo.core.errors import EvidenceBroken


def read_audit(kept: Mapping[str, Any]) -> Audit:
    """The audit that `Audit.to_dict` wrote. Raises EvidenceBroken when it is not one."""
    try:
        return _audit(kept)
    except (KeyError, TypeError, ValueError):
        raise EvidenceBroken("what is kept of this audit cannot be read") from None


def _audit(kept: Mapping[str, Any]) -> Audit:
    settings = kept["settings"]
    plan = Plan(
        positive=settings["positive"],
        truth_positive=settings["truth_positive"] or "",
        reference=settings["reference"],
        margin=settings["margin"],
        alpha=settings["alpha"],
        min_n=settings["min_n"],
        seed=settings["seed"],
    )
    gaps = tuple(_gap(gap) for gap in kept["gaps"])
    return Audit(
        outcome=settings["outcome"],
        truth=settings["truth"],
        attributes=tuple(settings["attributes"]),
        plan=plan,
        rows=kept["rows"],
        n=kept["n"],
        verdict=Finding(kept["verdict"]),
        findings=tuple(_gap(gap) for gap in kept["findings"]),
        cells=tuple(Cell(**(cell | {"state": CellState(cell["state"])})) for cell in kept["cells"]),
        gaps=gaps,
        largest=tuple(Largest(**(one | {"attributes": tuple(one["attributes"])})) for one in kept["largest"]),
        family=kept["family"]["size"],
        excluded=tuple(Excluded(**(one | {"metrics": tuple(one["metrics"])})) for one in kept["excluded"]),
        suppressed=tuple(Suppressed(**one) for one in kept["suppressed"]),
    )


def _gap(kept: Mapping[str, Any]) -> Gap:
    return Gap(**(dict(kept) | {"verdict": Finding(kept["verdict"])}))
