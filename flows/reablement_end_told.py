"""Reablement has ended for somebody: whoever is involved and is not on our staff hears so, and the rota matches."""

from __future__ import annotations

from enum import StrEnum

from models.forms.reablement_keeping import ReablementEndTold
from models.forms.reablement_matters import EndToTell
from models.notices import Recipient
from models.reablement.plan import Involved, day_in_words
from tasks.case_people import about_person
from tasks.coming_days import work_out_next_morning
from tasks.durable import ask, at, first_of, procedure
from tasks.durable.in_force import policy
from tasks.reablement.beside import About, beside_the_end_to_tell
from tasks.reablement.keeping import look_up_coordinator
from tasks.reablement.matters import look_up_who_is_told
from tasks.reablement.plans import look_up_plan


class EndToldOutcome(StrEnum):
    """How it ended."""

    TOLD = "everybody knows that reablement has ended"
    """All who could be told were, and the rota matches."""


@procedure(
    title="Telling that reablement has ended",
    follows="Monitoring Actions (Reablement), November 2023",
)
def reablement_end_told(end: EndToTell) -> EndToldOutcome:
    """
    See that the person, their carer and everybody else outside the council know that reablement has ended.

    Whoever coordinated it tells them what follows, and whoever keeps the rota and gives care meanwhile, and says so on
    one form. Who could not be told, and a rota that does not match, is asked for again on the next working day. Staff
    in the plan have heard by notice. Whom a review has told already is not told again. If nobody answers, they are
    chased and the reablement lead hears of it.
    """
    about_person(look_up_plan(end.plan).person)
    told = look_up_who_is_told(end.plan, end.worker, ())
    left = () if end.told_elsewhere else told.others
    rota_matches = False
    while left or not rota_matches:
        answer = ask(
            ReablementEndTold,
            of=Recipient.from_tag(look_up_coordinator()),
            about=beside(end, left, rota_matches=rota_matches),
            wanted_within=policy().gaps.reasonable_time.few_hours,
        )
        left = tuple(one for one in left if one.id in answer.later)
        rota_matches = answer.rota_matches
        if left or not rota_matches:
            first_of(at("told-again", work_out_next_morning()))
    return EndToldOutcome.TOLD


def beside(end: EndToTell, left: tuple[Involved, ...], *, rota_matches: bool) -> About:
    """When it ended and why, what follows, who is to be told, and what goes on without it."""
    ended = f"Reablement ended on {day_in_words(end.last_day)}: {end.because}\nWhat follows: {end.what_follows}"
    known = "Everybody in the plan has heard it already." if end.told_elsewhere else ""
    rota = "" if rota_matches else "Whoever keeps the rota takes the visits out."
    care = "It was paused: whoever gave care meanwhile is to know of it, too." if end.was_paused else ""
    return beside_the_end_to_tell(end.plan, left, *(one for one in (ended, known, rota, care) if one))
