"""Tables as values: a page draws one, CSV and JSON are written from the same."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

Plain = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its key for programs, its heading for people. Numbers are set to the end of their cell.

    What is `only_exported` has no room on the page.
    """

    key: str
    heading: str
    number: bool = False
    only_exported: bool = False


@dataclass(frozen=True, slots=True)
class Link:
    """One of several things in a cell: its words, where it leads (empty: nowhere), its tone."""

    words: str
    href: str = ""
    tone: str = "quiet"


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: the words people read, the value programs get, where it leads, and its tone if it has one.

    `code` is set in a typewriter face; `note` is a second, softer line.
    """

    words: str
    value: Plain = None
    href: str = ""
    tone: str = ""
    note: str = ""
    code: bool = False
    at: str = ""  # RFC 3339, where the words are a moment
    links: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """A table: a name for its address, a title, columns, rows, and the sentence that stands where rows would.

    `onward` is the query of the address that goes on; empty at the end. `counted` says what is shown, in words.
    """

    name: str
    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    empty: str
    counted: str = ""
    onward: str = ""

    def records(self) -> list[dict[str, Plain]]:
        """The rows for programs: column keys to values."""
        keys = [column.key for column in self.columns]
        return [dict(zip(keys, (cell.value for cell in row), strict=True)) for row in self.rows]


def words(text: str, *, href: str = "", note: str = "") -> Cell:
    """A cell whose value is its words."""
    return Cell(text, text, href=href, note=note)


def code(text: str, *, shown: str = "", href: str = "") -> Cell:
    """A code or a fingerprint, which may be shown shortened."""
    return Cell(shown or text, text, href=href, code=True)


def number(value: int | None) -> Cell:
    """A count with its thousands set apart; a dash where there is none."""
    return Cell("–" if value is None else f"{value:,}", value)


def moment(at: datetime | None, *, never: str = "–") -> Cell:
    """A moment to the minute, in UTC."""
    if at is None:
        return Cell(never)
    precise = at.strftime("%Y-%m-%dT%H:%M:%SZ")
    return Cell(f"{at.day} {at.strftime('%b %Y, %H:%M')}", precise, at=precise)


def chip(text: str, tone: str) -> Cell:
    """A state: its word, a shape and a colour."""
    return Cell(text, text, tone=tone)
