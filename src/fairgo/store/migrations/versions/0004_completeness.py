"""Counters of every process and usage of the assistants."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

MOMENT = sa.DateTime(timezone=True)
COUNTS = ("seen", "listed", "calls", "refused", "opened", "closed", "last")


def upgrade() -> None:
    """Create the tables that completeness is reconciled from."""
    op.create_table(
        "process_counter",
        sa.Column("process", sa.String(16), primary_key=True),
        sa.Column("run", sa.String(16), nullable=False),
        *(sa.Column(name, sa.BigInteger, nullable=False) for name in COUNTS),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("stopped_at", MOMENT, nullable=True),
    )
    op.create_table(
        "usage",
        sa.Column("turn", sa.String(64), primary_key=True),
        sa.Column("reply", sa.String(64), nullable=True, index=True),
        sa.Column("prompt", sa.BigInteger, nullable=True),
        sa.Column("completion", sa.BigInteger, nullable=True),
    )
