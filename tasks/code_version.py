"""Which version of our code this process runs: the package's number, and a fingerprint of what replays a ledger."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.metadata import version

from tasks.installation import CHECKOUT

DISTRIBUTION = "safe-pathways"
_REPLAYING = ("flows", "models", "tasks")
"""The folders whose code decides how a case goes on."""
_DIGITS = 8


@cache
def code_version() -> str:
    """Such as `0.1.0+3f9a12bc`: two processes that say the same take every case the same way."""
    digest = hashlib.sha256()
    for folder in _REPLAYING:
        for file in sorted((CHECKOUT / folder).rglob("*.py")):
            digest.update(f"{file.relative_to(CHECKOUT)}\0".encode() + file.read_bytes())
    return f"{version(DISTRIBUTION)}+{digest.hexdigest()[:_DIGITS]}"
