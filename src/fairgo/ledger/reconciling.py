"""Completeness: what the gateway saw, the leaves, the turns, the assistants' usage and the provider's records, side by side.

The tree shows that nothing was changed among the leaves there are; this shows whether one is missing that there should
be. One pass over the leaves, and a second only where something differs.
"""

from collections.abc import Callable, Generator, Iterable
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sqlalchemy import Connection, func, select

from fairgo.ledger import records
from fairgo.ledger.balancing import Mismatch, Mismatches, Numbers
from fairgo.ledger.counters import CLOSED, OPENED, SINCE_START, process_counter, usage_table
from fairgo.ledger.provider import Charged
from fairgo.ledger.turns import turn_table
from fairgo.ledger.walking import CHUNK, LEAVES, TURNS, Process, Unfinished, Walk, leaves, walk_leaves

AT_ONCE = 500  # provider records looked up together
PLACES, USAGE, REQUESTS, PROVIDER = "places in the tree", "usage", "requests", "provider records"
OF_PROCESS = ("refused", "opened", "closed")


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What was compared, what does not agree (each kind counted, its first 200 listed), and what is unfinished.

    `under_way` are requests of processes that have not ended in good order: being answered now, or cut off.
    """

    counted: dict[str, int]
    mismatches: tuple[Mismatch, ...]
    counts: dict[str, int]
    unfinished: tuple[Unfinished, ...]
    under_way: int


def reconcile(
    connection: Connection,
    charged: Iterable[Charged] | None = None,
    told: Callable[[int], None] = lambda _leaves: None,
) -> Reconciled:
    """Compare everything. `charged` are the provider's own records; `told` hears how many leaves have been read."""
    walk = walk_leaves(connection, told)
    counted = {"leaves": walk.leaves, "processes": len(walk.processes)}
    counted |= _compare_rows(connection, walk)
    _check_places(connection, walk)
    under_way = _check_processes(connection, walk, counted)
    if charged is not None:
        counted["provider_records"] = _check_charged(connection, charged, walk.found)
    return Reconciled(
        counted, tuple(walk.found.listed), dict(walk.found.counts), tuple(walk.open.values()), under_way
    )


def _compare_rows(connection: Connection, walk: Walk) -> dict[str, int]:
    """The tables of turns and usage against the leaves. Gives how many rows they have."""
    counted = {"turns": 0, "usage": 0}
    for turn, outcome in _turn_rows(connection):
        counted["turns"] += 1
        walk.turns.right(turn, outcome)
    for turn in _usage_rows(connection):
        counted["usage"] += 1
        walk.usage.right(turn)
    if not (walk.turns.even and walk.usage.even):
        _name_rows(connection, walk)
    return counted


def _turn_rows(connection: Connection) -> Generator[tuple[str, str]]:
    row = turn_table.c
    query = select(row.id, func.coalesce(row.outcome, ""))
    with connection.execute(query.execution_options(yield_per=CHUNK)) as rows:
        yield from ((row[0], row[1]) for row in rows)


def _usage_rows(connection: Connection) -> Generator[str]:
    with connection.execute(select(usage_table.c.turn).execution_options(yield_per=CHUNK)) as rows:
        yield from rows.scalars()


def _name_rows(connection: Connection, walk: Walk) -> None:
    """A second pass, for the parts that differ: which turns, and what is wrong with each."""
    told: dict[str, str] = {}
    outcomes: dict[str, str] = {}
    called: set[str] = set()
    with closing(leaves(connection)) as rows:
        for leaf in rows:
            if leaf.type not in {OPENED, CLOSED}:
                continue
            if walk.turns.differs_at(leaf.turn) or walk.usage.differs_at(leaf.turn):
                told[leaf.turn] = leaf.name
                outcomes[leaf.turn] = leaf.outcome
                called |= {leaf.turn} if leaf.called else set()
    kept = {turn: outcome for turn, outcome in _turn_rows(connection) if walk.turns.differs_at(turn)}
    used = {turn for turn in _usage_rows(connection) if walk.usage.differs_at(turn)}
    for turn in sorted(told.keys() | kept.keys() | used):
        if walk.turns.differs_at(turn):
            _name_turn(walk, turn, told.get(turn), (outcomes.get(turn), kept.get(turn)))
        if walk.usage.differs_at(turn) and (turn in called) != (turn in used):
            missing = "no usage is kept" if turn in called else "no leaf says so, but usage is kept"
            walk.found.add(USAGE, f"turn {turn}", f"the assistant was called: {missing}")


def _name_turn(walk: Walk, turn: str, leaf: str | None, outcomes: tuple[str | None, str | None]) -> None:
    told, kept = outcomes
    if told == kept:
        return
    if kept is None:
        words = f"leaf {leaf} tells of it, but its row is missing"
    elif told is None:
        words = "its row is kept, but no leaf tells of it"
    else:
        words = f"its leaf ({leaf}) says {told or 'open'}, its row {kept or 'open'}"
        walk.open.pop(turn, None)
    walk.found.add(TURNS, f"turn {turn}", words)


