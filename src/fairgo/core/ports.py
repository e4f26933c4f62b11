"""Ports: what one part needs of another without importing it. `assemble.py` fills them."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

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
