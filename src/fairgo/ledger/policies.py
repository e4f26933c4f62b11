"""Policy versions as evidence: from when each was in force. Every leaf names the version it was made under."""

from sqlalchemy import Column, DateTime, String, Table, insert, select

from fairgo.core.events import Event
from fairgo.ledger.recording import Ledger
from fairgo.store.schema import metadata

policy_version = Table(
    "policy_version",
    metadata,
    Column("version", String(64), primary_key=True),
    Column("applied_at", DateTime(timezone=True), nullable=False),
)


def publish(ledger: Ledger, version: str) -> None:
    """Keep that a version of the policy is in force from now on; a version known already is left as it is."""
    known = select(policy_version.c.version).where(policy_version.c.version == version)
    with ledger.store.reading() as connection:
        if connection.execute(known).first() is not None:
            return
    with ledger.recorded(Event("culture.policy.applied", facts={"version": version})) as tx:
        if tx.execute(known).first() is None:
            tx.execute(insert(policy_version).values(version=version, applied_at=tx.moment))
