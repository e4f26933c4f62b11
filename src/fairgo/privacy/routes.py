"""`POST /api/redact`: personal information in a text hidden, for a company's own programs. Nothing of it is kept."""

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field

from fairgo.core.policy import Policy
from fairgo.privacy.security.documents import redact
from fairgo.privacy.security.rules import Rules
from fairgo.staff.doors import needs, system_within, systems_of, typed_router
from fairgo.staff.rights import Member, Right

LONGEST = 1_000_000


class Given(BaseModel):
    """The text, and the system whose rules apply; without one the key's own, or the organisation's."""

    model_config = ConfigDict(extra="forbid")

    text: Annotated[str, Field(max_length=LONGEST)]
    system: Annotated[str, Field(max_length=63)] = ""


class Found(BaseModel):
    """One find: code points of the given text, its type, and how sure the detector is, from 0 to 1."""

    start: int
    end: int
    type: str
    score: float


class Hidden(BaseModel):
    """The text with placeholders, and everything that was found, whether the rules hide it or not."""

    text: str
    spans: list[Found]


def router(policy: Policy) -> APIRouter:
    """Hiding, for whoever may send texts here."""
    routes = typed_router("/redact", "privacy")

    def rules(member: Member, system: str) -> Rules:
        own = systems_of(member, policy)
        name = system_within(member, policy, system) if system else next(iter(own), "") * (len(own) == 1)
        privacy = policy.privacy(name) if name else policy.organisation.privacy
        return Rules(policy.organisation.contacts, privacy)

    @routes.post("")
    def hide(given: Given, member: Annotated[Member, Depends(needs(Right.TEXT_REDACT))]) -> Hidden:
        """The text with placeholders that mean nothing outside this answer: nobody keeps what they stand for."""
        done = redact(given.text, rules(member, given.system))
        spans = [Found(start=s.start, end=s.end, type=s.type, score=s.score) for s in done.spans]
        return Hidden(text=done.text, spans=spans)

    return routes
