"""`/api/applications`: the applications of the tenant and their keys. Changing them takes a step-up."""

from datetime import datetime, timedelta
from enum import Enum
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Path, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from fairgo.api.desk import Desk
from fairgo.core.errors import BadRequest, Conflict
from fairgo.ledger.recording import Recording
from fairgo.staff import applications
from fairgo.staff.applications import Application, Wanted
from fairgo.staff.doors import needs, system_within, typed_router
from fairgo.staff.rights import SCOPES, Member, Right
from fairgo.web.paging import USUAL, After, Limit, Page
from fairgo.web.typed import Problem, problem_reply

CREATED = 201
Name = Annotated[str, Path(max_length=63, description="the application's name in this tenant")]
Reader = Annotated[Member, Depends(needs(Right.APPLICATIONS_READ))]
Keeper = Annotated[Member, Depends(needs(Right.APPLICATIONS_MANAGE))]
IfMatch = Annotated[str | None, Header(max_length=200, description="the ETag of the version you looked at")]
Systems = Annotated[
    list[Annotated[str, Field(max_length=63)]] | None,
    Field(max_length=60, description="null is all systems of the tenant"),
]
Scope = Enum("Scope", {right.name: right.value for right in sorted(SCOPES)}, type=str)  # type: ignore[misc]
Scopes = Annotated[list[Scope], Field(min_length=1, max_length=40)]
Days = Annotated[
    int | None, Field(ge=1, le=731, description="after how many days the key ends; null is never")
]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Change(_Body):
    """What an application is to be allowed."""

    scopes: Scopes
    systems: Systems = None


class Adding(Change):
    """A new application."""

    name: Annotated[str, Field(pattern="^[a-z][a-z0-9-]{0,62}$")]
    ends_in_days: Days = 365


class Rotation(_Body):
    """Another key. The keys there are go on for `overlap_hours`, so that no call fails meanwhile."""

    ends_in_days: Days = 365
    overlap_hours: Annotated[int, Field(ge=0, le=720)] = 24


class KeyOut(BaseModel):
    """A key as it may be shown: its beginning only."""

    prefix: str
    made_at: datetime
    ends_at: datetime | None
    used_at: datetime | None


class ApplicationOut(BaseModel):
    """One application. `version` is in its ETag too."""

    name: str
    scopes: list[Right]
    systems: list[str] | None
    version: int
    made_at: datetime
    revoked_at: datetime | None
    keys: list[KeyOut]


class WithKey(ApplicationOut):
    """An application and its new key, which is shown this once."""

    key: str


class StaleProblem(Problem):
    """The application was changed meanwhile: as it is now, and what you sent."""

    current: ApplicationOut
    yours: Change


def router(desk: Desk) -> APIRouter:
    """Reading and changing; nobody gives an application more than they have themselves."""
    routes = typed_router("/applications", "applications")
    _reading(routes, desk)
    _adding(routes, desk)
    _changing(routes, desk)
    return routes


def _reading(routes: APIRouter, desk: Desk) -> None:
    @routes.get("")
    def every(member: Reader, cursor: After = None, limit: Limit = USUAL) -> Page[ApplicationOut]:
        """The applications, by name; those that were revoked too."""
        cursors = desk.cursors("applications", member)
        (after,) = cursors.read(cursor, str) or (None,)
        with desk.ledger.store.reading() as connection:
            found = applications.page_of(connection, member.tenant, after=after, limit=limit + 1)
        shown, rest = cursors.cut(found, limit, lambda one: (one.name,))
        return Page(items=[_shown(one) for one in shown], next=rest)

    @routes.get("/{name}")
    def read(name: Name, member: Reader, response: Response) -> ApplicationOut:
        """One application, with its ETag."""
        with desk.ledger.store.reading() as connection:
            found = applications.one(connection, member.tenant, name)
        response.headers["etag"] = etag(found)
        return _shown(found)


