"""Conversations: the list, a page as a film strip, and reading the words, which asks for a purpose and leaves evidence."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from fairgo.console.exports import exported, rows_for
from fairgo.console.navigation import Crumb
from fairgo.console.office import Blank, Office
from fairgo.console.pictures import STRIP_WORDS, conversation_strip
from fairgo.console.strip import Strip, read_strip
from fairgo.console.tables import Cell, Column, Link, Table, chip, code, moment, number, words
from fairgo.core.clock import coarse
from fairgo.core.errors import BadRequest, NotFound
from fairgo.core.verdicts import Outcome
from fairgo.ledger import conversations
from fairgo.staff import content, forms
from fairgo.staff.doors import member_of, page
from fairgo.staff.rights import Right
from fairgo.web.cursors import Cursors

OUTCOMES: Mapping[str, str] = {
    Outcome.ALLOW.value: "went through as it was",
    Outcome.CHANGE.value: "was changed",
    Outcome.HAND_OVER.value: "was handed over",
    Outcome.REFUSE.value: "was refused",
    conversations.OPEN: "never closed",
}
SHORT: Mapping[str, tuple[str, str]] = {
    Outcome.ALLOW.value: ("through", "good"),
    Outcome.CHANGE.value: ("changed", "warn"),
    Outcome.HAND_OVER.value: ("handed over", "unsure"),
    Outcome.REFUSE.value: ("refused", "warn"),
    conversations.OPEN: ("never closed", "warn"),
}
COLUMNS = (
    Column("conversation", "Conversation"),
    Column("system", "System"),
    Column("channel", "Channel", only_exported=True),
    Column("first_at", "Began (UTC)", only_exported=True),
    Column("last_at", "Newest turn (UTC)"),
    Column("turns", "Turns", number=True),
    Column("by_ai", "By AI", number=True),
    Column("outcomes", "What became of them"),
)
FRAMES = (
    Column("opened_at", "When (UTC)"),
    Column("who", "Who had it"),
    Column("outcome", "What became of it"),
    Column("marks", "Marks"),
    Column("reason", "Reason, as a code"),
    Column("evidence", "Evidence"),
)
SHOWN = 12  # digits of a conversation's name in a list


def routes(office: Office) -> Sequence[BaseRoute]:
    """`/conversations`, `/conversations/NAME`, and the form that asks why its words are read."""

    def many(request: Request) -> Response:
        return _many(office, request)

    def one(request: Request) -> Response:
        return _one(office, request)

    def drawn(request: Request) -> Response:
        _found, strip = _strip(office, request)
        picture = conversation_strip(strip, request.path_params["name"][:SHOWN])
        return Response(picture.svg(), media_type="image/svg+xml")

    async def read(request: Request) -> Response:
        form = await forms.read(request)
        return await run_in_threadpool(_read, office, request, form)

    return [
        page("/conversations", many, right=Right.CONVERSATIONS_LIST),
        page("/conversations/{name}/strip.svg", drawn, right=Right.CONVERSATIONS_LIST),
        page("/conversations/{name}", one, right=Right.CONVERSATIONS_LIST),
        page("/conversations/{name}/words", read, right=Right.CONTENT_READ, methods=["POST"]),
    ]


def table_of(found: Sequence[conversations.Listed], here: str, *, onward: str = "") -> Table:
    """Conversations as a table."""
    return Table(
        "conversations",
        "Conversations",
        COLUMNS,
        [_row(one, here) for one in found],
        empty="No conversation fits. Every conversation that goes through the gateway stands here.",
        counted=f"{len(found):,} shown, the newest first" if found else "",
        onward=onward,
    )


def _row(one: conversations.Listed, here: str) -> list[Cell]:
    outcomes = tuple(Link(SHORT[name][0], "", SHORT[name][1]) for name in one.outcomes if name in SHORT)
    return [
        code(one.name, shown=one.name[:SHOWN], href=f"{here}/conversations/{one.name}"),
        words(one.system, note=one.channel),
        words(one.channel),
        moment(one.first_at),
        moment(one.at),
        number(one.turns),
        number(one.by_ai),
        Cell("", ", ".join(one.outcomes), links=outcomes),
    ]


def _many(office: Office, request: Request) -> Response:
    asked = {name: request.query_params.get(name, "").strip()[:40] for name in ("system", "outcome", "since", "until")}  # fmt: skip
    mine = office.systems(request)
    since, until, wrong = _between(asked)
    wanted = conversations.Wanted(
        mine & {asked["system"]} if asked["system"] else mine,
        asked["outcome"] if asked["outcome"] in OUTCOMES else "",
        since,
        until,
    )
    kept = {name: value for name, value in asked.items() if value}
    cursors = Cursors(
        office.ledger.keys.derived("cursors"),
        f"conversations/{member_of(request).id}/{urlencode(kept)}",
    )
    after = _after(cursors.read(request.query_params.get("after")))
    limit = rows_for(request)
    with office.ledger.store.reading() as connection:
        found = [] if wrong else conversations.listed(connection, wanted, limit=limit + 1, after=after)
    shown, cursor = cursors.cut(found, limit, lambda last: [last.at.isoformat(), last.turn])
    onward = urlencode(kept | {"after": cursor}) if cursor else ""
    table = table_of(shown, request.scope.get("root_path", ""), onward=onward)
    given = kept | ({"after": request.query_params["after"]} if after else {})
    values = {
        "table": table,
        "asked": asked,
        "wrong": Blank(wrong),
        "filtered": bool(kept),
        "query": urlencode(given) + "&" if given else "",
        "systems": {name: name for name in sorted(mine)},
        "outcomes": OUTCOMES,
    }
    return exported(request, table) or office.show(
        request, "conversations.html", values, status=400 if wrong else 200
    )


def _between(asked: Mapping[str, str]) -> tuple[datetime | None, datetime | None, dict[str, str]]:
    """From the first moment of one day to the last of another (UTC), and what is wrong with either."""
    days: dict[str, date] = {}
    wrong = {}
    for name in ("since", "until"):
        try:
            days |= {name: date.fromisoformat(asked[name])} if asked[name] else {}
        except ValueError:
            wrong[name] = "Write the date as year-month-day, such as 2026-11-30."
    since, until = days.get("since"), days.get("until")
    if since and until and until < since:
        wrong["until"] = "This lies before the first day."
    if until == date.max:
        wrong["until"] = "This lies too far ahead."
    if wrong:
        return None, None, wrong
    return (
        datetime.combine(since, time(), UTC) if since else None,
        datetime.combine(until + timedelta(days=1), time(), UTC) if until else None,
        wrong,
    )


def _after(key: tuple[object, ...] | None) -> tuple[datetime, str] | None:
    return None if key is None else (datetime.fromisoformat(str(key[0])), str(key[1]))


def _strip(office: Office, request: Request) -> tuple[conversations.Listed, Strip]:
    """Raises NotFound for a conversation that is not theirs to see, as for none."""
    name = request.path_params["name"]
    with office.ledger.store.reading() as connection:
        found = conversations.one(connection, office.systems(request), name)
        if found is None:
            raise NotFound("No conversation has this name.", hint="The list shows those you may see.")
        return found, read_strip(connection, name)


def _one(
    office: Office,
    request: Request,
    *,
    form: Mapping[str, str] | None = None,
    wrong: Mapping[str, str] | None = None,
    read: content.Read | None = None,
) -> Response:
    name, here = request.path_params["name"], request.scope.get("root_path", "")
    found, strip = _strip(office, request)
    may_read = office.may(request, Right.CONTENT_READ)
    with office.ledger.store.reading() as connection:
        earlier = content.readings(connection, name) if may_read else []
    table = _frames(strip, here)
    values = {
        "conversation": found,
        "strip": strip,
        "table": table,
        "picture": STRIP_WORDS,
        "earlier": earlier,
        "purposes": content.PURPOSES,
        "may_read": may_read,
        "form": Blank(form or {}),
        "wrong": Blank(wrong or {}),
        "read": read,
        "lines": [] if read is None else _lines(read),
    }
    status = 400 if wrong else 200
    return exported(request, table) or office.show(
        request, "conversation.html", values, Crumb(name[:SHOWN]), status=status
    )


def _read(office: Office, request: Request, form: Mapping[str, str]) -> Response:
    """The words, shown once on the page that answers the form: a reload asks for the purpose again."""
    try:
        purpose = content.stated(form.get("purpose", ""), form.get("words", ""))
    except BadRequest as problem:
        field = "words" if form.get("purpose") in set(content.Purpose) else "purpose"
        return _one(office, request, form=form, wrong={field: f"{problem.message} {problem.hint}".strip()})
    read = content.read_content(
        office.ledger, member_of(request), office.systems(request), request.path_params["name"], purpose
    )
    return _one(office, request, read=read)


def _lines(read: content.Read) -> list[tuple[str, str, str]]:
    """Who said what and when, for the page: what the customer said, then what they read."""
    lines = []
    for kept in read.turns:
        lines += [("Customer", text, kept.at) for text in kept.said]
        lines += [("AI" if kept.by_ai else "Fairgo", text, kept.at) for text in kept.reply]
    return lines


def _frames(strip: Strip, here: str) -> Table:
    rows = []
    for frame in strip.frames:
        turn = frame.turn
        short, tone = SHORT.get(turn.outcome, (turn.outcome, "quiet"))
        links = tuple(Link(mark.words, _proof(here, mark.leaf), mark.tone) for mark in frame.marks)
        rows.append(
            [
                Cell(f"{turn.opened_at:%H:%M:%S}", coarse(turn.opened_at), note=f"{turn.opened_at:%d %b %Y}"),
                words(frame.who.value),
                chip(short, tone),
                Cell("none", ", ".join(mark.words for mark in frame.marks), links=links),
                code(turn.reason),
                code(frame.leaf, shown="Proof" if frame.leaf else "–", href=_proof(here, frame.leaf)),
            ]
        )
    return Table(
        "turns",
        "Turn by turn",
        FRAMES,
        rows,
        empty="No turn is kept.",
        counted="1 turn"
        if len(rows) == 1
        else f"{len(rows):,} turns{', the first of more' if strip.cut else ''}",
    )


def _proof(here: str, leaf: str) -> str:
    return f"{here}/evidence/leaf/{leaf}" if leaf else ""
