"""What every chain of ours is made with: one way to hash, and one writer at a time."""

from __future__ import annotations

import hashlib
import json
import zlib
from datetime import UTC, datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

ACCESS_LOG = "access-log"
"""What the access log is called where a seal lists its head among those of the cases."""


def hash_of(*said: str | int | datetime) -> str:
    """SHA-256 over the values in order, as JSON without spaces; times are written in UTC."""
    written = [one.astimezone(UTC).isoformat() if isinstance(one, datetime) else one for one in said]
    return hashlib.sha256(json.dumps(written, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


def first_link(name: str) -> str:
    """What the first link of the chain of that name is chained to."""
    return hashlib.sha256(name.encode()).hexdigest()


def take_turns(session: Session, name: str) -> None:
    """
    Wait until nobody else lengthens the chain of that name; held until the transaction ends.

    On SQLite a transaction that writes has the database to itself already.
    """
    if session.get_bind().dialect.name == "postgresql":
        number = zlib.crc32(f"pathways {name}".encode())
        session.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": number})
