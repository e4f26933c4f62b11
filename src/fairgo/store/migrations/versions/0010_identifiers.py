"""Placeholders of a conversation, sealed for each customer."""

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Create what is needed."""
