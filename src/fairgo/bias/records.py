"""Bias's tables: which audits ran, and what they said."""

import hashlib
from datetime import datetime
from typing import Any
from uuid import uuid4

import orjson
from sqlalchemy import BigInteger, Column, Connection, DateTime, Integer, String, Table, insert, select

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
)


def keep_audit(ledger: Ledger, *, verdict: str, rows: int, findings: int, settings: Any) -> str:
    """Keep an audit and its leaf: the verdict, the counts, and the hash of what was asked (`settings`, any JSON value).

    Gives its id.
    """
    identity = uuid4().hex
    asked = hashlib.sha256(orjson.dumps(settings, option=orjson.OPT_SORT_KEYS)).hexdigest()
    facts: dict[str, Fact] = {
        "audit": identity,
        "verdict": verdict,
        "rows": rows,
        "findings": findings,
        "settings": asked,
    }
    with ledger.recorded(Event("bias.audit.run", facts=facts)) as tx:
        values = {
            "id": identity,
            "verdict": verdict,
            "rows": rows,
            "findings": findings,
            "made_at": tx.moment,
        }
        tx.execute(insert(audit_run).values(values))
    return identity


def latest_audit(connection: Connection) -> tuple[str, int, datetime] | None:
    """The newest audit: its verdict, how many findings, and when; None when there was none."""
    row = connection.execute(select(audit_run).order_by(audit_run.c.made_at.desc()).limit(1)).one_or_none()
    return None if row is None else (row.verdict, row.findings, row.made_at)
