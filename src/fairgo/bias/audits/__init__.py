"""Test and audit AI regularly for bias: audits of decisions, from counts."""

from fairgo.bias.audits.decisions import audit
from fairgo.bias.audits.measure import measure
from fairgo.bias.audits.plan import Plan
from fairgo.bias.audits.results import Audit, Cell, CellState, Excluded, Finding, Gap, Largest, Suppressed

__all__ = [
    "Audit",
    "Cell",
    "CellState",
    "Excluded",
    "Finding",
    "Gap",
    "Largest",
    "Plan",
    "Suppressed",
    "audit",
    "measure",
]
