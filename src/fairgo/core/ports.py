"""Ports: what one part needs of another without importing it. `assemble.py` fills them."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from fairgo.core.article import AREAS, Strategy
from fairgo.core.verdicts import Measure


class Author(StrEnum):
    """Who wrote a line of a conversation. The label is never left out, whatever the branding."""

    CUSTOMER = "customer"
    AI = "ai"
    PERSON = "person"
    NOTICE = "notice"  # Fairgo itself: disclosure, hand-over, an honest "could not answer"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a conversation as its customer sees it. `at` is RFC 3339 UTC, to the minute."""

    author: Author
    words: str
    at: str


@dataclass(frozen=True, slots=True)
class Conversation:
    """A conversation as its customer sees it: the lines, and whether a person has it."""

    lines: tuple[Line, ...]
    with_person: bool
    ai_allowed: bool


@dataclass(frozen=True, slots=True)
class Chat:
    """What the customers' chat page needs: the wording, and four things to do with a conversation.

    `visitor` is an opaque random name from the visitor's cookie; it is both customer and conversation.
    """

    organisation: str
    statement: str
    label_ai: str
    label_person: str
    human_way: str
    read: Callable[[str], Awaitable[Conversation]]
    say: Callable[[str, str], Awaitable[Conversation]]
    ask_for_person: Callable[[str], Awaitable[Conversation]]
    choose: Callable[[str, bool], Awaitable[Conversation]]


@dataclass(frozen=True, slots=True)
class Row:
    """One of the 21 rows with what is true of it now."""

    strategy: Strategy
    measure: Measure


def as_lines(rows: Sequence[Row]) -> str:
    """The rows as lines of text for a terminal, areas set apart."""
    lines: list[str] = []
    area = ""
    for row in rows:
        if row.strategy.area != area:
            area = row.strategy.area
            lines += ["", AREAS[area]]
        detail = f" ({row.measure.detail})" if row.measure.detail else ""
        state = "" if row.measure.value == row.measure.state.value else f"  [{row.measure.state}]"
        lines.append(f"  {row.strategy.name:14} {row.measure.value}{detail}{state}")
    return "\n".join(lines).strip("\n")


@dataclass(frozen=True, slots=True)
class Overview:
    """What the console's home needs: the rows as they stand now, and whose house it is."""

    organisation: str
    rows: Callable[[], Sequence[Row]]


@dataclass(frozen=True, slots=True)
class EventLine:
    """One event in a list. `at` is RFC 3339 UTC, to the minute; `position` is None until a checkpoint covers it."""

    name: str
    type: str
    at: str
    system: str
    position: int | None


@dataclass(frozen=True, slots=True)
class Signed:
    """The newest checkpoint: its size, its root in hex, when it was made, and the key that signed it, empty when none fits."""

    size: int
    root: str
    at: datetime
    key: str


@dataclass(frozen=True, slots=True)
class WitnessLine:
    """How it stands with one witness: what it cosigned last, and the code of its last problem, empty when none."""

    name: str
    size: int
    at: datetime | None
    problem: str


@dataclass(frozen=True, slots=True)
class Health:
    """How the evidence stands. `mismatches` are what the counters miss, in words; `unfinished` turns never closed."""

    leaves: int
    waiting: int
    checkpoint: Signed | None
    witnesses: tuple[WitnessLine, ...]
    mismatches: tuple[str, ...]
    unfinished: int
    newest: tuple[EventLine, ...]


@dataclass(frozen=True, slots=True)
class ProofStep:
    """One step up the tree: the sibling that is joined, which positions it covers, and what comes of it (hex).

    `fits` is True only when the result, or the next one above that is kept, was just now computed and compared.
    """

    sibling: str
    first: int
    last: int
    on_left: bool
    result: str
    fits: bool


@dataclass(frozen=True, slots=True)
class EventProof:
    """One event and its way up to the signed checkpoint. `checkpoint` is None while it waits for its place.

    `problem` says why there are no steps where there should be; `root_signed` is True when the top is the signed root.
    """

    line: EventLine
    policy: str
    facts: Mapping[str, Any]
    commitments: Mapping[str, str]
    text: str
    fingerprint: str
    leaf_fits: bool
    steps: tuple[ProofStep, ...]
    checkpoint: Signed | None
    root_signed: bool
    problem: str = ""

    @property
    def fits(self) -> bool:
        """True when every part was computed again and fitted."""
        return self.leaf_fits and self.root_signed and all(step.fits for step in self.steps)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the console's pages of evidence need. `event` raises NotFound for a name that no leaf has."""

    health: Callable[[], Health]
    event: Callable[[str], EventProof]
