"""Erasing again what a restored backup brought back, before anybody is served from it."""

from pathlib import Path

from sqlalchemy import insert, select, update

from fairgo.core.events import Event
from fairgo.ledger.recording import Ledger
from fairgo.privacy import records
from fairgo.privacy.security import destruction, erasure, holdings
from fairgo.privacy.security.erasure_list import FILE, Listed, read_list
from fairgo.privacy.security.states import State
from fairgo.store import sealing


def replay(ledger: Ledger, text: str, folder: Path) -> list[erasure.Entry]:
    """Carry out every erasure of a list that this database does not know of. Gives them as they stand then.

    Raises Misconfigured for a list that this ledger did not sign.
    """
    return [erasure.carry_out(ledger, request, folder) for request in _open_again(ledger, text)]


def replay_kept(ledger: Ledger, folder: Path) -> list[str]:
    """At every start: destroy what the list beside the data says was erased and a restored database still has.

    What a crash left between key and rows is finished too. Gives the requests. Searching may take long and is left to
    `fairgo erase --verify REQUEST`. Raises Misconfigured for a list that was changed.
    """
    path = folder / FILE
    missing = _open_again(ledger, path.read_text(encoding="utf-8")) if path.exists() else []
    row = records.erasure.c
    half = select(row.id).where(row.state == State.KEY_DESTROYED)
    with ledger.store.reading() as connection:
        begun = list(connection.scalars(half))
    for request in missing:
        destruction.destroy_key(ledger, _entry(ledger, request))
    for request in (*begun, *missing):
        destruction.delete_rows(ledger, _entry(ledger, request))
    if begun or missing:
        ledger.store.purge(destruction.TOUCHED)
    return [*begun, *missing]


def _entry(ledger: Ledger, request: str) -> erasure.Entry:
    with ledger.store.reading() as connection:
        return erasure.find(connection, request)


def _open_again(ledger: Ledger, text: str) -> list[str]:
    """Make an approved request of each erasure that is missing here. Gives them."""
    with ledger.store.reading() as connection:
        listed = read_list(connection, text, ledger.signer.verifier)
        done = set(connection.scalars(select(sealing.destroyed_key.c.mark)))
        missing = [one for one in listed if one.destroyed not in done]
        names = holdings.customers(connection) if missing else set()
    by_mark = {sealing.destroyed_mark(ledger.keys, name): name for name in names}
    for one in missing:
        _approved_as_before(ledger, one, by_mark.get(one.destroyed))
    return [one.request for one in missing]


def _approved_as_before(ledger: Ledger, one: Listed, pseudonym: str | None) -> None:
    """As approved as it was. A hold that the backup still has was lifted by then, or nothing had been erased."""
    event = Event("privacy.erasure.replayed", facts={"request": one.request, "known": pseudonym is not None})
    with ledger.recorded(event) as tx:
        hold = records.legal_hold.c
        old = update(records.legal_hold).where(hold.mark == one.mark, hold.lifted_at.is_(None))
        tx.execute(old.values(lifted_by=one.approved_by, lifted_at=tx.moment))
        row = records.erasure.c
        values = {
            "state": State.APPROVED,
            "customer": pseudonym,
            "approved_by": one.approved_by,
            "approved_at": tx.moment,
        }
        there = select(row.id).where(row.id == one.request)
        if tx.connection.execute(there).first() is not None:
            tx.execute(update(records.erasure).where(row.id == one.request).values(**values))
            return
        fresh = {
            "id": one.request,
            "mark": one.mark,
            "generation": one.generation,
            "destroyed": one.destroyed,
            "basis": one.basis,
            "requested_by": one.requested_by,
            "requested_at": tx.moment,
        }
        tx.execute(insert(records.erasure).values(fresh | values))
