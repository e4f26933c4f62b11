"""The database: SQLite or PostgreSQL, migrations, sealed content, keys."""
