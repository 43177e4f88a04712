"""
The tracker of out-of-area placements: what its list is made of. The ledger is the record; each step writes its row in
its own transaction.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.out_of_area.kinds import Angle, Direction, PlacementEnd, SharedKind
from models.providers.kinds import PaidBy


def _one_of(column: str, members: type[StrEnum]) -> str:
    return f"{column} IN ({', '.join(repr(str(member)) for member in members)})"


class Placement(Base):
    """
    Somebody placed by one council in another's area. Personal data; what the register has of them is not repeated.

    Who looks after it is the owner of its case, and is not stored twice.
    """

    __tablename__ = "placement"
    __table_args__ = (
        CheckConstraint(_one_of("direction", Direction), name="direction"),
        CheckConstraint(_one_of("paid_by", PaidBy), name="paid_by"),
        CheckConstraint(f"ended_because IS NULL OR {_one_of('ended_because', PlacementEnd)}", name="ended_because"),
        CheckConstraint("(ended_at IS NULL) = (ended_because IS NULL)", name="ended_for_a_reason"),
        Index("ix_placement_provider", "provider_id", "ended_at"),
        Index("ix_placement_person", "person_id", "ended_at"),
    )

    case_ref: Mapped[str] = mapped_column(
        ForeignKey("care_case.ref"), primary_key=True, comment="the case that looks after it"
    )
    direction: Mapped[str] = mapped_column(Text, comment="ours-elsewhere or theirs-here")
    person_id: Mapped[str | None] = mapped_column(Text, comment="register id; none: the register does not have them")
    name: Mapped[str | None] = mapped_column(Text, comment="where the register does not have them")
    provider_id: Mapped[str | None] = mapped_column(
        ForeignKey("provider.id"), comment="none: the register does not have it"
    )
    provider_name: Mapped[str] = mapped_column(Text, comment="as it was called when the case began")
    council: Mapped[str] = mapped_column(Text, comment="the other council: where they are, or who placed them")
    council_contact: Mapped[str | None] = mapped_column(Text, comment="whom to ring there; none: not known yet")
    placed_on: Mapped[date] = mapped_column(comment="the first day of it")
    paid_by: Mapped[str] = mapped_column(Text, comment="council, self, direct-payment, health, other-council …")
    review_from: Mapped[datetime] = mapped_column(comment="from when the next review is counted")
    review_rule: Mapped[str] = mapped_column(Text, comment="by which rule of policy: first, found, next or named")
    reviewed_at: Mapped[datetime | None] = mapped_column(comment="when it was last reviewed; none: never here")
    stopped_at: Mapped[datetime | None] = mapped_column(
        comment="since when its clocks stand still while a manager confirms that it is over; none: they run"
    )
    ended_at: Mapped[datetime | None] = mapped_column(comment="none: it goes on")
    ended_because: Mapped[str | None] = mapped_column(Text, comment="died, moved-back …")


class PlacementAngle(Base):
    """One of the sides from which a placement is watched (TRN-50). Personal data where something was found."""

    __tablename__ = "placement_angle"
    __table_args__ = (CheckConstraint(_one_of("angle", Angle), name="angle"),)

    case_ref: Mapped[str] = mapped_column(ForeignKey("placement.case_ref"), primary_key=True)
    angle: Mapped[str] = mapped_column(Text, primary_key=True, comment="safeguarding, quality, contracts …")
    owner: Mapped[str | None] = mapped_column(Text, comment="staff id of who looks; none: nobody is named yet")
    found: Mapped[str | None] = mapped_column(Text, comment="what was found last; none: nobody has looked")
    looked_at: Mapped[datetime | None] = mapped_column(comment="when somebody last looked")
    next_look_on: Mapped[date] = mapped_column(comment="the day on which it is looked at next; it may have passed")


class PlacementShare(Base):
    """Something about a placement that the other council is told, and what came of it (TRN-51)."""

    __tablename__ = "placement_share"
    __table_args__ = (
        CheckConstraint(_one_of("kind", SharedKind), name="kind"),
        Index("ix_placement_share_placement", "placement_ref"),
    )

    case_ref: Mapped[str] = mapped_column(
        ForeignKey("care_case.ref"), primary_key=True, comment="the case in which they are told"
    )
    placement_ref: Mapped[str] = mapped_column(ForeignKey("care_case.ref"), comment="the placement's case")
    kind: Mapped[str] = mapped_column(Text, comment="began, changed or ended")
    council: Mapped[str] = mapped_column(Text)
    opened_at: Mapped[datetime]
    disclosed_in: Mapped[str | None] = mapped_column(
        ForeignKey("care_case.ref"), comment="the disclosure: what was given, on what basis, and how"
    )
    given_at: Mapped[datetime | None] = mapped_column(comment="when it had been given; none: it has not")
    ended_at: Mapped[datetime | None] = mapped_column(comment="when they had answered, or nothing more was to be done")
    ended_as: Mapped[str | None] = mapped_column(Text, comment="in the words of its case's outcome")


OF_A_PLACEMENT: tuple[type[PlacementAngle] | type[Placement] | type[PlacementShare], ...] = (
    PlacementAngle,
    PlacementShare,
    Placement,
)
"""The tables that hang on a case of a placement or of telling the other council, in the order of erasing."""
