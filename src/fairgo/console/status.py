"""How the 21 strategies stand, as one value: the page and its JSON twin are both made from it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from fairgo.core.article import AREAS, STRATEGIES, Strategy
from fairgo.core.ports import Overview
from fairgo.core.verdicts import NOT_BUILT, Measure, State

# What a summary calls a state: one of them, several of them.
IN_SUMMARY: Mapping[State, tuple[str, str]] = {
    State.OK: ("measured", "measured"),
    State.ATTENTION: ("needs attention", "need attention"),
    State.CANNOT_TELL: ("cannot tell yet", "cannot tell yet"),
    State.NOT_BUILT: ("not built yet", "not built yet"),
}
UNCOUNTED = Measure(
    "being counted", State.CANNOT_TELL, "the house has only just started; look again in a moment"
)


@dataclass(frozen=True, slots=True)
class StatusRow:
    """One strategy: the article's words, what is done about it, and how its live measure stands.

    `value` and `detail` are empty for what is not built: there is nothing to measure.
    """

    area: str
    strategy: str
    asks: str
    does: str
    measure: str
    value: str
    detail: str
    state: State


@dataclass(frozen=True, slots=True)
class Status:
    """All 21 rows in the article's order, counted. `at` is RFC 3339 UTC, to the second."""

    organisation: str
    at: str
    summary: str
    counts: Mapping[State, int]
    rows: tuple[StatusRow, ...]


def read_status(overview: Overview, at: datetime) -> Status:
    """The rows as they stand at a moment. A strategy the overview does not name counts as not built yet."""
    known = {(row.strategy.area, row.strategy.name): row.measure for row in overview.rows()}
    rows = tuple(_row(item, known.get((item.area, item.name), NOT_BUILT)) for item in STRATEGIES)
    return _status(overview.organisation, at, rows)


def uncounted(organisation: str, at: datetime) -> Status:
    """The rows before anything is counted: of each the page says so."""
    return _status(organisation, at, tuple(_row(item, UNCOUNTED) for item in STRATEGIES))


def _status(organisation: str, at: datetime, rows: tuple[StatusRow, ...]) -> Status:
    return Status(
        organisation=organisation,
        at=at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        summary=summary(rows),
        counts=count(rows),
        rows=rows,
    )


def count(rows: Sequence[StatusRow]) -> Mapping[State, int]:
    """How many rows stand how, every state named."""
    found = Counter(row.state for row in rows)
    return {state: found[state] for state in State}


def summary(rows: Sequence[StatusRow]) -> str:
    """The counts in one sentence without its full stop, states that do not occur left out."""
    counts = count(rows)
    return ", ".join(
        f"{number} {IN_SUMMARY[state][number != 1]}" for state, number in counts.items() if number
    )


def by_area(status: Status) -> tuple[tuple[str, str, tuple[StatusRow, ...]], ...]:
    """The rows under their areas: name, title, rows."""
    return tuple(
        (name, title, tuple(row for row in status.rows if row.area == name)) for name, title in AREAS.items()
    )


def _row(strategy: Strategy, measure: Measure) -> StatusRow:
    built = measure.state is not State.NOT_BUILT
    return StatusRow(
        area=strategy.area,
        strategy=strategy.name,
        asks=strategy.asks,
        does=strategy.does,
        measure=strategy.measure,
        value=measure.value if built else "",
        detail=measure.detail if built else "",
        state=measure.state,
    )
