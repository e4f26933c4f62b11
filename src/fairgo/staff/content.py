"""Reading what a customer wrote and was told: only with a purpose, and never without evidence.

The leaf names the reader by their random id, the purpose and how many turns were opened; the free words are sealed
under the customer's own key, so that they go when the customer is erased.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import uuid4

from sqlalchemy import Column, Connection, String, Table, insert, select

from fairgo.core.errors import BadRequest, NotAllowed, NotFound
from fairgo.core.events import Event
from fairgo.ledger import turns
from fairgo.ledger.recording import Ledger, Recording
from fairgo.staff.rights import Member, Right, allowed
from fairgo.store import sealing
from fairgo.store.keys import Keys
from fairgo.store.schema import Moment, metadata

SCHEMA = "fairgo/content-reading/v1"
LONGEST = 2000


class Purpose(StrEnum):
    """Why a staff member reads a customer's words. There is no other reason."""

    COMPLAINT = "complaint"
    CUSTOMER_ASKED = "customer_asked"
    INCIDENT = "incident"
    CONDUCT = "conduct_review"
    CONTEST = "contested_decision"
    ACCESS = "access_request"
    LEGAL = "legal_duty"


PURPOSES: dict[Purpose, str] = {
    Purpose.COMPLAINT: "To answer a complaint",
    Purpose.CUSTOMER_ASKED: "To go on helping, as the customer asked",
    Purpose.INCIDENT: "To look into an incident",
    Purpose.CONDUCT: "To review how the AI behaved",
    Purpose.CONTEST: "To review a decision the customer contests",
    Purpose.ACCESS: "To answer a request for access or correction",
    Purpose.LEGAL: "To meet a legal duty",
}

reading = Table(
    "content_reading",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("customer", String(64), nullable=False, index=True),
    Column("conversation", String(64), nullable=False, index=True),
    Column("member", String(64), nullable=False),
    Column("purpose", String(32), nullable=False),
    Column("words", String(64), nullable=True),
    Column("leaf", String(48), nullable=False),
    Column("read_at", Moment, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Stated:
    """The purpose of a reading: one of the fixed list, and words of the reader's own."""

    purpose: Purpose
    words: str = ""


@dataclass(frozen=True, slots=True)
class Read:
    """What was read: the turns, oldest first, and the name of the leaf that tells of the reading."""

    turns: tuple[turns.Kept, ...]
    leaf: str


@dataclass(frozen=True, slots=True)
class Reading:
    """One earlier reading of a conversation, for the page that shows them. `member` is the reader's id."""

    member: str
    purpose: str
    leaf: str
    at: datetime


def stated(purpose: str, words: str = "") -> Stated:
    """A purpose as a form gives it. Raises BadRequest for none, for one not on the list, and for too many words."""
    if purpose not in set(Purpose):
        raise BadRequest("Say why you read this.", hint="Choose one of the purposes.")
    if len(words) > LONGEST:
        raise BadRequest(f"At most {LONGEST:,} characters fit here.", hint="Say it in fewer words.")
    return Stated(Purpose(purpose), words.strip())


def read_content(
    ledger: Ledger, member: Member, systems: frozenset[str], conversation: str, purpose: Stated
) -> Read:
    """The words of a conversation, and the leaf that tells who read them and why: both or neither.

    `systems` are those the member may see (`doors.systems_of`). Raises NotAllowed without the right, NotFound for a
    conversation that does not exist or lies outside those systems: both alike.
    """
    with ledger.recorded() as tx:
        if not allowed(member, Right.CONTENT_READ, at=tx.moment):
            raise NotAllowed("Your role does not let you read what customers wrote.", status=403)
        customer, system, count = _found(tx.connection, conversation, systems)
        kept = tuple(turns.conversation(tx.connection, tx.keys, conversation))
        leaf = _keep(tx, member, purpose, (customer, conversation, system), count)
    return Read(kept, leaf)


def readings(connection: Connection, conversation: str) -> list[Reading]:
    """Who read a conversation before, newest first."""
    mine = select(reading).where(reading.c.conversation == conversation).order_by(reading.c.read_at.desc())
    return [Reading(row.member, row.purpose, row.leaf, row.read_at) for row in connection.execute(mine)]


def words_of(connection: Connection, keys: Keys, leaf: str) -> str:
    """The reader's own words of a reading; empty when there were none. Raises NotFound when they are gone."""
    row = connection.execute(select(reading.c.words).where(reading.c.leaf == leaf)).one_or_none()
    if row is None:
        raise NotFound("no reading has this leaf")
    return "" if row.words is None else str(sealing.unseal(connection, keys, row.words)["words"])


def _found(connection: Connection, conversation: str, systems: frozenset[str]) -> tuple[str, str, int]:
    turn = turns.turn_table.c
    rows = connection.execute(
        select(turn.customer, turn.system).where(turn.conversation == conversation, turn.system.in_(systems))
    ).all()
    if not rows:
        raise NotFound("No conversation has this name.", hint="The list shows those you may see.")
    return rows[0].customer, rows[0].system, len(rows)


def _keep(tx: Recording, member: Member, purpose: Stated, about: tuple[str, str, str], count: int) -> str:
    customer, conversation, system = about
    sealed = tx.seal(customer, SCHEMA, {"words": purpose.words}) if purpose.words else None
    event = Event(
        "staff.content.read",
        system=system,
        facts={"by": member.id, "purpose": purpose.purpose.value, "turns": count},
        commitments={} if sealed is None else {"words": sealed.commitment},
    )
    leaf = tx.append(event)
    values = {
        "id": uuid4().hex,
        "customer": customer,
        "conversation": conversation,
        "member": member.id,
        "purpose": purpose.purpose.value,
        "words": None if sealed is None else sealed.id,
        "leaf": leaf,
        "read_at": tx.moment,
    }
    tx.execute(insert(reading).values(values))
    return leaf
