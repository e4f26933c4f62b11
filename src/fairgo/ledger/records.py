"""The ledger's tables: leaves as they arrive, their place in the tree, and the checkpoints over it."""

from sqlalchemy import BigInteger, Column, Integer, LargeBinary, String, Table, Text

from fairgo.store.schema import Moment, metadata

leaf = Table(
    "ledger_leaf",
    metadata,
    Column("seq", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("name", String(48), nullable=False, unique=True),
    Column("leaf", LargeBinary, nullable=False),
    Column("hash", LargeBinary(32), nullable=False),
    # PostgreSQL: empty until the sequencer gives the leaf its place. SQLite: given on arrival, its one writer orders.
    Column("position", BigInteger, nullable=True, unique=True),
)
checkpoint = Table(
    "ledger_checkpoint",
    metadata,
    Column("size", BigInteger, primary_key=True, autoincrement=False),
    Column("root", LargeBinary(32), nullable=False),
    Column("frontier", LargeBinary, nullable=False),
    # Empty between persisting and signing, so that two different roots of one size are never both signed.
    Column("note", Text, nullable=True),
    Column("made_at", Moment, nullable=False),
)
# Which leaves tell of a turn: those with a fact `turn`. Leads from a conversation to its evidence.
of_turn = Table(
    "ledger_turn",
    metadata,
    Column("turn", String(64), primary_key=True),
    Column("name", String(48), primary_key=True),
    Column("type", String(64), nullable=False),
    sqlite_with_rowid=False,
)
key = Table(
    "ledger_key",
    metadata,
    Column("verifier", Text, primary_key=True),
    Column("since", Moment, nullable=False),
)
