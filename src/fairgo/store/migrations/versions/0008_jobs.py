"""Jobs, their occurrences and effects, and notifications."""

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Create what is needed."""
