"""Kept audits: the list, and a page for each with its pictures and their table twins, drawn from what was kept."""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from fairgo.bias.audits import words as said
from fairgo.bias.audits.rereading import read_audit
from fairgo.bias.audits.results import Audit, Gap
from fairgo.bias.audits.results import Cell as Rate
from fairgo.bias.records import KeptAudit, kept_audit, kept_audits
from fairgo.charts.chart import Chart
from fairgo.console.exports import exported, rows_for
from fairgo.console.navigation import Crumb
from fairgo.console.office import Office
from fairgo.console.pictures import OF_AUDIT
from fairgo.console.tables import Cell, Column, Table, chip, code, moment, number, words
from fairgo.core.errors import NotFound
from fairgo.staff.doors import page
from fairgo.staff.rights import Right

VERDICTS = {"finding": "warn", "alike": "good", "cannot tell yet": "unsure"}
LIST = (
    Column("audit", "Audit"),
    Column("at", "When (UTC)"),
    Column("system", "System"),
    Column("verdict", "Verdict"),
    Column("findings", "Findings", number=True),
    Column("rows", "Decisions", number=True),
    Column("evidence", "Evidence"),
)
GAPS = (
    Column("group", "Group"),
    Column("reference", "Against"),
    Column("metric", "Rate"),
    Column("gap", "Gap", number=True),
    Column("low", "Lowest", number=True),
    Column("high", "Highest", number=True),
    Column("p", "p", number=True),
    Column("q", "q", number=True),
    Column("verdict", "Verdict"),
)
RATES = (
    Column("group", "Group"),
    Column("metric", "Rate"),
    Column("n", "Rows", number=True),
    Column("value", "Value", number=True),
    Column("low", "Lowest", number=True),
    Column("high", "Highest", number=True),
    Column("state", "State"),
)
HIDDEN = (Column("group", "Group"), Column("reason", "Why it is not shown"))
LISTED = 100  # rows of a table on a page; the exports hold every one
SHORT = 8
LOOKED_AT = 32  # audits whose pictures are kept
Pictures = Mapping[str, Chart]


def routes(office: Office) -> Sequence[BaseRoute]:
    """`/bias/audits`, `/bias/audits/ID` and its pictures."""

    def many(request: Request) -> Response:
        limit = rows_for(request)
        skip = _whole(request.query_params.get("from", ""))
        with office.ledger.store.reading() as connection:
            found = kept_audits(connection, office.seen(request), limit=limit + 1, skip=skip)
        onward = f"from={skip + limit}" if len(found) > limit else ""
        here = request.scope.get("root_path", "")
        table = audits_table(found[:limit], here, name="audits", title="Kept audits", onward=onward)
        return exported(request, table) or office.show(request, "audits.html", {"table": table})

    @lru_cache(maxsize=LOOKED_AT)
    def pictures(identity: str) -> Pictures:
        """An audit never changes, so its pictures are made once for all who look at it now."""
        with office.ledger.store.reading() as connection:
            _kept, result = kept_audit(connection, identity)
        audit = None if result is None else read_audit(result)
        drawn = {} if audit is None else {name: draw(audit) for name, draw in OF_AUDIT.items()}
        return {name: made for name, made in drawn.items() if made is not None}

    def one(request: Request) -> Response:
        return _one(office, request, pictures)

    async def drawn(request: Request) -> Response:
        return await run_in_threadpool(_drawn, office, request, pictures)

    return [
        page("/bias/audits", many, right=Right.AUDITS_READ),
        page("/bias/audits/{id}", one, right=Right.AUDITS_READ),
        page("/bias/audits/{id}/{picture}.svg", drawn, right=Right.AUDITS_READ),
    ]


def audits_table(found: Sequence[KeptAudit], here: str, *, name: str, title: str, onward: str = "") -> Table:
    """Audits as a table."""
    rows = [
        [
            Cell(one.outcome or one.id[:SHORT], one.id, f"{here}/bias/audits/{one.id}"),
            moment(one.made_at),
            words(one.system or "none named"),
            chip(one.verdict, VERDICTS.get(one.verdict, "quiet")),
            number(one.findings),
            number(one.rows),
            code(one.leaf, shown="Proof" if one.leaf else "–", href=f"{here}/evidence/leaf/{one.leaf}" if one.leaf else ""),
        ]
        for one in found
    ]  # fmt: skip
    empty = "No audit is kept yet. `fairgo audit FILE --data DIR` runs one and keeps it."
    return Table(name, title, LIST, rows, empty=empty, onward=onward)


