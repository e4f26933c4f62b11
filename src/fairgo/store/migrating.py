"""Bringing a database to the newest schema with Alembic, on a connection we already hold."""

from dataclasses import dataclass
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from fairgo.core.errors import Misconfigured

SCRIPTS = Path(__file__).with_name("migrations")
LOCK = 0x46616972  # "Fair": PostgreSQL processes that start together migrate one after the other


@dataclass(frozen=True, slots=True)
class Revision:
    """Where a database stands: its revision (None when it is empty), and the newest there is."""

    current: str | None
    newest: str | None


def revision(connection: Connection) -> Revision:
    """Where the database stands. Raises Misconfigured when a newer Fairgo has written to it."""
    scripts = ScriptDirectory.from_config(_config())
    current = MigrationContext.configure(connection).get_current_revision()
    if current is not None and current not in {script.revision for script in scripts.walk_revisions()}:
        raise Misconfigured(
            f"the database has the schema {current}, which this Fairgo does not know",
            hint="a newer Fairgo has used it: install that version",
        )
    return Revision(current, scripts.get_current_head())


def upgrade(connection: Connection) -> None:
    """Run every migration the database has not seen, inside the caller's transaction."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
    known = revision(connection)
    if known.current == known.newest:
        return
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    config.set_main_option("path_separator", "os")
    return config
