"""Events: what happened, as values without personal information. Each becomes one leaf of the ledger.

A type is `area.subject.action`. Facts are codes, counts and hashes; commitments point at sealed content.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from fairgo.core.errors import EvidenceBroken

Fact = str | int | bool | Mapping[str, int]
TYPE = re.compile(r"[a-z_]+\.[a-z_]+\.[a-z_]+")
# A code, or a few lower-case words such as a verdict: no name, address or telephone number reads like that.
CODE = re.compile(r"[A-Za-z0-9._:/-]{0,128}|[a-z]+(?: [a-z]+){1,7}")
HASH = re.compile(r"[0-9a-f]{64}")
LARGEST = 2**53 - 1  # beyond it RFC 8785 has no whole numbers


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
        if not CODE.fullmatch(self.system):
            raise EvidenceBroken(f"the system of {self.type} is not a code")
        for name, value in self.facts.items():
            if not CODE.fullmatch(name) or not _is_fact(value):
                raise EvidenceBroken(f"the fact {name!r} of {self.type} is not a code or a count")
        for name, commitment in self.commitments.items():
            if not CODE.fullmatch(name) or not HASH.fullmatch(commitment):
                raise EvidenceBroken(f"a commitment of {self.type} is not a SHA-256 in hex")


def _is_fact(value: object) -> bool:
    if isinstance(value, Mapping):
        return all(
            isinstance(name, str) and CODE.fullmatch(name) and _is_count(n) for name, n in value.items()
        )
    return bool(CODE.fullmatch(value)) if isinstance(value, str) else _is_count(value)


def _is_count(value: object) -> bool:
    return isinstance(value, int) and abs(value) <= LARGEST
