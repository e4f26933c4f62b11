"""Packed word lists, made by training/pii/make_lexicon.py; its README says from what, under which licences."""
