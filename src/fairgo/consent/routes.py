"""`/api/customers/{customer}/choices/{purpose}`: the company's application passes a customer's choice on."""

from collections.abc import Callable
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection

from fairgo.consent import alternatives, choices
from fairgo.core.errors import NotFound, nearest
from fairgo.core.policy import MAIN, Policy
from fairgo.ledger.receipts import address
from fairgo.ledger.recording import Ledger, Recording
from fairgo.staff.doors import needs, typed_router
from fairgo.staff.rights import Member, Right

# Gives the pseudonym of a customer's name in a tenant.
Pseudonym = Callable[[Connection, str, str], str]
Customer = Annotated[
    str,
    Path(
        max_length=256, pattern=r"^[^\x00-\x1f\x7f]+$", description="the customer's name, as on the gateway"
    ),
]
PurposeName = Annotated[str, Path(max_length=63, description="a purpose of the policy")]


class Choosing(BaseModel):
    """What the customer chose, and where they said so."""

    model_config = ConfigDict(extra="forbid")

    choice: Literal["give", "withdraw"]
    channel: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,31}$")] = "chat"


class Standing(BaseModel):
    """What is in force now for this customer and purpose."""

    purpose: str
    ai_allowed: bool


class Chosen(Standing):
    """What is in force now, and the address of the receipt for the choice that made it so."""

    receipt: str


def router(policy: Policy, ledger: Ledger, pseudonym: Pseudonym) -> APIRouter:
    """Reading and making choices, for whoever passes a customer's wish on."""
    routes = typed_router("/customers/{customer}/choices", "consent")

    def known(purpose: str, member: Member) -> str:
        own = purposes_of(policy, member.tenant)
        if purpose not in own:
            raise NotFound(f"no purpose {purpose!r} in the policy", hint=nearest(purpose, own))
        return purpose

    def standing(connection: Connection, name: str, purpose: str) -> Standing:
        basis = policy.purposes[purpose].basis
        allowed = choices.allowed(connection, name, purpose, basis)
        return Standing(purpose=purpose, ai_allowed=allowed)

    @routes.get("/{purpose}")
    def read(
        customer: Customer,
        purpose: PurposeName,
        member: Annotated[Member, Depends(needs(Right.CHOICES_READ))],
    ) -> Standing:
        """What is in force now."""
        with ledger.store.reading() as connection:
            name = pseudonym(connection, customer, member.tenant)
            return standing(connection, name, known(purpose, member))

    @routes.put("/{purpose}")
    async def choose(
        customer: Customer,
        purpose: PurposeName,
        chosen: Choosing,
        member: Annotated[Member, Depends(needs(Right.CHOICES_WRITE))],
    ) -> Chosen:
        """Give or withdraw; in force on the next call. Giving again ends the customer's hand-overs: it is their wish."""

        def work(tx: Recording) -> Chosen:
            gives = chosen.choice == "give"
            words = policy.purposes[known(purpose, member)]
            name = pseudonym(tx.connection, customer, member.tenant)
            leaf = choices.choose(
                tx, customer=name, purpose=purpose, words=words, gives=gives, channel=chosen.channel
            )
            if gives:
                alternatives.return_to_ai(tx, name)
            now = standing(tx.connection, name, purpose)
            return Chosen(**now.model_dump(), receipt=address(leaf))

        return await ledger.submit(work)

    return routes


def purposes_of(policy: Policy, tenant: str) -> frozenset[str]:
    """The purposes of a tenant: those its systems serve. One that no system serves is the house's own."""
    used: dict[str, set[str]] = {}
    for system in policy.systems.values():
        used.setdefault(system.purpose, set()).add(system.tenant)
    return frozenset(name for name in policy.purposes if tenant in used.get(name, {MAIN}))
