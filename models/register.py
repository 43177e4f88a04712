"""
The register: people, staff, teams, allocations and absences, as the council's recording system last told us.

It is fed by imports only. Personal data lies here (in `person`, and names and addresses in `staff`) and goes
nowhere else: everything outside these tables refers to people and staff by id. Not stored: the text of notes,
diagnoses, and why somebody is absent.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, func, text
from sqlalchemy.orm import Mapped, mapped_column, validates

from models.base import Base
from models.names import name_key, record_key


class ContactMethod(StrEnum):
    """How a person wants to hear from the council."""

    LETTER = "letter"
    """By post."""
    EMAIL = "email"
    """By e-mail."""
    TELEPHONE = "telephone"
    """By a call."""
    TEXT_MESSAGE = "text-message"
    """By a text to a mobile telephone."""


class Responsibility(StrEnum):
    """What a team or worker is responsible for towards a person."""

    ASSESSMENT = "assessment"
    """Finding out what the person needs, and planning it."""
    REVIEW = "review"
    """Looking again at what was arranged."""


class AbsenceKind(StrEnum):
    """Why a member of staff is away, no closer than a procedure needs."""

    LEAVE = "leave"
    """Planned and agreed."""
    TRAINING = "training"
    """At work, but not to be reached."""
    UNPLANNED = "unplanned"
    """Not planned; the reason stays with the employer."""


class ExtractKind(StrEnum):
    """The files of a recording system's extract; each is called by its kind, such as `people.csv`."""

    STAFF = "staff"
    """Staff, and the teams they belong to."""
    PEOPLE = "people"
    """People known to the council."""
    ALLOCATIONS = "allocations"
    """Which team and worker is responsible for whom."""
    ABSENCES = "absences"
    """When staff are away."""
    TEAMS = "teams"
    """How teams are called, which have closed, and which team carries on their work."""
    ADMISSIONS = "admissions"
    """Who is in hospital, or was."""
    NOTES = "notes"
    """Which notes stand in people's records, by id and title; never their text."""
    REVIEWS = "reviews"
    """When reviews are due."""
    WAITING = "waiting"
    """Who waits on which team's planned work tray."""
    PROVIDERS = "providers"
    """Organisations that give care or support."""
    PACKAGES = "packages"
    """Who receives care from which provider."""


def _one_of(column: str, members: type[StrEnum]) -> str:
    return f"{column} IN ({', '.join(repr(str(member)) for member in members)})"


class Team(Base):
    """A team of the council."""

    __tablename__ = "team"

    id: Mapped[str] = mapped_column(Text, primary_key=True, comment="small letters, digits and hyphens")
    name: Mapped[str] = mapped_column(Text, comment="the council's own name for it")
    closed_on: Mapped[date | None] = mapped_column(comment="the first day on which it is no longer a team")
    work_goes_to: Mapped[str | None] = mapped_column(Text, comment="id of the team that carries on its work, if any")


class Staff(Base):
    """A member of staff. Nobody is taken out: a leaver has a day of leaving."""

    __tablename__ = "staff"
    __table_args__ = (Index("ix_staff_role", "role", "team_id"),)

    id: Mapped[str] = mapped_column(Text, primary_key=True, comment="small letters, digits, hyphens")
    name: Mapped[str] = mapped_column(Text, comment="personal data")
    email: Mapped[str | None] = mapped_column(Text, comment="work address; personal data")
    role: Mapped[str] = mapped_column(Text, comment="neutral name of the role, such as duty-worker")
    team_id: Mapped[str] = mapped_column(ForeignKey("team.id"), index=True)
    left_on: Mapped[date | None] = mapped_column(comment="the first day on which they are no longer staff")


