"""Policy versions as evidence: from when each was in force. Every leaf names the version it was made under."""

from contextlib import suppress

from sqlalchemy import Column, String, Table, select

from fairgo.core.errors import Conflict
from fairgo.core.events import Event
from fairgo.ledger.recording import Ledger
from fairgo.store.schema import Moment, insert_unless_there, metadata

policy_version = Table(
    "policy_version",
    metadata,
    Column("version", String(64), primary_key=True),
    Column("applied_at", Moment, nullable=False),
)


def publish(ledger: Ledger, version: str) -> None:
    """Keep that a version of the policy is in force from now on; a version known already is left as it is."""
    known = select(policy_version.c.version).where(policy_version.c.version == version)
    with ledger.store.reading() as connection:
        if connection.execute(known).first() is not None:
            return
    applied = Event("culture.policy.applied", facts={"version": version})
    with suppress(Conflict), ledger.recorded(applied) as tx:
        row = {"version": version, "applied_at": tx.moment}
        if not insert_unless_there(tx.connection, policy_version, row):
            raise Conflict("another process has published this version meanwhile")
