"""The steps of an erasure that destroy and look: key, then rows, then every file is searched for what must be gone.

What is searched for is gathered in the same transaction that destroys the key, so that nothing can come between.
"""

import base64
from pathlib import Path
from typing import Any

from sqlalchemy import Row, inspect, select, update

from fairgo.core.errors import Conflict, FairgoError
from fairgo.core.events import Event, Fact
from fairgo.ledger.recording import Ledger, Recording
from fairgo.privacy import records
from fairgo.privacy.security import holdings, holds, rescan
from fairgo.privacy.security.rescan import Canaries, Scan, Searcher
from fairgo.privacy.security.states import State
from fairgo.store import purging, sealing
from fairgo.store.keys import decrypt
from fairgo.store.schema import insert_unless_there

WORDS = "fairgo/erasure/v1"
TOUCHED = holdings.TABLES


def destroy_key(ledger: Ledger, entry: Row[Any]) -> Canaries:
    """Destroy the customer's key, and let their name lead to another pseudonym. Gives what must not be found any more."""
    event = Event("privacy.erasure.key_destroyed", facts={"request": entry.id})
    with ledger.recorded(event) as tx:
        _be_in(tx, entry.id, State.APPROVED)
        canaries = Canaries()
        if entry.customer:
            # Held, so that no turn, choice or hold of this customer is under way any more.
            key = sealing.make_key(tx.connection, tx.keys, entry.customer)
            holds.must_be_free(tx, entry.mark)
            canaries = _remember(tx, entry, key)
            sealing.destroy_key(tx.connection, tx.keys, entry.customer)
        insert_unless_there(tx.connection, sealing.destroyed_key, {"mark": entry.destroyed})
        _suppress(tx, entry)
        _set(tx, entry.id, state=State.KEY_DESTROYED, prints=canaries.packed())
    return canaries


def delete_rows(ledger: Ledger, entry: Row[Any]) -> None:
    """Delete what holds content, and leave of the rest a skeleton that names nobody."""
    with ledger.recorded() as tx:
        _be_in(tx, entry.id, State.KEY_DESTROYED)
        gone, kept = holdings.clear(tx, entry.customer) if entry.customer else ({}, {})
        gone["customer_key"] = int(bool(entry.customer))
        facts: dict[str, Fact] = {
            "request": entry.id,
            "basis": entry.basis,
            "requested_by": entry.requested_by,
            "approved_by": entry.approved_by,
            "deleted": gone,
            "kept": kept,
        }
        leaf = tx.append(Event("privacy.customer.erased", facts=facts))
        _set(
            tx,
            entry.id,
            state=State.ROWS_DELETED,
            customer=None,
            words=None,
            erased_at=tx.moment,
            leaf=leaf,
            counts={"deleted": gone, "kept": kept},
        )


def look(ledger: Ledger, entry: Row[Any], folder: Path, canaries: Canaries) -> Canaries:
    """Clean the database's files, then search every file. A hit, or a file that cannot be read, is an incident.

    Raises Conflict when the database's log cannot be cut off because somebody reads an old moment.
    """
    purged = ledger.store.purge(TOUCHED)
    if not purged.done:
        raise Conflict(
            "the rows are deleted, but a reader keeps the database from letting go of the old bytes",
            hint="fairgo erase --verify REQUEST in a moment",
        )
    searcher = Searcher(ledger.keys, canaries)
    scan, log, way = _search(ledger, searcher, folder)
    inside = {path.name for path in ledger.store.files()}
    if inside & set(scan.found) and ledger.store.purge(TOUCHED, anew=True).done:
        scan, log, way = _search(ledger, searcher, folder)
    clean = not scan.found and not scan.unread
    said = {
        "files": scan.files,
        "bytes": scan.bytes,
        "found": list(scan.found),
        "unread": list(scan.unread),
        "log": len(log.found),
        "way": way,
        "words": bool(canaries.words or canaries.windows),
        "left": list(purged.left),
    }
    facts: dict[str, Fact] = {
        "request": entry.id,
        "files": scan.files,
        "bytes": scan.bytes,
        "places": len(scan.found),
        "unread": len(scan.unread),
    }
    after = State.SCANNED if entry.state != State.CERTIFIED else State.CERTIFIED
    name = "privacy.erasure.scanned" if clean else "privacy.erasure.failed"
    with ledger.recorded(Event(name, facts=facts)) as tx:
        _set(tx, entry.id, state=after if clean else State.FAILED, scan=said)
    return canaries


