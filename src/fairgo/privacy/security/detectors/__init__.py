"""Detectors: one file for each type of identifier, those of one country in a folder of its code."""
