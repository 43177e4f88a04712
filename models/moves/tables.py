"""
Moves, what became of each time somebody was asked to take one on, and gaps in care. The ledger is the record; these
rows are what lists and figures are made of, written in the same transactions.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.moves.kinds import MoveStage, Pathway, TheySay, WhoMoves

MOVED_WHOLE = "moved and checked"
"""`MoveOutcome.MOVED`, as the database knows it."""


def _one_of(column: str, members: type[StrEnum]) -> str:
    return f"{column} IN ({', '.join(repr(str(member)) for member in members)})"


class Move(Base):
    """Somebody moves between services, settings or areas. Personal data throughout."""

    __tablename__ = "move"
    __table_args__ = (
        CheckConstraint(_one_of("pathway", Pathway), name="pathway"),
        CheckConstraint(_one_of("who_moves", WhoMoves), name="who_moves"),
        CheckConstraint(f"they_say IS NULL OR {_one_of('they_say', TheySay)}", name="they_say"),
        CheckConstraint("(ended_at IS NULL) = (ended_as IS NULL)", name="ended_somehow"),
        CheckConstraint(
            "moved_at IS NULL OR emergency_at IS NOT NULL OR (talked_over_at IS NOT NULL AND planned_at IS NOT NULL "
            "AND in_place_at IS NOT NULL AND accepted_at IS NOT NULL)",
            name="ready_before_it_moved",
        ),
        CheckConstraint(
            f"ended_as IS NULL OR ended_as <> '{MOVED_WHOLE}' OR (talked_over_at IS NOT NULL AND planned_at IS NOT "
            "NULL AND in_place_at IS NOT NULL AND accepted_at IS NOT NULL AND moved_at IS NOT NULL AND checked_at IS "
            "NOT NULL)",
            name="whole_before_it_ended",
        ),
        Index("ix_move_person", "person_id", "ended_at"),
        Index("ix_move_open", "ended_at", "day"),
    )

    case_ref: Mapped[str] = mapped_column(ForeignKey("care_case.ref"), primary_key=True)
    pathway: Mapped[str] = mapped_column(Text, comment="hospital-discharge, between-services …")
    who_moves: Mapped[str] = mapped_column(Text, comment="young-person, adult, unpaid-carer or family")
    person_id: Mapped[str | None] = mapped_column(Text, comment="register id; none: the register does not have them")
    sent_by: Mapped[str] = mapped_column(Text, comment="tag of the team or person that has the move in hand")
    old_service: Mapped[str] = mapped_column(Text, comment="what they have until then, in words or by its name")
    new_service: Mapped[str | None] = mapped_column(Text, comment="what they go to; none: it is still looked for")
    received_by: Mapped[str | None] = mapped_column(Text, comment="tag of who was last asked to take them on")
    first_day: Mapped[date] = mapped_column(comment="the day by which it was wanted when it began")
    day: Mapped[date] = mapped_column(comment="the day on which it is now")
    care_ends_on: Mapped[date | None] = mapped_column(
        comment="the first day without the care they have; none: it goes on until the new one has begun"
    )
    they_say: Mapped[str | None] = mapped_column(Text, comment="agrees, not-yet or refuses")
    talked_over_at: Mapped[datetime | None] = mapped_column(comment="when its risks were talked over and it was agreed")
    planned_at: Mapped[datetime | None] = mapped_column(comment="when what happens next and who does it was known")
    in_place_at: Mapped[datetime | None] = mapped_column(comment="when every practical arrangement was in place")
    accepted_at: Mapped[datetime | None] = mapped_column(comment="when whoever receives them took them on by name")
    emergency_at: Mapped[datetime | None] = mapped_column(comment="when a manager decided that it cannot wait for all")
    put_off: Mapped[int] = mapped_column(comment="how often its day was put off")
    moved_at: Mapped[datetime | None] = mapped_column(comment="when they were there")
    check_due: Mapped[datetime | None] = mapped_column(comment="by when it is looked how they are, once there")
    checked_at: Mapped[datetime | None] = mapped_column(comment="when they were found well and safe with it")
    ended_at: Mapped[datetime | None] = mapped_column(comment="none: it goes on")
    ended_as: Mapped[str | None] = mapped_column(Text, comment="in the words of the case's outcome")

    @property
    def is_ready(self) -> bool:
        """Whether all is there that has to be before the day (TRN-01, TRN-02, TRN-06)."""
        return None not in (self.talked_over_at, self.planned_at, self.in_place_at, self.accepted_at)

    @property
    def stage(self) -> MoveStage:
        """How far it has come."""
        if self.moved_at is not None:
            return MoveStage.MOVED
        if self.is_ready:
            return MoveStage.READY
        steps = (
            (self.talked_over_at, MoveStage.BEGUN),
            (self.planned_at, MoveStage.TALKED_OVER),
            (self.in_place_at, MoveStage.PLANNED),
        )
        return next((stage for done, stage in steps if done is None), MoveStage.IN_PLACE)


class MoveHandover(Base):
    """Once somebody was asked to take a move on: when, and what came of it. Personal data."""

    __tablename__ = "move_handover"
    __table_args__ = (
        CheckConstraint("(answered_at IS NULL) = (came IS NULL)", name="answered_somehow"),
        CheckConstraint("came IS NULL OR came IN ('accepted', 'refused', 'taken-back')", name="came"),
    )

    case_ref: Mapped[str] = mapped_column(ForeignKey("move.case_ref"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, comment="from 1")
    asked_of: Mapped[str] = mapped_column(Text, comment="tag of who was asked, or brokerage where it found a place")
    asked_at: Mapped[datetime]
    silent_at: Mapped[datetime | None] = mapped_column(comment="when the time for an answer had passed without one")
    answered_at: Mapped[datetime | None] = mapped_column()
    came: Mapped[str | None] = mapped_column(Text, comment="accepted, refused or taken-back")


class MoveGap(Base):
    """Days on which somebody who moves had no care. Personal data."""

    __tablename__ = "move_gap"
    __table_args__ = (CheckConstraint("ended_on IS NULL OR ended_on >= began_on", name="ends_after_it_begins"),)

    case_ref: Mapped[str] = mapped_column(ForeignKey("move.case_ref"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, comment="from 1")
    began_on: Mapped[date] = mapped_column(comment="the first day without care")
    ended_on: Mapped[date | None] = mapped_column(comment="the first day with care again; none: there still is none")


OF_A_MOVE: tuple[type[MoveGap] | type[MoveHandover] | type[Move], ...] = (MoveGap, MoveHandover, Move)
"""The tables with personal data that hang on a move's case, those that point at others first."""
