"""Erasure that keeps proofs: asked for by one person, approved by another, carried out in steps that survive a crash.

requested → approved → key-destroyed → rows-deleted → scanned → certified; a scan that finds something gives `failed`.
Each step is one transaction with a leaf, so whoever runs the erasure again goes on where it was. Basis: APP 11.2.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, Row, insert, select, update

from fairgo.core.errors import Conflict, NotAllowed, NotFound
from fairgo.core.events import Event
from fairgo.ledger.recording import Ledger, Recording
from fairgo.privacy import records
from fairgo.privacy.security import (
    asking,
    certificate,
    destruction,
    erasure_list,
    holdings,
    holds,
    rescan,
    suppression,
)
from fairgo.privacy.security.destruction import WORDS
from fairgo.privacy.security.rescan import Canaries
from fairgo.privacy.security.states import State
from fairgo.store import sealing

BASES = ("app-11.2", "customer-request", "consent-withdrawn", "collected-unlawfully", "court-order")
Entry = Row[Any]


def ask(ledger: Ledger, customer: str, *, basis: str, by: str) -> str:
    """Open a request. Gives its id. The words of the basis are sealed under the customer's key and go with it.

    Raises NotFound when nothing is kept under that name, Conflict when a request is open or a hold in force.
    """
    request = uuid4().hex
    with ledger.store.reading() as connection:
        holdings.nobody_forgotten(connection)
        person = asking.known(connection, ledger.keys, customer)
    holds.refuse_under_hold(ledger, person.mark, request)
    with ledger.recorded() as tx:
        person = asking.known(tx.connection, tx.keys, customer)
        _none_open(tx, person.mark)
        sealed = tx.seal(person.pseudonym, WORDS, {"customer": customer.strip(), "basis": basis})
        code = asking.code_in(basis, BASES)
        signed = asking.signatory(tx.keys, request, by)
        row = {
            "id": request,
            "state": State.REQUESTED,
            "mark": person.mark,
            "generation": person.generation + 1,
            "destroyed": sealing.destroyed_mark(tx.keys, person.pseudonym),
            "customer": person.pseudonym,
            "basis": code,
            "words": sealed.id,
            "requested_by": signed,
            "requested_at": tx.moment,
        }
        tx.execute(insert(records.erasure).values(row))
        facts = {"request": request, "basis": code, "by": signed}
        tx.append(Event("privacy.erasure.requested", facts=facts, commitments={"basis": sealed.commitment}))
    return request


def approve(ledger: Ledger, request: str, *, by: str) -> None:
    """Let a second person approve. A request that is approved already stays as it is: it may be carried on.

    Raises NotAllowed for the person who asked, Conflict under a legal hold.
    """
    signed = asking.signatory(ledger.keys, request, by)
    with ledger.store.reading() as connection:
        entry = find(connection, request)
    if signed == entry.requested_by:
        raise NotAllowed("who asked for an erasure cannot approve it", hint="a second person must")
    if entry.state not in {State.REQUESTED, State.APPROVED}:
        return
    holds.refuse_under_hold(ledger, entry.mark, request)
    if entry.state == State.APPROVED:
        return
    event = Event("privacy.erasure.approved", facts={"request": request, "by": signed})
    with ledger.recorded(event) as tx:
        row = records.erasure.c
        waiting = update(records.erasure).where(row.id == request, row.state == State.REQUESTED)
        values = {"state": State.APPROVED, "approved_by": signed, "approved_at": tx.moment}
        if tx.execute(waiting.values(values)).rowcount != 1:
            raise Conflict("somebody else approved this request meanwhile")


def carry_out(ledger: Ledger, request: str, folder: Path, *, customer: str = "") -> Entry:
    """Do what an approved request still lacks. Gives it as it stands then: certified, or failed with places.

    `folder` is the data folder that is searched. What was in memory before a crash is not searched for again; naming the
    `customer` once more lets at least the name be. Raises NotAllowed before approval, Conflict under a legal hold.
    """
    steps: dict[State, Callable[[Entry, Canaries], Canaries]] = {
        State.APPROVED: lambda entry, _known: destruction.destroy_key(ledger, entry),
        State.KEY_DESTROYED: lambda entry, known: _rows(ledger, entry, folder, known),
        State.ROWS_DELETED: lambda entry, known: destruction.look(ledger, entry, folder, known),
        State.SCANNED: lambda entry, known: _certify(ledger, entry, known),
    }
    entry = _entry(ledger, request)
    canaries = _name_again(ledger, entry, customer)
    if entry.state == State.REQUESTED:
        raise NotAllowed("this request is not approved yet", hint="fairgo erase --approve REQUEST --by OTHER")
    if entry.state == State.APPROVED:
        with ledger.store.reading() as connection:
            holdings.nobody_forgotten(connection)
        holds.refuse_under_hold(ledger, entry.mark, request)
    if entry.state == State.FAILED:
        canaries = destruction.look(ledger, entry, folder, canaries)
        entry = _entry(ledger, request)
    while entry.state in steps:
        canaries = steps[State(entry.state)](entry, canaries)
        entry = _entry(ledger, request)
    return entry


def verify(ledger: Ledger, request: str, folder: Path, *, customer: str = "") -> Entry:
    """Search everything again, for as long as the erasure is on record; one that was not finished is carried on.

    Raises NotAllowed before approval.
    """
    entry = _entry(ledger, request)
    if entry.state != State.CERTIFIED:
        return carry_out(ledger, request, folder, customer=customer)
    destruction.look(ledger, entry, folder, _name_again(ledger, entry, customer))
    return _entry(ledger, request)


def find(connection: Connection, request: str) -> Entry:
    """One erasure. Raises NotFound when there is none with this id."""
    found = connection.execute(select(records.erasure).where(records.erasure.c.id == request)).one_or_none()
    if found is None:
        raise NotFound("there is no such request", hint="fairgo erase --list")
    return found


def listed(connection: Connection) -> list[Entry]:
    """Every erasure, oldest request first."""
    return list(connection.execute(select(records.erasure).order_by(records.erasure.c.requested_at)).all())


def _entry(ledger: Ledger, request: str) -> Entry:
    with ledger.store.reading() as connection:
        return find(connection, request)


def _none_open(tx: Recording, mark: str) -> None:
    row = records.erasure.c
    waiting = (State.REQUESTED, State.APPROVED, State.KEY_DESTROYED)
    mine = select(row.id).where(row.mark == mark, row.state.in_(waiting))
    if tx.connection.execute(mine).first() is not None:
        raise Conflict("a request for this customer is open already", hint="fairgo erase --list")


def _name_again(ledger: Ledger, entry: Entry, customer: str) -> Canaries:
    kept = Canaries.unpacked(entry.prints or b"")
    if not customer:
        return kept
    if suppression.mark_of(ledger.keys, customer.strip()) != entry.mark:
        raise NotFound("this request is about somebody else")
    return rescan.with_words(ledger.keys, kept, [customer.strip()])


def _rows(ledger: Ledger, entry: Entry, folder: Path, canaries: Canaries) -> Canaries:
    erasure_list.keep_list(ledger, folder)
    destruction.delete_rows(ledger, entry)
    return canaries


def _certify(ledger: Ledger, entry: Entry, canaries: Canaries) -> Canaries:
    certificate.issue(ledger, entry)
    return canaries
