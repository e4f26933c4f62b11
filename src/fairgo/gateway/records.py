"""The gateway's own table: API keys, as hashes, each for one system."""

import hashlib
import hmac
import secrets

from sqlalchemy import Column, Connection, DateTime, String, Table, func, insert, select

from fairgo.core.errors import NotAllowed
from fairgo.core.events import Event
from fairgo.ledger.recording import Ledger
from fairgo.store.schema import metadata

PREFIX = "fg_"

api_key = Table(
    "api_key",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("system", String(64), nullable=False),
    Column("made_at", DateTime(timezone=True), nullable=False),
)


def make_key(ledger: Ledger, system: str) -> str:
    """A new API key for a system. It is shown once; only its SHA-256 is kept (the key has 256 random bits)."""
    key = PREFIX + secrets.token_urlsafe(32)
    with ledger.recorded(Event("gateway.key.made", system=system)) as tx:
        tx.execute(insert(api_key).values(hash=_hash(key), system=system, made_at=tx.moment))
    return key


def system_of(connection: Connection, key: str) -> str:
    """The system a key is for. Raises NotAllowed when the key is missing or unknown."""
    wanted = _hash(key)
    row = connection.execute(select(api_key).where(api_key.c.hash == wanted)).one_or_none()
    if not key or row is None or not hmac.compare_digest(row.hash, wanted):
        raise NotAllowed(
            "the API key is missing or unknown", hint="fairgo key SYSTEM makes one", detail="wrong_key"
        )
    return str(row.system)


def count(connection: Connection) -> int:
    """How many keys there are."""
    return connection.scalar(select(func.count()).select_from(api_key)) or 0


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
