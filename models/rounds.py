"""When each part of housekeeping was last done, so that it shows when one of them has not been done for a while."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class HousePart(Base):
    """One part of the round of housekeeping, whoever did it last: Prefect's schedule, a worker or a serving part."""

    __tablename__ = "house_part"

    name: Mapped[str] = mapped_column(Text, primary_key=True, comment="what is done, such as: seal the ledgers")
    tried_at: Mapped[datetime]
    done_at: Mapped[datetime | None] = mapped_column(comment="when it last went well; none: it never did")
    trouble: Mapped[str] = mapped_column(Text, comment="kind of error of the last try; empty: it went well")
