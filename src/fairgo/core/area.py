"""The manifest type: what an area puts on the table for the surfaces to mount."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from fairgo.core.jobs import Job
from fairgo.core.verdicts import Measure

# A measurer reads a database connection and says how its strategy stands. The connection's type is the
# store's business; core only passes it on.
Measurer = Callable[[Any], Measure]


@dataclass(frozen=True, slots=True)
class Area:
    """One of the seven areas: the live measures of the strategies that are built, and the jobs it wants done."""

    name: str
    measures: Mapping[str, Measurer] = field(default_factory=dict)
    jobs: tuple[Job, ...] = ()
