"""`/api/notices`: the notices of whoever is signed in, and how they want to be told."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from fairgo.api.desk import Desk
from fairgo.core.errors import BadRequest, Conflict
from fairgo.staff.doors import needs, typed_router
from fairgo.staff.notices import inbox, preferences
from fairgo.staff.notices.inbox import NoticeLine
from fairgo.staff.notices.preferences import Pace, Preferences
from fairgo.staff.rights import Member, Right
from fairgo.web.paging import USUAL, After, Limit, Page
from fairgo.web.typed import Problem, problem_reply

Reader = Annotated[Member, Depends(needs(Right.NOTICES_READ))]
IfMatch = Annotated[str | None, Header(max_length=200, description="the ETag of the version you looked at")]
Id = Annotated[str, Field(pattern="^[0-9a-f]{32}$")]


class NoticeOut(BaseModel):
    """One notice; `page` is a path of the console. It holds references only."""

    id: str
    kind: str
    title: str
    asks: str
    about: str
    system: str
    page: str
    raised_at: datetime
    read_at: datetime | None


class Inbox(Page[NoticeOut]):
    """A page of the inbox, and how many notices in all are not read."""

    unread: int


class Reading(BaseModel):
    """Which notices were read; null is all of them."""

    model_config = ConfigDict(extra="forbid")

    notices: Annotated[list[Id], Field(max_length=200)] | None = None


class ReadOut(BaseModel):
    """How many were marked now, and how many are left."""

    marked: int
    unread: int


class Wishes(BaseModel):
    """How a member wants to be told. Kinds that are not named come at once; without an address nothing is mailed."""

    model_config = ConfigDict(extra="forbid")

    address: Annotated[str, Field(max_length=254)] = ""
    paces: Annotated[dict[Annotated[str, Field(max_length=64)], Pace], Field(max_length=40)] = {}
    digest_hour: Annotated[int, Field(ge=0, le=23)] = 8
    quiet_from: Annotated[str, Field(max_length=5)] = ""
    quiet_until: Annotated[str, Field(max_length=5)] = ""


class StaleProblem(Problem):
    """The wishes were changed meanwhile: as they are now, and what you sent."""

    current: Wishes
    yours: Wishes


def router(desk: Desk) -> APIRouter:
    """A member's own; nobody reads another's."""
    routes = typed_router("/notices", "notices")
    _inbox(routes, desk)
    _wishes(routes, desk)
    return routes


def _inbox(routes: APIRouter, desk: Desk) -> None:
    @routes.get("")
    def every(member: Reader, unread: bool = False, cursor: After = None, limit: Limit = USUAL) -> Inbox:  # noqa: FBT001, FBT002 - FastAPI reads a query from it
        """Your notices, newest first; `unread=true` leaves out what you have read."""
        cursors = desk.cursors("notices", member)
        key = cursors.read(cursor, str, str)
        after = (datetime.fromisoformat(key[0]), key[1]) if key else None
        with desk.ledger.store.reading() as connection:
            found = inbox.inbox(connection, member, only_unread=unread, after=after, limit=limit + 1)
            left = inbox.unread(connection, member)
        shown, rest = cursors.cut(found, limit, lambda one: (one.raised_at.isoformat(), one.id))
        return Inbox(items=[_shown(one) for one in shown], next=rest, unread=left)

    @routes.post("/read")
    async def read(reading: Reading, member: Reader) -> ReadOut:
        """Mark notices as read."""
        marked = await desk.ledger.submit(lambda tx: inbox.mark_read(tx, member, reading.notices))
        with desk.ledger.store.reading() as connection:
            return ReadOut(marked=marked, unread=inbox.unread(connection, member))


def _wishes(routes: APIRouter, desk: Desk) -> None:
    @routes.get("/preferences")
    def wishes(member: Reader, response: Response) -> Wishes:
        """How you want to be told, with its ETag."""
        with desk.ledger.store.reading() as connection:
            found = preferences.of_member(connection, member.id)
        response.headers["etag"] = etag(found)
        return _wished(found)

    @routes.put(
        "/preferences",
        response_model=Wishes,
        responses={412: {"model": StaleProblem}, 428: {"model": Problem}, 409: {"model": Problem}},
    )
    async def change(
        wished: Wishes, member: Reader, response: Response, if_match: IfMatch = None
    ) -> Wishes | JSONResponse:
        """Say it anew. `If-Match` names the version you looked at; another one is refused with both."""
        with desk.ledger.store.reading() as connection:
            now = preferences.of_member(connection, member.id)
        if if_match is None:
            raise BadRequest(
                "say which version you change",
                hint="If-Match: the ETag you got",
                detail="no_if_match",
                status=428,
            )
        named = {part.strip() for part in if_match.split(",")}
        revision = now.revision if named & {etag(now), "*"} else -1
        fresh = Preferences(**wished.model_dump(), revision=revision)
        try:
            kept = await desk.ledger.submit(lambda tx: preferences.keep(tx, member.id, fresh))
        except Conflict as refused:
            return _both(desk, member, wished, refused)
        response.headers["etag"] = etag(kept)
        return _wished(kept)


def etag(one: Preferences) -> str:
    """The strong ETag of a member's wishes as they are."""
    return f'"{one.revision}"'


def _both(desk: Desk, member: Member, wished: Wishes, refused: Conflict) -> JSONResponse:
    with desk.ledger.store.reading() as connection:
        now = preferences.of_member(connection, member.id)
    refused.status = 412
    more = {"current": _wished(now).model_dump(mode="json"), "yours": wished.model_dump(mode="json")}
    reply = problem_reply(refused, more=more)
    reply.headers["etag"] = etag(now)
    return reply


def _wished(one: Preferences) -> Wishes:
    return Wishes(
        address=one.address,
        paces=dict(one.paces),
        digest_hour=one.digest_hour,
        quiet_from=one.quiet_from,
        quiet_until=one.quiet_until,
    )


def _shown(one: NoticeLine) -> NoticeOut:
    return NoticeOut.model_validate(one, from_attributes=True)
