"""A safeguarding concern about somebody in reablement: on the same day it is decided whether reablement pauses."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from flows.reablement_pause_deciding import Decided, Over, care_in_words, decide, over
from flows.reablement_pause_telling import (
    Hearing,
    begin_hearing,
    beside_the_pause_to_tell,
    see_that_visits_are_expected,
    they_heard,
    visits_stop,
    what_is_asked,
)
from models.durations import DayEnd
from models.forms.pause import (
    InterimCareConfirmed,
    PauseChecked,
    PauseChoice,
    PauseEndDecided,
    PauseExplained,
    PauseNews,
    PauseStep,
)
from models.forms.reablement_matters import PauseToConsider
from models.forms.reablement_signals import PlanCoordinatorChanged, PlanHasEnded, ReablementEndWanted
from models.notices import Interruption
from models.reablement.clocks import pause_check_due
from tasks.case_people import about_person
from tasks.durable import (
    Closed,
    Due,
    Verb,
    Wait,
    answered_by,
    at,
    closed,
    decision,
    first_of,
    hears,
    now,
    procedure,
    send,
    tell,
    withdraw,
)
from tasks.durable.in_force import day_of, policy
from tasks.reablement.coordinating import go_with_the_plan, who_coordinates
from tasks.reablement.plans import look_up_plan, pause_plan, resume_plan
from tasks.safeguarding.pausing import (
    beside_a_pause,
    look_up_what_a_pause_means,
)


class PauseOutcome(StrEnum):
    """How it ended."""

    GOES_ON = "reablement goes on"
    """Beside the safeguarding process."""
    RESUMED = "resumed after a pause"
    """Visits are made again, by a recorded decision."""
    ENDED = "reablement has ended"
    """There are no visits left to pause."""


@dataclass
class Pausing:
    """A pause on its way."""

    matter: PauseToConsider
    over: Wait[Closed]
    """The plan's own case closes: reablement has ended."""
    clock: Wait[Due] | None = None
    asked: Wait[PauseChecked] | None = None
    why: str = ""
    """Why it is asked how it stands."""
    lead: Wait[PauseEndDecided] | None = None
    care: Wait[InterimCareConfirmed] | None = None
    """Other care is not confirmed yet."""


Came = PauseChecked | PauseEndDecided | PauseNews | PauseExplained | Due | Over


@procedure(
    title="Safeguarding pause of reablement",
    follows="Monitoring Actions (Reablement), November 2023: safeguarding",
    acts_on=(PlanHasEnded,),
)
def reablement_safeguarding_pause(matter: PauseToConsider) -> PauseOutcome:
    """
    See that on the day of a safeguarding concern somebody decides whether reablement pauses.

    Whoever coordinates the plan hears the safeguarding team, the person or whoever speaks for them, and every carer;
    nobody is invited who is said to be the source of the risk. Where they do not agree, or the day is over, the lead
    for safeguarding decides. A pause begins once other care is confirmed; from then on no visits are made, it is looked
    at each week, and it ends by a recorded decision only. Staff in the plan hear at once that visits stop, and that
    they are made again; all others, and whoever keeps the rota, hear it from the coordinator. If nobody answers, they
    are chased and managers hear of it.
    """
    about_person(look_up_plan(matter.plan).person)
    pausing = Pausing(matter, over=closed(matter.plan))
    decided = decide(matter, pausing.over)
    if decided is None:
        return PauseOutcome.ENDED
    match decided.choice:  # REA-35
        case PauseChoice.GO_ON:
            tell_the_worker(pausing, decided, "reablement-goes-on-beside-safeguarding")
            return PauseOutcome.GOES_ON
        case PauseChoice.PAUSE:
            return pause(pausing, decided)


def tell_the_worker(pausing: Pausing, decided: Decided, what: str) -> None:
    """What somebody else has decided is known today to whoever coordinates the plan."""
    if decided.by_the_lead:
        tell(
            who_coordinates(pausing.matter.plan),
            Verb.READ,
            what,
            urgent=True,
            interrupts=Interruption.URGENT_UNACKNOWLEDGED,
            clauses="REA-34",
        )


# ------------------------------------------------------------------ the pause


def pause(pausing: Pausing, decided: Decided) -> PauseOutcome:
    """No visits are made, once other care is confirmed; the pause is looked at each week (GAP-35)."""
    means = look_up_what_a_pause_means()
    tell_the_worker(pausing, decided, "reablement-is-to-pause")
    hearing = begin_hearing(pausing.matter.plan, decided.not_to_hear, decided.care, by=decided.by)
    if not hearing.care:
        pausing.care = ask_for_other_care(pausing, hearing)
        if means.care_first and not is_cared_for(pausing, hearing, pausing.care):
            return PauseOutcome.ENDED
    if means.visits_stop and pause_plan(pausing.matter.plan):  # REA-35
        visits_stop(hearing)
    return keep_watch(pausing, hearing)


def ask_for_other_care(pausing: Pausing, hearing: Hearing) -> Wait[InterimCareConfirmed]:
    """Whoever coordinates the plan arranges it (REA-35)."""
    return decision(
        InterimCareConfirmed,
        of=who_coordinates(pausing.matter.plan),
        about=beside_the_pause_to_tell(hearing, "Reablement is to pause: arrange other care."),
        urgent=True,
        wanted_within=DayEnd.SAME_DAY,
        clauses="REA-34 REA-35",
    )


