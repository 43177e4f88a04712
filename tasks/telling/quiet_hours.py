"""In which hours nobody behind a recipient is written to, and who hears then what must not wait for the morning."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from models.notices import Interruption, Recipient
from models.policy import Policy
from models.roles import Role
from models.working_time import local_day
from tasks.telling.roster import Roster

ON_CALL = Recipient.role(Role.ON_CALL_MANAGER)
"""Who decides while the office is closed; no quiet hours hold back what interrupts them."""

_NOT_FOR_THE_MORNING = (Interruption.URGENT_UNACKNOWLEDGED, Interruption.PROVIDER_FAILURE)


def heard_from(policy: Policy, roster: Roster, tag: str, moment: datetime) -> datetime:
    """The first moment from `moment` on at which somebody behind that tag is not in quiet hours."""
    return min(policy.notices.quiet_for(role).over_after(moment) for role in roster.roles_behind(tag))


def with_on_call(
    session: Session, policy: Policy, told: Sequence[Recipient], interrupts: Interruption | None, now: datetime
) -> list[Recipient]:
    """
    Those told; and whoever is on call, where it must not wait for the morning and nobody told would act on it now.

    That is so while the office is closed, or while all of them are in quiet hours. (GAP-02, GAP-10)
    """
    here = list(told)
    if interrupts not in _NOT_FOR_THE_MORNING or not policy.notices.interrupts(interrupts) or ON_CALL in here:
        return here
    if policy.working_calendar().is_open(now):
        roster = Roster(session, on=local_day(now))
        if any(heard_from(policy, roster, one.tag, now) <= now for one in here):
            return here
    return [*here, ON_CALL]
