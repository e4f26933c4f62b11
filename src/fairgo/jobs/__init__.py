"""Schedules and the runner; the duties come from the areas."""
