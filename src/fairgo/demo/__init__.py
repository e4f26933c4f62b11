"""Banksia Mobile: an invented telco, its policy, its assistant, its customers."""
