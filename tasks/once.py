"""Doing something once, however many processes look after it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from models.once import DoneOnce


def is_first(session: Session, name: str, now: datetime) -> bool:
    """
    Whether `name` has not been done before; from now on it has, if the session's transaction commits.

    Of two at the same instant the second waits for the first, and is told what became of it.
    """
    dialect: Any = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    add = dialect.insert(DoneOnce).values(name=name, at=now).on_conflict_do_nothing().returning(DoneOnce.name)
    return session.scalar(add) is not None
