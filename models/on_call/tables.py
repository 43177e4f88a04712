"""
The on-call rota as it was last read, the nights, and what was in on-call's hands in each.

References, staff ids and times only. What was done stands in the ledger of the case in which it was done.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class RotaReading(Base):
    """How reading one rota went, the last time and the last time that it went well."""

    __tablename__ = "rota_reading"

    name: Mapped[str] = mapped_column(Text, primary_key=True, comment="what the connections file calls the rota")
    tried_at: Mapped[datetime]
    read_at: Mapped[datetime | None] = mapped_column(comment="when it was last read; none: it never was")
    trouble: Mapped[str] = mapped_column(Text, comment="why it could not be read the last time; empty: it could")
    not_understood: Mapped[int] = mapped_column(comment="events that say neither duty worker nor manager")
    case_ref: Mapped[str | None] = mapped_column(ForeignKey("care_case.ref"), comment="the alarm about it, if any")


class OnCallShift(Base):
    """A stretch of time in which somebody is on call."""

    __tablename__ = "on_call_shift"
    __table_args__ = (
        CheckConstraint("part IN ('duty', 'manager')", name="part"),
        CheckConstraint("ends_at > starts_at", name="ends_after_it_starts"),
        Index("ix_on_call_shift_ends", "ends_at", "starts_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    part: Mapped[str] = mapped_column(Text, comment="duty or manager")
    staff_id: Mapped[str | None] = mapped_column(
        ForeignKey("staff.id"), comment="none: the rota names somebody whom the register does not have"
    )


class OnCallNight(Base):
    """A time in which the office is closed and something cannot wait: from closing to the next opening."""

    __tablename__ = "on_call_night"
    __table_args__ = (CheckConstraint("ended_at IS NULL OR ended_at >= began_at", name="ends_after_it_began"),)

    case_ref: Mapped[str] = mapped_column(ForeignKey("care_case.ref"), primary_key=True, comment="the night's own case")
    began_at: Mapped[datetime] = mapped_column(unique=True, comment="when the office closed")
    ended_at: Mapped[datetime | None] = mapped_column(comment="when the office had opened again; none: it goes on")
    on_call: Mapped[str] = mapped_column(Text, comment="who was last found to be on call: staff ids, or empty")


class OnCallWork(Base):
    """One case that is in on-call's hands in one night, until somebody of the day has accepted it by name."""

    __tablename__ = "on_call_work"
    __table_args__ = (
        CheckConstraint("(held_by IS NULL) = (held_at IS NULL)", name="held_by_somebody"),
        CheckConstraint("(accepted_by IS NULL) = (accepted_at IS NULL)", name="accepted_by_somebody"),
        Index("ix_on_call_work_case", "case_ref", "accepted_at"),
        Index("ix_on_call_work_accepted", "accepted_at", "night_ref"),
    )

    night_ref: Mapped[str] = mapped_column(ForeignKey("on_call_night.case_ref"), primary_key=True)
    case_ref: Mapped[str] = mapped_column(ForeignKey("care_case.ref"), primary_key=True)
    offered_at: Mapped[datetime]
    held_by: Mapped[str | None] = mapped_column(Text, comment="staff id of who has it in hand; none: nobody yet")
    held_at: Mapped[datetime | None]
    by_telephone: Mapped[bool] = mapped_column(comment="they said so by telephone, and somebody wrote it down")
    team_id: Mapped[str | None] = mapped_column(Text, comment="whose it is in the morning; none: it is night")
    accepted_by: Mapped[str | None] = mapped_column(Text, comment="staff id of who took it on in the morning")
    accepted_at: Mapped[datetime | None]


class OnCallItem(Base):
    """A question of a case that was found open while the office was closed."""

    __tablename__ = "on_call_item"
    __table_args__ = (
        ForeignKeyConstraint(["night_ref", "case_ref"], ["on_call_work.night_ref", "on_call_work.case_ref"]),
    )

    night_ref: Mapped[str] = mapped_column(Text, primary_key=True)
    work_item_id: Mapped[str] = mapped_column(ForeignKey("work_item.id"), primary_key=True)
    case_ref: Mapped[str] = mapped_column(Text)
    found_at: Mapped[datetime]


class OnCallOffer(Base):
    """Somebody was told of a case in the night, and may act on it until it is accepted in the morning."""

    __tablename__ = "on_call_offer"
    __table_args__ = (
        ForeignKeyConstraint(["night_ref", "case_ref"], ["on_call_work.night_ref", "on_call_work.case_ref"]),
        Index("ix_on_call_offer_staff", "staff_id", "case_ref"),
    )

    night_ref: Mapped[str] = mapped_column(Text, primary_key=True)
    case_ref: Mapped[str] = mapped_column(Text, primary_key=True)
    staff_id: Mapped[str] = mapped_column(ForeignKey("staff.id"), primary_key=True)
    offered_at: Mapped[datetime]
