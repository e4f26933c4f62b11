"""Erasures, legal holds and the list against re-import."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

MOMENT = sa.DateTime(timezone=True)
TAG = sa.String(64)


def upgrade() -> None:
    """Create what erasure needs, and what it leaves."""
    op.create_table("destroyed_key", sa.Column("mark", TAG, primary_key=True))
    op.create_table(
        "erasure",
        sa.Column("id", TAG, primary_key=True),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("mark", TAG, nullable=False, index=True),
        sa.Column("generation", sa.Integer, nullable=False),
        sa.Column("customer", TAG, nullable=True),
        sa.Column("destroyed", TAG, nullable=False),
        sa.Column("basis", sa.String(32), nullable=False),
        sa.Column("words", TAG, nullable=True),
        sa.Column("requested_by", TAG, nullable=False),
        sa.Column("requested_at", MOMENT, nullable=False),
        sa.Column("approved_by", TAG, nullable=True),
        sa.Column("approved_at", MOMENT, nullable=True),
        sa.Column("erased_at", MOMENT, nullable=True),
        sa.Column("leaf", TAG, nullable=True),
        sa.Column("counts", sa.JSON, nullable=True),
        sa.Column("scan", sa.JSON, nullable=True),
        sa.Column("prints", sa.LargeBinary, nullable=True),
        sa.Column("certificate", sa.Text, nullable=True),
    )
    op.create_table(
        "legal_hold",
        sa.Column("id", TAG, primary_key=True),
        sa.Column("mark", TAG, nullable=False, index=True),
        sa.Column("reason", sa.String(32), nullable=False),
        sa.Column("placed_by", TAG, nullable=False),
        sa.Column("placed_at", MOMENT, nullable=False),
        sa.Column("lifted_by", TAG, nullable=True),
        sa.Column("lifted_at", MOMENT, nullable=True),
    )
    op.create_table(
        "suppression",
        sa.Column("mark", TAG, primary_key=True),
        sa.Column("generation", sa.Integer, nullable=False),
        sa.Column("since", MOMENT, nullable=False),
    )
