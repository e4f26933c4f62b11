"""`/api/staff`: who has an account in the tenant, and who is asking."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel

from fairgo.api.desk import Desk
from fairgo.staff import accounts
from fairgo.staff.doors import needs, typed_router
from fairgo.staff.rights import Member, Right, Role
from fairgo.web.paging import USUAL, After, Limit, Page


class Me(BaseModel):
    """Who is asking, and what the table grants them. `systems` null is all of the tenant."""

    id: str
    name: str
    tenant: str
    roles: list[Role]
    rights: list[Right]
    systems: list[str] | None
    until: datetime | None


class GrantOut(BaseModel):
    """One role in this tenant."""

    role: Role
    systems: list[str] | None
    until: datetime | None


class StaffOut(BaseModel):
    """One staff member with a role in this tenant."""

    id: str
    name: str
    standing: str
    roles: list[GrantOut]


def router(desk: Desk) -> APIRouter:
    """Reading only: accounts are changed at the console and by `fairgo staff`."""
    routes = typed_router("/staff", "staff")

    @routes.get("")
    def every(
        member: Annotated[Member, Depends(needs(Right.STAFF_READ))],
        cursor: After = None,
        limit: Limit = USUAL,
    ) -> Page[StaffOut]:
        """The staff of the tenant, by their id."""
        cursors = desk.cursors("staff", member)
        (after,) = cursors.read(cursor, str) or ("",)
        with desk.ledger.store.reading() as connection:
            every_one = accounts.everyone(connection)
        here = sorted(
            (one for one in every_one if member.tenant in one.tenants and one.id > after),
            key=lambda one: one.id,
        )
        shown, rest = cursors.cut(here[: limit + 1], limit, lambda one: (one.id,))
        return Page(items=[_staff(one, member.tenant) for one in shown], next=rest)

    @routes.get("/me")
    def me(member: Annotated[Member, Depends(needs(Right.ACCOUNT_OWN))]) -> Me:
        """Who is asking."""
        return Me(
            id=member.id,
            name=member.name,
            tenant=member.tenant,
            roles=sorted(member.roles),
            rights=sorted(member.rights),
            systems=None if member.systems is None else sorted(member.systems),
            until=member.until,
        )

    return routes


def _staff(account: accounts.Account, tenant: str) -> StaffOut:
    grants = [
        GrantOut(
            role=grant.role,
            systems=None if grant.systems is None else sorted(grant.systems),
            until=grant.until,
        )
        for grant in account.grants
        if grant.tenant == tenant
    ]
    return StaffOut(id=account.id, name=account.name, standing=account.standing, roles=grants)
