"""
The tables of reablement plans: what stands now, for lists, pages and for changes that run at the same time.

What was done stands in the ledgers of the cases that did it; these rows follow it in the same transactions. A plan is
known by the ref of the case that looks after it.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base

HOME = "home"
"""The holder of the copy that lies in the person's home, which governs until the new copies are out (REA-15)."""

NO_COPY = 0
"""The version of a copy that somebody is not to have any more."""


class ChangeState(StrEnum):
    """How far a change of a plan is."""

    UNDER_WAY = "under-way"
    """It is proposed, and those involved are asked, or a senior is."""
    MADE = "made"
    """It stands in a version of the plan."""
    STOPPED = "stopped"
    """It is not made."""


CHANGE_MOVES = {
    ChangeState.UNDER_WAY: frozenset({ChangeState.MADE, ChangeState.STOPPED}),
    ChangeState.MADE: frozenset[ChangeState](),
    ChangeState.STOPPED: frozenset[ChangeState](),
}
"""The moves that are allowed; the database refuses others."""


class ReablementPlan(Base):
    """A person's reablement plan, from its beginning to its end."""

    __tablename__ = "reablement_plan"

    case_ref: Mapped[str] = mapped_column(ForeignKey("care_case.ref"), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    team_id: Mapped[str] = mapped_column(Text, comment="the reablement team")
    begun_on: Mapped[date] = mapped_column(comment="first day of reablement")
    free_until: Mapped[date] = mapped_column(comment="last day of the six weeks that are free")
    in_force: Mapped[int] = mapped_column(comment="number of the version in force")
    paused_at: Mapped[datetime | None] = mapped_column(comment="since when no visits are made; none: they are")
    paused_in: Mapped[str | None] = mapped_column(ForeignKey("care_case.ref"), comment="the case that paused it")
    ended_at: Mapped[datetime | None] = mapped_column(comment="when reablement ended; none: it goes on")
    ended_because: Mapped[str | None] = mapped_column(Text, comment="in the words of its outcome")


class PlanVersion(Base):
    """One version of a plan; never changed, and gone when its case is erased."""

    __tablename__ = "plan_version"

    case_ref: Mapped[str] = mapped_column(ForeignKey("reablement_plan.case_ref"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    content: Mapped[str] = mapped_column(Text, comment="the whole plan, as JSON")
    made_at: Mapped[datetime]
    made_in: Mapped[str] = mapped_column(ForeignKey("care_case.ref"), comment="the case that made it")


class PlanChange(Base):
    """What a case wants to change in a plan, from the moment it is proposed."""

    __tablename__ = "plan_change"
    __table_args__ = (Index("ix_plan_change_case_ref", "case_ref", "state"),)

    change_ref: Mapped[str] = mapped_column(ForeignKey("care_case.ref"), primary_key=True, comment="the changing case")
    place: Mapped[int] = mapped_column(comment="which of the plan's changes it is, counted as they were proposed")
    case_ref: Mapped[str] = mapped_column(ForeignKey("reablement_plan.case_ref"))
    seen: Mapped[int] = mapped_column(comment="number of the version that its author saw")
    edits: Mapped[str] = mapped_column(Text, comment="what is changed, as JSON")
    state: Mapped[str] = mapped_column(Text, comment="under-way, made or stopped")
    proposed_at: Mapped[datetime]
    ended_at: Mapped[datetime | None] = mapped_column(comment="when it was made or stopped")
    became: Mapped[int | None] = mapped_column(comment="number of the version that has it")


class PlanAgreement(Base):
    """What somebody involved said to one edit of a change: nobody is asked twice for the same thing."""

    __tablename__ = "plan_agreement"
    __table_args__ = (Index("ix_plan_agreement_case_ref", "case_ref", "party"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_ref: Mapped[str] = mapped_column(ForeignKey("reablement_plan.case_ref"))
    change_ref: Mapped[str] = mapped_column(ForeignKey("plan_change.change_ref"), index=True)
    party: Mapped[str] = mapped_column(Text, comment="their id in the plan, such as P1")
    digest: Mapped[str] = mapped_column(Text, comment="which edit, by its hash")
    agrees: Mapped[bool]
    said_at: Mapped[datetime]


class PlanCopy(Base):
    """A copy of a version that somebody was given; the last of a holder is the one they have."""

    __tablename__ = "plan_copy"
    __table_args__ = (Index("ix_plan_copy_case_ref", "case_ref", "holder"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_ref: Mapped[str] = mapped_column(ForeignKey("reablement_plan.case_ref"))
    holder: Mapped[str] = mapped_column(Text, comment="their id in the plan, such as P1; home: the copy at home")
    version: Mapped[int]
    route: Mapped[str] = mapped_column(Text, comment="how it was given")
    by_hand: Mapped[bool] = mapped_column(comment="the copy at home was amended by hand to say what the version says")
    given_at: Mapped[datetime]
    given_in: Mapped[str] = mapped_column(ForeignKey("care_case.ref"), comment="the case in which it was given")


class PlanProgress(Base):
    """An outcome of a plan that the person has achieved."""

    __tablename__ = "plan_progress"

    case_ref: Mapped[str] = mapped_column(ForeignKey("reablement_plan.case_ref"), primary_key=True)
    outcome: Mapped[str] = mapped_column(Text, primary_key=True, comment="its id in the plan, such as O1")
    achieved_on: Mapped[date]
    noted_in: Mapped[str] = mapped_column(ForeignKey("care_case.ref"), comment="the case that noted it")


OF_A_PLAN = (PlanAgreement, PlanChange, PlanCopy, PlanProgress, PlanVersion, ReablementPlan)
"""Every table that holds something of a plan, those that refer to others first: in this order a plan is erased."""
