"""What is done once, whoever does it first: the day's alarms and lists."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class DoneOnce(Base):
    """Something that several processes look after and that must happen once."""

    __tablename__ = "done_once"

    name: Mapped[str] = mapped_column(Text, primary_key=True, comment="what, and for which day, such as x:2026-11-30")
    at: Mapped[datetime] = mapped_column(comment="when it was begun, in the transaction that did it")
