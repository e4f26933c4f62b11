"""A conversation as a film strip: who had it when, and what happened on the way, read from codes alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, select

from fairgo.consent.records import handover
from fairgo.core.verdicts import Outcome
from fairgo.ledger.conversations import OPEN, TurnLine, leaves_of, turns_of
from fairgo.ledger.counters import CLOSED, OPENED
from fairgo.privacy.records import redaction
from fairgo.transparency.records import disclosure, wish

MOST = 500  # turns of one conversation that a page shows
SHARES = 12
HANDED_OVER = "consent.handover.requested"
WISHED = "transparency.wish.recognised"


class Who(StrEnum):
    """Who has the conversation."""

    AI = "AI"
    WAITING = "waiting for a person"
    PERSON = "a person"


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that happened: its kind, its words, its tone, and the leaf that tells of it (empty when none is known)."""

    kind: str
    words: str
    tone: str
    leaf: str


@dataclass(frozen=True, slots=True)
class Frame:
    """One turn: what became of it, who had the conversation, and its marks."""

    turn: TurnLine
    who: Who
    marks: tuple[Mark, ...]
    leaf: str


@dataclass(frozen=True, slots=True)
class Stretch:
    """Some time in which one had the conversation. `until` is None while it lasts; `share` is 1 to 12 of the strip."""

    who: Who
    since: datetime
    until: datetime | None
    share: int
    frames: tuple[Frame, ...]


@dataclass(frozen=True, slots=True)
class Strip:
    """The whole: stretches in order. `cut` is True when only the first turns are here."""

    stretches: tuple[Stretch, ...]
    cut: bool

    @property
    def frames(self) -> tuple[Frame, ...]:
        """Every turn in order."""
        return tuple(frame for stretch in self.stretches for frame in stretch.frames)


def read_strip(connection: Connection, name: str) -> Strip:
    """The strip of a conversation that has at least one turn."""
    turns = turns_of(connection, name, limit=MOST + 1)
    shown = turns[:MOST]
    ids = [turn.id for turn in shown]
    leaves = leaves_of(connection, ids)
    found = _Found(
        leaves,
        {row.turn for row in _rows(connection, redaction, ids)},
        {row.turn: row.kind for row in _rows(connection, disclosure, ids)},
        {row.turn for row in _rows(connection, wish, ids)},
    )
    spans = _spans(connection, name)
    frames = [
        Frame(turn, _who(spans, turn.opened_at), found.marks(turn), _leaf(leaves, turn)) for turn in shown
    ]
    return Strip(_stretches(spans, frames), cut=len(turns) > MOST)


@dataclass(frozen=True, slots=True)
class _Found:
    leaves: Mapping[str, Mapping[str, str]]
    redacted: set[str]
    disclosed: Mapping[str, str]
    wished: set[str]

    def marks(self, turn: TurnLine) -> tuple[Mark, ...]:
        """What happened in a turn, in the order in which it happens."""
        leaf = self.leaves.get(turn.id, {})
        opened, closed = leaf.get(OPENED, ""), leaf.get(CLOSED, "")
        told = self.disclosed.get(turn.id)
        is_kept = HANDED_OVER not in leaf and turn.outcome == Outcome.HAND_OVER
        is_changed = turn.outcome == Outcome.CHANGE and told != "answer"
        marks = [
            (turn.id in self.redacted, Mark("redacted", "redacted", "good", opened)),
            (
                turn.id in self.wished,
                Mark("asked for a person", "asked for a person", "unsure", leaf.get(WISHED, opened)),
            ),
            (told == "statement", Mark("disclosed", "disclosed", "good", closed)),
            (told == "answer", Mark("disclosed", "said that it is AI", "good", closed)),
            (HANDED_OVER in leaf, Mark("handed over", "handed over", "unsure", leaf.get(HANDED_OVER, ""))),
            (is_kept, Mark("handed over", "kept for a person", "unsure", closed)),
            (turn.outcome == Outcome.REFUSE, Mark("flagged", "flagged: refused", "warn", closed)),
            (is_changed, Mark("flagged", "flagged: changed", "warn", closed)),
            (turn.outcome == OPEN, Mark("flagged", "never closed", "warn", opened)),
        ]
        return tuple(mark for is_so, mark in marks if is_so)


def _rows(connection: Connection, table: Any, ids: Sequence[str]) -> list[Any]:
    return list(connection.execute(select(table).where(table.c.turn.in_(ids))))


def _leaf(leaves: Mapping[str, Mapping[str, str]], turn: TurnLine) -> str:
    mine = leaves.get(turn.id, {})
    return mine.get(CLOSED) or mine.get(OPENED) or ""


def _spans(connection: Connection, name: str) -> list[tuple[datetime, datetime | None, Who]]:
    """When a person was asked for and had it: the rest belongs to AI."""
    mine = select(handover).where(handover.c.conversation == name).order_by(handover.c.asked_at)
    spans: list[tuple[datetime, datetime | None, Who]] = []
    for row in connection.execute(mine):
        asked = row.asked_at.replace(tzinfo=row.asked_at.tzinfo or UTC)  # SQLite forgets the zone
        spans.append((asked, row.joined_at or row.ended_at, Who.WAITING))
        if row.joined_at is not None:
            spans.append((row.joined_at, row.ended_at, Who.PERSON))
    return spans


def _who(spans: Sequence[tuple[datetime, datetime | None, Who]], at: datetime) -> Who:
    """A turn that brought the hand-over still belongs to AI's stretch: the waiting begins with its end."""
    within = [who for since, until, who in spans if since < at and (until is None or at <= until)]
    return within[-1] if within else Who.AI


def _stretches(
    spans: Sequence[tuple[datetime, datetime | None, Who]], frames: Sequence[Frame]
) -> tuple[Stretch, ...]:
    begun = frames[0].turn.opened_at
    last = max((frame.turn.closed_at or frame.turn.opened_at) for frame in frames)
    cuts: list[tuple[datetime, datetime | None, Who]] = []
    at: datetime | None = begun
    for since, until, who in spans:
        if at is not None and at < since:
            cuts.append((at, since, Who.AI))
        cuts.append((since, until, who))
        at = until
    if at is not None and (at < last or not cuts):
        cuts.append((at, last, Who.AI))
    whole = max(((until or last) - since).total_seconds() for since, until, _who_ in cuts) or 1.0
    stretches = []
    left = list(frames)
    for number, (since, until, who) in enumerate(cuts):
        is_last = number == len(cuts) - 1
        mine = [frame for frame in left if is_last or until is None or frame.turn.opened_at <= until]
        left = left[len(mine) :]
        share = max(1, round(SHARES * (((until or last) - since).total_seconds() / whole)))
        stretches.append(Stretch(who, since, until, min(share, SHARES), tuple(mine)))
    return tuple(stretches)
