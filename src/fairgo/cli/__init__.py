"""The `fairgo` command; each area's commands are mounted here."""
