"""Erasures, legal holds and the list against re-import."""

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Nothing yet: whoever builds this fills it in."""
