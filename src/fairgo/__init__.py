"""Fairgo stands between a company's customers and its AI."""
