"""Whether reablement pauses is decided on the day of the concern; a part of the pause."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from models.durations import DayEnd
from models.forms.pause import InterimCareConfirmed, PauseChoice, PauseDecided, PauseTalkedOver
from models.forms.reablement_matters import PauseToConsider
from models.forms.reablement_signals import PlanCoordinatorChanged, PlanHasEnded
from models.notices import Interruption
from models.roles import Role
from tasks.durable import Closed, Due, Verb, Wait, answered_by, at, decision, first_of, hears, tell, withdraw
from tasks.durable.in_force import policy
from tasks.reablement.coordinating import go_with_the_plan, who_coordinates
from tasks.safeguarding.pausing import beside_a_pause, work_out_decided_by

Over = Closed | PlanHasEnded | PlanCoordinatorChanged


@dataclass(frozen=True)
class Decided:
    """What was decided, what is known of the care that they have meanwhile, and who is not to hear of it."""

    choice: PauseChoice
    care: str
    """Who gives which care, once that is confirmed."""
    not_to_hear: tuple[str, ...]
    """Ids in the plan, or names, of those who were kept out (GAP-39)."""
    by: str
    """Staff id of whoever answered it."""
    by_the_lead: bool


def care_in_words(said: PauseTalkedOver | PauseDecided | InterimCareConfirmed) -> str:
    """Who gives which care meanwhile, and who has confirmed it; empty where nobody has."""
    return f"{said.interim_care} ({said.interim_confirmed_by})" if said.interim_confirmed_by else ""


def over(ended: Wait[Closed]) -> tuple[Wait[Closed], Wait[PlanHasEnded], Wait[PlanCoordinatorChanged]]:
    """It is over for all, as reablement ends or its case is closed; or for the one who has coordinated it until now."""
    return ended, hears(PlanHasEnded), hears(PlanCoordinatorChanged)


def decide(matter: PauseToConsider, ended: Wait[Closed]) -> Decided | None:
    """All who are to be heard agree, or the lead for safeguarding decides; None: reablement has ended meanwhile."""
    lead: Wait[PauseDecided] | None = None
    care, not_to_hear = "", tuple[str, ...]()
    by = work_out_decided_by(matter.known_at)
    talked: Wait[PauseTalkedOver] | None = ask_to_talk_it_over(matter, by)
    late = at("not-decided-on-the-day", by)
    while True:
        waits: list[Wait[PauseTalkedOver | PauseDecided | Due | Over]] = [late, *over(ended)]
        match first_of(*waits, *(one for one in (talked, lead) if one is not None)):
            case PauseTalkedOver(agreed=None) as said:
                talked = None
                care, not_to_hear = care_in_words(said), said.not_to_hear
                lead = ask_the_lead(matter, lead, f"They do not all say the same:{said.in_words}")
            case PauseTalkedOver(agreed=agreed) as said:
                assert agreed is not None
                ask_no_more(late, lead)
                by_them = answered_by(PauseTalkedOver)
                return Decided(agreed, care_in_words(said), said.not_to_hear, by_them, by_the_lead=False)
            case PauseDecided() as decided:
                ask_no_more(late, talked)
                not_to_hear = (*not_to_hear, *(one.who for one in decided.kept_out))
                care = care_in_words(decided) or care
                return Decided(decided.choice, care, not_to_hear, answered_by(PauseDecided), by_the_lead=True)
            case Due():
                tell_that_it_is_late()
                lead = lead or ask_the_lead(matter, None, "The day is over, and they have not been heard.")
            case PlanCoordinatorChanged(plan=plan):
                go_with_the_plan(plan)
                if talked is not None:
                    withdraw(talked)
                    talked = ask_to_talk_it_over(matter, by)
            case Closed() | PlanHasEnded():
                return None


def ask_to_talk_it_over(matter: PauseToConsider, by: datetime) -> Wait[PauseTalkedOver]:
    """Whoever coordinates the plan hears all who are to be heard, until that moment (REA-34)."""
    return decision(
        PauseTalkedOver,
        of=who_coordinates(matter.plan),
        about=beside_a_pause(matter),
        urgent=True,
        wanted_within=by,
        clauses="REA-34 REA-36",
    )


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
