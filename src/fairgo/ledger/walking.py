"""One pass over the leaves for what they tell of processes and turns; memory for the turns that are open."""

from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sqlalchemy import Connection, select

from fairgo.core.errors import EvidenceBroken
from fairgo.ledger import records
from fairgo.ledger.balancing import Balance, Mismatches, Numbers
from fairgo.ledger.counters import CLOSED, COLUMNS, OPENED
from fairgo.ledger.leaves import read_leaf

CHUNK = 5_000
LEAVES = "leaves"
TURNS = "turns"


class Told(NamedTuple):
    """What one leaf tells that matters here. A leaf that is not as it should be has an empty type."""

    name: str
    place: int | None
    type: str
    time: str
    turn: str
    outcome: str
    called: bool


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A turn that was opened and never closed: under way, or cut off there. `since` is RFC 3339 UTC, to the minute."""

    turn: str
    leaf: str
    since: str


@dataclass(slots=True)
class Process:
    """What the leaves of one process number tell."""

    numbers: Numbers = field(default_factory=Numbers)
    types: dict[str, int] = field(default_factory=lambda: dict.fromkeys(COLUMNS.values(), 0))
    called: int = 0
    open: int = 0


@dataclass(slots=True)
class Walk:
    """What the pass gathers."""

    leaves: int = 0
    found: Mismatches = field(default_factory=Mismatches)
    processes: dict[str, Process] = field(default_factory=dict)
    places: Numbers = field(default_factory=Numbers)
    open: dict[str, Unfinished] = field(default_factory=dict)
    turns: Balance = field(default_factory=Balance)
    usage: Balance = field(default_factory=Balance)


def walk_leaves(connection: Connection, told: Callable[[int], None]) -> Walk:
    """Read every leaf once. `told` hears how many have been read."""
    walk = Walk()
    with closing(leaves(connection)) as rows:
        for leaf in rows:
            _read(walk, leaf)
            if walk.leaves % CHUNK == 0:
                told(walk.leaves)
    told(walk.leaves)
    for turn in walk.open.values():
        walk.turns.left(turn.turn)
        walk.processes[_process(turn.leaf)].open += 1
    return walk


def leaves(connection: Connection) -> Generator[Told]:
    """Every leaf as it came, those without a place in the tree too."""
    row = records.leaf.c
    query = select(row.name, row.position, row.leaf).order_by(row.seq)
    with connection.execute(query.execution_options(yield_per=CHUNK)) as rows:
        for name, place, leaf in rows:
            yield _told(name, place, leaf)


def _told(name: str, place: int | None, leaf: bytes) -> Told:
    try:
        value: dict[str, Any] = read_leaf(leaf)
    except EvidenceBroken:
        value = {}
    facts = value.get("facts")
    if value.get("id") != name or not isinstance(facts, dict) or not name.partition(".")[2].isdecimal():
        return Told(name, place, "", "", "", "", called=False)
    turn, outcome = str(facts.get("turn", "")), str(facts.get("outcome", ""))
    called = facts.get("called") is True
    return Told(name, place, str(value.get("type")), str(value.get("time")), turn, outcome, called)


def _process(name: str) -> str:
    return name.partition(".")[0]


def _read(walk: Walk, leaf: Told) -> None:
    walk.leaves += 1
    if leaf.place is not None:
        walk.places.add(leaf.place)
    if not leaf.type:
        walk.found.add(LEAVES, f"leaf {leaf.name}", "what it says is not a leaf of that name")
        return
    process, _dot, number = leaf.name.partition(".")
    kept = walk.processes.setdefault(process, Process())
    kept.numbers.add(int(number))
    column = COLUMNS.get(leaf.type)
    if column is not None:
        kept.types[column] += 1
    if leaf.type == OPENED:
        walk.open[leaf.turn] = Unfinished(leaf.turn, leaf.name, leaf.time)
    elif leaf.type == CLOSED:
        if walk.open.pop(leaf.turn, None) is None:
            walk.found.add(TURNS, f"turn {leaf.turn}", f"leaf {leaf.name} closes it, but no leaf opens it")
        walk.turns.left(leaf.turn, leaf.outcome)
        if leaf.called:
            kept.called += 1
            walk.usage.left(leaf.turn)
