"""The tables of the house: evidence, sealed content, turns, choices, hand-overs, redactions, keys."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

MOMENT = sa.DateTime(timezone=True)
TAG = sa.String(64)


def upgrade() -> None:
    """Create everything."""
    _ledger()
    _sealed()
    _interactions()
    _strategies()


def _ledger() -> None:
    op.create_table(
        "ledger_leaf",
        sa.Column(
            "seq", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True
        ),
        sa.Column("name", sa.String(48), nullable=False, unique=True),
        sa.Column("leaf", sa.LargeBinary, nullable=False),
        sa.Column("hash", sa.LargeBinary(32), nullable=False),
        sa.Column("position", sa.BigInteger, nullable=True, unique=True),
    )
    op.create_table(
        "ledger_checkpoint",
        sa.Column("size", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("root", sa.LargeBinary(32), nullable=False),
        sa.Column("frontier", sa.LargeBinary, nullable=False),
        sa.Column("note", sa.Text, nullable=True),
        sa.Column("made_at", MOMENT, nullable=False),
    )
    op.create_table(
        "ledger_key",
        sa.Column("verifier", sa.Text, primary_key=True),
        sa.Column("since", MOMENT, nullable=False),
    )


def _sealed() -> None:
    op.create_table(
        "customer_key",
        sa.Column("customer", TAG, primary_key=True),
        sa.Column("wrapped", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "content",
        sa.Column("id", TAG, primary_key=True),
        sa.Column("customer", TAG, nullable=False, index=True),
        sa.Column("schema", sa.String(64), nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("commitment", sa.String(64), nullable=False, index=True),
    )


def _interactions() -> None:
    op.create_table(
        "turn",
        sa.Column("id", TAG, primary_key=True),
        sa.Column("system", sa.String(64), nullable=False),
        sa.Column("customer", TAG, nullable=False),
        sa.Column("conversation", TAG, nullable=False, index=True),
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.Column("outcome", sa.String(16), nullable=True),
        sa.Column("reason", sa.String(64), nullable=True),
        sa.Column("by_ai", sa.Boolean, nullable=True),
        sa.Column("request", TAG, nullable=False),
        sa.Column("reply", TAG, nullable=True),
    )
    op.create_table(
        "api_key",
        sa.Column("hash", sa.String(64), primary_key=True),
        sa.Column("system", sa.String(64), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
    )
    op.create_table(
        "policy_version",
        sa.Column("version", sa.String(64), primary_key=True),
        sa.Column("applied_at", MOMENT, nullable=False),
    )


def _strategies() -> None:
    op.create_table(
        "choice",
        sa.Column(
            "seq", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True
        ),
        sa.Column("customer", TAG, nullable=False),
        sa.Column("purpose", sa.String(64), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("words", sa.String(64), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Index("ix_choice_customer_purpose", "customer", "purpose"),
    )
    op.create_table(
        "handover",
        sa.Column("id", TAG, primary_key=True),
        sa.Column("system", sa.String(64), nullable=False),
        sa.Column("customer", TAG, nullable=False, index=True),
        sa.Column("conversation", TAG, nullable=False, index=True),
        sa.Column("reason", sa.String(64), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
    )
    op.create_table(
        "wish",
        sa.Column("turn", TAG, primary_key=True),
        sa.Column("way", sa.String(16), nullable=False),
        sa.Column("refused_after", sa.Float, nullable=False),
    )
    op.create_table(
        "disclosure",
        sa.Column("turn", TAG, primary_key=True),
        sa.Column("conversation", TAG, nullable=False, index=True),
        sa.Column("words", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
    )
    op.create_table(
        "token",
        sa.Column("conversation", TAG, primary_key=True),
        sa.Column("token", sa.String(64), primary_key=True),
        sa.Column("customer", TAG, nullable=False, index=True),
        sa.Column("given", sa.Boolean, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "redaction",
        sa.Column("turn", TAG, primary_key=True),
        sa.Column("direction", sa.String(8), primary_key=True),
        sa.Column("type", sa.String(32), primary_key=True),
        sa.Column("count", sa.Integer, nullable=False),
    )
    op.create_table(
        "audit_run",
        sa.Column("id", TAG, primary_key=True),
        sa.Column("verdict", sa.String(16), nullable=False),
        sa.Column("rows", sa.BigInteger, nullable=False),
        sa.Column("findings", sa.Integer, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
    )
