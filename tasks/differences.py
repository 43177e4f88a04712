"""
Differences between what the recording system shows and our open cases, kept until a team has seen to them.

Each is named by its kind and references, so that it stands on one list once while nobody has seen to it. Nothing in
it tells who a person is; restricted cases are left out. `tasks/finding_differences` looks for them,
`tasks/difference_lists` brings them before their teams each working morning.
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import exists, or_, select

from models.cases import Case
from models.notices import Recipient
from models.policy import Policy
from models.recording import Difference
from models.working_time import local_day
from tasks.durable.council import Change
from tasks.durable.people import team_of
from tasks.register.lookups import responsible_team, team_carrying_on

COMES_BACK_AFTER = timedelta(days=28)
"""What was seen to and still differs so much later stands on the list again."""


def note_difference(
    change: Change,
    about: str,
    text: str,
    *,
    person_id: str | None = None,
    case: Case | None = None,
    team_id: str | None = None,
) -> bool:
    """
    Put a difference on the list of the team concerned; whether it was neither there already nor seen to lately.

    That is the team responsible for the person, else the one named, or the one that owns the case, else duty. `text`
    is a sentence with references only.
    """
    if case is not None and case.restricted:
        return False
    lately = or_(Difference.seen_at.is_(None), Difference.seen_at > change.now - COMES_BACK_AFTER)
    if change.session.scalar(select(exists().where(Difference.about == about, lately))):
        return False
    concerned = _team_concerned(change, person_id, team_id, case)
    change.session.add(
        Difference(about=about, team_id=concerned, text=text, found_at=change.now, case_ref=None, seen_at=None)
    )
    change.session.flush()
    return True


def _team_concerned(change: Change, person_id: str | None, team_id: str | None, case: Case | None) -> str:
    session, today = change.session, local_day(change.now)
    responsible = responsible_team(session, person_id, today) if person_id else None
    if responsible is not None:
        return responsible.id
    if team_id is None and case is not None:
        team_id = team_of(session, Recipient.from_tag(case.owner))
    carrying_on = team_carrying_on(session, team_id, today) if team_id is not None else None
    return carrying_on.id if carrying_on is not None else duty_team(change.policy)


def duty_team(policy: Policy) -> str:
    """The id of the team that duty is."""
    return policy.sorting_teams()[0].id
