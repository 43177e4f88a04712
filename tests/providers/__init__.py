"""Providers of care: the register's side of them, and what becomes of concerns and failures."""
