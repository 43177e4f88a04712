"""
The notes that a procedure asks for, and what the recording system's extract shows.

The recording system is the record of the person; here stands only what proves that each note came to be there.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class NoteEnding(StrEnum):
    """How a note came to stand in the recording system (GAP-55)."""

    WRITTEN = "written"
    """We wrote it through the system's interface."""
    PASTED = "pasted"
    """A person pasted the text that was ready, and gave the note's id."""
    SIGHTED = "sighted"
    """The system's extract shows it."""


class NoteState(StrEnum):
    """Where a note stands."""

    WANTED = "wanted"
    """It is not known to stand in the recording system yet."""
    KEPT = "kept"
    """It stands there, under the note's id."""
    DROPPED = "dropped"
    """It is no longer wanted."""


NOTE_MOVES: dict[NoteState, set[NoteState]] = {
    NoteState.WANTED: {NoteState.KEPT, NoteState.DROPPED},
    NoteState.KEPT: set(),
    NoteState.DROPPED: set(),
}


def _one_of(column: str, members: type[StrEnum]) -> str:
    return f"{column} IN ({', '.join(repr(str(member)) for member in members)})"


class CaseNote(Base):
    """A note that a case wants in the recording system. Personal data in its text."""

    __tablename__ = "case_note"
    __table_args__ = (
        CheckConstraint(_one_of("state", NoteState), name="state"),
        CheckConstraint(f"ending IS NULL OR {_one_of('ending', NoteEnding)}", name="ending"),
        CheckConstraint("(state = 'kept') = (ending IS NOT NULL)", name="kept_in_one_way"),
        CheckConstraint("state <> 'kept' OR note_id IS NOT NULL", name="kept_has_an_id"),
        Index("ix_case_note_case", "case_ref", "key"),
        Index("ix_case_note_due", "state", "next_attempt_at"),
    )

    id: Mapped[str] = mapped_column(
        Text, primary_key=True, comment="R- and random characters; stands in the note, so that it is known again"
    )
    case_ref: Mapped[str] = mapped_column(ForeignKey("care_case.ref"))
    key: Mapped[str] = mapped_column(
        Text, comment="key of the question that asks a person to paste it, or of the step that left it"
    )
    asked_of: Mapped[str | None] = mapped_column(
        Text, comment="its case has left it: tag of whoever pastes it where no machine can; none: its case waits for it"
    )
    asked_in: Mapped[str | None] = mapped_column(
        ForeignKey("care_case.ref"), comment="the case that asks for it to be pasted, where its own has left it"
    )
    person_id: Mapped[str | None] = mapped_column(Text, comment="register id of the person it is about, where known")
    title: Mapped[str] = mapped_column(Text, comment="its literal title")
    text: Mapped[str] = mapped_column(Text, comment="personal data; emptied once it stands there")
    author: Mapped[str] = mapped_column(Text, comment="staff id or tag of whoever answers for it")
    state: Mapped[str] = mapped_column(Text, comment="wanted, kept or dropped")
    ending: Mapped[str | None] = mapped_column(Text, comment="written, pasted or sighted")
    note_id: Mapped[str | None] = mapped_column(Text, comment="the note's id in the recording system")
    wanted_at: Mapped[datetime]
    kept_at: Mapped[datetime | None]
    sighted_on: Mapped[date | None] = mapped_column(comment="day of the extract that first showed it")
    next_attempt_at: Mapped[datetime | None] = mapped_column(comment="when writing is tried; none: a person pastes it")
    attempts: Mapped[int] = mapped_column(comment="tries of writing begun")


class ExtractNote(Base):
    """A note as the recording system's extract shows it; its text stays there."""

    __tablename__ = "extract_note"

    note_id: Mapped[str] = mapped_column(Text, primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    title: Mapped[str] = mapped_column(Text)
    written_on: Mapped[date]
    our_id: Mapped[str | None] = mapped_column(Text, index=True, comment="our id R-… where the note carries one")
    first_seen_at: Mapped[datetime] = mapped_column(comment="when an extract first showed it to us")


class Admission(Base):
    """A person's stay in hospital, as the extract shows it."""

    __tablename__ = "admission"
    __table_args__ = (
        CheckConstraint("discharged_on IS NULL OR discharged_on >= admitted_on", name="ends_after_it_begins"),
    )

    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True)
    admitted_on: Mapped[date] = mapped_column(primary_key=True)
    discharged_on: Mapped[date | None]
    place: Mapped[str] = mapped_column(Text, comment="hospital or unit")


class ReviewDate(Base):
    """When a review of a person's plan is due, as the extract shows it."""

    __tablename__ = "review_date"

    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(Text, primary_key=True, comment="the council's own word, such as annual")
    due_on: Mapped[date]
    last_done_on: Mapped[date | None]


class Difference(Base):
    """Something in which the extract and our open cases differ, until a team has seen to it."""

    __tablename__ = "difference"
    __table_args__ = (
        Index("ix_difference_team", "team_id", "seen_at"),
        Index(
            "uq_difference_once",
            "about",
            unique=True,
            sqlite_where=text("seen_at IS NULL"),
            postgresql_where=text("seen_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    about: Mapped[str] = mapped_column(Text, comment="kind and references that name it once, such as death:P-104:CASE")
    team_id: Mapped[str] = mapped_column(Text, comment="the team whose list it stands on")
    text: Mapped[str] = mapped_column(Text, comment="one sentence with references only")
    found_at: Mapped[datetime]
    case_ref: Mapped[str | None] = mapped_column(ForeignKey("care_case.ref"), comment="the daily list it stands on")
    seen_at: Mapped[datetime | None] = mapped_column(comment="when the team had seen to it; none: not yet")
