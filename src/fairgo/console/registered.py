"""Systems with what the register holds of them now, and what is missing there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from fairgo.core.policy import System
from fairgo.staff.register import records
from fairgo.staff.register.entry import FIELDS, missing


@dataclass(frozen=True, slots=True)
class Registered:
    """A system and what the register holds of it now."""

    system: System
    entry: records.Entry | None
    answers: records.Answers | None
    approvals: tuple[records.Approval, ...]

    @property
    def versions(self) -> tuple[int, int]:
        """The versions that stand: of the entry, of the answers; 0 for none."""
        return self.entry.version if self.entry else 0, self.answers.version if self.answers else 0

    @property
    def decision(self) -> records.Approval | None:
        """The newest decision, if it was made about what stands now."""
        newest = self.approvals[0] if self.approvals else None
        if newest is None or (newest.entry_version, newest.answers_version) != self.versions:
            return None
        return newest


def registered(connection: Connection, systems: Sequence[System]) -> list[Registered]:
    """What the register holds of each of these systems."""
    names = [system.name for system in systems]
    entries, answers = records.entries(connection, names), records.answers(connection, names)
    decided = records.approvals(connection, names)
    return [
        Registered(
            system,
            entries.get(system.name),
            answers.get(system.name),
            tuple(one for one in decided if one.system == system.name),
        )
        for system in systems
    ]


def unfinished(found: Sequence[Registered], now: datetime) -> list[tuple[Registered, str]]:
    """The systems whose register is not as it should be, and what is missing, in a sentence's end."""
    lacking = []
    for one in found:
        if one.entry is None:
            lacking.append((one, "has no register entry"))
        elif lacks := missing(one.entry.said):
            lacking.append((one, f"has an entry with {len(lacks)} of {_required()} needed answers missing"))
        elif one.answers is None:
            lacking.append((one, "has no tier yet"))
        elif one.entry.said["next_review"] < f"{now:%Y-%m-%d}":
            lacking.append((one, "is past its review date"))
    return lacking


def _required() -> int:
    return sum(field.required for field in FIELDS)
