"""Counters of every process and usage of the assistants."""

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Nothing yet: whoever builds this fills it in."""