def _adding(routes: APIRouter, desk: Desk) -> None:
    @routes.post("", status_code=CREATED, responses={409: {"model": Problem}})
    async def add(adding: Adding, member: Keeper, request: Request, response: Response) -> WithKey:
        """Add an application; its key comes with the reply, this once."""
        wanted = _wanted(desk, member, adding)

        def work(tx: Recording) -> tuple[Application, str]:
            ends_at = applications.end_of(adding.ends_in_days, tx.moment)
            full = Wanted(wanted.scopes, wanted.systems, ends_at)
            key = applications.add(tx, adding.name, member.tenant, full, by=member.id)
            return applications.one(tx.connection, member.tenant, adding.name), key

        made, key = await desk.ledger.submit(work)
        response.headers["etag"] = etag(made)
        response.headers["location"] = f"{request.scope.get('root_path', '')}/applications/{made.name}"
        return WithKey(**_shown(made).model_dump(), key=key)

    @routes.post("/{name}/keys", status_code=CREATED, responses={409: {"model": Problem}})
    async def rotate(name: Name, rotation: Rotation, member: Keeper) -> WithKey:
        """Another key for an application; it comes with the reply, this once."""

        def work(tx: Recording) -> tuple[Application, str]:
            applications.within(member, applications.one(tx.connection, member.tenant, name))
            key = applications.rotate(
                tx,
                member.tenant,
                name,
                ends_at=applications.end_of(rotation.ends_in_days, tx.moment),
                overlap=timedelta(hours=rotation.overlap_hours),
                by=member.id,
            )
            return applications.one(tx.connection, member.tenant, name), key

        made, key = await desk.ledger.submit(work)
        return WithKey(**_shown(made).model_dump(), key=key)


def _changing(routes: APIRouter, desk: Desk) -> None:
    stale: dict[int | str, dict[str, Any]] = {
        412: {"model": StaleProblem},
        428: {"model": Problem},
        409: {"model": Problem},
    }

    @routes.put("/{name}", response_model=ApplicationOut, responses=stale)
    async def change(
        name: Name, change: Change, member: Keeper, response: Response, if_match: IfMatch = None
    ) -> ApplicationOut | JSONResponse:
        """Set scopes and systems anew. `If-Match` names the version you looked at; another one is refused with both."""
        wanted = _wanted(desk, member, change)
        with desk.ledger.store.reading() as connection:
            current = applications.one(connection, member.tenant, name)
        try:
            _fits(if_match, current)
            changed = await desk.ledger.submit(
                lambda tx: applications.change(
                    tx, member.tenant, name, wanted=wanted, seen=current.version, by=member.id
                )
            )
        except Conflict as refused:
            if refused.detail != applications.STALE:
                raise
            return _both(desk, member, name, change, refused)
        response.headers["etag"] = etag(changed)
        return _shown(changed)

    @routes.delete("/{name}", status_code=204, responses={409: {"model": Problem}})
    async def revoke(name: Name, member: Keeper) -> None:
        """Revoke an application: its keys open nothing from now on."""
        await desk.ledger.submit(lambda tx: applications.revoke(tx, member.tenant, name, by=member.id))


def etag(one: Application) -> str:
    """The strong ETag of an application as it is."""
    return f'"{one.id[:12]}-{one.version}"'


def _fits(if_match: str | None, current: Application) -> None:
    """Raises BadRequest (428) without the header, Conflict (412) for another version."""
    if if_match is None:
        raise BadRequest(
            "say which version you change",
            hint="If-Match: the ETag you got",
            detail="no_if_match",
            status=428,
        )
    if etag(current) not in {part.strip() for part in if_match.split(",")} and if_match.strip() != "*":
        raise Conflict(
            "somebody else changed this application meanwhile",
            hint="compare both versions, then send yours again with the new ETag",
            detail=applications.STALE,
            status=412,
        )


def _both(desk: Desk, member: Member, name: str, change: Change, refused: Conflict) -> JSONResponse:
    with desk.ledger.store.reading() as connection:
        current = applications.one(connection, member.tenant, name)
    more = {"current": _shown(current).model_dump(mode="json"), "yours": change.model_dump(mode="json")}
    reply = problem_reply(refused, more=more)
    reply.headers["etag"] = etag(current)
    return reply


def _wanted(desk: Desk, member: Member, change: Change) -> Wanted:
    """What is asked for, checked. Raises BadRequest, NotAllowed, or NotFound for a system that is not theirs."""
    scopes = applications.scopes_of(scope.value for scope in change.scopes)
    if change.systems is None:
        wanted = Wanted(scopes, member.systems)
    else:
        own = frozenset(system_within(member, desk.policy, name) for name in change.systems)
        wanted = Wanted(scopes, own)
    applications.within(member, wanted)
    return wanted


def _shown(one: Application) -> ApplicationOut:
    return ApplicationOut(
        name=one.name,
        scopes=sorted(one.scopes),
        systems=None if one.systems is None else sorted(one.systems),
        version=one.version,
        made_at=one.made_at,
        revoked_at=one.revoked_at,
        keys=[KeyOut.model_validate(key, from_attributes=True) for key in one.keys],
    )
