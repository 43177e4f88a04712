"""What a command has opened and is to be closed when it ends, however it ends."""

from __future__ import annotations

from contextlib import ExitStack

at_end = ExitStack()
"""Closed after every call; it can be used again for the next."""
