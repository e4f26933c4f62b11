"""Bias's tables: which audits ran, and what they said."""

import hashlib
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import orjson
from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    DateTime,
    Integer,
    LargeBinary,
    String,
    Table,
    and_,
    func,
    insert,
    or_,
    select,
)

from fairgo.core.errors import NotFound
from fairgo.core.events import Event, Fact
from fairgo.ledger.recording import Ledger
from fairgo.store.schema import metadata

audit_run = Table(
    "audit_run",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("verdict", String(16), nullable=False),
    Column("rows", BigInteger, nullable=False),
    Column("findings", Integer, nullable=False),
    Column("made_at", DateTime(timezone=True), nullable=False),
    # The system whose decisions these were, the column of decisions, and the name of the leaf; empty for older audits.
    Column("system", String(64), nullable=True),
    Column("outcome", String(64), nullable=True),
    Column("leaf", String(64), nullable=True),
    # The whole answer as JSON, deflated: groups and rates, no row of a person; small groups are hidden in it already.
    # Plain, the digits of a rate such as 5/9 would look like somebody's number to the search after an erasure.
    Column("result", LargeBinary, nullable=True),
)
_HEAD = [column for column in audit_run.c if column.name != "result"]


@dataclass(frozen=True, slots=True)
class KeptAudit:
    """One audit in a list. `system`, `outcome` and `leaf` are empty for audits kept before they were."""

    id: str
    verdict: str
    rows: int
    findings: int
    made_at: datetime
    system: str
    outcome: str
    leaf: str


def keep_audit(ledger: Ledger, *, verdict: str, result: dict[str, Any], system: str = "") -> str:
    """Keep an audit and its leaf: the verdict, the counts, and the hashes of what was asked and answered.

    `result` is the audit as JSON values (`Audit.to_dict`). Gives its id.
    """
    identity = uuid4().hex
    answer = orjson.dumps(result, option=orjson.OPT_SORT_KEYS)
    asked = orjson.dumps(result["settings"], option=orjson.OPT_SORT_KEYS)
    rows, findings = result["n"], len(result["findings"])
    facts: dict[str, Fact] = {
        "audit": identity,
        "verdict": verdict,
        "rows": rows,
        "findings": findings,
        "settings": hashlib.sha256(asked).hexdigest(),
        "result": hashlib.sha256(answer).hexdigest(),
    }
    with ledger.recorded() as tx:
        leaf = tx.append(Event("bias.audit.run", system, facts))
        values = {
            "id": identity,
            "verdict": verdict,
            "rows": rows,
            "findings": findings,
            "made_at": tx.moment,
            "system": system,
            "outcome": str(result["settings"]["outcome"])[:64],
            "leaf": leaf,
            "result": zlib.compress(answer),
        }
        tx.execute(insert(audit_run).values(values))
    return identity


def latest_audit(connection: Connection) -> tuple[str, int, datetime] | None:
    """The newest audit: its verdict, how many findings, and when; None when there was none."""
    row = connection.execute(select(*_HEAD).order_by(audit_run.c.made_at.desc()).limit(1)).one_or_none()
    return None if row is None else (row.verdict, row.findings, row.made_at)


def kept_audits(
    connection: Connection, systems: frozenset[str], *, limit: int, skip: int = 0
) -> list[KeptAudit]:
    """The audits of these systems, newest first; the empty name stands for audits that name none."""
    mine = func.coalesce(audit_run.c.system, "").in_(sorted(systems))
    newest = select(*_HEAD).where(mine).order_by(audit_run.c.made_at.desc(), audit_run.c.id)
    return [_kept(row) for row in connection.execute(newest.limit(limit).offset(skip))]


def audits_after(
    connection: Connection, named: frozenset[str], *, after: tuple[datetime, str] | None, limit: int
) -> list[KeptAudit]:
    """Audits whose system is one of `named` ("" for none), newest first, after the moment and id of the last one seen."""
    made_at, identity = audit_run.c.made_at, audit_run.c.id
    mine = func.coalesce(audit_run.c.system, "").in_(sorted(named))
    newest = select(*_HEAD).where(mine).order_by(made_at.desc(), identity.desc())
    if after is not None:
        newest = newest.where(or_(made_at < after[0], and_(made_at == after[0], identity < after[1])))
    return [_kept(row) for row in connection.execute(newest.limit(limit))]


def kept_audit(connection: Connection, identity: str) -> tuple[KeptAudit, dict[str, Any] | None]:
    """One audit and its whole answer; None for an answer that was not kept. Raises NotFound."""
    row = connection.execute(select(audit_run).where(audit_run.c.id == identity)).one_or_none()
    if row is None:
        raise NotFound("No audit has this name.", hint="The list of audits shows all that are kept.")
    return _kept(row), None if row.result is None else orjson.loads(zlib.decompress(row.result))


def _kept(row: Any) -> KeptAudit:
    made_at = row.made_at.replace(tzinfo=row.made_at.tzinfo or UTC)
    return KeptAudit(
        row.id,
        row.verdict,
        row.rows,
        row.findings,
        made_at,
        row.system or "",
        row.outcome or "",
        row.leaf or "",
    )
