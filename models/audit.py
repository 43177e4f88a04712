"""The tables that prove the ledgers whole: seals over all chain heads, the access log, the policies in force."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class Seal(Base):
    """A chained statement of which ledger heads stood when; the loss of a case or of a tail shows against it."""

    __tablename__ = "seal"

    no: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    cases: Mapped[int] = mapped_column(comment="how many cases there were")
    heads_digest: Mapped[str] = mapped_column(Text, comment="SHA-256 over the heads that changed since the seal before")
    previous_hash: Mapped[str] = mapped_column(Text)
    hash: Mapped[str] = mapped_column(Text)


class SealedHead(Base):
    """One case's head as it stood in a seal; only heads that had changed since the seal before are listed."""

    __tablename__ = "sealed_head"
    __table_args__ = (Index("ix_sealed_head_case", "case_ref", "head_no"),)

    seal_no: Mapped[int] = mapped_column(ForeignKey("seal.no"), primary_key=True)
    case_ref: Mapped[str] = mapped_column(Text, primary_key=True)
    head_no: Mapped[int]
    head_hash: Mapped[str] = mapped_column(Text)


class AccessEntry(Base):
    """Who looked at what, chained like a ledger."""

    __tablename__ = "access_entry"
    __table_args__ = (
        Index("ix_access_entry_who", "who", "no"),
        Index("ix_access_entry_about", "about", "no"),
        Index("ix_access_entry_at", "at"),
    )

    no: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    who: Mapped[str] = mapped_column(Text, comment="staff id, or os:USER where nobody signed in")
    what: Mapped[str] = mapped_column(Text, comment="read-case, list-work, export and the like")
    about: Mapped[str] = mapped_column(Text, comment="case ref or other reference")
    previous_hash: Mapped[str] = mapped_column(Text)
    hash: Mapped[str] = mapped_column(Text)


class AuditCheck(Base):
    """Somebody had the ledgers verified from the worklist, and what was found. Holds references only."""

    __tablename__ = "audit_check"

    id: Mapped[int] = mapped_column(primary_key=True)
    newest: Mapped[int | None] = mapped_column(comment="only so many cases, opened last; none: everything")
    asked_by: Mapped[str] = mapped_column(Text, comment="staff id")
    began_at: Mapped[datetime]
    seen_at: Mapped[datetime] = mapped_column(comment="when it last said how far it is")
    looked_at: Mapped[int] = mapped_column(comment="cases looked at so far")
    cases: Mapped[int] = mapped_column(comment="cases to be looked at; 0: not counted yet")
    ended_at: Mapped[datetime | None]
    faults: Mapped[str | None] = mapped_column(Text, comment="JSON: each fault as one line; none: not ended, or failed")
    more_faults: Mapped[int] = mapped_column(comment="how many more there were than are listed")
    failure: Mapped[str] = mapped_column(Text, comment="the kind of error that ended it; empty: none")


class PolicyActivation(Base):
    """Each time a policy came into force: the last one is that by which due times were worked out."""

    __tablename__ = "policy_activation"

    no: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[str] = mapped_column(ForeignKey("policy_version.version"))
    at: Mapped[datetime]


class PolicyVersion(Base):
    """Each policy that was in force, whole, under the version that ledger entries carry."""

    __tablename__ = "policy_version"

    version: Mapped[str] = mapped_column(Text, primary_key=True)
    first_used_at: Mapped[datetime]
    text: Mapped[str] = mapped_column(Text, comment="the settings as TOML or JSON; holds no personal data")