def _read(office: Office, request: Request) -> tuple[KeptAudit, Audit | None]:
    """Raises NotFound for an audit of a system that is not theirs to see, as for none."""
    with office.ledger.store.reading() as connection:
        kept, result = kept_audit(connection, request.path_params["id"])
    if kept.system not in office.seen(request):
        raise NotFound("No audit has this name.", hint="The list of audits shows all that are kept.")
    return kept, None if result is None else read_audit(result)


def _drawn(office: Office, request: Request, pictures: Callable[[str], Pictures]) -> Response:
    """A picture as SVG; drawing is slow, so it is kept by the browser, and by `charts` for everybody."""
    kept, _audit = _read(office, request)
    chart = pictures(kept.id).get(request.path_params["picture"])
    if chart is None:
        raise NotFound("There is no such picture.", hint="The audit’s page shows those there are.")
    headers = {"cache-control": "private, max-age=3600"}
    return Response(chart.svg(), media_type="image/svg+xml", headers=headers)


def _one(office: Office, request: Request, pictures: Callable[[str], Pictures]) -> Response:
    kept, audit = _read(office, request)
    way = Crumb(kept.outcome or kept.id[:SHORT])
    if audit is None:
        if request.query_params.get("format"):
            raise NotFound("Only the verdict of this audit was kept.", hint="Newer audits keep their tables.")
        return office.show(request, "audit.html", {"kept": kept, "audit": None}, way)
    gaps, rates, hidden = _gaps(audit), _rates(audit), _hidden(audit)
    shown = pictures(kept.id)
    twins = {name: twin_of(name, made) for name, made in shown.items()}
    done = exported(request, gaps, rates, hidden, *twins.values())
    if done is not None:
        return done
    values = {
        "kept": kept,
        "audit": audit,
        "said": said,
        "tone": VERDICTS[audit.verdict],
        "pictures": [(name, shown[name], twins[name]) for name in shown],
        "tables": [_first(table) for table in (gaps, rates, hidden) if table.rows],
    }
    return office.show(request, "audit.html", values, way)


def _first(table: Table) -> Table:
    if len(table.rows) <= LISTED:
        return table
    counted = f"the first {LISTED:,} of {len(table.rows):,}; CSV and JSON hold all"
    return Table(table.name, table.title, table.columns, table.rows[:LISTED], table.empty, counted)


def twin_of(name: str, made: Chart) -> Table:
    """The table twin of a picture."""
    columns = tuple(Column(heading.lower(), heading) for heading in made.table.columns)
    rows = [[words(value) for value in row] for row in made.table.rows]
    return Table(name, made.title, columns, rows, empty="Nothing was drawn.")


def _gaps(audit: Audit) -> Table:
    def row(gap: Gap) -> list[Cell]:
        return [
            words(said.group_name(gap.groups)),
            words(said.reference_name(gap)),
            words(gap.metric),
            *(Cell(said.percent(value, 2), value) for value in (gap.gap, gap.low, gap.high)),
            *(Cell(said.chance(value), value) for value in (gap.p, gap.q)),
            Cell(gap.verdict.value, gap.verdict.value, tone=VERDICTS[gap.verdict], note=gap.reason),
        ]

    return Table("gaps", "All comparisons", GAPS, [row(gap) for gap in audit.gaps], empty="No comparison.")


def _rates(audit: Audit) -> Table:
    def row(rate: Rate) -> list[Cell]:
        return [
            words(said.group_name(rate.groups)),
            words(rate.metric),
            number(rate.n),
            *(Cell(said.percent(value, 2), value) for value in (rate.value, rate.low, rate.high)),
            words(rate.state.value, note=rate.reason),
        ]

    return Table("rates", "Rates of each group", RATES, [row(rate) for rate in audit.cells], empty="No rate.")


def _hidden(audit: Audit) -> Table:
    rows = [[words(said.group_name(part.groups)), words(part.reason)] for part in audit.suppressed]
    return Table("hidden", "Groups not shown", HIDDEN, rows, empty="Every group is shown.")


def _whole(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 9 else 0
