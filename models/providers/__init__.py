"""Providers of care and support: who they are, who receives what from them, and which of them are not to be used."""
