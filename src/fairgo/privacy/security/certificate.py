"""The certificate of an erasure: what was destroyed, who stood for it, what was searched, and what nobody here can see to.

One line that names the format, one line of canonical JSON, signed with the ledger's key as a C2SP signed note.
"""

import hashlib
import time
from datetime import datetime
from typing import Any

import orjson
import rfc8785
from sqlalchemy import Row, update

from fairgo.core.clock import coarse
from fairgo.core.errors import EvidenceBroken, NotFound
from fairgo.core.events import Event
from fairgo.ledger.note import BadNote, Verifier, open_note
from fairgo.ledger.receipts import BadReceipt, check_receipt, receipt
from fairgo.ledger.recording import Ledger
from fairgo.ledger.sequencer import integrate
from fairgo.privacy import records
from fairgo.privacy.security.states import State

FORMAT = "fairgo/erasure-certificate/v1"
WAIT_SECONDS = 15
PEOPLE = "names of staff are as the operator of the machine gave them: there is no sign-in yet"
RISKS = {
    "backups": "copies made before: replay the erasure list on each before it serves (fairgo erase --replay)",
    "given-away": "what left Fairgo: auditors' packs, the assistant's own records, the company's other systems",
    "storage": "bytes below the files: snapshots of the file system, and flash memory that wrote elsewhere",
    "encoded": "copies that somebody compressed or encoded otherwise; ZIP archives were looked into",
    "server-log": "PostgreSQL's write-ahead log until its files are reused, and its archive: {log} of its files hold traces",
    "server-unread": "PostgreSQL's own files could not be read here: its tables were read instead, deleted rows were not",
    "not-rewritten": "deleted rows in the files of large tables until reused, under a key that is gone: {left}",
    "words": "words were not searched for: the process that knew them had stopped, or they were too few",
}


class BadCertificate(ValueError):
    """A certificate that is malformed, not signed by the key, or not about what its receipt shows."""


def issue(ledger: Ledger, entry: Row[Any]) -> str:
    """Write and keep the certificate of an erasure whose scan found nothing. Gives its text."""
    proof = _receipt(ledger, entry.leaf)
    value = {
        "request": entry.id,
        "basis": entry.basis,
        "requested": {"at": coarse(entry.requested_at), "by": entry.requested_by},
        "approved": {"at": _coarse(entry.approved_at), "by": entry.approved_by or ""},
        "erased_at": _coarse(entry.erased_at),
        "people": PEOPLE,
        "destroyed": entry.counts["deleted"],
        "kept": entry.counts["kept"],
        "searched": {name: entry.scan[name] for name in ("files", "bytes", "way", "words")},
        "risks": _risks(entry.scan),
        "leaf": entry.leaf,
        "receipt": proof,
    }
    text = ledger.signer.sign(f"{FORMAT}\n{rfc8785.dumps(value).decode()}\n")
    facts = {"request": entry.id, "certificate": hashlib.sha256(text.encode()).hexdigest()}
    with ledger.recorded(Event("privacy.erasure.certified", facts=facts)) as tx:
        mine = update(records.erasure).where(records.erasure.c.id == entry.id)
        tx.execute(mine.values(state=State.CERTIFIED, certificate=text))
    return text


def check_certificate(text: str, verifier: Verifier) -> dict[str, Any]:
    """What a certificate says, checked offline: its signature, and that its receipt is of the leaf of this very erasure.

    Raises BadCertificate saying what does not fit.
    """
    try:
        head, _newline, body = open_note(text, verifier).partition("\n")
        value = orjson.loads(body)
        shown = check_receipt(value["receipt"], None, verifier)
        leaf = orjson.loads(shown.leaf)
    except (BadNote, BadReceipt, ValueError, KeyError, TypeError) as wrong:
        raise BadCertificate(f"not a certificate of this ledger: {wrong}") from None
    facts = leaf.get("facts", {})
    about = (leaf.get("type"), leaf.get("id"), facts.get("request"), facts.get("deleted"))
    told = ("privacy.customer.erased", value.get("leaf"), value.get("request"), value.get("destroyed"))
    if head != FORMAT or about != told:
        raise BadCertificate("the leaf in the receipt tells of something else")
    return dict(value)


def _receipt(ledger: Ledger, leaf: str) -> str:
    """The receipt of a leaf, as soon as somebody has signed a checkpoint over it."""
    end = time.monotonic() + WAIT_SECONDS
    while True:
        integrate(ledger.store, ledger.signer, ledger.clock)
        try:
            with ledger.store.reading() as connection:
                return receipt(connection, leaf)
        except NotFound:
            if time.monotonic() > end:
                raise EvidenceBroken(
                    "no checkpoint covers the erasure yet", hint="fairgo erase --verify REQUEST later"
                ) from None
        time.sleep(0.1)


def _risks(scan: dict[str, Any]) -> list[str]:
    codes = ["backups", "given-away", "storage", "encoded"]
    if scan["way"] == "server":
        codes.append("server-log")
    if scan["way"] == "rows":
        codes.append("server-unread")
    if scan["left"]:
        codes.append("not-rewritten")
    if not scan["words"]:
        codes.append("words")
    return [f"{code}: {RISKS[code].format(log=scan['log'], left=', '.join(scan['left']))}" for code in codes]


def _coarse(moment: datetime | None) -> str:
    return "" if moment is None else coarse(moment)
