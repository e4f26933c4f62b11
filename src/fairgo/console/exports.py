"""Every table of the console for programs: `?format=csv` and `?format=json` at the page's own address.

CSV is RFC 4180 with a byte order mark, because the spreadsheet most people have reads UTF-8 only with one; programs
that mind it take JSON. A cell that a spreadsheet would run as a formula gets an apostrophe in front (OWASP, "CSV
injection"); numbers stay numbers, negative ones too.
"""

import csv
import io
from collections.abc import Callable
from urllib.parse import urlencode

import orjson
from starlette.requests import Request
from starlette.responses import Response

from fairgo.console.tables import Plain, Table
from fairgo.core.errors import BadRequest, nearest

FORMATS = ("csv", "json")
BOM = "\ufeff"
# What a spreadsheet takes for the beginning of a formula; the last four are full-width forms of the first four.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
PAGE, WHOLE = 50, 1000


def rows_for(request: Request) -> int:
    """How many rows of a long list to read: a page for people, more for programs."""
    return WHOLE if request.query_params.get("format") else PAGE


def exported(request: Request, *tables: Table) -> Response | None:
    """The table that was asked for, as a file; None when a page was asked for.

    `?table=NAME` chooses among several; without it, the first. A long list comes in parts: the `Link` header, and
    `next` in JSON, give the address that goes on. Raises BadRequest for a format or a table that does not exist.
    """
    wanted = request.query_params.get("format")
    if wanted is None:
        return None
    if wanted not in FORMATS:
        raise BadRequest(f"A table does not come as {wanted[:20]!r}.", hint="known: csv, json")
    named = {table.name: table for table in tables}
    name = request.query_params.get("table", tables[0].name)
    if name not in named:
        raise BadRequest("This page has no table of that name.", hint=nearest(name[:40], named))
    table = named[name]
    onward = address(request, table)
    write: Callable[[Table, str], bytes] = as_csv if wanted == "csv" else as_json
    kind = "text/csv; charset=utf-8; header=present" if wanted == "csv" else "application/json"
    headers = {"content-disposition": f'attachment; filename="{table.name}.{wanted}"'}
    if onward:
        headers["link"] = f'<{onward}>; rel="next"'
    return Response(write(table, onward), media_type=kind, headers=headers)


def address(request: Request, table: Table) -> str:
    """The address where a table goes on, in the same form; empty at its end."""
    if not table.onward:
        return ""
    given = {name: value for name, value in request.query_params.items() if name in {"format", "table"}}
    more = f"&{urlencode(given)}" if given else ""
    return f"{request.url.path}?{table.onward}{more}"


def as_csv(table: Table, _onward: str = "") -> bytes:
    """The table as CSV."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([column.heading for column in table.columns])
    writer.writerows([_harmless(value) for value in row.values()] for row in table.records())
    return (BOM + text.getvalue()).encode()


def as_json(table: Table, onward: str = "") -> bytes:
    """The table as JSON: its title, its columns, its rows as objects, and where it goes on (null at the end)."""
    return orjson.dumps(
        {
            "title": table.title,
            "columns": {column.key: column.heading for column in table.columns},
            "rows": table.records(),
            "next": onward or None,
        },
        option=orjson.OPT_INDENT_2,
    )


def _harmless(value: Plain) -> Plain:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value
