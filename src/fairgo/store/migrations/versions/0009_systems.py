"""The register of systems: entries, answers, tiers and approvals."""

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Create what is needed."""