def _check_places(connection: Connection, walk: Walk) -> None:
    size = connection.scalar(select(func.max(records.checkpoint.c.size))) or 0
    for first, last in walk.places.missing(0, size - 1):
        walk.found.add(PLACES, _range(first, last), "no leaf has this place in the tree", last - first + 1)


def _check_processes(connection: Connection, walk: Walk, counted: dict[str, int]) -> int:
    """The counters against the leaves, run by run. Gives how many requests are under way, or were cut off."""
    runs: dict[str, list[Any]] = {}
    for row in connection.execute(select(process_counter).order_by(process_counter.c.started_at)):
        runs.setdefault(row.run, []).append(row)
    known = {row.process for rows in runs.values() for row in rows}
    for process in sorted(walk.processes.keys() - known):
        words = (
            f"{walk.processes[process].numbers.highest} leaves, but the counter of this process is missing"
        )
        walk.found.add(LEAVES, f"process {process}", words)
        _name_numbers(walk, process, walk.processes[process].numbers.highest)
    counted |= dict.fromkeys(SINCE_START + OF_PROCESS, 0)
    return sum(_check_run(walk, rows, counted) for rows in runs.values())


def _check_run(walk: Walk, rows: list[Any], counted: dict[str, int]) -> int:
    totals: dict[str, int] = {name: max(getattr(row, name) for row in rows) for name in SINCE_START}
    totals |= {name: sum(getattr(row, name) for row in rows) for name in OF_PROCESS}
    for name, number in totals.items():
        counted[name] += number
    told = [walk.processes.get(row.process, Process()) for row in rows]
    for row, process in zip(rows, told, strict=True):
        whole = _name_numbers(walk, row.process, row.last)
        for column, number in process.types.items() if whole else ():
            if number != getattr(row, column):
                words = f"{number} leaves say {column}, its counter says {getattr(row, column)}"
                walk.found.add(LEAVES, f"process {row.process}", words)
    place = f"process {rows[0].run}"
    surplus = totals["calls"] - sum(process.called + process.open for process in told)
    if surplus > 0:
        walk.found.add(USAGE, place, f"{surplus} calls to an assistant belong to no turn", surplus)
    without = totals["seen"] - totals["listed"] - totals["refused"] - totals["opened"]
    if without < 0:
        walk.found.add(REQUESTS, place, f"{-without} turns or refusals that the gateway never saw", -without)
    elif without and any(row.stopped_at for row in rows):
        walk.found.add(REQUESTS, place, f"{without} requests were seen and left no leaf", without)
        return 0
    return max(without, 0)


def _name_numbers(walk: Walk, process: str, last: int) -> bool:
    """Name the numbers of a process that no leaf has. True when there are none."""
    numbers = walk.processes[process].numbers if process in walk.processes else Numbers()
    missing = list(numbers.missing(1, max(last, numbers.highest)))
    for first, end in missing:
        number = end - first + 1
        words = "1 leaf is missing" if number == 1 else f"{number} leaves are missing"
        walk.found.add(LEAVES, f"process {process}, {_range(first, end)}", words, number)
    return not missing


def _check_charged(connection: Connection, charged: Iterable[Charged], found: Mismatches) -> int:
    """The provider's records against the usage kept. Gives how many records there were."""
    total = 0
    records_left = iter(charged)
    while some := list(islice(records_left, AT_ONCE)):
        total += len(some)
        row = usage_table.c
        query = select(row.reply, row.prompt, row.completion).where(
            row.reply.in_({one.usage.reply for one in some})
        )
        kept: dict[str, list[tuple[int | None, int | None]]] = {}
        for reply, prompt, completion in connection.execute(query):
            kept.setdefault(reply, []).append((prompt, completion))
        for one in some:
            _check_one(one, kept.get(one.usage.reply or "", []), found)
    return total


def _check_one(one: Charged, kept: list[tuple[int | None, int | None]], found: Mismatches) -> None:
    place = f"line {one.line}"
    if not kept:
        found.add(PROVIDER, place, f"an AI reply that is not in the evidence (hash {one.usage.reply})")
        return
    said = (one.usage.prompt, one.usage.completion)
    if not any(
        all(None in pair or pair[0] == pair[1] for pair in zip(said, ours, strict=True)) for ours in kept
    ):
        words = f"the provider counts {said[0]} and {said[1]} tokens, kept are {kept[0][0]} and {kept[0][1]}"
        found.add(PROVIDER, place, words)


def _range(first: int, last: int) -> str:
    return f"number {first}" if first == last else f"numbers {first}–{last}"
