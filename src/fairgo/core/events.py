"""Events: what happened, as values without personal information. Each becomes one leaf of the ledger.

A type is `area.subject.action`. Facts are codes, counts and hashes; commitments point at sealed content.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from fairgo.core.errors import EvidenceBroken

Fact = str | int | bool | Mapping[str, int]
TYPE = re.compile(r"[a-z_]+\.[a-z_]+\.[a-z_]+")
CODE = re.compile(r"[A-Za-z0-9._:/@ -]{0,128}")


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened. `commitments` maps a name to the hex SHA-256 commitment of sealed content."""

    type: str
    system: str = ""
    facts: Mapping[str, Fact] = field(default_factory=dict)
    commitments: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not TYPE.fullmatch(self.type):
            raise EvidenceBroken(f"{self.type!r} is not an event type", hint="area.subject.action")
        for name, value in self.facts.items():
            if isinstance(value, str) and not CODE.fullmatch(value):
                raise EvidenceBroken(f"the fact {name!r} of {self.type} is not a code")
