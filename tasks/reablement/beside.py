"""What people read beside the forms about a reablement plan. Personal data throughout."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date

from models.forms.written_contact import FurtherMessage
from models.policy.gaps.duty import AdvocacyStep
from models.reablement.difference import plan_in_words
from models.reablement.plan import Involved, day_in_words
from tasks.advocacy.known import advocate_in_words
from tasks.durable.leg import Step
from tasks.reablement.open_matters import going_on_of
from tasks.reablement.plans import standing_of_plan
from tasks.written_contact import what_to_heed

About = Callable[[Step], str]


def beside_the_plan(plan: str, *first: str) -> About:
    """What to heed first, who their advocate is, why it is asked, and the plan as it stands at that moment."""

    def write(step: Step) -> str:
        stands = standing_of_plan(step.session, plan)
        heed = what_to_heed(step.session, stands.person).beside_the_form
        advocate = words_on_their_advocate(step, stands.person)
        return "\n\n".join(part for part in (heed, advocate, *first, stands.beside_the_form) if part)

    return write


def beside_a_message(plan: str, message: FurtherMessage) -> About:
    """The message in full, and below it the plan in force."""

    def write(step: Step) -> str:
        stands = standing_of_plan(step.session, plan)
        came = f"From: {message.sender}\nSubject: {message.subject}\n\n{message.text}"
        return f"{came}\n\nThe plan, version {stands.version}:\n{plan_in_words(stands.content)}"

    return write


def beside_the_end(plan: str, last_day: date, what_is_open: tuple[str, ...]) -> About:
    """What is still open when the last day is over, what goes on by itself, and the plan."""
    lines = "\n".join(("Still open:", *what_is_open))
    return _with_what_goes_on(plan, f"The last day was {day_in_words(last_day)}.", lines)


def beside_the_end_to_tell(plan: str, left: Collection[Involved], *first: str) -> About:
    """How it ended, who is to be told of it, what goes on by itself, and the plan as it was."""
    return _with_what_goes_on(plan, *first, *((listed(left),) if left else ()))


def _with_what_goes_on(plan: str, *first: str) -> About:
    def write(step: Step) -> str:
        going_on = [f"Case {one.ref} goes on by itself: {one.what}." for one in going_on_of(step.session, plan)]
        return beside_the_plan(plan, *first, *(("\n".join(going_on),) if going_on else ()))(step)

    return write


def words_on_their_advocate(step: Step, person: str) -> str:
    """Who their advocate is, or that one is needed and not there yet; empty where nothing is known (DUTY-41)."""
    return advocate_in_words(step.session, step.policy, person, AdvocacyStep.PLANNING, step.now)


def listed(people: Collection[Involved]) -> str:
    """Those to be told, a line for each with the id by which a form names them."""
    lines = [f"{one.id}: {one.name}, {one.part.in_words}{_reached_at(one)}" for one in people]
    return "To be told:\n" + "\n".join(lines)


def _reached_at(one: Involved) -> str:
    known = ", ".join(way for way in (one.telephone, one.email) if way)
    return f" ({known})" if known else ""
