"""Sealed content: what customers wrote and read, under a key of their own, with a commitment for the ledger.

The commitment is SHA-256("fairgo/commit/v1" ‖ 32-byte salt ‖ canonical content). The salt lies inside the sealed
bytes, so destroying key and ciphertext makes the commitment in the ledger say nothing any more.
"""

import hashlib
import os
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import orjson
import rfc8785
from cryptography.exceptions import InvalidTag
from sqlalchemy import Column, Connection, LargeBinary, String, Table, insert, select, text

from fairgo.core.errors import EvidenceBroken, NotFound
from fairgo.store.keys import SIZE, Keys, decrypt, encrypt
from fairgo.store.schema import metadata

COMMIT = b"fairgo/commit/v1"
CHECK = "-"  # a row no customer can have: shows at start whether the master key fits the data

customer_key = Table(
    "customer_key",
    metadata,
    Column("customer", String(64), primary_key=True),
    Column("wrapped", LargeBinary, nullable=False),
)
content = Table(
    "content",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("customer", String(64), nullable=False, index=True),
    Column("schema", String(64), nullable=False),
    Column("sealed", LargeBinary, nullable=False),
)


# Two processes may meet a new customer at once: the first key stays, and both use it.
MAKE = text(
    "INSERT INTO customer_key (customer, wrapped) VALUES (:customer, :wrapped) ON CONFLICT DO NOTHING"
)


@dataclass(frozen=True, slots=True)
class Sealed:
    """Where sealed content lies, and the commitment (hex) that a leaf may carry."""

    id: str
    commitment: str


def commit(salt: bytes, canonical: bytes) -> str:
    """The commitment to canonical content under a salt, as hex."""
    return hashlib.sha256(COMMIT + salt + canonical).hexdigest()


def key_of(connection: Connection, keys: Keys, customer: str) -> bytes | None:
    """A customer's data key, or None when there is none (never made, or erased)."""
    wrapped = connection.scalar(select(customer_key.c.wrapped).where(customer_key.c.customer == customer))
    return None if wrapped is None else keys.unwrap(customer, wrapped)


def make_key(writing: Connection, keys: Keys, customer: str) -> bytes:
    """A customer's data key, made now when there is none yet."""
    known = key_of(writing, keys, customer)
    if known is not None:
        return known
    fresh = keys.wrap(customer, os.urandom(SIZE))
    writing.execute(MAKE, {"customer": customer, "wrapped": fresh})
    made = key_of(writing, keys, customer)
    if made is None:
        raise EvidenceBroken("a customer's key could not be kept")
    return made


def fits(writing: Connection, keys: Keys) -> None:
    """Raises Misconfigured when the master key is not the one this data was made with."""
    make_key(writing, keys, CHECK)


def seal(writing: Connection, keys: Keys, customer: str, schema: str, value: Any) -> Sealed:
    """Keep a JSON value under the customer's key (AES-256-GCM, bound to id, customer and schema).

    Raises EvidenceBroken for a value that RFC 8785 cannot write.
    """
    identity = uuid4().hex
    salt = os.urandom(SIZE)
    try:
        canonical = rfc8785.dumps(value)
    except ValueError:
        raise EvidenceBroken(f"content of {schema} cannot be written as canonical JSON") from None
    key = make_key(writing, keys, customer)
    sealed = encrypt(key, salt + canonical, _binding(identity, customer, schema))
    writing.execute(insert(content).values(id=identity, customer=customer, schema=schema, sealed=sealed))
    return Sealed(identity, commit(salt, canonical))


def unseal(connection: Connection, keys: Keys, identity: str) -> Any:
    """The JSON value again. Raises NotFound when it is gone, EvidenceBroken when its key is or when it was changed."""
    row = connection.execute(select(content).where(content.c.id == identity)).one_or_none()
    if row is None:
        raise NotFound("this content is not kept any more")
    key = key_of(connection, keys, row.customer)
    if key is None:
        raise EvidenceBroken("this content is here but its key is not")
    try:
        plain = decrypt(key, row.sealed, _binding(identity, row.customer, row.schema))
    except InvalidTag:
        raise EvidenceBroken("this content was changed, or moved from where it was sealed") from None
    return orjson.loads(plain[SIZE:])


def _binding(*parts: str) -> bytes:
    return "\x00".join(parts).encode()