def _search(ledger: Ledger, searcher: Searcher, folder: Path) -> tuple[Scan, Scan, str]:
    """What is found in the data folder and the database; in the server's log of writes; and how the database was read."""
    scan = rescan.scan_folder(searcher, folder)
    outside = [path for path in ledger.store.files() if not path.resolve().is_relative_to(folder.resolve())]
    scan += rescan.scan_files(searcher, outside, folder)
    if ledger.store.is_sqlite:
        return scan, Scan(), "files"
    with ledger.store.reading() as connection:
        place = purging.server_folder(connection)
        if place is not None:
            held, log = purging.server_files(connection, place)
            return (
                scan + rescan.scan_files(searcher, held, place),
                rescan.scan_files(searcher, log, place),
                "server",
            )
        for table in sorted(inspect(connection).get_table_names()):
            with purging.rows_as_bytes(connection, table) as pieces:
                found, size = searcher.stream(pieces)
            scan += Scan(0, size, (f"table {table}",) if found else ())
    return scan, Scan(), "rows"


def _remember(tx: Recording, entry: Row[Any], key: bytes) -> Canaries:
    """Everything that must be gone: random bytes as prints, the customer's own words and name only in memory."""
    customer = entry.customer
    mine = sealing.content.c.customer == customer
    tokens = records.token
    wrapped = tx.connection.scalar(
        select(sealing.customer_key.c.wrapped).where(sealing.customer_key.c.customer == customer)
    )
    sealed = list(tx.connection.scalars(select(sealing.content.c.sealed).where(mine)))
    rows = tx.connection.execute(select(tokens).where(tokens.c.customer == customer)).all()
    sealed += [row.sealed for row in rows]
    names = [customer, *holdings.conversations(tx.connection, customer)]
    windows = [key, key.hex().encode(), key.hex().upper().encode(), base64.b64encode(key)]
    windows += [end for piece in [wrapped, *sealed] if piece for end in (piece[:32], piece[-32:])]
    windows += [name.encode() for name in names]
    kept = Canaries(kept=rescan.make_prints(tx.keys, windows))
    words = [
        *_values(tx, customer),
        *(
            decrypt(key, row.sealed, f"{customer}\0{row.conversation}\0{row.token}".encode()).decode()
            for row in rows
        ),
    ]
    return rescan.with_words(tx.keys, kept, words)


def _values(tx: Recording, customer: str) -> list[str]:
    """The customer's name as callers send it, and what they said."""
    row = sealing.content.c
    found: list[str] = []
    for identity in tx.connection.scalars(
        select(row.id).where(row.customer == customer, row.schema.in_([WORDS, "fairgo/request/v1"]))
    ).all():
        try:
            value = sealing.unseal(tx.connection, tx.keys, identity)
        except FairgoError:
            continue  # it cannot be opened: it goes all the same
        found += [value["customer"]] if "customer" in value else value["said"]
    return found


def _suppress(tx: Recording, entry: Row[Any]) -> None:
    table = records.suppression
    row = {"mark": entry.mark, "generation": entry.generation, "since": tx.moment}
    if not insert_unless_there(tx.connection, table, row):
        older = update(table).where(table.c.mark == entry.mark, table.c.generation < entry.generation)
        tx.execute(older.values(generation=entry.generation))


def _be_in(tx: Recording, request: str, state: State) -> None:
    row = records.erasure.c
    now = tx.connection.scalar(select(row.state).where(row.id == request).with_for_update())
    if now != state:
        raise Conflict("somebody else carries this erasure out", hint="fairgo erase --list")


def _set(tx: Recording, request: str, **values: Any) -> None:
    tx.execute(update(records.erasure).where(records.erasure.c.id == request).values(**values))
