"""The one place that knows Narwhals and DuckDB."""
