"""What somebody asks a pack of: from when to when, of which system, and what is to be opened."""

import re
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, select

from fairgo.core.clock import coarse
from fairgo.core.errors import BadRequest, NotFound
from fairgo.core.events import CODE
from fairgo.ledger import records
from fairgo.ledger.packs.form import told
from fairgo.ledger.reading import leaves

POSITION = re.compile(r"[0-9]{1,18}")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
STEP = 256
Advance = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Asked:
    """A pack as asked for. Both ends are included; each is a position, a day (UTC) or a minute."""

    start: str
    end: str
    system: str = ""
    purpose: str = "audit"
    opened: tuple[str, ...] = ()
    audits: tuple[Path, ...] = ()
    past_policies: tuple[Path, ...] = ()

    def __post_init__(self) -> None:
        if not CODE.fullmatch(self.purpose) or not self.purpose:
            raise BadRequest(
                f"the purpose {self.purpose!r} is not a code", hint="such as audit or complaint:4711"
            )
        if len(set(self.opened)) != len(self.opened):
            raise BadRequest("a leaf is to be opened twice", hint="name each leaf once")


@dataclass(frozen=True, slots=True)
class _End:
    """One end of a range: a position, or a minute as leaves write it."""

    position: int | None
    minute: str


def find_range(connection: Connection, size: int, asked: Asked, advance: Advance) -> tuple[int, int]:
    """The first and last position that are asked for, both included, among the `size` leaves that are signed.

    By time it is the shortest range that has every leaf of that time: where clocks differed, a leaf of another minute
    may lie between. Raises BadRequest for what cannot be read or runs backwards, NotFound where nothing is.
    """
    start, end = _end(asked.start, "--from", last=False), _end(asked.end, "--to", last=True)
    for one, option in ((start, "--from"), (end, "--to")):
        if one.position is not None and one.position >= size:
            raise NotFound(
                f"{option} {one.position} is beyond the log", hint=f"the last signed leaf is at {size - 1}"
            )
    both_places = start.position is not None and end.position is not None
    if (both_places and (start.position or 0) > (end.position or 0)) or (
        start.minute and end.minute and start.minute > end.minute
    ):
        raise BadRequest("the range runs backwards", hint=f"--from {asked.end} --to {asked.start}")
    if start.position is not None and end.position is not None:
        return start.position, end.position
    return _by_time(connection, size, start, end, advance)


def _by_time(connection: Connection, size: int, start: _End, end: _End, advance: Advance) -> tuple[int, int]:
    found: list[int] = []
    oldest = newest = ""
    with closing(leaves(connection, size)) as rows:
        for position, leaf in rows:
            if position % STEP == 0:
                advance(min(STEP, size - position))
            tells = told(leaf)
            time = tells.time if tells else ""
            oldest, newest = min(oldest or time, time), max(newest, time)
            after = time >= start.minute if start.position is None else position >= start.position
            before = time <= end.minute if end.position is None else position <= end.position
            if after and before:
                found[1:] = [position]
    if not found:
        raise NotFound(
            "no signed leaf lies in that range", hint=f"the log runs from {oldest or '–'} to {newest or '–'}"
        )
    return found[0], found[-1]


def _end(text: str, option: str, *, last: bool) -> _End:
    if POSITION.fullmatch(text):
        return _End(int(text), "")
    if DAY.fullmatch(text):
        text += "T23:59Z" if last else "T00:00Z"
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise BadRequest(
            f"{option} {text!r} is neither a position nor a time with its zone",
            hint="such as 4711, 2026-11-23 (a day in UTC) or 2026-11-23T09:30+11:00",
        )
    return _End(None, coarse(moment.astimezone(UTC)))


def find_leaf(connection: Connection, name: str) -> tuple[int, bytes]:
    """The position and bytes of a leaf that is to be opened. Raises NotFound."""
    row = records.leaf.c
    found = connection.execute(select(row.position, row.leaf).where(row.name == name)).one_or_none()
    if found is None or found.position is None:
        raise NotFound(
            f"no leaf {name!r} is in the tree",
            hint="a name is 16 hex digits, a dot and a number, as in the header fairgo-receipt",
        )
    return found.position, found.leaf
