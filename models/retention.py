"""
What is kept though its time has passed, and what was erased when it had.

A hold is placed and lifted by people and never taken back: its row is written once and completed once. Holds name cases
and people by reference; why they were placed is told by the reference of the inquiry or the claim, never by a name.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base

STANDS = "lifted_at IS NULL"
"""Of holds: it stands. An index stands over these alone."""


class HoldKind(StrEnum):
    """What for something is kept beyond its time."""

    INQUIRY = "inquiry"
    """A public inquiry, or a review after a death or serious harm, asks for it."""
    INQUEST = "inquest"
    """A coroner looks into a death."""
    COMPLAINT = "complaint"
    """A complaint is being answered, by us or by the Ombudsman."""
    CLAIM = "claim"
    """Somebody brings a claim, or has said that they will."""
    OTHER = "other"
    """Another reason in law, which the hold's own reason names."""

    @property
    def in_words(self) -> str:
        """As it stands in a sentence: "an inquest"."""
        match self:
            case HoldKind.INQUIRY | HoldKind.INQUEST:
                return f"an {self.value}"
            case HoldKind.COMPLAINT | HoldKind.CLAIM:
                return f"a {self.value}"
            case HoldKind.OTHER:
                return "another legal reason"


class LegalHold(Base):
    """Nothing of one case, or of everything about one person, is erased while it stands."""

    __tablename__ = "legal_hold"
    __table_args__ = (
        CheckConstraint(f"kind IN ({', '.join(repr(str(kind)) for kind in HoldKind)})", name="kind"),
        CheckConstraint("(case_ref IS NULL) <> (person_id IS NULL)", name="on_one_thing"),
        CheckConstraint("(lifted_at IS NULL) = (lifted_by IS NULL)", name="lifted_by_somebody"),
        CheckConstraint("lifted_at IS NULL OR lifted_because <> ''", name="lifted_with_a_reason"),
        CheckConstraint("reason <> ''", name="placed_with_a_reason"),
        Index("ix_legal_hold_stands", "placed_at", sqlite_where=text(STANDS), postgresql_where=text(STANDS)),
    )

    id: Mapped[str] = mapped_column(Text, primary_key=True, comment="H- and random characters")
    kind: Mapped[str] = mapped_column(Text, comment="inquiry, inquest, complaint, claim or other")
    case_ref: Mapped[str | None] = mapped_column(
        ForeignKey("care_case.ref"), index=True, comment="the case it is on; with it those it came from and opened"
    )
    person_id: Mapped[str | None] = mapped_column(
        Text, index=True, comment="register id of the person it is on: every case about them, past and to come"
    )
    reason: Mapped[str] = mapped_column(Text, comment="reference of the inquiry, claim or complaint; names nobody")
    placed_by: Mapped[str] = mapped_column(Text, comment="staff id")
    placed_at: Mapped[datetime]
    lifted_by: Mapped[str | None] = mapped_column(Text, comment="staff id; none: it stands")
    lifted_at: Mapped[datetime | None]
    lifted_because: Mapped[str] = mapped_column(Text, comment="why it was lifted; names nobody; empty: it stands")


class CaseErasure(Base):
    """A closed case's words were erased, with everything personal that hung on it. One row a case, never changed."""

    __tablename__ = "case_erasure"
    __table_args__ = (Index("ix_case_erasure_at", "at"),)

    case_ref: Mapped[str] = mapped_column(ForeignKey("care_case.ref"), primary_key=True)
    at: Mapped[datetime]
    entry_no: Mapped[int] = mapped_column(comment="the entry of its ledger that records it")
    kept_for: Mapped[str] = mapped_column(Text, comment="by the schedule then in force, such as 6 years")


class AccessCut(Base):
    """The access log was cut: its entries up to that one are gone. The log's own entry has number and hash as well."""

    __tablename__ = "access_cut"

    up_to: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, comment="number of the last entry gone")
    hash: Mapped[str] = mapped_column(Text, comment="its hash, to which the next entry is chained")
    at: Mapped[datetime]
