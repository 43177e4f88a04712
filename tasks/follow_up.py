"""The times of a follow-up, and what a person reads beside its forms."""

from __future__ import annotations

from datetime import date

from pydantic import AwareDatetime

from models.forms.follow_up import FollowUpFacts
from models.written_contact_findings import day_in_words
from tasks.coming_days import morning_of
from tasks.durable import audited, here
from tasks.written_contact import look_up_what_to_heed


@audited("Worked out when it is followed up", clauses="DUTY-37")
def work_out_follow_up(agreed: date) -> AwareDatetime:
    """The morning of the day agreed; see `morning_of`."""
    step = here()
    return morning_of(step.policy.working_calendar(), agreed, step.now)


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
