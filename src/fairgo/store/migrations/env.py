"""Alembic's entry: runs migrations on the connection that `migrating.upgrade` holds."""

from alembic import context

context.configure(connection=context.config.attributes["connection"], transactional_ddl=False)
context.run_migrations()
