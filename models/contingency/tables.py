"""The register of contingency plans: what each is for, where it lies, who keeps it, and when it was looked at."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.contingency.kinds import Interruption, OwnDuty
from models.providers.kinds import ProviderKind


def _one_of(column: str, members: type[StrEnum]) -> str:
    return f"{column} IN ({', '.join(repr(str(member)) for member in members)})"


class ContingencyPlan(Base):
    """A plan for one kind of interruption (TRN-46). It is about nobody."""

    __tablename__ = "contingency_plan"
    __table_args__ = (
        CheckConstraint(_one_of("interruption", Interruption), name="interruption"),
        CheckConstraint(f"duty IS NULL OR {_one_of('duty', OwnDuty)}", name="duty"),
        CheckConstraint(f"provider_kind IS NULL OR {_one_of('provider_kind', ProviderKind)}", name="provider_kind"),
        CheckConstraint(
            "(interruption = 'own-duties' AND duty IS NOT NULL AND provider_id IS NULL AND provider_kind IS NULL) OR "
            "(interruption = 'provision' AND duty IS NULL AND team_id IS NULL)",
            name="scope",
        ),
        Index("ix_contingency_plan_provider", "provider_id", "ended_at"),
    )

    case_ref: Mapped[str] = mapped_column(ForeignKey("care_case.ref"), primary_key=True)
    name: Mapped[str] = mapped_column(Text, comment="what the plan is called")
    interruption: Mapped[str] = mapped_column(Text, comment="own-duties or provision")
    duty: Mapped[str | None] = mapped_column(Text, comment="which of our own duties; none: it is about provision")
    team_id: Mapped[str | None] = mapped_column(Text, comment="whose; none: every team's")
    provider_id: Mapped[str | None] = mapped_column(ForeignKey("provider.id"), comment="none: not one in particular")
    provider_kind: Mapped[str | None] = mapped_column(
        Text, comment="care-home, home-care …; none, and no provider: every kind"
    )
    owner: Mapped[str] = mapped_column(Text, comment="staff id of who keeps it")
    document: Mapped[str] = mapped_column(Text, comment="where the document lies")
    agreed_on: Mapped[date] = mapped_column()
    tested_on: Mapped[date | None] = mapped_column(comment="when it was last tried out; none: never")
    next_review_on: Mapped[date] = mapped_column()
    ended_at: Mapped[datetime | None] = mapped_column(comment="none: it holds")
