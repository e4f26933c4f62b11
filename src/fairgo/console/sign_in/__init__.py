"""Signing in: the pages before the console, and everything about one's own account."""