class Person(Base):
    """A person known to the council. Personal data throughout."""

    __tablename__ = "person"
    __table_args__ = (
        CheckConstraint(f"preferred_method IS NULL OR {_one_of('preferred_method', ContactMethod)}", name="method"),
    )

    id: Mapped[str] = mapped_column(Text, primary_key=True, comment="our reference, such as P-104")
    record_id: Mapped[str] = mapped_column(Text, unique=True, comment="id in the council's recording system")
    nhs_number: Mapped[str | None] = mapped_column(Text, unique=True, comment="ten digits, no spaces")
    name: Mapped[str] = mapped_column(Text)
    born_on: Mapped[date | None] = mapped_column(index=True)
    postcode: Mapped[str | None] = mapped_column(Text, index=True, comment="capital letters, one space")
    died_on: Mapped[date | None] = mapped_column(comment="stops every letter and call")
    preferred_method: Mapped[str | None] = mapped_column(Text, comment="how they want to hear from us")
    communication_needs: Mapped[str | None] = mapped_column(Text, comment="large print, interpreter …")
    email: Mapped[str | None] = mapped_column(Text, comment="where they can be written to")
    telephone: Mapped[str | None] = mapped_column(Text, comment="where they can be rung or sent a text")
    postal_address: Mapped[str | None] = mapped_column(Text, comment="where letters go; lines parted by commas")
    interpreter: Mapped[str | None] = mapped_column(Text, comment="language in which they need an interpreter")
    safe_contact: Mapped[str | None] = mapped_column(
        Text, comment="how they may be contacted without risk; while it is there no machine writes to them"
    )
    name_key: Mapped[str | None] = mapped_column(Text, index=True, comment="made from the name, to look for it")
    record_key: Mapped[str | None] = mapped_column(Text, index=True, comment="made from record_id, to look for it")
    last_shown_on: Mapped[date | None] = mapped_column(comment="day of the last extract that had them; none: not known")

    @validates("name", "record_id")
    def _keys_follow(self, column: str, value: str) -> str:
        if column == "name":
            self.name_key = name_key(value)
        else:
            self.record_key = record_key(value)
        return value


class Allocation(Base):
    """A team, and perhaps one of its workers, is responsible for a person from one day until another."""

    __tablename__ = "allocation"
    __table_args__ = (
        CheckConstraint(_one_of("responsibility", Responsibility), name="responsibility"),
        CheckConstraint("until IS NULL OR until >= since", name="ends_after_it_begins"),
        Index("ix_allocation_person", "person_id", "since"),
        Index("ix_allocation_team", "team_id", "person_id"),
        # Two empty workers count as the same one, which a plain unique constraint would not say.
        Index(
            "uq_allocation_once",
            "person_id",
            func.coalesce(text("staff_id"), text("''")),
            "team_id",
            "responsibility",
            "since",
            unique=True,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    staff_id: Mapped[str | None] = mapped_column(ForeignKey("staff.id"), index=True, comment="none: the team as such")
    team_id: Mapped[str] = mapped_column(ForeignKey("team.id"))
    responsibility: Mapped[str] = mapped_column(Text, comment="assessment or review")
    since: Mapped[date] = mapped_column(comment="the first day it holds")
    until: Mapped[date | None] = mapped_column(comment="the first day it no longer holds; none: it holds")


class Absence(Base):
    """A member of staff is away from one moment until another."""

    __tablename__ = "absence"
    __table_args__ = (
        CheckConstraint(_one_of("kind", AbsenceKind), name="kind"),
        CheckConstraint("returns_at IS NULL OR returns_at >= starts_at", name="ends_after_it_begins"),
    )

    staff_id: Mapped[str] = mapped_column(ForeignKey("staff.id"), primary_key=True)
    starts_at: Mapped[datetime] = mapped_column(primary_key=True, comment="the first moment away")
    returns_at: Mapped[datetime | None] = mapped_column(comment="the first moment back; none: not known")
    kind: Mapped[str] = mapped_column(Text, comment="leave, training or unplanned")


class RegisterImport(Base):
    """One file of an extract that was read in; how fresh the register is follows from these."""

    __tablename__ = "register_import"
    __table_args__ = (CheckConstraint(_one_of("kind", ExtractKind), name="kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    imported_at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(Text, comment="people, staff, allocations or absences")
    file: Mapped[str] = mapped_column(Text, comment="the file's name")
    rows: Mapped[int] = mapped_column(comment="rows in the file, without its header")
    rejected: Mapped[int] = mapped_column(comment="rows that could not be taken")
    full: Mapped[bool] = mapped_column(comment="whether a row missing from it has ended")
    extract_date: Mapped[date] = mapped_column(comment="the day the recording system wrote it")
    acted_on_at: Mapped[datetime | None] = mapped_column(
        comment="when what follows from it for the cases was done; none: not yet, and housekeeping does it"
    )
    optional_columns: Mapped[str | None] = mapped_column(
        Text, comment="which columns it had of those that a file may leave out, parted by spaces; none: not known"
    )
