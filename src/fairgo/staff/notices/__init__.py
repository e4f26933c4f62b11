"""Notices: what needs a person's attention, told in the console, by e-mail and by a signed webhook."""
