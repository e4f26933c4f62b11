"""`/api/status`, `/api/systems`, `/api/conversations` and their turns: what stands, without anybody's words."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Path
from pydantic import BaseModel

from fairgo.api.desk import Desk
from fairgo.core.article import STRATEGIES
from fairgo.core.errors import NotFound
from fairgo.core.policy import System
from fairgo.core.verdicts import NOT_BUILT, Measure, State
from fairgo.ledger import listing
from fairgo.staff.doors import needs, sees_the_house, system_within, typed_router
from fairgo.staff.rights import Member, Right
from fairgo.web.paging import USUAL, After, Limit, Page

WHOLE_HOUSE = Measure(
    "measured for the whole house only",
    State.CANNOT_TELL,
    "its figures mix tenants, so they are not shown here",
)
Name = Annotated[str, Path(max_length=64, description="as a list gives it")]


class Strategy(BaseModel):
    """One of the 21 rows: what the article asks, and how it stands now."""

    area: str
    strategy: str
    asks: str
    does: str
    measure: str
    value: str
    detail: str
    state: State


class Status(BaseModel):
    """The 21 rows in the article's order."""

    organisation: str
    at: datetime
    rows: list[Strategy]


class SystemOut(BaseModel):
    """One AI system as the policy has it."""

    name: str
    tenant: str
    does: str
    purpose: str
    model: str
    provider: str
    country: str


class ConversationOut(BaseModel):
    """One conversation: when it began, its turns by outcome, and whether AI answered in it."""

    name: str
    system: str
    channel: str
    began_at: datetime
    last_at: datetime
    turns: dict[str, int]
    ai_answered: bool


class TurnOut(BaseModel):
    """One turn: what became of it and why, as codes. `closed_at` is null while it is open."""

    id: str
    conversation: str
    system: str
    channel: str
    opened_at: datetime
    closed_at: datetime | None
    outcome: str
    reason: str
    by_ai: bool


def status_router(desk: Desk) -> APIRouter:
    """The 21 rows. A tenant other than the house's own is not shown figures that mix tenants."""
    routes = typed_router("/status", "status")

    @routes.get("")
    def read(member: Annotated[Member, Depends(needs(Right.STATUS_READ))]) -> Status:
        """How each of the 21 strategies stands now."""
        whole = sees_the_house(member)
        known = {(row.strategy.area, row.strategy.name): row.measure for row in desk.overview.rows()}
        rows = []
        for item in STRATEGIES:
            found = known.get((item.area, item.name), NOT_BUILT)
            shown = found if whole or found.state is State.NOT_BUILT else WHOLE_HOUSE
            built = shown.state is not State.NOT_BUILT
            rows.append(
                Strategy(
                    area=item.area,
                    strategy=item.name,
                    asks=item.asks,
                    does=item.does,
                    measure=item.measure,
                    value=shown.value if built else "",
                    detail=shown.detail if built else "",
                    state=shown.state,
                )
            )
        return Status(organisation=desk.overview.organisation, at=desk.clock(), rows=rows)

    return routes


def systems_router(desk: Desk) -> APIRouter:
    """The systems of the member's tenant."""
    routes = typed_router("/systems", "systems")
    Reader = Annotated[Member, Depends(needs(Right.SYSTEMS_READ))]  # noqa: N806 - a type

    @routes.get("")
    def every(member: Reader, cursor: After = None, limit: Limit = USUAL) -> Page[SystemOut]:
        """The systems, by name."""
        cursors = desk.cursors("systems", member)
        (after,) = cursors.read(cursor, str) or ("",)
        names = [name for name in sorted(desk.systems(member)) if name > after]
        shown, rest = cursors.cut(names[: limit + 1], limit, lambda name: (name,))
        return Page(items=[_system(desk.policy.systems[name]) for name in shown], next=rest)

    @routes.get("/{name}")
    def one(name: Name, member: Reader) -> SystemOut:
        """One system."""
        return _system(desk.policy.systems[system_within(member, desk.policy, name)])

    return routes


def conversations_router(desk: Desk) -> APIRouter:
    """Conversations and turns as they were, without words: those are read at the console, with a purpose."""
    routes = typed_router("/conversations", "conversations")
    Lister = Annotated[Member, Depends(needs(Right.CONVERSATIONS_LIST))]  # noqa: N806 - a type

    @routes.get("")
    def every(
        member: Lister, system: str | None = None, cursor: After = None, limit: Limit = USUAL
    ) -> Page[ConversationOut]:
        """Conversations, the newest first; `system` shows those of one system."""
        own = desk.systems(member)
        wanted = sorted(own) if system is None else [system_within(member, desk.policy, system)]
        cursors = desk.cursors(f"conversations/{system or ''}", member)
        after = cursors.read(cursor, str, str)
        with desk.ledger.store.reading() as connection:
            found = listing.conversations(connection, wanted, after=_moment(after), limit=limit + 1)
        shown, rest = cursors.cut(found, limit, lambda line: (line.began_at.isoformat(), line.first))
        return Page(items=[_conversation(line) for line in shown], next=rest)

    @routes.get("/{name}/turns")
    def turns(name: Name, member: Lister, cursor: After = None, limit: Limit = USUAL) -> Page[TurnOut]:
        """The turns of a conversation, the oldest first."""
        cursors = desk.cursors(f"turns/{name}", member)
        after = cursors.read(cursor, str, str)
        with desk.ledger.store.reading() as connection:
            found = listing.turns(
                connection, name, sorted(desk.systems(member)), after=_moment(after), limit=limit + 1
            )
        if not found and after is None:
            raise NotFound("no conversation has this name", hint="the list shows those you may see")
        shown, rest = cursors.cut(found, limit, lambda line: (line.opened_at.isoformat(), line.id))
        return Page(items=[TurnOut.model_validate(line, from_attributes=True) for line in shown], next=rest)

    return routes


def _system(system: System) -> SystemOut:
    return SystemOut(
        name=system.name,
        tenant=system.tenant,
        does=system.does,
        purpose=system.purpose,
        model=system.upstream.model,
        provider=system.upstream.provider,
        country=system.upstream.country,
    )


def _conversation(line: listing.ConversationLine) -> ConversationOut:
    return ConversationOut.model_validate(line, from_attributes=True)


def _moment(after: tuple[str, str] | None) -> tuple[datetime, str] | None:
    return None if after is None else (datetime.fromisoformat(after[0]), after[1])
