"""Moves between services: what must hold of every move, whatever comes in whatever order."""
