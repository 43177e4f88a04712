"""Which contingency plan applies to an incident, and for which provider or duty there is none (TRN-46)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models.contingency.kinds import Interruption
from models.contingency.tables import ContingencyPlan
from models.policy import Policy
from models.provider_failure.tables import Incident
from models.providers.tables import CarePackage, Provider


@dataclass(frozen=True)
class WithoutPlan:
    """Something for whose interruption nobody has a plan."""

    interruption: Interruption
    id: str
    """Of the provider, or the duty."""
    name: str


def plans_in_force(session: Session) -> list[ContingencyPlan]:
    """Every plan that holds, those first that are due first."""
    query = select(ContingencyPlan).where(ContingencyPlan.ended_at.is_(None))
    return list(session.scalars(query.order_by(ContingencyPlan.next_review_on, ContingencyPlan.case_ref)))


def plans_for_provider(session: Session, provider_id: str | None) -> list[ContingencyPlan]:
    """The plans that apply where that provider gives no care: its own first, then its kind's, then every provider's."""
    found = session.get(Provider, provider_id) if provider_id else None
    applying = [
        one for one in plans_in_force(session) if one.interruption == Interruption.PROVISION and _applies(one, found)
    ]
    return sorted(applying, key=lambda one: (one.provider_id is None, one.provider_kind is None, one.case_ref))


def _applies(plan: ContingencyPlan, provider: Provider | None) -> bool:
    if plan.provider_id is not None:
        return provider is not None and plan.provider_id == provider.id
    return plan.provider_kind is None or (provider is not None and plan.provider_kind == provider.kind)


def plans_for_incident(session: Session, incident: str) -> list[ContingencyPlan]:
    """The plans that apply to an incident."""
    row = session.get(Incident, incident)
    return [] if row is None else plans_for_provider(session, row.provider_id)


def without_a_plan(session: Session, policy: Policy, on: date) -> list[WithoutPlan]:
    """
    Every duty of our own and every provider in use for which no plan holds.

    A provider is in use where it is not closed, and the council buys from it or somebody has care from it. A plan for
    every provider does not count for one of them: it says nothing of this one's people.
    """
    plans = plans_in_force(session)
    covered = {one.duty for one in plans if one.team_id is None}
    duties = [
        WithoutPlan(Interruption.OWN_DUTIES, duty, duty.replace("-", " ").capitalize())
        for duty in policy.contingency.duties
        if duty not in covered
    ]
    by_itself, by_kind = {one.provider_id for one in plans}, {one.provider_kind for one in plans}
    providers = [
        WithoutPlan(Interruption.PROVISION, one.id, one.name)
        for one in _in_use(session, on)
        if one.id not in by_itself and one.kind not in by_kind
    ]
    return [*duties, *providers]


def _in_use(session: Session, on: date) -> Iterable[Provider]:
    has_people = (
        select(CarePackage.person_id)
        .where(CarePackage.provider_id == Provider.id, CarePackage.since <= on)
        .where(or_(CarePackage.until.is_(None), CarePackage.until > on))
        .exists()
    )
    query = select(Provider).where(or_(Provider.closed_on.is_(None), Provider.closed_on > on))
    return session.scalars(query.where(or_(Provider.commissioned, has_people)).order_by(Provider.id))


def scope_in_words(session: Session, plan: ContingencyPlan) -> str:
    """What a plan is for, such as "Our own: safeguarding, hazel" or "Willow Bank House"."""
    if plan.interruption == Interruption.OWN_DUTIES:
        return f"Our own: {(plan.duty or '').replace('-', ' ')}{f', {plan.team_id}' if plan.team_id else ''}"
    found = session.get(Provider, plan.provider_id) if plan.provider_id else None
    if found is not None:
        return found.name
    return f"Every {plan.provider_kind.replace('-', ' ')}" if plan.provider_kind else "Every provider"
