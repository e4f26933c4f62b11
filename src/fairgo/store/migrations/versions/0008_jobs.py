"""Jobs, their occurrences and effects, and notices."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create what is needed."""
    _jobs()
    _notices()


def _jobs() -> None:
    op.create_table(
        "job_schedule",
        sa.Column("job", sa.String(64), primary_key=True),
        sa.Column("expression", sa.String(64), nullable=False),
        sa.Column("seen_until", MOMENT, nullable=False),
    )
    op.create_table(
        "job_run",
        sa.Column("id", sa.String(128), primary_key=True),
        sa.Column("job", sa.String(64), nullable=False),
        sa.Column("reference", sa.String(128), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("not_before", MOMENT, nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("losses", sa.Integer, nullable=False),
        sa.Column("worker", sa.BigInteger, nullable=True),
        sa.Column("turn", sa.String(64), nullable=True, unique=True),
        sa.Column("started_at", MOMENT, nullable=True),
        sa.Column("deadline", MOMENT, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("problem", sa.String(64), nullable=False),
        sa.Column("done", sa.BigInteger, nullable=False),
        sa.Column("of", sa.BigInteger, nullable=False),
        sa.Column("cancel_asked", sa.Boolean, nullable=False),
        sa.Index("ix_job_run_state_not_before", "state", "not_before"),
        sa.Index("ix_job_run_job_due_at", "job", "due_at"),
    )
    op.create_table(
        "job_effect",
        sa.Column("run", sa.String(128), primary_key=True),
        sa.Column("step", sa.String(64), primary_key=True),
        sa.Column("made_at", MOMENT, nullable=False),
    )


def _notices() -> None:
    op.create_table(
        "notice",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("about", sa.String(128), nullable=False),
        sa.Column("system", sa.String(64), nullable=False),
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("raised_at", MOMENT, nullable=False),
    )
    op.create_table(
        "notice_copy",
        sa.Column("member", sa.String(64), primary_key=True),
        sa.Column("notice", sa.String(64), primary_key=True),
        sa.Column("raised_at", MOMENT, nullable=False),
        sa.Column("read_at", MOMENT, nullable=True),
        sa.Column("mail", sa.String(16), nullable=False),
        sa.Index("ix_notice_copy_member_raised_at", "member", "raised_at"),
    )
    op.create_table(
        "notice_preference",
        sa.Column("member", sa.String(64), primary_key=True),
        sa.Column("address", sa.String(254), nullable=False),
        sa.Column("paces", sa.Text, nullable=False),
        sa.Column("digest_hour", sa.Integer, nullable=False),
        sa.Column("quiet_from", sa.String(5), nullable=False),
        sa.Column("quiet_until", sa.String(5), nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
    )
