"""Cosignatures of witnesses."""

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Nothing yet: whoever builds this fills it in."""
