"""The pages of notices: a member's inbox, and how they want to be told."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from fairgo.console.navigation import Crumb
from fairgo.console.office import Office
from fairgo.core.errors import BadRequest, Conflict
from fairgo.staff.doors import member_of, page
from fairgo.staff.forms import read
from fairgo.staff.notices import inbox, preferences
from fairgo.staff.notices.kinds import KINDS, Kind
from fairgo.staff.notices.preferences import Pace, Preferences
from fairgo.staff.rights import Member, Right

LABELS: Mapping[str, str] = {
    "address": "E-mail address",
    "digest_hour": "Hour of the digest",
    "quiet_from": "Quiet from",
    "quiet_until": "Quiet until",
}


def routes(office: Office) -> Sequence[Route]:
    """`/notices`, `/notices/read` and `/notices/preferences`. Everybody sees their own."""

    def home(request: Request) -> Response:
        member = member_of(request)
        only = request.query_params.get("unread") == "1"
        with office.ledger.store.reading() as connection:
            found = inbox.inbox(
                connection, member, only_unread=only, after=_after(request), limit=inbox.PAGE + 1
            )
            left = inbox.unread(connection, member)
        return office.show(request, "notices.html", _inbox(found, left, only=only))

    async def mark(request: Request) -> Response:
        fields = await read(request)
        which = [fields["notice"]] if fields.get("notice") else None
        member = member_of(request)
        await office.ledger.submit(lambda tx: inbox.mark_read(tx, member, which))
        return RedirectResponse(f"{request.scope.get('root_path', '')}/notices", 303)

    def wishes(request: Request) -> Response:
        with office.ledger.store.reading() as connection:
            now = preferences.of_member(connection, member_of(request).id)
        return _form(office, request, _typed(now), {}, saved=request.query_params.get("did") == "saved")

    async def change(request: Request) -> Response:
        fields = await read(request)
        return await run_in_threadpool(_changed, office, request, fields)

    return [
        page("/notices", home, right=Right.NOTICES_READ),
        page("/notices/read", mark, right=Right.NOTICES_READ, methods=("POST",)),
        page("/notices/preferences", wishes, right=Right.NOTICES_READ),
        page("/notices/preferences", change, right=Right.NOTICES_READ, methods=("POST",)),
    ]


def unread(office: Office, member: Member) -> int:
    """How many notices a member has not read: for the menu and for what needs them today."""
    with office.ledger.store.reading() as connection:
        return inbox.unread(connection, member)


def _inbox(found: Sequence[inbox.NoticeLine], left: int, *, only: bool) -> Mapping[str, object]:
    shown = found[: inbox.PAGE]
    last = shown[-1] if len(found) > inbox.PAGE else None
    kept = {"unread": "1"} if only else {}
    onward = urlencode({**kept, "at": last.raised_at.isoformat(), "after": last.id}) if last else ""
    return {"notices": shown, "unread": left, "only_unread": only, "onward": onward}


def _after(request: Request) -> tuple[datetime, str] | None:
    try:
        at = datetime.fromisoformat(request.query_params.get("at", ""))
    except ValueError:
        return None
    return (at, request.query_params.get("after", "")) if at.tzinfo is not None else None


def _changed(office: Office, request: Request, fields: Mapping[str, str]) -> Response:
    """Keep what was typed, or show it again with the fault beside its field, or beside what somebody else kept meanwhile."""
    member = member_of(request).id
    try:
        wished = _read(fields)
        with office.ledger.recorded() as tx:
            preferences.keep(tx, member, wished)
    except BadRequest as wrong:
        if wrong.detail not in LABELS:
            raise  # no form of ours sends that
        return _form(
            office, request, fields, {wrong.detail: f"{wrong.message} {wrong.hint}".strip()}, status=400
        )
    except Conflict as stale:
        with office.ledger.store.reading() as connection:
            now = preferences.of_member(connection, member)
        typed = {**fields, "revision": str(now.revision)}
        return _form(office, request, typed, {}, status=stale.status, now=now)
    return RedirectResponse(f"{request.scope.get('root_path', '')}/notices/preferences?did=saved", 303)


def _read(fields: Mapping[str, str]) -> Preferences:
    """What was typed. Raises BadRequest whose `detail` names the field."""
    hour, revision = fields.get("digest_hour", "8").strip(), fields.get("revision", "")
    if not (hour.isascii() and hour.isdecimal()):
        raise BadRequest("The digest's hour is from 0 to 23.", detail="digest_hour")
    try:
        paces = {kind: Pace(fields[f"pace-{kind}"]) for kind in KINDS if fields.get(f"pace-{kind}")}
    except ValueError:
        raise BadRequest("Choose one of the three.", detail="paces") from None
    wished = Preferences(
        address=fields.get("address", "").strip(),
        paces=paces,
        digest_hour=int(hour[:3]),
        quiet_from=fields.get("quiet_from", "").strip(),
        quiet_until=fields.get("quiet_until", "").strip(),
        revision=int(revision) if revision.isascii() and revision.isdecimal() else -1,
    )
    return preferences.fitting(wished)


def _typed(now: Preferences) -> dict[str, str]:
    """Wishes as a form has them."""
    paces = {f"pace-{kind}": now.pace(kind).value for kind in KINDS}
    return {
        "address": now.address,
        "digest_hour": str(now.digest_hour),
        "quiet_from": now.quiet_from,
        "quiet_until": now.quiet_until,
        "revision": str(now.revision),
        **paces,
    }


def _form(
    office: Office,
    request: Request,
    typed: Mapping[str, str],
    wrong: Mapping[str, str],
    *,
    status: int = 200,
    now: Preferences | None = None,
    saved: bool = False,
) -> Response:
    rights = member_of(request).rights
    mine: list[Kind] = [kind for kind in KINDS.values() if kind.right in rights]
    values = {
        "typed": {**_typed(Preferences()), **typed},
        "wrong": wrong,
        "labels": LABELS,
        "kinds": mine,
        "paces": list(Pace),
        "now": _typed(now) if now is not None else None,
        "saved": saved,
    }
    return office.show(request, "preferences.html", values, Crumb("How you are told"), status=status)
