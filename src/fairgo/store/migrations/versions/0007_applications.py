"""Applications: keys with scopes, and the tenants that systems belong to."""

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Create what is needed."""
