"""Providers of care: whether they may be used, how care is found with them, and what is done about a concern."""
