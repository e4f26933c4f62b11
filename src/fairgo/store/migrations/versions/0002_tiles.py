"""Hash tiles of the tree, kept as the sequencer grows it."""

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Nothing yet: whoever builds this fills it in."""
