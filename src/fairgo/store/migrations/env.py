"""Alembic's entry: runs migrations on the connection that `migrating.upgrade` holds."""

from alembic import context

from fairgo.store.schema import metadata

# The metadata gives the names of constraints; what a migration does is written in the migration.
context.configure(
    connection=context.config.attributes["connection"], target_metadata=metadata, transactional_ddl=False
)
context.run_migrations()
