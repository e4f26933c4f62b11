"""The tables of notices: each notice once, a copy for each member it is for, and how each member wants to be told."""

from sqlalchemy import Column, Index, Integer, String, Table, Text

from fairgo.store.schema import Moment, metadata

notice = Table(
    "notice",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("kind", String(64), nullable=False),
    Column("about", String(128), nullable=False),
    Column("system", String(64), nullable=False),
    Column("tenant", String(64), nullable=False),  # empty: every tenant's business
    Column("raised_at", Moment, nullable=False),
)
copy = Table(
    "notice_copy",
    metadata,
    Column("member", String(64), primary_key=True),
    Column("notice", String(64), primary_key=True),
    Column("raised_at", Moment, nullable=False),
    Column("read_at", Moment, nullable=True),
    Column("mail", String(16), nullable=False),
    Index("ix_notice_copy_member_raised_at", "member", "raised_at"),
)
preference = Table(
    "notice_preference",
    metadata,
    Column("member", String(64), primary_key=True),
    # Where e-mail goes; a person's own, so it never stands in a leaf.
    Column("address", String(254), nullable=False),
    Column("paces", Text, nullable=False),
    Column("digest_hour", Integer, nullable=False),
    Column("quiet_from", String(5), nullable=False),
    Column("quiet_until", String(5), nullable=False),
    Column("revision", Integer, nullable=False),
)
NO_MAIL = "none"
IN_DIGEST = "digest"
QUEUED = "queued"
SENT = "sent"
