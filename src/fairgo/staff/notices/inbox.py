"""A member's inbox: what was told, newest first, what is not read yet, and marking it as read."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select, update

from fairgo.core.events import Event
from fairgo.ledger.recording import Recording
from fairgo.staff.notices.kinds import KINDS
from fairgo.staff.notices.records import copy, notice
from fairgo.staff.rights import Member

PAGE = 50


@dataclass(frozen=True, slots=True)
class NoticeLine:
    """One notice as a member sees it. `page` is a path of the console."""

    id: str
    kind: str
    title: str
    asks: str
    about: str
    system: str
    page: str
    raised_at: datetime
    read_at: datetime | None


def unread(connection: Connection, member: Member) -> int:
    """How many notices a member has not read, in the tenant they act in."""
    counted = select(func.count()).select_from(copy).join(notice, copy.c.notice == notice.c.id)
    return connection.scalar(counted.where(*_whose(member), copy.c.read_at.is_(None))) or 0


def inbox(
    connection: Connection,
    member: Member,
    *,
    only_unread: bool = False,
    after: tuple[datetime, str] | None = None,
    limit: int = PAGE,
) -> list[NoticeLine]:
    """A member's notices in the tenant they act in, newest first; `after` is the moment and id where the list goes on."""
    mine = select(notice, copy.c.read_at).join(copy, copy.c.notice == notice.c.id).where(*_whose(member))
    if only_unread:
        mine = mine.where(copy.c.read_at.is_(None))
    if after is not None:
        moment, identity = after
        same = and_(copy.c.raised_at == moment, copy.c.notice < identity)
        mine = mine.where(or_(copy.c.raised_at < moment, same))
    newest = mine.order_by(copy.c.raised_at.desc(), copy.c.notice.desc()).limit(limit)
    return [line_of(row) for row in connection.execute(newest)]


def mark_read(tx: Recording, member: Member, notices: Collection[str] | None = None) -> int:
    """Mark these notices as read, or all. Gives how many were unread; a leaf is written in any case."""
    here = select(notice.c.id).where(notice.c.tenant == member.tenant)
    mine = update(copy).where(copy.c.member == member.id, copy.c.read_at.is_(None), copy.c.notice.in_(here))
    if notices is not None:
        mine = mine.where(copy.c.notice.in_(list(notices)))
    count = tx.execute(mine.values(read_at=tx.moment)).rowcount
    tx.append(Event("staff.notice.read", facts={"member": member.id, "count": count}))
    return count


def line_of(row: object) -> NoticeLine:
    """A row of the tables as a line. A kind that is not known any more is shown by its code."""
    said = row._mapping  # type: ignore[attr-defined] # noqa: SLF001 - SQLAlchemy's public name for it
    kind = KINDS.get(said["kind"])
    page = kind.page.format(about=said["about"]) if kind else "/"
    title, asks = (kind.title, kind.asks) if kind else (said["kind"], "")
    return NoticeLine(
        said["id"],
        said["kind"],
        title,
        asks,
        said["about"],
        said["system"],
        page,
        said["raised_at"],
        said.get("read_at"),
    )


def _whose(member: Member) -> tuple[ColumnElement[bool], ...]:
    return copy.c.member == member.id, notice.c.tenant == member.tenant
