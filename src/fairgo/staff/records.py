"""Staff's tables: members, their roles, what they prove themselves with, sessions, and failed tries.

Names are people's: they stand here and never in a leaf. A leaf names a member by `id`, which is random.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
)

from fairgo.store.schema import Moment, metadata

ID = String(64)

member = Table(
    "staff_member",
    metadata,
    Column("id", ID, primary_key=True),
    Column("name", String(128), nullable=False),
    Column("login", String(128), nullable=True, unique=True),  # none for whom a provider signs in
    Column("issuer", String(512), nullable=True),
    Column("subject", String(255), nullable=True),
    Column("password", String(255), nullable=True),
    Column("totp", LargeBinary, nullable=True),  # sealed
    Column("totp_step", BigInteger, nullable=False),  # of the last code that was taken: none is taken twice
    Column("made_at", Moment, nullable=False),
    Column("disabled_at", Moment, nullable=True),
    Index("ix_staff_member_subject", "issuer", "subject", unique=True),
)
role = Table(
    "staff_role",
    metadata,
    Column("member", ID, primary_key=True),
    Column("tenant", ID, primary_key=True),
    Column("role", String(32), primary_key=True),
    Column("systems", String(4000), nullable=True),  # names with spaces between; none is all of the tenant
    Column("until", Moment, nullable=True),
)
passkey = Table(
    "staff_passkey",
    metadata,
    Column("id", ID, primary_key=True),  # SHA-256 of the credential's own id, which may be long
    Column("credential", LargeBinary, nullable=False),
    Column("member", ID, nullable=False, index=True),
    Column("public_key", LargeBinary, nullable=False),
    Column("sign_count", BigInteger, nullable=False),
    Column("label", String(64), nullable=False),
    Column("backed_up", Boolean, nullable=False),
    Column("added_at", Moment, nullable=False),
    Column("used_at", Moment, nullable=True),
)
recovery_code = Table(
    "staff_recovery_code",
    metadata,
    Column("hash", ID, primary_key=True),
    Column("member", ID, nullable=False, index=True),
)
invitation = Table(
    "staff_invitation",
    metadata,
    Column("hash", ID, primary_key=True),
    Column("member", ID, nullable=False, index=True),
    Column("ends_at", Moment, nullable=False),
)
session = Table(
    "staff_session",
    metadata,
    Column("hash", ID, primary_key=True),  # of the token: who reads this table cannot sign in with it
    Column("id", ID, nullable=False, unique=True),
    Column("member", ID, nullable=False, index=True),
    Column("tenant", ID, nullable=False),
    Column("way", String(32), nullable=False),
    Column("device", String(64), nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("stepped_up_at", Moment, nullable=False),
    Column("ends_at", Moment, nullable=False),
    Column("provider_session", String(255), nullable=True),  # what the provider calls it, for its sign-out
)
attempt = Table(
    "staff_attempt",
    metadata,
    Column("mark", ID, primary_key=True),  # keyed hash of an account's name or an address
    Column("failures", Integer, nullable=False),
    Column("last_at", Moment, nullable=False),
)
spent = Table(
    "staff_spent",
    metadata,
    Column("mark", ID, primary_key=True),  # of a challenge or a provider's answer: none is taken twice
    Column("ends_at", Moment, nullable=False),
)
kept_form = Table(
    "staff_kept_form",
    metadata,
    Column("id", ID, primary_key=True),
    Column("member", ID, nullable=False, index=True),
    Column("sealed", LargeBinary, nullable=False),
    Column("ends_at", Moment, nullable=False),
)
