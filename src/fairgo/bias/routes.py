"""`/api/audits`: the audits that were kept, and what each answered."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path
from pydantic import BaseModel

from fairgo.bias import records
from fairgo.core.errors import NotFound
from fairgo.core.policy import Policy
from fairgo.ledger.recording import Ledger
from fairgo.staff.doors import needs, sees_the_house, systems_of, typed_router
from fairgo.staff.rights import Member, Right
from fairgo.web.cursors import Cursors
from fairgo.web.paging import USUAL, After, Limit, Page

Name = Annotated[str, Path(max_length=64, description="the audit's id, as the list gives it")]
Reader = Annotated[Member, Depends(needs(Right.AUDITS_READ))]


class AuditOut(BaseModel):
    """One audit: its verdict and counts. `system` is empty for one that named none, `leaf` for those kept before."""

    id: str
    system: str
    outcome: str
    verdict: str
    rows: int
    findings: int
    made_at: datetime
    leaf: str


class AuditWhole(AuditOut):
    """One audit with its answer as it was kept: groups and rates, small groups hidden. Null when it was not kept."""

    answer: dict[str, Any] | None


def router(policy: Policy, ledger: Ledger, secret: bytes) -> APIRouter:
    """Reading. Audits of other tenants' systems are neither listed nor found."""
    routes = typed_router("/audits", "bias")

    def named(member: Member) -> frozenset[str]:
        return systems_of(member, policy) | ({""} if sees_the_house(member) else frozenset())

    @routes.get("")
    def every(member: Reader, cursor: After = None, limit: Limit = USUAL) -> Page[AuditOut]:
        """The audits, the newest first."""
        cursors = Cursors(secret, f"audits/{member.tenant}/{member.id}")
        after = cursors.read(cursor, str, str)
        from_there = None if after is None else (datetime.fromisoformat(after[0]), str(after[1]))
        with ledger.store.reading() as connection:
            found = records.audits_after(connection, named(member), after=from_there, limit=limit + 1)
        shown, rest = cursors.cut(found, limit, lambda one: (one.made_at.isoformat(), one.id))
        return Page(items=[AuditOut.model_validate(one, from_attributes=True) for one in shown], next=rest)

    @routes.get("/{name}")
    def one(name: Name, member: Reader) -> AuditWhole:
        """One audit and its answer."""
        with ledger.store.reading() as connection:
            kept, answer = records.kept_audit(connection, name)
        if kept.system not in named(member):
            raise NotFound("No audit has this name.", hint="The list of audits shows all that are kept.")
        head = AuditOut.model_validate(kept, from_attributes=True)
        return AuditWhole(**head.model_dump(), answer=answer)

    return routes
