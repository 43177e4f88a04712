"""A safeguarding concern about somebody in reablement: on the same day it is decided whether reablement pauses."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from models.durations import DayEnd
from models.forms.pause import (
    InterimCareConfirmed,
    PauseChecked,
    PauseChoice,
    PauseDecided,
    PauseEndDecided,
    PauseNews,
    PauseStep,
    PauseTalkedOver,
)
from models.forms.reablement_matters import PauseToConsider
from models.forms.reablement_signals import PlanHasEnded, ReablementEndWanted
from models.notices import Interruption, Recipient
from models.reablement.clocks import pause_check_due
from models.roles import Role
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
from tasks.reablement.plans import look_up_plan, pause_plan, resume_plan
from tasks.safeguarding.pausing import beside_a_pause, look_up_what_a_pause_means, work_out_decided_by


class PauseOutcome(StrEnum):
    """How it ended."""

    GOES_ON = "reablement goes on"
    """Beside the safeguarding process."""
    RESUMED = "resumed after a pause"
    """Visits are made again, by a recorded decision."""
    ENDED = "reablement has ended"
    """There are no visits left to pause."""


@dataclass(frozen=True)
class Decided:
    """What was decided, and what is known of the care that they have meanwhile."""

    choice: PauseChoice
    care_is_confirmed: bool
    by_the_lead: bool


@dataclass
class Pausing:
    """A pause on its way."""

    matter: PauseToConsider
    over: Wait[Closed]
    """The plan's own case closes: reablement has ended."""
    clock: Wait[Due] | None = None
    asked: Wait[PauseChecked] | None = None
    lead: Wait[PauseEndDecided] | None = None
    care: Wait[InterimCareConfirmed] | None = None
    """Other care is not confirmed yet."""

    @property
    def worker(self) -> Recipient:
        """Whoever coordinates the plan."""
        return Recipient.from_tag(self.matter.worker)


