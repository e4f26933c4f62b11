"""How long placeholders live: as long as the policy says after their conversation's last turn, then they are purged.

What a legal hold protects stays. Basis: APP 11.2 (destroy what is not needed any more).
"""

from collections import defaultdict
from datetime import timedelta

from sqlalchemy import Connection, func, select

from fairgo.core.events import Event
from fairgo.core.policy import Policy
from fairgo.ledger.recording import Ledger
from fairgo.ledger.turns import turn_table
from fairgo.privacy import records
from fairgo.privacy.security import holds
from fairgo.store.sealing import content


def purge(ledger: Ledger, policy: Policy) -> int:
    """Delete the placeholders that have outlived their conversation. Gives how many; a leaf says so when there were any.

    Conversations of a system that the policy no longer names are kept as the organisation says.
    """
    now = ledger.clock()
    with ledger.store.reading() as connection:
        spared = _held(connection)
        ages = {
            days: systems
            for days, systems in _by_days(connection, policy).items()
            if records.outlived_tokens(connection, systems, now - timedelta(days=days), spared)
        }
    if not ages:
        return 0
    with ledger.recorded() as tx:
        spared = _held(tx.connection)
        gone = sum(
            records.forget_tokens(tx, systems, now - timedelta(days=days), spared)
            for days, systems in ages.items()
        )
        tx.append(Event("privacy.tokens.purged", facts={"tokens": gone}))
    return gone


def _by_days(connection: Connection, policy: Policy) -> dict[int, list[str]]:
    days = defaultdict(list)
    for name in connection.scalars(select(turn_table.c.system).distinct()):
        known = name in policy.systems
        rules = policy.privacy(name) if known else policy.organisation.privacy
        days[rules.keep_days].append(name)
    return days


def _held(connection: Connection) -> list[str]:
    """Customers who may be under a hold: while any is in force, all who ever were under one.

    A hold names its customer by a mark that leads to no pseudonym; the reason sealed with it does.
    """
    row = records.legal_hold.c
    if not connection.scalar(select(func.count()).where(row.lifted_at.is_(None))):
        return []
    mine = select(content.c.customer).where(content.c.schema == holds.WORDS).distinct()
    return list(connection.scalars(mine))
