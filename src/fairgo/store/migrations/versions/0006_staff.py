"""Staff: members, roles, credentials, sessions, failed tries, and forms that wait for somebody to sign in again."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

MOMENT = sa.DateTime(timezone=True)
ID = sa.String(64)


def upgrade() -> None:
    """Create what signing in needs."""
    _members()
    _proofs()
    op.create_table(
        "staff_session",
        sa.Column("hash", ID, primary_key=True),
        sa.Column("id", ID, nullable=False, unique=True),
        sa.Column("member", ID, nullable=False, index=True),
        sa.Column("tenant", ID, nullable=False),
        sa.Column("way", sa.String(32), nullable=False),
        sa.Column("device", sa.String(64), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("stepped_up_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.Column("provider_session", sa.String(255), nullable=True),
    )
    op.create_table(
        "staff_attempt",
        sa.Column("mark", ID, primary_key=True),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("last_at", MOMENT, nullable=False),
    )
    op.create_table(
        "staff_spent",
        sa.Column("mark", ID, primary_key=True),
        sa.Column("ends_at", MOMENT, nullable=False),
    )
    op.create_table(
        "staff_kept_form",
        sa.Column("id", ID, primary_key=True),
        sa.Column("member", ID, nullable=False, index=True),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
    )


def _members() -> None:
    op.create_table(
        "staff_member",
        sa.Column("id", ID, primary_key=True),
        sa.Column("name", sa.String(128), nullable=False),
        sa.Column("login", sa.String(128), nullable=True, unique=True),
        sa.Column("issuer", sa.String(512), nullable=True),
        sa.Column("subject", sa.String(255), nullable=True),
        sa.Column("password", sa.String(255), nullable=True),
        sa.Column("totp", sa.LargeBinary, nullable=True),
        sa.Column("totp_step", sa.BigInteger, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("disabled_at", MOMENT, nullable=True),
        sa.Index("ix_staff_member_subject", "issuer", "subject", unique=True),
    )
    op.create_table(
        "staff_role",
        sa.Column("member", ID, primary_key=True),
        sa.Column("tenant", ID, primary_key=True),
        sa.Column("role", sa.String(32), primary_key=True),
        sa.Column("systems", sa.String(4000), nullable=True),
        sa.Column("until", MOMENT, nullable=True),
    )


def _proofs() -> None:
    op.create_table(
        "staff_passkey",
        sa.Column("id", ID, primary_key=True),
        sa.Column("credential", sa.LargeBinary, nullable=False),
        sa.Column("member", ID, nullable=False, index=True),
        sa.Column("public_key", sa.LargeBinary, nullable=False),
        sa.Column("sign_count", sa.BigInteger, nullable=False),
        sa.Column("label", sa.String(64), nullable=False),
        sa.Column("backed_up", sa.Boolean, nullable=False),
        sa.Column("added_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT, nullable=True),
    )
    op.create_table(
        "staff_recovery_code",
        sa.Column("hash", ID, primary_key=True),
        sa.Column("member", ID, nullable=False, index=True),
    )
    op.create_table(
        "staff_invitation",
        sa.Column("hash", ID, primary_key=True),
        sa.Column("member", ID, nullable=False, index=True),
        sa.Column("ends_at", MOMENT, nullable=False),
    )
