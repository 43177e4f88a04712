"""What cannot wait until the office opens, and whose it is when it does."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from models.case_people import CasePerson
from models.cases import Case, WorkItem
from models.forms.affected_person import PersonSeen
from models.forms.base import Form
from models.notices import Recipient
from models.policy import Policy
from models.provider_failure.kinds import Risk
from models.provider_failure.tables import AffectedPerson
from models.roles import Role
from models.states import CaseStatus, WorkItemState
from models.working_time import local_day
from tasks.differences import duty_team
from tasks.durable.people import team_of
from tasks.register.lookups import responsible_team, team_carrying_on


def cannot_wait(session: Session, policy: Policy, now: datetime) -> list[WorkItem]:
    """
    The open questions that are on call's while the office is closed, the oldest first.

    That is what is urgent; the contact with a Red case on the tray that is missed or wanted before the office opens
    (GAP-12); and whoever is at high risk by the failure of a provider and not seen in time (TRN-47). Paperwork is not.
    """
    opens = policy.working_calendar().next_opening(now)
    early = and_(WorkItem.form.in_(Form.on_call_before_opening_forms()), WorkItem.due <= opens)
    rows = session.scalars(
        select(WorkItem)
        .join(Case, Case.ref == WorkItem.case_ref)
        .where(
            WorkItem.state == WorkItemState.OPEN,
            Case.status != CaseStatus.CLOSED,
            or_(WorkItem.urgent, early),
        )
        .order_by(WorkItem.opened_at, WorkItem.id)
    ).all()
    found = [
        one
        for one in rows
        if Form.is_on_calls(one.form, urgent=one.urgent, before_opening=one.due is not None and one.due <= opens)
    ]
    to_be_seen = {one.case_ref for one in found if one.form == PersonSeen.name()}
    red = set(
        session.scalars(
            select(AffectedPerson.case_ref).where(
                AffectedPerson.case_ref.in_(to_be_seen), AffectedPerson.risk == str(Risk.RED)
            )
        )
    )
    return [one for one in found if one.form != PersonSeen.name() or one.case_ref in red]


def still_open(session: Session, refs: Collection[str]) -> set[str]:
    """Of those cases, the ones in which something that could not wait is open."""
    asked = session.execute(
        select(WorkItem.case_ref, WorkItem.form, WorkItem.urgent)
        .join(Case, Case.ref == WorkItem.case_ref)
        .where(WorkItem.case_ref.in_(refs), WorkItem.state == WorkItemState.OPEN, Case.status != CaseStatus.CLOSED)
    )
    return {ref for ref, form, urgent in asked if Form.is_on_calls(form, urgent=urgent, before_opening=True)}


def team_in_the_morning(session: Session, policy: Policy, now: datetime, ref: str) -> str:
    """
    The team whose a case is when the office opens: of those asked, of its owner, or of the person; duty's otherwise.

    A team that has closed gives its work to the one that carries it on.
    """
    duty, today = duty_team(policy), local_day(now)
    asked = session.scalars(
        select(WorkItem.asked_of).where(WorkItem.case_ref == ref).order_by(WorkItem.opened_at.desc(), WorkItem.id)
    ).all()
    tags = [*asked[:1], session.scalars(select(Case.owner).where(Case.ref == ref)).one()]
    for tag in tags:
        whose = Recipient.from_tag(tag)
        if whose == Recipient.role(Role.DUTY_WORKER):
            return duty
        found = team_of(session, whose)
        if found is not None:
            carrying_on = team_carrying_on(session, found, today)
            return duty if carrying_on is None else carrying_on.id
    person = session.scalar(
        select(CasePerson.person_id).where(CasePerson.case_ref == ref).order_by(CasePerson.person_id).limit(1)
    )
    responsible = responsible_team(session, person, today) if person is not None else None
    return duty if responsible is None else responsible.id
