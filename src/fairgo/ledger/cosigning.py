"""The ledger's second signature, by a key that quantum computers do not break: ML-DSA-44 beside Ed25519.

It stands on each checkpoint as a cosignature (C2SP tlog-cosignature, type 0x06) under the origin with `/mldsa`. Tools
that do not know the type pass over it.
"""

import hashlib
from collections.abc import Callable
from contextlib import suppress

from sqlalchemy import Column, Connection, String, Table, Text, select

from fairgo.core.clock import Clock, system_clock
from fairgo.core.errors import Conflict, Misconfigured
from fairgo.core.events import Event
from fairgo.core.settings import Settings
from fairgo.ledger.cosignatures import ML_DSA_44, Cosigner, CosignerKey, has_ml_dsa
from fairgo.ledger.recording import Ledger
from fairgo.store.keys import make_key_file, read_key_file
from fairgo.store.schema import Moment, insert_unless_there, metadata

FILE = "ledger-mldsa.key"
SUFFIX = "/mldsa"

cosigner_table = Table(
    "ledger_cosigner",
    metadata,
    # SHA-256 of the verifier key, which is too long to be indexed.
    Column("hash", String(64), primary_key=True),
    Column("verifier", Text, nullable=False),
    Column("since", Moment, nullable=False),
)


def second_of(settings: Settings, origin: str) -> Cosigner | None:
    """The second signer when `ledger_mldsa` asks for one; its key file lies beside the ledger's and is made when missing.

    Raises Misconfigured when it cannot be made or read, or `cryptography` has no ML-DSA-44.
    """
    if not settings.ledger_mldsa:
        return None
    if not has_ml_dsa():
        raise Misconfigured(
            "this version of `cryptography` has no ML-DSA-44",
            hint="install a newer one, or unset ledger_mldsa",
        )
    file = settings.ledger_key_file.with_name(FILE)
    make_key_file(file)
    return Cosigner(origin + SUFFIX, read_key_file(file), ML_DSA_44)


def beside(second: Cosigner | None, clock: Clock = system_clock) -> tuple[Callable[[str], str], ...]:
    """What gives the second signature's line for a checkpoint's text; nothing without a second signer."""
    if second is None:
        return ()
    return (lambda text: second.cosign(text, int(clock().timestamp())),)


def announce(ledger: Ledger, second: Cosigner | None) -> None:
    """Keep the second key, and a leaf that names it, when it is new here."""
    if second is None:
        return
    verifier = str(second.key)
    mark = hashlib.sha256(verifier.encode()).hexdigest()
    with ledger.store.reading() as connection:
        if verifier in cosigners(connection):
            return
    joined = Event("ledger.key.joined", facts={"kind": "ml-dsa-44", "verifier_sha256": mark})
    with suppress(Conflict), ledger.recorded(joined) as tx:
        row = {"hash": mark, "verifier": verifier, "since": tx.moment}
        if not insert_unless_there(tx.connection, cosigner_table, row):
            raise Conflict("another process has announced this key meanwhile")


def cosigners(connection: Connection) -> list[str]:
    """The verifier keys that gave second signatures, oldest first."""
    row = cosigner_table.c
    kept = connection.scalars(select(row.verifier).order_by(row.since))
    return [str(CosignerKey.parse(text)) for text in kept]
