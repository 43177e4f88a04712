"""Whose a concern about a personal assistant is, by when it is discussed, and what is raised for others."""

from __future__ import annotations

from pydantic import AwareDatetime

from models.durations import Deadline
from models.forms.personal_assistant import AssistantConcernNoticed, OthersConsidered
from models.forms.safeguarding import ConcernNoticed
from models.notices import Recipient
from models.roles import Role
from models.working_time import local_day
from tasks.durable import audited, here
from tasks.register.lookups import responsible_team


@audited("Looked up the social work team", clauses="REA-56")
def look_up_social_work_team(person: str) -> str:
    """Tag of the team responsible for the person; duty's where the register has none."""
    step = here()
    team = responsible_team(step.session, person, local_day(step.now))
    return Recipient.team(team.id).tag if team is not None else Recipient.role(Role.DUTY_WORKER).tag


@audited("Worked out by when it is discussed", clauses="REA-56 GAP-40")
def work_out_discussed_by(noticed_at: AwareDatetime) -> AwareDatetime:
    """On the working day on which it was noticed; at once where that is over."""
    return _by(noticed_at, here().policy.gaps.personal_assistants.social_work_team_by)


@audited("Worked out by when others are considered", clauses="REA-58 GAP-40")
def work_out_considered_by(noticed_at: AwareDatetime) -> AwareDatetime:
    """On the day on which it was noticed; at once where that is over."""
    return _by(noticed_at, here().policy.gaps.personal_assistants.danger_to_another_employer_by)


@audited("Worked out by when direct payments know", clauses="REA-58 GAP-40")
def work_out_direct_payments_by(noticed_at: AwareDatetime) -> AwareDatetime:
    """On the next working day after it was noticed; at once where that is over."""
    return _by(noticed_at, here().policy.gaps.personal_assistants.direct_payments_within)


def _by(since: AwareDatetime, within: Deadline) -> AwareDatetime:
    step = here()
    return max(step.policy.working_calendar().due(since, within), step.now)


@audited("Made safeguarding concerns for others", clauses="REA-58 DUTY-49 DUTY-50 GAP-40")
def make_concerns_for_others(
    said: OthersConsidered, noticed: AssistantConcernNoticed, by: str
) -> tuple[ConcernNoticed, ...]:
    """One for each of those in danger whom the register has, and one for all whom it does not; `by` is a tag."""
    assert said.at_risk is not None and said.danger_or_crime is not None  # held against at the door
    step = here()
    what = f"About {noticed.assistant}, a personal assistant.\n{said.what_is_feared}"
    whom: list[tuple[str | None, str]] = [(one, what) for one in dict.fromkeys(said.in_danger)]
    if said.in_danger_in_words:
        whom.append((None, f"For: {said.in_danger_in_words}\n{what}"))
    return tuple(
        ConcernNoticed(
            danger_or_crime=said.danger_or_crime,
            rang_999=said.rang_999,
            not_rung_because=said.not_rung_because,
            at_risk=said.at_risk,
            about_person=person,
            what=words,
            noticed_at=step.now,
            noticed_by=by,
            came_from=step.case.ref,
        )
        for person, words in whom
    )
