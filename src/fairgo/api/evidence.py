"""`/api/evidence`: how the evidence stands, its leaves, and their receipts."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path
from fastapi.responses import PlainTextResponse
from pydantic import BaseModel

from fairgo.api.desk import Desk
from fairgo.core.errors import NotFound
from fairgo.ledger import listing
from fairgo.ledger.receipts import receipt
from fairgo.staff.doors import needs, typed_router
from fairgo.staff.rights import Member, Right
from fairgo.web.paging import USUAL, After, Limit, Page

Name = Annotated[str, Path(max_length=64, description="the name of a leaf, as the list gives it")]
Reader = Annotated[Member, Depends(needs(Right.EVIDENCE_READ))]


class SignedOut(BaseModel):
    """The newest signed checkpoint."""

    size: int
    root: str
    at: datetime
    key: str


class WitnessOut(BaseModel):
    """How it stands with one witness."""

    name: str
    size: int
    at: datetime | None
    problem: str


class HealthOut(BaseModel):
    """How the evidence stands: one log for the whole house, so its counts are those of all tenants together."""

    leaves: int
    waiting: int
    checkpoint: SignedOut | None
    witnesses: list[WitnessOut]
    mismatches: list[str]
    unfinished: int


class LeafOut(BaseModel):
    """One leaf in the list. `position` is null until a signed checkpoint covers it."""

    name: str
    type: str
    at: str
    system: str
    position: int | None


class StepOut(BaseModel):
    """One step of the proof."""

    sibling: str
    first: int
    last: int
    on_left: bool
    result: str
    fits: bool


class ProofOut(LeafOut):
    """One leaf with its way up to the signed checkpoint, computed anew."""

    policy: str
    facts: dict[str, Any]
    commitments: dict[str, str]
    fingerprint: str
    fits: bool
    steps: list[StepOut]
    checkpoint: SignedOut | None
    problem: str


def router(desk: Desk) -> APIRouter:
    """Leaves of other tenants' systems are neither listed nor found."""
    routes = typed_router("/evidence", "evidence")

    @routes.get("")
    def health(_member: Reader) -> HealthOut:
        """How the evidence stands."""
        return HealthOut.model_validate(desk.evidence.health(), from_attributes=True)

    @routes.get("/leaves")
    def leaves(member: Reader, cursor: After = None, limit: Limit = USUAL) -> Page[LeafOut]:
        """The leaves, the newest first. A page may be short and go on all the same."""
        cursors = desk.cursors("leaves", member)
        (before,) = cursors.read(cursor, int) or (None,)
        with desk.ledger.store.reading() as connection:
            found, rest = listing.leaves(connection, desk.named(member), before=before, limit=limit)
        items = [LeafOut.model_validate(one.line, from_attributes=True) for one in found]
        return Page(items=items, next=None if rest is None else cursors.write((rest,)))

    @routes.get("/leaves/{name}")
    def leaf(name: Name, member: Reader) -> ProofOut:
        """One leaf and its proof."""
        proof = desk.evidence.event(name)
        if proof.line.system not in desk.named(member):
            raise _unknown()
        line = LeafOut.model_validate(proof.line, from_attributes=True)
        return ProofOut(
            **line.model_dump(),
            policy=proof.policy,
            facts=dict(proof.facts),
            commitments=dict(proof.commitments),
            fingerprint=proof.fingerprint,
            fits=proof.fits,
            steps=[StepOut.model_validate(step, from_attributes=True) for step in proof.steps],
            checkpoint=None
            if proof.checkpoint is None
            else SignedOut.model_validate(proof.checkpoint, from_attributes=True),
            problem=proof.problem,
        )

    @routes.get("/leaves/{name}/receipt", response_class=PlainTextResponse)
    def proof(name: Name, member: Reader) -> PlainTextResponse:
        """The receipt as a file that anyone can check offline."""
        if desk.evidence.event(name).line.system not in desk.named(member):
            raise _unknown()
        with desk.ledger.store.reading() as connection:
            return PlainTextResponse(receipt(connection, name))

    return routes


def _unknown() -> NotFound:
    return NotFound("there is no event of that name", hint="the list of leaves gives their names")
