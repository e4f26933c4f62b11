"""Legal holds: while one is in force nothing of a customer is erased, and a refused erasure is evidence.

Basis: evidence that a court, a regulator or a complaint may need must not be destroyed, whoever asks.
"""

from uuid import uuid4

from sqlalchemy import Connection, func, insert, select, update

from fairgo.core.errors import Conflict, NotFound
from fairgo.core.events import Event, Fact
from fairgo.ledger.recording import Ledger, Recording
from fairgo.privacy import records
from fairgo.privacy.security import asking

REASONS = ("litigation", "investigation", "complaint", "regulator")
WORDS = "fairgo/hold/v1"


def place(ledger: Ledger, customer: str, *, reason: str, by: str) -> str:
    """Put a customer under a hold. Gives its id. `reason` is kept as a code; the words are sealed under the customer's key.

    Raises NotFound when nothing is kept under that name.
    """
    identity = uuid4().hex
    with ledger.recorded() as tx:
        known = asking.known(tx.connection, tx.keys, customer)
        sealed = tx.seal(known.pseudonym, WORDS, {"reason": reason})
        code = asking.code_in(reason, REASONS)
        signed = asking.signatory(tx.keys, identity, by)
        row = {"id": identity, "mark": known.mark, "reason": code, "placed_by": signed}
        tx.execute(insert(records.legal_hold).values(row | {"placed_at": tx.moment}))
        facts = {"hold": identity, "reason": code, "by": signed}
        tx.append(Event("privacy.hold.placed", facts=facts, commitments={"reason": sealed.commitment}))
    return identity


def lift(ledger: Ledger, hold: str, *, by: str) -> None:
    """End a hold. Raises NotFound for one that does not exist, Conflict for one that was lifted already."""
    row = records.legal_hold.c
    signed = asking.signatory(ledger.keys, hold, by)
    with ledger.recorded(Event("privacy.hold.lifted", facts={"hold": hold, "by": signed})) as tx:
        if tx.connection.scalar(select(row.id).where(row.id == hold)) is None:
            raise NotFound("there is no such hold", hint="fairgo erase --list")
        still = update(records.legal_hold).where(row.id == hold, row.lifted_at.is_(None))
        if tx.execute(still.values(lifted_by=signed, lifted_at=tx.moment)).rowcount != 1:
            raise Conflict("this hold was lifted already")


def in_force(connection: Connection, mark: str) -> int:
    """How many holds the customer with this mark is under."""
    row = records.legal_hold.c
    mine = select(func.count()).where(row.mark == mark, row.lifted_at.is_(None))
    return connection.scalar(mine) or 0


def refuse_under_hold(ledger: Ledger, mark: str, request: str) -> None:
    """Raises Conflict when the customer is under a hold, and keeps that an erasure was refused for it."""
    with ledger.store.reading() as connection:
        holds = in_force(connection, mark)
    if holds:
        facts: dict[str, Fact] = {"request": request, "reason": "legal-hold", "holds": holds}
        with ledger.recorded(Event("privacy.erasure.refused", facts=facts)):
            pass
        raise Conflict(
            "this customer is under a legal hold: nothing was erased, and the refusal is on record",
            hint="fairgo erase --list shows the hold; --lift ends it",
        )


def must_be_free(tx: Recording, mark: str) -> None:
    """Raises Conflict when a hold came at the last moment. Who destroys holds the customer's key, as who places a hold does."""
    if in_force(tx.connection, mark):
        raise Conflict("this customer was put under a legal hold meanwhile", hint="fairgo erase --list")


def listed(connection: Connection) -> list[dict[str, str]]:
    """Every hold: id, reason, and whether it is in force."""
    rows = connection.execute(select(records.legal_hold).order_by(records.legal_hold.c.placed_at))
    return [
        {"id": row.id, "reason": row.reason, "state": "in force" if row.lifted_at is None else "lifted"}
        for row in rows
    ]
