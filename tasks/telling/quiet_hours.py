"""In which hours nobody behind a recipient is written to, and who hears then what must not wait for the morning."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.notices import Interruption, Recipient, RecipientKind
from models.on_call.tables import OnCallNight, OnCallWork
from models.policy import Policy
from models.roles import Role
from models.working_time import local_day
from tasks.register.lookups import absence_on
from tasks.telling.roster import Roster

ON_CALL = Recipient.role(Role.ON_CALL_MANAGER)
"""Who decides while the office is closed; no quiet hours hold back what interrupts them."""

_NOT_FOR_THE_MORNING = (
    Interruption.URGENT_UNACKNOWLEDGED,
    Interruption.PROVIDER_FAILURE,
    Interruption.MISSED_RED_CONTACT,
)


def heard_from(policy: Policy, roster: Roster, tag: str, moment: datetime) -> datetime:
    """The first moment from `moment` on at which somebody behind that tag is not in quiet hours."""
    return min(policy.notices.quiet_for(role).over_after(moment) for role in roster.roles_behind(tag))


def with_on_call(
    session: Session, policy: Policy, told: Sequence[Recipient], interrupts: Interruption | None, now: datetime
) -> list[Recipient]:
    """
    Those told; and whoever is on call, where it must not wait for the morning and nobody told would act on it now.

    That is so while the office is closed, or while each of them is in quiet hours or away (GAP-02, GAP-10). A contact
    is missed at the moment at which the office closes: whoever is not in quiet hours yet on that day acts on it
    (GAP-12).
    """
    here = list(told)
    if interrupts not in _NOT_FOR_THE_MORNING or not policy.notices.interrupts(interrupts) or ON_CALL in here:
        return here
    calendar, today = policy.working_calendar(), local_day(now)
    is_missed = interrupts is Interruption.MISSED_RED_CONTACT
    if calendar.is_working_day(today) if is_missed else calendar.is_open(now):
        roster = Roster(session, on=today)
        if any(_acts_on_it(session, policy, roster, one, now) for one in here):
            return here
    return [*here, ON_CALL]


def is_in_the_night(session: Session, ref: str) -> bool:
    """Whether a case is in on-call's hands in a night that goes on (`flows/out_of_hours.py`)."""
    found = (
        select(OnCallWork.case_ref)
        .join(OnCallNight, OnCallNight.case_ref == OnCallWork.night_ref)
        .where(OnCallWork.case_ref == ref, OnCallNight.ended_at.is_(None))
    )
    return session.scalar(found.limit(1)) is not None


def _acts_on_it(session: Session, policy: Policy, roster: Roster, told: Recipient, now: datetime) -> bool:
    """Whether somebody behind a recipient is neither in quiet hours nor away."""
    if heard_from(policy, roster, told.tag, now) > now:
        return False
    people = [told.name] if told.kind is RecipientKind.STAFF else roster.people_of(told.tag)
    return not people or any(absence_on(session, one, now) is None for one in people)
