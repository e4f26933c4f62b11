"""Detectors of Australian identifiers."""
