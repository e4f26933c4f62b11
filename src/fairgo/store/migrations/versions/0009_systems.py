"""The register of systems: entries, answers and approvals; the way from a turn to its evidence; what lists are read by."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

MOMENT = sa.DateTime(timezone=True)
NAME = sa.String(64)


def upgrade() -> None:
    """Create the register, and what the console's pages are read from."""
    _register()
    _from_turn_to_leaf()
    op.create_index("ix_turn_system", "turn", ["system", "opened_at", "id"])
    op.create_index("ix_turn_outcome", "turn", ["system", "outcome", "opened_at", "id"])
    op.drop_index("ix_turn_conversation", "turn")
    op.create_index("ix_turn_conversation", "turn", ["conversation", "opened_at", "id", "by_ai"])
    op.drop_index("ix_disclosure_conversation", "disclosure")
    op.create_index("ix_disclosure_conversation", "disclosure", ["conversation", "kind"])
    op.create_index("ix_turn_customer", "turn", ["customer", "opened_at"])
    for name in ("joined_at", "ended_at"):
        op.add_column("handover", sa.Column(name, MOMENT, nullable=True))
    for name in ("system", "outcome", "leaf"):
        op.add_column("audit_run", sa.Column(name, NAME, nullable=True))
    op.add_column("audit_run", sa.Column("result", sa.LargeBinary, nullable=True))


def _register() -> None:
    op.create_table(
        "register_entry",
        sa.Column("system", NAME, primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("said", sa.JSON, nullable=False),
        sa.Column("by", NAME, nullable=False),
        sa.Column("by_name", sa.Text, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("leaf", sa.String(48), nullable=False),
    )
    op.create_table(
        "register_answers",
        sa.Column("system", NAME, primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("questions", sa.String(16), nullable=False),
        sa.Column("answers", sa.JSON, nullable=False),
        sa.Column("tier", sa.String(16), nullable=False),
        sa.Column("minutes", sa.Integer, nullable=True),
        sa.Column("by", NAME, nullable=False),
        sa.Column("by_name", sa.Text, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("leaf", sa.String(48), nullable=False),
    )
    op.create_table(
        "register_approval",
        sa.Column("id", NAME, primary_key=True),
        sa.Column("system", NAME, nullable=False, index=True),
        sa.Column("entry_version", sa.Integer, nullable=False),
        sa.Column("answers_version", sa.Integer, nullable=False),
        sa.Column("decision", sa.String(16), nullable=False),
        sa.Column("conditions", sa.Text, nullable=False),
        sa.Column("by", NAME, nullable=False),
        sa.Column("by_name", sa.Text, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("leaf", sa.String(48), nullable=False),
    )


def _from_turn_to_leaf() -> None:
    op.create_table(
        "ledger_turn",
        sa.Column("turn", NAME, primary_key=True),
        sa.Column("name", sa.String(48), primary_key=True),
        sa.Column("type", NAME, nullable=False),
        sqlite_with_rowid=False,
    )
