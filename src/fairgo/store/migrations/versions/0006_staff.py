"""Staff: accounts, credentials, sessions and where they may sign in from."""

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Create what is needed."""
