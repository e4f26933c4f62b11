"""Privacy's tables: tokens of a conversation with their sealed values, what was hidden in each turn, and erasures."""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    ColumnElement,
    Connection,
    Integer,
    LargeBinary,
    String,
    Table,
    delete,
    exists,
    func,
    insert,
    select,
    text,
)
from sqlalchemy import Text as LongText

from fairgo.core.errors import EvidenceBroken, NotFound
from fairgo.core.turns import Role, Text, Turn, Vault
from fairgo.ledger import turns
from fairgo.ledger.recording import Recording
from fairgo.store.keys import Keys, decrypt, encrypt
from fairgo.store.schema import Moment, metadata
from fairgo.store.sealing import key_of, make_key

token = Table(
    "token",
    metadata,
    Column("conversation", String(64), primary_key=True),
    Column("token", String(64), primary_key=True),
    Column("customer", String(64), nullable=False, index=True),
    Column("given", Boolean, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
)
redaction = Table(
    "redaction",
    metadata,
    Column("turn", String(64), primary_key=True),
    Column("direction", String(8), primary_key=True),
    Column("type", String(32), primary_key=True),
    Column("count", Integer, nullable=False),
)
erasure = Table(
    "erasure",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("state", String(16), nullable=False),
    # Keyed hash of the name that callers send, how often it was erased after this, and of the pseudonym erased.
    Column("mark", String(64), nullable=False, index=True),
    Column("generation", Integer, nullable=False),
    Column("destroyed", String(64), nullable=False),
    # The pseudonym; empty from the moment its rows are gone.
    Column("customer", String(64), nullable=True),
    Column("basis", String(32), nullable=False),
    Column("words", String(64), nullable=True),
    Column("requested_by", String(64), nullable=False),
    Column("requested_at", Moment, nullable=False),
    Column("approved_by", String(64), nullable=True),
    Column("approved_at", Moment, nullable=True),
    Column("erased_at", Moment, nullable=True),
    Column("leaf", String(64), nullable=True),
    Column("counts", JSON, nullable=True),
    Column("scan", JSON, nullable=True),
    Column("prints", LargeBinary, nullable=True),
    Column("certificate", LongText, nullable=True),
)
legal_hold = Table(
    "legal_hold",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("mark", String(64), nullable=False, index=True),
    Column("reason", String(32), nullable=False),
    Column("placed_by", String(64), nullable=False),
    Column("placed_at", Moment, nullable=False),
    Column("lifted_by", String(64), nullable=True),
    Column("lifted_at", Moment, nullable=True),
)
suppression = Table(
    "suppression",
    metadata,
    Column("mark", String(64), primary_key=True),
    Column("generation", Integer, nullable=False),
    Column("since", Moment, nullable=False),
)

REMEMBERED = (
    2  # turns whose last words are read again: an identifier may be split over so many and the present one
)
# Two turns of a conversation may bring the same value at once; what a customer gave stays given.
KEEP = text(
    "INSERT INTO token (conversation, token, customer, given, sealed) "
    "VALUES (:conversation, :token, :customer, :given, :sealed) "
    "ON CONFLICT (conversation, token) DO UPDATE SET given = (token.given OR excluded.given)"
)


def recall_vault(connection: Connection, keys: Keys, turn: Turn) -> Vault:
    """The placeholders of this conversation so far. A conversation without a name starts empty every time.

    With the last words of the turns before, where the request does not repeat them.
    """
    secret = token_secret(keys, turn.system.tenant, turn.customer, turn.conversation)
    if not turn.remembered:
        return Vault(secret=secret)
    earlier = () if turn.repeats else _earlier(connection, keys, turn.conversation)
    mine = select(token).where(token.c.conversation == turn.conversation, token.c.customer == turn.customer)
    rows = connection.execute(mine).all()
    key = key_of(connection, keys, turn.customer) if rows else None
    if key is None:
        return Vault(secret=secret, earlier=earlier)
    values = {row.token: decrypt(key, row.sealed, _binding(turn, row.token)).decode() for row in rows}
    return Vault(values, frozenset(row.token for row in rows if row.given), secret, earlier)


def token_secret(keys: Keys, tenant: str, customer: str, conversation: str) -> bytes:
    """What placeholders of one conversation are keyed with: nobody else's values give the same ones."""
    return keys.derived("tokens", tenant, customer, conversation)


def _earlier(connection: Connection, keys: Keys, conversation: str) -> tuple[Text, ...]:
    """What was said in the last turns, oldest first; nothing when it is not kept any more."""
    try:
        kept = turns.newest(connection, keys, conversation, most=REMEMBERED)
    except (NotFound, EvidenceBroken):
        return ()
    said = [
        [*(Text(Role.CUSTOMER, t) for t in one.said), *(Text(Role.AI, t) for t in one.reply[:1])]
        for one in kept
    ]
    return tuple(text for one in said for text in one)


def keep_vault(tx: Recording, turn: Turn, before: Vault) -> None:
    """Seal the placeholders this turn added or that the customer now gave, so that later turns can restore them."""
    known = before.given | (before.values.keys() - turn.vault.given)
    fresh = [name for name in turn.vault.values if name not in known]
    if not turn.remembered or not fresh:
        return
    key = make_key(tx.connection, tx.keys, turn.customer)
    rows = [
        {
            "conversation": turn.conversation,
            "token": name,
            "customer": turn.customer,
            "given": name in turn.vault.given,
            "sealed": encrypt(key, turn.vault.values[name].encode(), _binding(turn, name)),
        }
        for name in fresh
    ]
    tx.execute(KEEP, rows)


def keep_counts(tx: Recording, turn: str, direction: str, counts: Mapping[str, int]) -> None:
    """Keep how many identifiers of each type were hidden in one direction of a turn."""
    rows = [{"turn": turn, "direction": direction, "type": t, "count": n} for t, n in counts.items() if n]
    if rows:
        tx.execute(insert(redaction), rows)


def forget_tokens(tx: Recording, systems: Collection[str], before: datetime, spared: Collection[str]) -> int:
    """Delete the placeholders of every conversation of these systems whose last turn was before a moment. Gives how many.

    Those of `spared` customers stay.
    """
    return tx.execute(delete(token).where(*_outlived(systems, before, spared))).rowcount


def outlived_tokens(
    connection: Connection, systems: Collection[str], before: datetime, spared: Collection[str]
) -> bool:
    """True when `forget_tokens` would find anything."""
    some = select(token.c.token).where(*_outlived(systems, before, spared)).limit(1)
    return connection.execute(some).first() is not None


def _outlived(
    systems: Collection[str], before: datetime, spared: Collection[str]
) -> list[ColumnElement[bool]]:
    turn = turns.turn_table.c
    mine = select(turn.id).where(turn.conversation == token.c.conversation)
    return [
        exists(mine.where(turn.system.in_(systems))),
        ~exists(mine.where(turn.opened_at >= before)),
        token.c.customer.not_in(spared),
    ]


def hidden(connection: Connection) -> dict[str, int]:
    """How many identifiers of each type were hidden, in both directions."""
    total = func.sum(redaction.c.count)
    rows = connection.execute(select(redaction.c.type, total).group_by(redaction.c.type)).all()
    return {row[0]: int(row[1]) for row in rows}


def erasures_by_state(connection: Connection) -> dict[str, int]:
    """How many erasures are in each state."""
    rows = connection.execute(select(erasure.c.state, func.count()).group_by(erasure.c.state)).all()
    return {row[0]: row[1] for row in rows}


def _binding(turn: Turn, name: str) -> bytes:
    return f"{turn.customer}\0{turn.conversation}\0{name}".encode()
