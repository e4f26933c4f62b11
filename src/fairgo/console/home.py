"""Home: what needs the reader today, and below it the 21 rows with their live measures; a page for each area."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute

from fairgo.console.duties import Desk, Duty, duties
from fairgo.console.exports import exported
from fairgo.console.navigation import PLACES
from fairgo.console.office import Office, may
from fairgo.console.registered import registered
from fairgo.console.status import Status, StatusRow, by_area, count, summary
from fairgo.console.tables import Cell, Column, Table, chip, words
from fairgo.core.article import AREAS
from fairgo.core.verdicts import State
from fairgo.staff.doors import member_of, page, sees_the_house
from fairgo.staff.rights import Right

TONES: Mapping[State, str] = {
    State.OK: "good",
    State.ATTENTION: "warn",
    State.CANNOT_TELL: "unsure",
    State.NOT_BUILT: "quiet",
}
MEANINGS: Mapping[State, str] = {
    State.OK: "Measured, and nothing needs doing.",
    State.ATTENTION: "Measured, and someone should look.",
    State.CANNOT_TELL: "Too little is known to say.",
    State.NOT_BUILT: "This version does not do it.",
}
ROWS = (
    Column("area", "Area"),
    Column("strategy", "Strategy"),
    Column("asks", "What the article asks"),
    Column("value", "Live measure"),
    Column("detail", "More"),
    Column("state", "State"),
)


def routes(office: Office) -> Sequence[BaseRoute]:
    """`/`, its JSON twin, and a page for each of the seven areas."""

    def standing(request: Request) -> Status:
        """Another tenant is not shown figures that mix tenants."""
        status = office.measured.now()
        return status if sees_the_house(member_of(request)) else _without_figures(status)

    def home(request: Request) -> Response:
        status = standing(request)
        mine = _duties(office, request, status)
        return exported(request, _table(status), _duties_table(mine)) or office.show(
            request, "home.html", {**_shown(status), "duties": mine}
        )

    def twin(request: Request) -> Response:
        return JSONResponse(asdict(standing(request)))

    def area(request: Request) -> Response:
        name = request.url.path.rpartition("/")[2]
        status = standing(request)
        rows = tuple(row for row in status.rows if row.area == name)
        table = _table(status, rows)
        rights = frozenset(right for right in Right if may(member_of(request), right, office.clock()))
        values = {
            **_shown(status),
            "area": AREAS[name],
            "name": name,
            "rows": rows,
            "counted": summary(rows),
            "places": [
                place
                for place in PLACES
                if place.room == name and place.path != f"/{name}" and place.right in rights
            ],
        }
        return exported(request, table) or office.show(request, "area.html", values)

    right = Right.STATUS_READ
    return [
        page("/", home, right=right),
        page("/status.json", twin, right=right),
        *(page(f"/{name}", area, right=right) for name in AREAS),
    ]


def _without_figures(status: Status) -> Status:
    rows = tuple(
        row
        if row.state is State.NOT_BUILT
        else replace(row, value="measured for the whole house only", detail="", state=State.CANNOT_TELL)
        for row in status.rows
    )
    return replace(status, rows=rows, counts=count(rows), summary=summary(rows))


def _duties(office: Office, request: Request, status: Status) -> list[Duty]:
    member = member_of(request)
    rights = frozenset(right for right in Right if may(member, right, office.clock()))
    mine = [office.policy.systems[name] for name in sorted(office.systems(request))]
    with office.ledger.store.reading() as connection:
        known = registered(connection, mine)
        return duties(connection, Desk(member, rights, status, known, office.clock()))


def _shown(status: Status) -> Mapping[str, object]:
    return {
        "status": status,
        "when": datetime.fromisoformat(status.at),
        "areas": [(name, title, rows, summary(rows)) for name, title, rows in by_area(status)],
        "states": [(state, status.counts[state], MEANINGS[state]) for state in State],
        "tones": TONES,
        "not_built": State.NOT_BUILT,
    }


def _table(status: Status, rows: Sequence[StatusRow] | None = None) -> Table:
    cells = [
        [
            words(row.area),
            words(row.strategy),
            words(row.asks),
            words(row.value),
            words(row.detail),
            chip(row.state.value, TONES[row.state]),
        ]
        for row in (status.rows if rows is None else rows)
    ]
    return Table("strategies", "The strategies and their live measures", ROWS, cells, empty="")


def _duties_table(mine: Sequence[Duty]) -> Table:
    columns = (Column("title", "What"), Column("why", "Why"), Column("path", "Where"))
    rows = [[words(duty.title), words(duty.why), Cell(duty.path, duty.path)] for duty in mine]
    return Table("duties", "What needs you today", columns, rows, empty="Nothing needs you today.")
