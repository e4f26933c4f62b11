"""Pictures as Altair specifications and their SVG; each has a table twin."""
