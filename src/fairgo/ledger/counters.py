"""What a process counts of its own work, and what the assistants say they used: the other side of completeness.

What the gateway saw is counted where it arrives, apart from the leaves; it is written in the transactions that carry
them. So counters and leaves can disagree only when something was lost or taken away.
"""

import hashlib
import threading
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Column, Connection, String, Table, insert

from fairgo.core.events import LARGEST
from fairgo.ledger.naming import Names
from fairgo.store.schema import Moment, insert_unless_there, metadata

OPENED = "gateway.turn.opened"
CLOSED = "gateway.turn.closed"
REFUSED = "gateway.request.refused"
COLUMNS = {OPENED: "opened", CLOSED: "closed", REFUSED: "refused"}
SINCE_START = ("seen", "listed", "calls")
QUOTE = b'"'  # a leaf ends with its type in quotes, since its names are sorted
UPDATE = (
    "UPDATE process_counter SET seen = ?, listed = ?, calls = ?, last = ?, opened = opened + ?, "
    "closed = closed + ?, refused = refused + ?, stopped_at = NULL WHERE process = ?"
)

process_counter = Table(
    "process_counter",
    metadata,
    Column("process", String(16), primary_key=True),
    # A run is one life of a gateway or command. After a failed commit it goes on under another process number.
    Column("run", String(16), nullable=False),
    # Since the run began: requests seen, of these lists of models, and calls to an assistant.
    Column("seen", BigInteger, nullable=False),
    Column("listed", BigInteger, nullable=False),
    Column("calls", BigInteger, nullable=False),
    # Of this process number: its leaves by type, and the number of its last leaf.
    Column("refused", BigInteger, nullable=False),
    Column("opened", BigInteger, nullable=False),
    Column("closed", BigInteger, nullable=False),
    Column("last", BigInteger, nullable=False),
    Column("started_at", Moment, nullable=False),
    Column("stopped_at", Moment, nullable=True),
)
usage_table = Table(
    "usage",
    metadata,
    Column("turn", String(64), primary_key=True),
    # SHA-256 of the id that the assistant gave its reply; empty when it gave none.
    Column("reply", String(64), nullable=True, index=True),
    Column("prompt", BigInteger, nullable=True),
    Column("completion", BigInteger, nullable=True),
)

KEEP_USAGE = insert(usage_table)


@dataclass(frozen=True, slots=True)
class Usage:
    """What an assistant says of one reply: the hash of its id, and tokens. None where it said nothing."""

    reply: str | None = None
    prompt: int | None = None
    completion: int | None = None


class Counters:
    """The counts of one run."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self._run = names.process
        self._gate = threading.Lock()
        self._seen = Counter[str]()

    @property
    def idle(self) -> bool:
        """True while there is nothing to tell of this run."""
        return not self._seen and not self._names.given

    def saw_request(self) -> None:
        """A request has arrived: it must become a turn, be refused, or be a list of models."""
        self._count("seen")

    def listed_models(self) -> None:
        """A request was answered with a list of models: it leaves no leaf."""
        self._count("listed")

    def called_assistant(self) -> None:
        """An assistant is being called."""
        self._count("calls")

    def keep(self, connection: Connection, leaves: Iterable[bytes], moment: datetime) -> None:
        """Write the counts in the transaction that carries these leaves; the names must be held."""
        types = Counter(leaf.rsplit(QUOTE, 2)[1] for leaf in leaves)
        counts = [*self._since_start(), self._names.given, *(types[kind.encode()] for kind in COLUMNS)]
        # On the way of every turn, so by the driver's own hand; only a number's first leaves come as a new row.
        update = UPDATE if connection.dialect.name == "sqlite" else UPDATE.replace("?", "%s")
        if connection.exec_driver_sql(update, (*counts, self._names.process)).rowcount == 0:
            self._insert(connection, counts, moment, stopped=None)

    def end(self, connection: Connection, moment: datetime) -> None:
        """Write that the run ended in good order; the names must be held."""
        counts = [*self._since_start(), self._names.given, *(0 for _kind in COLUMNS)]
        self._insert(connection, counts, moment, stopped=moment)

    def _count(self, name: str) -> None:
        with self._gate:
            self._seen[name] += 1

    def _since_start(self) -> list[int]:
        with self._gate:
            return [self._seen[name] for name in SINCE_START]

    def _insert(
        self, connection: Connection, counts: list[int], moment: datetime, *, stopped: datetime | None
    ) -> None:
        """A new row; one that is there already is told of the end."""
        row: dict[str, Any] = dict(zip((*SINCE_START, "last", *COLUMNS.values()), counts, strict=True))
        row |= {"process": self._names.process, "run": self._run, "stopped_at": stopped}
        if not insert_unless_there(connection, process_counter, row | {"started_at": moment}):
            mine = process_counter.c.process == self._names.process
            seen = {name: row[name] for name in (*SINCE_START, "stopped_at")}
            connection.execute(process_counter.update().where(mine).values(seen))


def keep_usage(connection: Connection, turn: str, usage: Usage) -> None:
    """Keep what the assistant said it used for a turn that has just been closed: so once."""
    row = {"turn": turn, "reply": usage.reply, "prompt": usage.prompt, "completion": usage.completion}
    connection.execute(KEEP_USAGE, row)


def usage_of(identity: Any, said: Any) -> Usage:
    """The usage in a reply's `id` and `usage`, as far as they are what they should be."""
    tokens = said if isinstance(said, Mapping) else {}
    reply = hash_of(identity) if isinstance(identity, str) and identity else None
    return Usage(reply, _tokens(tokens.get("prompt_tokens")), _tokens(tokens.get("completion_tokens")))


def hash_of(identity: str) -> str:
    """The hash under which the id of a reply is kept (hex SHA-256)."""
    return hashlib.sha256(identity.encode(errors="surrogatepass")).hexdigest()


def _tokens(value: Any) -> int | None:
    return value if type(value) is int and 0 <= value <= LARGEST else None
