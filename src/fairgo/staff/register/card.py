"""The model card of a system, from its register entry and its kept audits: CycloneDX 1.6 and Markdown.

CycloneDX is an SBOM standard (ECMA-424) whose `modelCard` has the fields of Google's Model Card Toolkit. What the entry
does not say is left out; nothing is made up to fill a field.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from fairgo.core.policy import System
from fairgo.staff.register.entry import GROUPS, shown
from fairgo.staff.register.records import Approval, Entry

NAMESPACE = uuid.UUID("5a1f6d57-0c55-4a5d-9d0e-6f4c0a2f7f10")
TASKS = {
    "answer": "question answering",
    "recommendation": "recommendation",
    "score": "scoring",
    "decision": "classification",
    "action": "automation",
    "label": "classification",
}


@dataclass(frozen=True, slots=True)
class Figure:
    """A measured rate: what, of whom, its value and the ends of its 95 % interval, as fractions."""

    metric: str
    group: str
    value: float
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Card:
    """What a card is made from."""

    organisation: str
    system: System
    entry: Entry
    tier: str
    figures: Sequence[Figure]
    approvals: Sequence[Approval]

    def to_cyclonedx(self) -> dict[str, Any]:
        """The card as a CycloneDX 1.6 document (JSON values) with one component of type `machine-learning-model`.

        The same entry gives the same document: its serial number comes from system, version and leaf.
        """
        said = self.entry.said
        serial = uuid.uuid5(NAMESPACE, f"{self.system.name}/{self.entry.version}/{self.entry.made.leaf}")
        component = {
            "type": "machine-learning-model",
            "bom-ref": f"system/{self.system.name}",
            "name": said.get("title") or self.system.name,
            "version": str(self.entry.version),
            "description": said.get("description") or self.system.does,
            "supplier": {"name": said["supplier"]} if said.get("supplier") else None,
            "modelCard": self._model_card(),
        }
        return _kept(
            {
                "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
                "bomFormat": "CycloneDX",
                "specVersion": "1.6",
                "serialNumber": f"urn:uuid:{serial}",
                "version": 1,
                "metadata": {
                    "timestamp": self.entry.made.made_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
                    "manufacturer": {"name": self.organisation},
                    "tools": {"components": [{"type": "application", "name": "fairgo"}]},
                },
                "components": [_kept(component)],
            }
        )

    def to_markdown(self) -> str:
        """The card as Markdown: the entry by its groups, what was measured, who approved."""
        said = self.entry.said
        lines = [f"# Model card: {_plain(said.get('title') or self.system.name)}", ""]
        whose = f"{_plain(self.organisation)}, system `{self.system.name}`"
        version = f"version {self.entry.version} of its entry, {_day(self.entry.made.made_at)}"
        lines += [f"{whose}, {version}. Tier: {self.tier or 'not tiered yet'}.", ""]
        for group, fields in GROUPS.items():
            filled = [(field, said[field.name]) for field in fields if said.get(field.name)]
            lines += [f"## {group}", ""] if filled else []
            for field, value in filled:
                lines += [f"**{field.label}**", "", _plain(shown(field, value)), ""]
        lines += ["## What was measured", "", *self._measured(), ""]
        lines += ["## Approvals", "", *self._approved(), ""]
        return "\n".join(lines)

    def _model_card(self) -> dict[str, Any]:
        said = self.entry.said
        risks = [{"name": said["risks"]}] if said.get("risks") else []
        ethics = [{"name": said["ethics"]}] if said.get("ethics") else []
        factors = [{"groupAtRisk": said["factors"]}] if said.get("factors") else []
        upstream = self.system.upstream
        return _kept(
            {
                "bom-ref": f"card/{self.system.name}",
                "modelParameters": _kept(
                    {
                        "task": TASKS.get(said.get("output_type", ""), ""),
                        "modelArchitecture": said.get("technology", ""),
                        "datasets": [{"type": "dataset", "description": said["data"]}] if said.get("data") else [],
                        "inputs": [{"format": said["inputs"]}] if said.get("inputs") else [],
                        "outputs": [{"format": said["output_type"]}] if said.get("output_type") else [],
                    }
                ),
                "quantitativeAnalysis": _kept({"performanceMetrics": [_metric(one) for one in self.figures]}),
                "considerations": _kept(
                    {
                        "users": [said["exposure"]] if said.get("exposure") else [],
                        "useCases": [said["intended_use"]] if said.get("intended_use") else [],
                        "technicalLimitations": [
                            said[name] for name in ("limitations", "out_of_scope") if said.get(name)
                        ],
                        "performanceTradeoffs": [said["trade_offs"]] if said.get("trade_offs") else [],
                        "ethicalConsiderations": [*risks, *ethics],
                        "fairnessAssessments": factors,
                    }
                ),
                "properties": [
                    {"name": f"fairgo:{name}", "value": value}
                    for name, value in (
                        ("tier", self.tier),
                        ("leaf", self.entry.made.leaf),
                        ("model", upstream.model),
                        ("provider", upstream.provider),
                        ("country", upstream.country),
                        ("oversight", said.get("oversight", "")),
                    )
                    if value
                ],
            }
        )  # fmt: skip

    def _measured(self) -> list[str]:
        if not self.figures:
            return ["No audit of this system is kept, so nothing can be said yet."]
        head = ["| rate | group | value | 95 % interval |", "|---|---|---|---|"]
        return [
            *head,
            *(
                f"| {one.metric} | {_plain(one.group)} | {one.value:.1%} | {_span(one)} |"
                for one in self.figures
            ),
        ]

    def _approved(self) -> list[str]:
        return [
            f"- {_day(one.made.made_at)}: {one.decision.replace('_', ' ')} by {_plain(one.made.by_name)}, "
            f"version {one.entry_version} of the entry (evidence `{one.made.leaf}`)"
            for one in self.approvals
        ] or ["None yet."]


def _metric(one: Figure) -> dict[str, Any]:
    interval = {}
    if one.low is not None and one.high is not None:
        interval = {"lowerBound": f"{one.low:.4f}", "upperBound": f"{one.high:.4f}"}
    return _kept(
        {
            "type": one.metric,
            "value": f"{one.value:.4f}",
            "slice": one.group,
            "confidenceInterval": interval,
        }
    )


def _kept(values: Mapping[str, Any]) -> dict[str, Any]:
    """Without what is empty: CycloneDX has no empty lists where nothing is said."""
    return {name: value for name, value in values.items() if value not in (None, "", [], {})}


def _span(one: Figure) -> str:
    return "–" if one.low is None or one.high is None else f"{one.low:.1%} to {one.high:.1%}"


def _day(at: datetime) -> str:
    return f"{at.day} {at.strftime('%B %Y')}"


def _plain(text: str) -> str:
    """Text that Markdown shows as it was typed: no heading, link, picture or markup comes of it."""
    escaped = "".join(f"\\{letter}" if letter in "\\`*_{}[]<>#|!" else letter for letter in text)
    return "\n".join(line.lstrip() for line in escaped.split("\n"))
