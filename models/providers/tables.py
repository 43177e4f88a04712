"""
Providers and packages of care as the register knows them, and which providers are not to be used for a time.

A provider is an organisation: what is said of it is about nobody. A package of care is about somebody throughout.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.providers.kinds import PaidBy, ProviderKind, RunBy


def _one_of(column: str, members: type[StrEnum]) -> str:
    return f"{column} IN ({', '.join(repr(str(member)) for member in members)})"


class Provider(Base):
    """An organisation that gives care or support, commissioned by the council or not."""

    __tablename__ = "provider"
    __table_args__ = (
        CheckConstraint(_one_of("kind", ProviderKind), name="kind"),
        CheckConstraint(_one_of("run_by", RunBy), name="run_by"),
        CheckConstraint(
            "sponsored_staff IS NULL OR (sponsored_staff >= 0 AND staff IS NOT NULL AND sponsored_staff <= staff)",
            name="sponsored_are_staff",
        ),
    )

    id: Mapped[str] = mapped_column(Text, primary_key=True, comment="small letters, digits and hyphens")
    name: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text, comment="care-home, home-care …")
    regulated: Mapped[bool] = mapped_column(
        comment="registered with the Care Quality Commission; never inferred from the kind (GAP-38)"
    )
    commissioned: Mapped[bool] = mapped_column(comment="by this council")
    in_area: Mapped[bool] = mapped_column(comment="in this council's area")
    run_by: Mapped[str] = mapped_column(Text, comment="council, partner or independent")
    closed_on: Mapped[date | None] = mapped_column(comment="the first day on which it gives nothing any more")
    host_council: Mapped[str | None] = mapped_column(Text, comment="in whose area it is, where not in ours")
    report_to: Mapped[str | None] = mapped_column(Text, comment="a partner's own way to report concerns, where known")
    link_worker: Mapped[str | None] = mapped_column(Text, comment="staff id of whoever visits and knows it")
    staff: Mapped[int | None] = mapped_column(comment="how many it employs; none: not known")
    sponsored_staff: Mapped[int | None] = mapped_column(
        comment="how many of them work under certificates of sponsorship; none: not known (TRN-59)"
    )


class CarePackage(Base):
    """Somebody receives care from a provider. Personal data throughout."""

    __tablename__ = "care_package"
    __table_args__ = (
        CheckConstraint(_one_of("paid_by", PaidBy), name="paid_by"),
        CheckConstraint("until IS NULL OR until >= since", name="ends_after_it_begins"),
        Index("ix_care_package_provider", "provider_id", "until"),
    )

    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True)
    provider_id: Mapped[str] = mapped_column(ForeignKey("provider.id"), primary_key=True)
    since: Mapped[date] = mapped_column(primary_key=True, comment="the first day of it")
    until: Mapped[date | None] = mapped_column(comment="the first day without it; none: it goes on")
    paid_by: Mapped[str] = mapped_column(Text, comment="council, self, direct-payment, health, other-council …")
    call_times: Mapped[str | None] = mapped_column(
        Text, comment="when carers call each day, such as 07:30 12:30 18:00; none: not known, or always there"
    )
    carers: Mapped[int | None] = mapped_column(comment="how many carers come at once; two: double-handed care")
    time_critical_medicine: Mapped[bool | None] = mapped_column(comment="must have medicine at its time")
    lives_alone: Mapped[bool | None] = mapped_column(comment="nobody else is at home")
    placed_by: Mapped[str | None] = mapped_column(Text, comment="the other council that placed them, where one did")


class ProviderStop(Base):
    """A provider is not to be used for anybody new from one moment until it is lifted (REA-47)."""

    __tablename__ = "provider_stop"
    __table_args__ = (Index("ix_provider_stop_provider", "provider_id", "lifted_at"),)

    decided_in: Mapped[str] = mapped_column(ForeignKey("care_case.ref"), primary_key=True, comment="the deciding case")
    provider_id: Mapped[str] = mapped_column(ForeignKey("provider.id"))
    stopped_at: Mapped[datetime]
    looked_at_again_on: Mapped[date] = mapped_column(comment="when it is decided whether it goes on")
    lifted_at: Mapped[datetime | None] = mapped_column(comment="none: it holds")


class LinkWorker(Base):
    """Who visits a provider and knows it, where commissioning named them and the extract names nobody (TRN-55)."""

    __tablename__ = "link_worker"

    provider_id: Mapped[str] = mapped_column(ForeignKey("provider.id"), primary_key=True)
    staff_id: Mapped[str] = mapped_column(Text, comment="staff id of whoever was named last")
    named_at: Mapped[datetime]
    named_in: Mapped[str] = mapped_column(ForeignKey("care_case.ref"), comment="the case in which they were named")
