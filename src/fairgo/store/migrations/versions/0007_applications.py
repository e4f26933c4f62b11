"""Applications with their keys, and who read a customer's content and why."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

MOMENT = sa.DateTime(timezone=True)
NAME = sa.String(64)


def upgrade() -> None:
    """Create what is needed."""
    op.create_table(
        "application",
        sa.Column("id", NAME, primary_key=True),
        sa.Column("tenant", NAME, nullable=False),
        sa.Column("name", NAME, nullable=False),
        sa.Column("scopes", sa.String(2000), nullable=False),
        sa.Column("systems", sa.String(4000), nullable=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("made_by", NAME, nullable=False),
        sa.Column("revoked_at", MOMENT, nullable=True),
        sa.Index("ix_application_name", "tenant", "name", unique=True),
    )
    op.create_table(
        "application_key",
        sa.Column("prefix", sa.String(16), primary_key=True),
        sa.Column("application", NAME, nullable=False, index=True),
        sa.Column("hash", NAME, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=True),
        sa.Column("used_at", MOMENT, nullable=True),
    )
    op.create_table(
        "content_reading",
        sa.Column("id", NAME, primary_key=True),
        sa.Column("customer", NAME, nullable=False, index=True),
        sa.Column("conversation", NAME, nullable=False, index=True),
        sa.Column("member", NAME, nullable=False),
        sa.Column("purpose", sa.String(32), nullable=False),
        sa.Column("words", NAME, nullable=True),
        sa.Column("leaf", sa.String(48), nullable=False),
        sa.Column("read_at", MOMENT, nullable=False),
    )
