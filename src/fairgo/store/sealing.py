"""Sealed content: what customers wrote and read, under a key of their own, with a commitment for the ledger.

The commitment is SHA-256("fairgo/commit/v1" ‖ 32-byte salt ‖ canonical content). The salt lies inside the sealed
bytes, so destroying key and ciphertext makes the commitment in the ledger say nothing any more.
"""

import hashlib
import hmac
import os
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import orjson
import rfc8785
from cryptography.exceptions import InvalidTag
from sqlalchemy import Column, Connection, LargeBinary, Row, String, Table, delete, insert, select, text

from fairgo.core.errors import Conflict, EvidenceBroken, NotFound
from fairgo.store.keys import SIZE, Keys, decrypt, encrypt
from fairgo.store.schema import insert_unless_there, metadata

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
    Column("commitment", String(64), nullable=False, index=True),
)
# Names whose key was destroyed, as keyed hashes: a turn still under way must not make them a new one.
destroyed_key = Table("destroyed_key", metadata, Column("mark", String(64), primary_key=True))


# Two processes may meet a new customer at once: the first key stays, and both use it.
MAKE = text(
    "INSERT INTO customer_key (customer, wrapped) VALUES (:customer, :wrapped) ON CONFLICT DO NOTHING"
)


@dataclass(frozen=True, slots=True)
class Sealed:
    """Where sealed content lies, and the commitment (hex) that a leaf may carry."""

    id: str
    commitment: str


@dataclass(frozen=True, slots=True)
class Opened:
    """What a commitment was made from: with these two anyone can compute it again."""

    salt: bytes
    canonical: bytes


def commit(salt: bytes, canonical: bytes) -> str:
    """The commitment to canonical content under a salt, as hex."""
    return hashlib.sha256(COMMIT + salt + canonical).hexdigest()


def key_of(connection: Connection, keys: Keys, customer: str) -> bytes | None:
    """A customer's data key, or None when there is none (never made, or erased)."""
    wrapped = connection.scalar(select(customer_key.c.wrapped).where(customer_key.c.customer == customer))
    return None if wrapped is None else keys.unwrap(customer, wrapped)


def make_key(writing: Connection, keys: Keys, customer: str) -> bytes:
    """A customer's data key, made now when there is none yet, and held until this transaction ends.

    Whoever destroys a key waits for those who hold it. Raises Conflict when it was destroyed already.
    """
    known = _held_key(writing, keys, customer)
    if known is not None:
        return known
    fresh = keys.wrap(customer, os.urandom(SIZE))
    writing.execute(MAKE, {"customer": customer, "wrapped": fresh})
    # Only now: had it been destroyed at this moment, the insert has waited for that and its mark can be seen.
    if is_destroyed(writing, keys, customer):
        raise Conflict("this customer was erased meanwhile", hint="ask again: they start afresh")
    made = _held_key(writing, keys, customer)
    if made is None:
        raise EvidenceBroken("a customer's key could not be kept")
    return made


def destroy_key(writing: Connection, keys: Keys, customer: str) -> None:
    """Delete a customer's wrapped key for good; no key is ever made under this name again."""
    writing.execute(delete(customer_key).where(customer_key.c.customer == customer))
    insert_unless_there(writing, destroyed_key, {"mark": destroyed_mark(keys, customer)})


def is_destroyed(connection: Connection, keys: Keys, customer: str) -> bool:
    """True when the key of this name was destroyed."""
    mark = destroyed_key.c.mark
    return connection.scalar(select(mark).where(mark == destroyed_mark(keys, customer))) is not None


def destroyed_mark(keys: Keys, customer: str) -> str:
    """What stands for a name whose key was destroyed: keyed, so that it says nothing without the master key."""
    return hmac.new(keys.derived("destroyed"), customer.encode(), hashlib.sha256).hexdigest()


def _held_key(writing: Connection, keys: Keys, customer: str) -> bytes | None:
    mine = select(customer_key.c.wrapped).where(customer_key.c.customer == customer)
    wrapped = writing.scalar(mine.with_for_update(read=True, key_share=True))
    return None if wrapped is None else keys.unwrap(customer, wrapped)


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
    made = Sealed(identity, commit(salt, canonical))
    row = {"id": identity, "customer": customer, "schema": schema, "sealed": sealed}
    writing.execute(insert(content).values(row | {"commitment": made.commitment}))
    return made


def unseal(connection: Connection, keys: Keys, identity: str) -> Any:
    """The JSON value again. Raises NotFound when it is gone, EvidenceBroken when its key is or when it was changed."""
    row = connection.execute(select(content).where(content.c.id == identity)).one_or_none()
    if row is None:
        raise NotFound("this content is not kept any more")
    return orjson.loads(_opened(connection, keys, row)[SIZE:])


def open_commitment(connection: Connection, keys: Keys, commitment: str) -> Opened:
    """What was committed to. Raises NotFound when it is gone, EvidenceBroken when its key is or when it was changed."""
    row = connection.execute(select(content).where(content.c.commitment == commitment)).first()
    if row is None:
        raise NotFound("this content is not kept any more: its customer was erased, or its time is over")
    plain = _opened(connection, keys, row)
    opened = Opened(plain[:SIZE], plain[SIZE:])
    if commit(opened.salt, opened.canonical) != commitment:
        raise EvidenceBroken("this content is not what was committed to")
    return opened


def _opened(connection: Connection, keys: Keys, row: Row[Any]) -> bytes:
    """Salt ‖ canonical content of a row."""
    key = key_of(connection, keys, row.customer)
    if key is None:
        raise EvidenceBroken("this content is here but its key is not")
    try:
        return decrypt(key, row.sealed, _binding(row.id, row.customer, row.schema))
    except InvalidTag:
        raise EvidenceBroken("this content was changed, or moved from where it was sealed") from None


def _binding(*parts: str) -> bytes:
    return "\x00".join(parts).encode()
