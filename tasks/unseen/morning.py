"""
The morning's word about the one list: how many people of a team nobody may be looking after.

It is a notice without a case. A case each morning would ask nobody anything and stand among those that do, and every
person on the list has a case, or a line on the daily list of differences, in which somebody is asked and chased. What
is missing is only that a manager looks at all of them together, and a line in the digest with a number says that. The
number is all that is kept; the list is worked out anew by whoever asks for it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date

from sqlalchemy.orm import Session

from models.notices import Notice, Recipient, Verb, Where
from models.policy import Policy
from models.roles import Role
from models.working_time import local_day
from tasks.differences import duty_team
from tasks.durable.council import Council
from tasks.durable.people import team_of
from tasks.durable.prefect_runtime import council_of_this_process
from tasks.once import is_first
from tasks.register.lookups import staff_in, team_carrying_on
from tasks.telling.queueing import queue
from tasks.unseen.lines import Line, one_list

MATTER = "people-nobody-may-be-looking-after"
HEAR_OF_IT = (Role.TEAM_LEADER, Role.TEAM_MANAGER)


def tell_of_the_one_list(council: Council | None = None) -> dict[str, int]:
    """
    Tell each team's leader and managers how many on the one list nobody may be looking after; once a working day.

    It comes with the next digest. A team with nobody to tell of hears nothing. Gives the number for each team told.
    """
    council = council or council_of_this_process()
    now, policy = council.clock.now(), council.policy
    today = local_day(now)
    if not policy.working_calendar().is_working_day(today):
        return {}
    with council.database.read() as session:
        counted = Counter(
            team for line in one_list(session, now).unattended for team in teams_of(session, policy, line, today)
        )
    if not counted:
        return {}
    with council.change() as change:
        if not is_first(change.session, f"one-list:{today}", now):
            return {}
        for team, number in sorted(counted.items()):
            notice = Notice(verb=Verb.CHECK, what=MATTER, team=team, how_many=number, where=Where.ONE_LIST)
            queue(change.session, notice, managers_of(change.session, policy, team, today), None, None, now)
    return dict(counted)


def teams_of(session: Session, policy: Policy, line: Line, today: date) -> set[str]:
    """The teams that a line of the list concerns: whose tray it is, whose case; duty where no team is behind it."""
    named: Iterable[str | None] = (
        *(
            one.tray.team if one.tray is not None else team_of(session, Recipient.from_tag(one.owner))
            for one in line.cases
        ),
        *(one.team for one in line.shown),
        *((None,) if line.message is not None else ()),
    )
    carrying_on = (team_carrying_on(session, one, today) if one is not None else None for one in named)
    return {one.id if one is not None else duty_team(policy) for one in carrying_on}


def managers_of(session: Session, policy: Policy, team: str, today: date) -> list[Recipient]:
    """A team's leaders and managers; where it has none, whom policy names as leading it, or every team manager."""
    found = [member for role in HEAR_OF_IT for member in staff_in(session, role, team, on=today)]
    if found:
        return [Recipient.staff(member.id) for member in found]
    leads = [one.lead for one in policy.teams if one.id == team]
    return [Recipient.staff(leads[0])] if leads else [Recipient.role(Role.TEAM_MANAGER)]