def is_cared_for(pausing: Pausing, hearing: Hearing, asked: Wait[InterimCareConfirmed]) -> bool:
    """Other care is confirmed before anything pauses; False: reablement has ended first."""
    while True:
        match first_of(asked, *over(pausing.over)):
            case InterimCareConfirmed() as confirmed:
                care_confirmed(pausing, hearing, confirmed)
                return True
            case PlanCoordinatorChanged():
                ask_the_new_coordinator(pausing, hearing)
                assert pausing.care is not None
                asked = pausing.care
            case Closed() | PlanHasEnded():
                return False


def ask_the_new_coordinator(pausing: Pausing, hearing: Hearing) -> None:
    """The pause is theirs, and so is what the one before was asked."""
    go_with_the_plan(pausing.matter.plan)
    if pausing.care is not None:
        withdraw(pausing.care)
        pausing.care = ask_for_other_care(pausing, hearing)
    if pausing.asked is not None:
        ask_how_it_stands(pausing, pausing.why)
    if hearing.asked is not None:
        withdraw(hearing.asked)
        hearing.asked = None


def care_confirmed(pausing: Pausing, hearing: Hearing, confirmed: InterimCareConfirmed) -> None:
    """Other care is assured; who was told of the pause on the same form is not told once more."""
    pausing.care, hearing.care = None, care_in_words(confirmed)
    they_heard(hearing, confirmed)


def keep_watch(pausing: Pausing, hearing: Hearing) -> PauseOutcome:
    """Until a recorded decision ends the pause, or reablement has ended."""
    look_again(pausing)
    while True:
        match first_of(*everything_awaited(pausing, hearing)):
            case Due(name="told-again"):
                hearing.again = None
            case Due():
                ask_how_it_stands(pausing, "")
            case PauseNews(what=what):
                ask_how_it_stands(pausing, f"New: {what}")
            case InterimCareConfirmed() as confirmed:
                care_confirmed(pausing, hearing, confirmed)
            case PauseExplained() as told:
                they_heard(hearing, told)
            case PauseChecked(step=PauseStep.STILL_PAUSED):
                pausing.asked = None
                look_again(pausing)
            case PauseChecked(safeguarding_agrees=False) as wanted:
                pausing.asked = None
                pausing.lead = ask_whether_it_ends(pausing, wanted)
            case PauseChecked(step=step, reasons=reasons, what_follows=follows):
                pausing.asked = None
                if end(pausing, hearing, step, reasons, follows, by=answered_by(PauseChecked)):
                    return PauseOutcome.RESUMED
            case PauseEndDecided(step=step, reasons=reasons, what_follows=follows):
                pausing.lead = None
                tell(
                    who_coordinates(pausing.matter.plan), Verb.READ, "decided-whether-the-pause-ends", clauses="REA-34"
                )
                if end(pausing, hearing, step, reasons, follows, by=answered_by(PauseEndDecided)):
                    return PauseOutcome.RESUMED
            case PlanCoordinatorChanged():
                ask_the_new_coordinator(pausing, hearing)
            case Closed() | PlanHasEnded():
                return PauseOutcome.ENDED


def everything_awaited(pausing: Pausing, hearing: Hearing) -> list[Wait[Came]]:
    """The weekly clock, what is asked, whoever is still to be told, and whatever may come."""
    open_now = (pausing.clock, pausing.asked, pausing.lead, pausing.care)
    telling = what_is_asked(hearing) if pausing.care is None else []  # the form on other care asks for that as well
    return [*(one for one in open_now if one is not None), *telling, hears(PauseNews), *over(pausing.over)]


def look_again(pausing: Pausing) -> None:
    """The pause is looked at in a week, counted from now (GAP-35)."""
    pausing.clock = at("pause-looked-at", pause_check_due(now()))


def ask_how_it_stands(pausing: Pausing, why: str) -> None:
    """Whoever coordinates the plan asks those who carry out safeguarding, and says what follows."""
    if pausing.lead is not None:
        return  # it is being decided already
    if pausing.asked is not None:
        withdraw(pausing.asked)
    if pausing.clock is not None:
        withdraw(pausing.clock)
        pausing.clock = None
    pausing.why = why
    pausing.asked = decision(
        PauseChecked,
        of=who_coordinates(pausing.matter.plan),
        about=beside_a_pause(pausing.matter, why),
        wanted_within=DayEnd.SAME_DAY,
        clauses="REA-34",
    )


def ask_whether_it_ends(pausing: Pausing, wanted: PauseChecked) -> Wait[PauseEndDecided]:
    """Those who carry out safeguarding do not agree that it ends: whoever policy names decides."""
    why = f"They do not agree that the pause ends:{wanted.in_words}"
    return decision(
        PauseEndDecided,
        of=policy().gaps.reablement_pause.decider_without_consensus,
        about=beside_a_pause(pausing.matter, why),
        wanted_within=policy().gaps.reasonable_time.reasonable,
        clauses="REA-34",
    )


def end(pausing: Pausing, hearing: Hearing, step: PauseStep, reasons: str, what_follows: str, *, by: str) -> bool:
    """What was decided is done, and whoever visits hears of it; whether visits are made again."""
    match step:
        case PauseStep.RESUME:
            if resume_plan(pausing.matter.plan):  # REA-34
                see_that_visits_are_expected(hearing, by=by)
            return True
        case PauseStep.END:
            ending = ReablementEndWanted(last_day=day_of(now()), because=reasons, what_follows=what_follows)
            send(pausing.matter.plan, ending, by=by, clauses="REA-34")
        case PauseStep.STILL_PAUSED:
            pass
    look_again(pausing)  # until the plan's own case has ended it
    return False
