"""An hour before closing: is there mail that nobody has sorted?"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.cases import WorkItem
from models.forms.alarms import MessageLookedAt
from models.forms.queued_contact import SortedAgain
from models.forms.unsorted_mail import UnsortedMailFacts
from models.forms.written_contact import ContactSorting, PersonConfirmed
from models.notices import Recipient
from models.roles import Role
from models.states import WorkItemState
from models.working_time import local_day
from tasks.durable.cases import open_in
from tasks.durable.council import Council
from tasks.once import is_first
from tasks.register.lookups import staff_in, team_leader_of

PROCEDURE = "unsorted-mail"
FORMS = tuple(form.name() for form in (ContactSorting, PersonConfirmed, SortedAgain, MessageLookedAt))


def tell_of_unsorted_mail(council: Council) -> None:
    """Open the day's case where mail is unsorted and closing is near; once a day, whoever looks first."""
    now, calendar = council.clock.now(), council.policy.working_calendar()
    if not calendar.is_open(now):
        return
    closes_at = calendar.end_of_working_day(now)
    if closes_at - now > council.policy.alarms.unsorted_mail_before_closing:
        return
    with council.database.read() as session:  # most rounds find nothing and cost no write lock
        if not _unsorted(session):
            return
    with council.change() as change:
        waiting = _unsorted(change.session)
        if not waiting or not is_first(change.session, f"{PROCEDURE}:{local_day(now)}", now):
            return
        leaders = _leaders(change.session, council)
        facts = UnsortedMailFacts(closes_at=closes_at, cases=waiting, leaders=tuple(one.tag for one in leaders))
        open_in(change, PROCEDURE, facts, owner=leaders[0])


def _unsorted(session: Session) -> tuple[str, ...]:
    open_items = (WorkItem.state == WorkItemState.OPEN, WorkItem.form.in_(FORMS))
    return tuple(session.scalars(select(WorkItem.case_ref).where(*open_items).distinct().order_by(WorkItem.case_ref)))


def _leaders(session: Session, council: Council) -> list[Recipient]:
    """The leader of each team that has duty workers; where none has one, whoever is a team leader."""
    today = local_day(council.clock.now())
    teams = sorted({member.team_id for member in staff_in(session, Role.DUTY_WORKER, on=today)})
    leaders = [leader for team in teams if (leader := team_leader_of(session, team, on=today)) is not None]
    return [Recipient.staff(leader.id) for leader in leaders] or [Recipient.role(Role.TEAM_LEADER)]
