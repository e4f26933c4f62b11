"""Auditor packs: a contiguous range of the evidence in one zip file, made here and checked by a verifier that stands alone."""
