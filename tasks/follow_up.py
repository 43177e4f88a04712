"""The times of a follow-up, and what a person reads beside its forms."""

from __future__ import annotations

from datetime import date

from pydantic import AwareDatetime

from models.forms.follow_up import FollowUpFacts
from models.working_time import local_day, months_after
from models.written_contact_findings import day_in_words
from tasks.durable import audited, here
from tasks.written_contact import look_up_what_to_heed


@audited("Worked out when it is followed up", clauses="DUTY-37")
def work_out_follow_up(agreed: date) -> AwareDatetime:
    """
    The morning of the day agreed; a closed day means the last open one before it, a day that is over means now.

    A day more than a year away is a slip of the pen: it is looked at after a year (GAP-51).
    """
    step, calendar = here(), here().policy.working_calendar()
    day = min(agreed, _a_year_from(local_day(step.now)))
    if not calendar.is_working_day(day):
        day = calendar.previous_working_day(day)
    return max(calendar.opening_time(day), step.now)


@audited("Worked out when it is tried again", clauses="DUTY-37")
def work_out_next_try(wanted: date | None) -> AwareDatetime:
    """The morning of the day named, but not of one that is over or a year away; else that of the next working day."""
    step, calendar = here(), here().policy.working_calendar()
    today = local_day(step.now)
    day = min(wanted, _a_year_from(today)) if wanted is not None and wanted > today else None
    day = day or calendar.next_working_day(today)
    if not calendar.is_working_day(day):
        day = calendar.previous_working_day(day)
    morning = calendar.opening_time(day)
    return morning if morning > step.now else calendar.opening_time(calendar.next_working_day(today))


def _a_year_from(day: date) -> date:
    """Nobody means a later day: it is a slip of the pen."""
    return months_after(day, 12)


def to_follow_up(facts: FollowUpFacts, *more: str) -> str:
    """What is to be checked, when, what the person wishes and what was done, with what to heed first."""
    wanted = facts.wanted
    lines = (
        look_up_what_to_heed(facts.about_person).beside_the_form,
        f"To be checked: {wanted.what}",
        f"On: {day_in_words(wanted.on)}",
        f"The person's wishes: {wanted.wishes}",
        f"About: {facts.about_person}" if facts.about_person else "",
        *more,
        "",
        facts.done_so_far,
    )
    return "\n".join(line for line in lines if line or line == "").strip()
