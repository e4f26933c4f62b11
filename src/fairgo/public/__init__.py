"""The customers' shell: chat page and choices."""