Over = Closed | PlanHasEnded
Came = PauseChecked | PauseEndDecided | PauseNews | InterimCareConfirmed | Due | Over


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
    at each week, and it ends by a recorded decision only. If nobody answers, they are chased and managers hear of it.
    """
    about_person(look_up_plan(matter.plan).person)
    pausing = Pausing(matter, over=closed(matter.plan))
    decided = decide(pausing)
    if decided is None:
        return PauseOutcome.ENDED
    match decided.choice:  # REA-35
        case PauseChoice.GO_ON:
            tell_the_worker(pausing, decided, "reablement-goes-on-beside-safeguarding")
            return PauseOutcome.GOES_ON
        case PauseChoice.PAUSE:
            return pause(pausing, decided)


# ------------------------------------------------------------------ the decision of the day


def decide(pausing: Pausing) -> Decided | None:
    """All who are to be heard agree, or the lead for safeguarding decides; None: reablement has ended meanwhile."""
    matter, lead = pausing.matter, None
    by = work_out_decided_by(matter.known_at)
    talked = decision(
        PauseTalkedOver,
        of=pausing.worker,
        about=beside_a_pause(matter),
        urgent=True,
        wanted_within=by,
        clauses="REA-34 REA-36",
    )
    late = at("not-decided-on-the-day", by)
    while True:
        waits: list[Wait[PauseTalkedOver | PauseDecided | Due | Over]] = [talked, late, *over(pausing)]
        match first_of(*waits, *([lead] if lead is not None else [])):
            case PauseTalkedOver(agreed=None) as said:
                lead = ask_the_lead(matter, lead, f"They do not all say the same:{said.in_words}")
            case PauseTalkedOver(agreed=agreed, interim_is_confirmed=confirmed):
                assert agreed is not None
                ask_no_more(late, lead)
                return Decided(agreed, confirmed, by_the_lead=False)
            case PauseDecided(choice=choice, interim_is_confirmed=confirmed):
                ask_no_more(late, talked)
                return Decided(choice, confirmed, by_the_lead=True)
            case Due():
                tell_that_it_is_late()
                lead = lead or ask_the_lead(matter, None, "The day is over, and they have not been heard.")
            case Closed() | PlanHasEnded():
                return None


def ask_no_more(*waits: Wait[PauseTalkedOver] | Wait[PauseDecided] | Wait[Due] | None) -> None:
    """It is decided: nobody is asked for it any more."""
    for one in waits:
        if one is not None:
            withdraw(one)


def ask_the_lead(matter: PauseToConsider, before: Wait[PauseDecided] | None, why: str) -> Wait[PauseDecided]:
    """There is no consensus: whoever policy names decides, with what was said before them (GAP-35)."""
    if before is not None:
        withdraw(before)
    return decision(
        PauseDecided,
        of=policy().gaps.reablement_pause.decider_without_consensus,
        about=beside_a_pause(matter, why),
        urgent=True,
        wanted_within=DayEnd.SAME_DAY,
        clauses="REA-34 REA-35",
    )


def tell_that_it_is_late() -> None:
    """The day is over and nobody has decided: the reablement lead hears of it at once."""
    tell(
        Role.REABLEMENT_LEAD,
        Verb.CHECK,
        "whether-reablement-pauses-is-not-decided",
        urgent=True,
        interrupts=Interruption.URGENT_UNACKNOWLEDGED,
        clauses="REA-34",
    )


def tell_the_worker(pausing: Pausing, decided: Decided, what: str) -> None:
    """What somebody else has decided is known today to whoever coordinates the plan."""
    if decided.by_the_lead:
        tell(
            pausing.worker,
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
    if not decided.care_is_confirmed:
        pausing.care = decision(
            InterimCareConfirmed,
            of=pausing.worker,
            about=beside_a_pause(pausing.matter, "Reablement is to pause: arrange other care."),
            urgent=True,
            wanted_within=DayEnd.SAME_DAY,
            clauses="REA-34 REA-35",
        )
        if means.care_first:
            if not isinstance(first_of(pausing.care, *over(pausing)), InterimCareConfirmed):
                return PauseOutcome.ENDED
            pausing.care = None
    if means.visits_stop:
        pause_plan(pausing.matter.plan)  # REA-35
    return keep_watch(pausing)


def keep_watch(pausing: Pausing) -> PauseOutcome:
    """Until a recorded decision ends the pause, or reablement has ended."""
    look_again(pausing)
    while True:
        match first_of(*everything_awaited(pausing)):
            case Due():
                ask_how_it_stands(pausing, "")
            case PauseNews(what=what):
                ask_how_it_stands(pausing, f"New: {what}")
            case InterimCareConfirmed():
                pausing.care = None
            case PauseChecked(step=PauseStep.STILL_PAUSED):
                pausing.asked = None
                look_again(pausing)
            case PauseChecked(safeguarding_agrees=False) as wanted:
                pausing.asked = None
                pausing.lead = ask_whether_it_ends(pausing, wanted)
            case PauseChecked(step=step, reasons=reasons, what_follows=follows):
                pausing.asked = None
                if end(pausing, step, reasons, follows, by=answered_by(PauseChecked)):
                    return PauseOutcome.RESUMED
            case PauseEndDecided(step=step, reasons=reasons, what_follows=follows):
                pausing.lead = None
                tell(pausing.worker, Verb.READ, "decided-whether-the-pause-ends", clauses="REA-34")
                if end(pausing, step, reasons, follows, by=answered_by(PauseEndDecided)):
                    return PauseOutcome.RESUMED
            case Closed() | PlanHasEnded():
                return PauseOutcome.ENDED


def everything_awaited(pausing: Pausing) -> list[Wait[Came]]:
    """The weekly clock, what is asked, and whatever may come."""
    open_now = (pausing.clock, pausing.asked, pausing.lead, pausing.care)
    return [*(one for one in open_now if one is not None), hears(PauseNews), *over(pausing)]


def over(pausing: Pausing) -> tuple[Wait[Closed], Wait[PlanHasEnded]]:
    """Reablement ends, or its case is closed: there is nothing left to pause."""
    return pausing.over, hears(PlanHasEnded)


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
    pausing.asked = decision(
        PauseChecked,
        of=pausing.worker,
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


def end(pausing: Pausing, step: PauseStep, reasons: str, what_follows: str, *, by: str) -> bool:
    """What was decided is done; whether visits are made again."""
    match step:
        case PauseStep.RESUME:
            resume_plan(pausing.matter.plan)  # REA-34
            return True
        case PauseStep.END:
            ending = ReablementEndWanted(last_day=day_of(now()), because=reasons, what_follows=what_follows)
            send(pausing.matter.plan, ending, by=by, clauses="REA-34")
        case PauseStep.STILL_PAUSED:
            pass
    look_again(pausing)  # until the plan's own case has ended it
    return False
