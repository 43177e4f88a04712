"""Which cases are about whom: what tells a case of a death, and shows who else has one about the same person."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class CasePerson(Base):
    """
    A case is about a person of the register; a case can be about several.

    Beside it stands how the register spoke of them when it was last compared, so that each change is told once.
    """

    __tablename__ = "case_person"

    case_ref: Mapped[str] = mapped_column(ForeignKey("care_case.ref"), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True, comment="register id")
    since_no: Mapped[int] = mapped_column(comment="the entry that says so")
    death_heard_no: Mapped[int | None] = mapped_column(
        comment="the entry by which the case knows of their death; none: they live, or it has not heard yet"
    )
    team_id: Mapped[str | None] = mapped_column(Text, comment="the team responsible when last compared")
    staff_id: Mapped[str | None] = mapped_column(Text, comment="the worker allocated when last compared")
    in_hospital_since: Mapped[date | None] = mapped_column(comment="day of admission when last compared")
