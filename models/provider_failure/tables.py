"""
Incidents, the people they touch, and what other lists say of them. The ledger is the record; these rows are what lists
and counts are made of, written in the same transactions.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.provider_failure.kinds import Audience, Difference, ListSource, Risk, Settled, Trigger, Way
from models.providers.kinds import PaidBy


def _one_of(column: str, members: type[StrEnum]) -> str:
    return f"{column} IN ({', '.join(repr(str(member)) for member in members)})"


class Incident(Base):
    """A provider has failed or may fail, and people depend on it."""

    __tablename__ = "incident"
    __table_args__ = (
        CheckConstraint(_one_of("cause", Trigger), name="cause"),
        Index("ix_incident_provider", "provider_id", "ended_at"),
    )

    case_ref: Mapped[str] = mapped_column(ForeignKey("care_case.ref"), primary_key=True)
    provider_id: Mapped[str | None] = mapped_column(
        ForeignKey("provider.id"), comment="none: the register does not have it"
    )
    provider_name: Mapped[str] = mapped_column(Text, comment="as it was called when the incident began")
    cause: Mapped[str] = mapped_column(Text, comment="business-failure, deregistered-or-closed …")
    began_at: Mapped[datetime]
    care_ends_on: Mapped[date] = mapped_column(comment="the first day on which the provider gives no care")
    announced_at: Mapped[datetime | None] = mapped_column(comment="none: it is confidential until then")
    list_agreed_at: Mapped[datetime | None] = mapped_column(
        comment="when somebody last said that the list is whole; none: nobody has, or something came since"
    )
    ended_at: Mapped[datetime | None] = mapped_column(comment="none: it goes on")


class AffectedPerson(Base):
    """Somebody whom an incident touches. Personal data throughout; what the register has of them is not repeated."""

    __tablename__ = "affected_person"
    __table_args__ = (
        CheckConstraint(_one_of("risk", Risk), name="risk"),
        CheckConstraint(_one_of("paid_by", PaidBy), name="paid_by"),
        CheckConstraint(f"way IS NULL OR {_one_of('way', Way)}", name="way"),
        CheckConstraint("arranged_at IS NULL OR seen_at IS NOT NULL", name="seen_before_arranged"),
        CheckConstraint("moved_at IS NULL OR arranged_at IS NOT NULL", name="arranged_before_moved"),
        CheckConstraint("checked_at IS NULL OR arranged_at IS NOT NULL", name="arranged_before_checked"),
        CheckConstraint("(accounted_at IS NULL) = (ended_as IS NULL)", name="accounted_for_somehow"),
        Index("uq_affected_person_place", "incident_ref", "place", unique=True),
        Index("ix_affected_person_person", "person_id", "accounted_at"),
    )

    case_ref: Mapped[str] = mapped_column(
        ForeignKey("care_case.ref"), primary_key=True, comment="the case that looks after this person"
    )
    incident_ref: Mapped[str] = mapped_column(ForeignKey("incident.case_ref"))
    place: Mapped[int] = mapped_column(comment="their number on the incident's list, from 1")
    person_id: Mapped[str | None] = mapped_column(Text, comment="register id; none: the register does not have them")
    name: Mapped[str | None] = mapped_column(Text, comment="where the register does not have them")
    born_on: Mapped[date | None] = mapped_column(comment="where the register does not have them, and it is known")
    whereabouts: Mapped[str | None] = mapped_column(Text, comment="where they are, as the list says")
    source: Mapped[str] = mapped_column(Text, comment="which list had them first")
    paid_by: Mapped[str] = mapped_column(Text, comment="council, self, direct-payment, health, other-council …")
    placed_by: Mapped[str | None] = mapped_column(Text, comment="the other council that placed them, where one did")
    call_times: Mapped[str | None] = mapped_column(Text, comment="when carers call each day, such as 07:30 12:30")
    covered_until: Mapped[datetime | None] = mapped_column(comment="until when somebody has said who gives the care")
    covered_by: Mapped[str | None] = mapped_column(Text, comment="who gives it until then")
    time_critical_medicine: Mapped[bool] = mapped_column(comment="must have medicine at its time")
    double_handed: Mapped[bool] = mapped_column(comment="two carers at once")
    lives_alone: Mapped[bool] = mapped_column(comment="nobody else is at home")
    risk: Mapped[str] = mapped_column(Text, comment="red, amber or green; by the list until somebody has seen them")
    way: Mapped[str | None] = mapped_column(Text, comment="how their care goes on, once that is decided")
    seen_at: Mapped[datetime | None] = mapped_column(comment="when somebody had seen them or spoken with them")
    arranged_at: Mapped[datetime | None] = mapped_column(comment="when a safe arrangement was confirmed by name")
    moved_at: Mapped[datetime | None] = mapped_column(comment="when they were with it")
    checked_at: Mapped[datetime | None] = mapped_column(comment="when it was checked afterwards")
    accounted_at: Mapped[datetime | None] = mapped_column(comment="when they were accounted for; none: they are not")
    ended_as: Mapped[str | None] = mapped_column(Text, comment="in the words of their case's outcome")
    told_in: Mapped[str | None] = mapped_column(Text, comment="ref of the case in which they are told; none: in none")
    calls_looked_at: Mapped[datetime | None] = mapped_column(
        comment="until when calls that have passed were looked at; none: never"
    )


class ListLine(Base):
    """Somebody on a list that came in, or missing from one: what it says, and how it differs. Personal data."""

    __tablename__ = "incident_list_line"
    __table_args__ = (
        CheckConstraint(_one_of("source", ListSource), name="source"),
        CheckConstraint(f"difference IS NULL OR {_one_of('difference', Difference)}", name="difference"),
        CheckConstraint(f"settled IS NULL OR {_one_of('settled', Settled)}", name="settled"),
        Index("uq_incident_list_line", "case_ref", "number", unique=True),
        Index("ix_incident_list_line_open", "case_ref", "difference", "settled"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_ref: Mapped[str] = mapped_column(ForeignKey("incident.case_ref"), comment="the incident's")
    number: Mapped[int] = mapped_column(comment="counted through all lists of the incident, from 1")
    source: Mapped[str] = mapped_column(Text, comment="whose list it is")
    said_by: Mapped[str] = mapped_column(Text, comment="who sent the list")
    came_at: Mapped[datetime]
    person_id: Mapped[str | None] = mapped_column(Text, comment="register id, where it says one")
    name: Mapped[str | None] = mapped_column(Text)
    born_on: Mapped[date | None] = mapped_column()
    whereabouts: Mapped[str | None] = mapped_column(Text, comment="where they are")
    person_ref: Mapped[str | None] = mapped_column(
        ForeignKey("care_case.ref"), comment="the case of the person of ours that it is about"
    )
    may_be_ref: Mapped[str | None] = mapped_column(
        ForeignKey("care_case.ref"), comment="the case of whom they may be the same as"
    )
    difference: Mapped[str | None] = mapped_column(Text, comment="how it differs from ours; none: it does not")
    settled: Mapped[str | None] = mapped_column(Text, comment="what somebody said to the difference; none: nobody has")
    settled_at: Mapped[datetime | None] = mapped_column()


class IncidentReader(Base):
    """Who may open an incident, confidential or not: a role, a team or one member of staff."""

    __tablename__ = "incident_reader"

    case_ref: Mapped[str] = mapped_column(ForeignKey("care_case.ref"), primary_key=True, comment="the incident's")
    tag: Mapped[str] = mapped_column(
        Text, primary_key=True, comment="a role, a team or a member of staff who may open it"
    )


class IncidentTelling(Base):
    """Somebody who is told of an incident, or of whom it was decided why not."""

    __tablename__ = "incident_telling"
    __table_args__ = (CheckConstraint(_one_of("audience", Audience), name="audience"),)

    case_ref: Mapped[str] = mapped_column(ForeignKey("incident.case_ref"), primary_key=True, comment="the incident's")
    number: Mapped[int] = mapped_column(
        primary_key=True, autoincrement=False, comment="counted through the incident, from 1"
    )
    audience: Mapped[str] = mapped_column(Text, comment="people, families, staff, council, regulator, health")
    whom: Mapped[str] = mapped_column(Text, comment="the name of a council; empty for the others")
    decided_at: Mapped[datetime]
    subject: Mapped[str | None] = mapped_column(Text, comment="of what people are told")
    content: Mapped[str | None] = mapped_column(Text, comment="what they are told; none: they are not")
    not_told_because: Mapped[str | None] = mapped_column(Text, comment="why somebody decided that they are not told")
    before_announced: Mapped[bool] = mapped_column(comment="told though it is confidential")
    up_to: Mapped[int | None] = mapped_column(
        comment="the highest number on the list of whom it speaks; none: it has not begun"
    )
    begun_at: Mapped[datetime | None] = mapped_column(comment="when it was put to the gate; none: not yet")
    told_in: Mapped[str | None] = mapped_column(Text, comment="ref of the latest case in which they are told")
    told_at: Mapped[datetime | None] = mapped_column(comment="when they had been told; none: they have not")


class CallOnPerson(Base):
    """A call on somebody of whom it was said what became of it, or that has passed with nobody and no record."""

    __tablename__ = "incident_call"
    __table_args__ = (
        CheckConstraint("(noted_at IS NULL) = (made IS NULL)", name="noted_somehow"),
        CheckConstraint("noted_at IS NOT NULL OR missed_at IS NOT NULL", name="noted_or_missed"),
    )

    case_ref: Mapped[str] = mapped_column(
        ForeignKey("care_case.ref"), primary_key=True, comment="the case that looks after the person"
    )
    at: Mapped[datetime] = mapped_column(primary_key=True, comment="when carers were to call")
    missed_at: Mapped[datetime | None] = mapped_column(comment="when it had passed with nobody and no record")
    noted_at: Mapped[datetime | None] = mapped_column(comment="when somebody said what became of it")
    noted_by: Mapped[str | None] = mapped_column(Text, comment="who said so, by staff id")
    made: Mapped[bool | None] = mapped_column(comment="whether it was made; none: nobody has said")
    made_by: Mapped[str | None] = mapped_column(Text, comment="who made it")
    how: Mapped[str | None] = mapped_column(Text, comment="how they were, or why it was not made")


class UnseenTold(Base):
    """When a manager last heard that people of an incident are not seen in time, at lower risk."""

    __tablename__ = "incident_unseen_told"

    case_ref: Mapped[str] = mapped_column(ForeignKey("incident.case_ref"), primary_key=True, comment="the incident's")
    whom: Mapped[str] = mapped_column(Text, primary_key=True, comment="the role, and near which team")
    told_at: Mapped[datetime] = mapped_column(comment="when they last heard that people are not seen")


OF_AN_INCIDENT: tuple[type[AffectedPerson | ListLine | IncidentTelling | CallOnPerson], ...] = (
    AffectedPerson,
    ListLine,
    IncidentTelling,
    CallOnPerson,
)
"""The tables with personal data that hang on a case of an incident or of somebody whom it touches."""
