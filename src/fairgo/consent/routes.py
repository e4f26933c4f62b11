"""`/api/customers/{customer}/choices/{purpose}`: the company's application passes a customer's choice on."""

from collections.abc import Callable
from typing import Annotated, Literal

from fastapi import APIRouter, Header
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection

from fairgo.consent import alternatives, choices
from fairgo.core.errors import NotFound, nearest
from fairgo.core.policy import Policy
from fairgo.ledger.receipts import address
from fairgo.ledger.recording import Ledger, Recording

# Gives the system a key is for, or raises NotAllowed; and the pseudonym of a customer's name.
Authorise = Callable[[Connection, str], str]
Pseudonym = Callable[[Connection, str], str]


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


def router(policy: Policy, ledger: Ledger, authorise: Authorise, pseudonym: Pseudonym) -> APIRouter:
    """Reading and making choices, for holders of an API key."""
    routes = APIRouter(prefix="/customers/{customer}/choices", tags=["consent"])

    def known(purpose: str) -> str:
        if purpose not in policy.purposes:
            raise NotFound(f"no purpose {purpose!r} in the policy", hint=nearest(purpose, policy.purposes))
        return purpose

    def standing(connection: Connection, customer: str, purpose: str) -> Standing:
        basis = policy.purposes[purpose].basis
        allowed = choices.allowed(connection, pseudonym(connection, customer), purpose, basis)
        return Standing(purpose=purpose, ai_allowed=allowed)

    @routes.get("/{purpose}")
    def read(customer: str, purpose: str, authorization: Annotated[str, Header()] = "") -> Standing:
        """What is in force now."""
        with ledger.store.reading() as connection:
            authorise(connection, _key(authorization))
            return standing(connection, customer, known(purpose))

    @routes.put("/{purpose}")
    async def choose(
        customer: str, purpose: str, chosen: Choosing, authorization: Annotated[str, Header()] = ""
    ) -> Chosen:
        """Give or withdraw; in force on the next call. Giving again ends the customer's hand-overs: it is their wish."""

        def work(tx: Recording) -> Chosen:
            authorise(tx.connection, _key(authorization))
            gives = chosen.choice == "give"
            words = policy.purposes[known(purpose)]
            name = pseudonym(tx.connection, customer)
            leaf = choices.choose(
                tx, customer=name, purpose=purpose, words=words, gives=gives, channel=chosen.channel
            )
            if gives:
                alternatives.return_to_ai(tx, name)
            now = standing(tx.connection, customer, purpose)
            return Chosen(**now.model_dump(), receipt=address(leaf))

        return await ledger.submit(work)

    return routes


def _key(authorization: str) -> str:
    return authorization.partition(" ")[2].strip()
