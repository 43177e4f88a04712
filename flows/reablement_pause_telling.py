"""Whoever visits, cares or keeps the rota hears of a pause, and that visits are made again; a part of the pause."""

from __future__ import annotations

from dataclasses import dataclass

from flows.reablement_asking import ask_while_it_lasts, wait_while_it_lasts
from models.durations import DayEnd
from models.forms.pause import PauseExplained, ResumptionExplained
from models.notices import Interruption
from models.reablement.notices import PlanNotice
from tasks.coming_days import work_out_next_morning
from tasks.durable import Due, Verb, Wait, at, decision, staff, tell, withdraw
from tasks.reablement.beside import About, beside_the_plan, listed
from tasks.reablement.coordinating import Coordinator, who_coordinates
from tasks.safeguarding.pausing import WhoHears, look_up_who_hears, look_whether_paused


@dataclass
class Hearing:
    """Who is still to hear of a pause, as the ledger tells it so far."""

    plan: str
    not_to_hear: tuple[str, ...]
    """Ids in the plan, or names, of those who were kept out."""
    who: WhoHears
    care: str
    """Who gives which care meanwhile; empty: it is not confirmed yet."""
    rota_matches: bool = False
    visits_have_stopped: bool = False
    asked: Wait[PauseExplained] | None = None
    again: Wait[Due] | None = None
    """Whoever was not reached is asked for again then."""

    @property
    def is_over(self) -> bool:
        """Whether nobody is left who is to hear of it."""
        return not self.who.others and self.rota_matches


def begin_hearing(plan: str, not_to_hear: tuple[str, ...], care: str, *, by: str) -> Hearing:
    """Who is to hear of the pause: nobody who was kept out (GAP-39), nor whoever decided it."""
    return Hearing(plan, not_to_hear, look_up_who_hears(plan, not_to_hear, by), care)


# ------------------------------------------------------------------ the pause


def visits_stop(hearing: Hearing) -> None:
    """Staff in the plan hear at once that no visits are made (REA-35)."""
    hearing.visits_have_stopped = True
    tell_staff(hearing, PlanNotice.PAUSED)


def what_is_asked(hearing: Hearing) -> list[Wait[PauseExplained | Due]]:
    """All others hear of the pause on the same day, from whoever coordinates the plan, on one form."""
    if not hearing.visits_have_stopped or hearing.is_over:
        return []
    if hearing.again is not None:
        return [hearing.again]
    if hearing.asked is None:
        hearing.asked = decision(
            PauseExplained,
            of=who_coordinates(hearing.plan),
            about=beside_the_pause_to_tell(hearing),
            urgent=True,
            wanted_within=DayEnd.SAME_DAY,
            clauses="REA-35",
        )
    return [hearing.asked]


def they_heard(hearing: Hearing, told: PauseExplained) -> None:
    """Who was told knows; who could not be, and a rota that does not match, is asked for the next working day."""
    hearing.asked = None
    hearing.who = hearing.who.less(told.later)
    hearing.rota_matches = told.rota_matches
    if not hearing.is_over:
        hearing.again = at("told-again", work_out_next_morning())


PAUSED = "Reablement is paused: no visits are made until a decision ends it."


def beside_the_pause_to_tell(hearing: Hearing, why: str = PAUSED) -> About:
    """Who is to be told of the pause, who is not, and the care that the person has meanwhile."""
    rota = "" if hearing.rota_matches else "Whoever keeps the rota takes the visits out."
    return beside_telling(hearing, why, rota)


# ------------------------------------------------------------------ visits are made again


def see_that_visits_are_expected(hearing: Hearing, *, by: str) -> None:
    """
    The pause is over, and everybody hears so: staff at once, all others from whoever coordinates the plan (REA-34).

    Whoever gave care meanwhile knows when the visits begin again. It ends with reablement, or with another pause.
    """
    tell_no_more(hearing)
    hearing.who, hearing.rota_matches = look_up_who_hears(hearing.plan, hearing.not_to_hear, by), False
    tell_staff(hearing, PlanNotice.RESUMED)
    care_knows = False
    while not (hearing.is_over and care_knows):
        told = ask_while_it_lasts(
            ResumptionExplained,
            of=Coordinator(hearing.plan),
            about=beside_the_resumption(hearing, care_knows=care_knows),
            wanted_within=DayEnd.SAME_DAY,
            clauses="REA-34",
        )
        if told is None:
            return
        hearing.who, hearing.rota_matches = hearing.who.less(told.later), told.rota_matches
        care_knows = told.care_knows
        if hearing.is_over and care_knows:
            return
        if not wait_while_it_lasts(at("told-again", work_out_next_morning())) or look_whether_paused(hearing.plan):
            return


def beside_the_resumption(hearing: Hearing, *, care_knows: bool) -> About:
    """Who is to be told that visits are made again, and who gave care during the pause."""
    rota = "" if hearing.rota_matches else "Whoever keeps the rota puts the visits in again."
    care = "" if care_knows else "Whoever gave care during the pause goes on until the visits begin again."
    return beside_telling(hearing, "The pause is over: visits are made again as they stand in the plan.", rota, care)


# ------------------------------------------------------------------ both


def tell_staff(hearing: Hearing, notice: PlanNotice) -> None:
    """Who has a visit today must know today."""
    if hearing.who.staff:
        tell(
            [staff(one) for one in hearing.who.staff],
            Verb.READ,
            notice,
            urgent=True,
            interrupts=Interruption.URGENT_UNACKNOWLEDGED,
            clauses="REA-34 REA-35",
        )


def tell_no_more(hearing: Hearing) -> None:
    """Nobody is told of the pause any more."""
    for one in (hearing.asked, hearing.again):
        if one is not None:
            withdraw(one)
    hearing.asked = hearing.again = None


def beside_telling(hearing: Hearing, why: str, *more: str) -> About:
    """Why, who is to be told and who is not, and the care during the pause; then the plan."""
    left = listed(hearing.who.others) if hearing.who.others else ""
    out = ", ".join(f"{one.id} {one.name}" for one in hearing.who.kept_out)
    kept_out = f"Kept out of it, and not to be told: {out}." if out else ""
    care = f"Care during the pause: {hearing.care}" if hearing.care else ""
    return beside_the_plan(hearing.plan, *(one for one in (why, left, *more, kept_out, care) if one))
