"""What follows when the free weeks are over, and how somebody's reablement ends; a part of `reablement`."""

from __future__ import annotations

from datetime import date

from flows.leaving_notes import leave_note
from flows.reablement_end_told import reablement_end_told
from flows.reablement_keeping import (
    Clock,
    Ending,
    Keeping,
    Question,
    look_what_is_open,
    stop,
    take_back,
    who_coordinates,
)
from flows.reablement_news import explore_prevention
from models.durations import DayEnd
from models.forms.reablement_keeping import (
    DeathInReablement,
    OpenMattersSettled,
    WhatFollows,
    WhatFollowsReablement,
    WhatFollowsUndecided,
)
from models.forms.reablement_matters import EndToTell
from models.forms.reablement_signals import PlanHasEnded, ReablementEndWanted, ReablementGoesOn
from models.notices import Interruption
from models.reablement.notices import PlanNotice
from models.reablement.plan import day_in_words
from models.roles import Role
from tasks.coming_days import work_out_morning
from tasks.durable import Verb, Wait, answered_by, at, day, decision, open_case, recipient, send, sent_by, staff, tell
from tasks.durable.in_force import policy
from tasks.durable.work_items import ByWhen
from tasks.reablement.beside import beside_the_end, beside_the_plan
from tasks.reablement.ending import take_back_notices
from tasks.reablement.keeping import look_whether_over, work_out_end_in_sight, work_out_lead_decides
from tasks.reablement.matters import look_up_who_is_told
from tasks.reablement.plans import end_plan, look_up_plan

NOTE = "End of reablement"
"""The literal title of the note about it."""
DIED = "the person has died"


# ------------------------------------------------------------------ the free weeks


def keep_the_free_weeks_in_sight(keeping: Keeping) -> None:
    """From week four it is asked what follows when reablement is no longer free."""
    moment = work_out_end_in_sight(keeping.begun.begun_on)
    keeping.clocks[Clock.END_IN_SIGHT] = at(Clock.END_IN_SIGHT, moment)


def ask_what_follows(keeping: Keeping) -> None:
    """Whoever coordinates the plan decides it with the person; before the free weeks end, the reablement lead does."""
    if keeping.ending is not None or Question.WHAT_FOLLOWS in keeping.questions:
        return
    lead_decides = work_out_lead_decides(keeping.stands.free_until)
    if not keeping.undecided:
        keeping.clocks[Clock.UNDECIDED] = at(Clock.UNDECIDED, lead_decides)
    who_coordinates(keeping)
    keeping.questions[Question.WHAT_FOLLOWS] = lambda: what_follows_is_asked(keeping, by=lead_decides)


def what_follows_is_asked(keeping: Keeping, *, by: ByWhen) -> Wait[WhatFollowsReablement]:
    """The question, with the plan beside it, which says until when it is free."""
    if keeping.undecided:
        return decision(
            WhatFollowsUndecided,
            of=Role.REABLEMENT_LEAD,
            near=keeping.begun.team,
            about=beside_the_plan(keeping.plan, "Nobody has decided yet what follows."),
            wanted_within=DayEnd.BEFORE_CLOSING,
        )
    return decision(
        WhatFollowsReablement, of=keeping.coordinator, about=beside_the_plan(keeping.plan), wanted_within=by
    )


def nobody_has_decided(keeping: Keeping) -> None:
    """The free weeks are nearly over: the reablement lead decides what follows."""
    if Question.WHAT_FOLLOWS in keeping.questions:
        take_back(keeping, Question.WHAT_FOLLOWS)
        keeping.undecided = True
        ask_what_follows(keeping)


def decided_what_follows(keeping: Keeping, decided: WhatFollowsReablement) -> None:
    """It ends on a day, or goes on and is looked at again; before long-term help prevention is explored (GAP-07)."""
    by = answered_by(type(decided))
    del keeping.questions[Question.WHAT_FOLLOWS]
    stop(keeping, Clock.UNDECIDED)
    if decided.what is WhatFollows.LONG_TERM:
        what = f"Long-term support is proposed after reablement. {decided.reasons}"
        explore_prevention(keeping, what, before_long_term=True)
    match decided.what:
        case WhatFollows.NOTHING_MORE | WhatFollows.LONG_TERM:
            assert decided.last_day is not None
            because = f"decided: {decided.what.replace('-', ' ')}"
            set_the_end(keeping, Ending(decided.last_day, because, decided.reasons, by))
        case WhatFollows.GOES_ON:
            assert decided.again_on is not None
            looked_at_again(keeping, decided.again_on)


def looked_at_again(keeping: Keeping, on: date) -> None:
    """It goes on, and on that day it is asked again what follows: nobody stays in reablement unnoticed."""
    keeping.undecided, keeping.again_on = False, on
    keeping.clocks[Clock.AGAIN] = at(Clock.AGAIN, work_out_morning(on))


# ------------------------------------------------------------------ the end


def said_to_end(keeping: Keeping, wanted: ReablementEndWanted) -> None:
    """Somebody has decided that it ends: what was asked about its end is asked no more."""
    by = sent_by(ReablementEndWanted)
    for question in (Question.WHAT_FOLLOWS, Question.OPEN_MATTERS):
        take_back(keeping, question)
    for clock in (Clock.UNDECIDED, Clock.AGAIN):
        stop(keeping, clock)
    ending = Ending(wanted.last_day, wanted.because, wanted.what_follows, by, told_elsewhere=wanted.told_elsewhere)
    set_the_end(keeping, ending)


def said_to_go_on(keeping: Keeping, goes_on: ReablementGoesOn) -> None:
    """It does not end on the day that was set, or goes on past the free weeks."""
    if keeping.ending is not None:
        tell_staff_in_the_plan(keeping, PlanNotice.GOES_ON)
    keeping.ending = None
    for question in (Question.WHAT_FOLLOWS, Question.OPEN_MATTERS):
        take_back(keeping, question)
    for clock in (Clock.UNDECIDED, Clock.LAST_DAY):
        stop(keeping, clock)
    looked_at_again(keeping, goes_on.again_on)


def set_the_end(keeping: Keeping, ending: Ending) -> None:
    """The plan is in force to the last moment of the last day, and whoever visits knows it beforehand."""
    keeping.ending = ending
    if look_whether_over(ending.last_day):
        stop(keeping, Clock.LAST_DAY)
        last_day_is_over(keeping)
    else:
        keeping.clocks[Clock.LAST_DAY] = day(Clock.LAST_DAY, 1, since=ending.last_day)
        tell_staff_in_the_plan(keeping, PlanNotice.ENDS)


def last_day_is_over(keeping: Keeping) -> None:
    """The plan ends; where something about it is open, somebody first says what becomes of that."""
    assert keeping.ending is not None
    keeping.stands = look_up_plan(keeping.plan)
    look_what_is_open(keeping)
    what_is_open = open_matters(keeping)
    if not what_is_open:
        end(keeping)
        return
    who_coordinates(keeping)
    of = recipient(Role.REABLEMENT_LEAD) if keeping.stands.paused else keeping.coordinator

    def asked() -> Wait[OpenMattersSettled]:
        assert keeping.ending is not None
        return decision(
            OpenMattersSettled,
            of=of,
            near=keeping.begun.team,
            about=beside_the_end(keeping.plan, keeping.ending.last_day, what_is_open),
            wanted_within=policy().gaps.reasonable_time.few_hours,
        )

    keeping.questions[Question.OPEN_MATTERS] = asked


def open_matters(keeping: Keeping) -> tuple[str, ...]:
    """What must be closed or handed over before the plan ends, a line for each."""
    changes = {one.ref: f"a change of the plan, not agreed yet: {one.in_words}" for one in keeping.stands.changes}
    cases = {**keeping.opened, **changes}
    paused = ("Reablement is paused, and the pause has not been ended by a decision.",) if keeping.stands.paused else ()
    unread = tuple(f"A message from {one.message.sender} that nobody has read." for one in keeping.messages.values())
    return (*paused, *(f"Case {ref}: {what}" for ref, what in sorted(cases.items())), *unread)


def end_once_nothing_is_open(keeping: Keeping) -> None:
    """Something about the plan is over; if that was the last that stood in the way, the plan ends unasked."""
    if Question.OPEN_MATTERS in keeping.questions and not open_matters(keeping):
        take_back(keeping, Question.OPEN_MATTERS)
        end(keeping)


def open_matters_settled(keeping: Keeping, settled: OpenMattersSettled) -> None:
    """Everything that was open has somebody: the plan ends."""
    del keeping.questions[Question.OPEN_MATTERS]
    end(keeping, f"Still open then: {settled.what_becomes}")


def end(keeping: Keeping, *more: str) -> None:
    """The plan is no longer in force; everybody hears so, and a note of the end is kept."""
    ending = keeping.ending
    assert ending is not None
    lines = (
        f"Reablement ended on {day_in_words(ending.last_day)}: {ending.because}",
        f"What follows: {ending.what_follows}",
        *more,
    )
    of = who_coordinates(keeping)
    leave_note(NOTE, "\n".join(lines), about_person=keeping.begun.person, of=of, author=ending.decided_by)
    was_paused = keeping.stands.paused
    it_has_ended(keeping, ending.because)
    to_tell = EndToTell(
        plan=keeping.plan,
        worker=of.tag,
        last_day=ending.last_day,
        because=ending.because,
        what_follows=ending.what_follows,
        was_paused=was_paused,
        told_elsewhere=ending.told_elsewhere,
    )
    open_case(reablement_end_told, to_tell, owner=of)


def it_has_ended(keeping: Keeping, because: str) -> None:
    """
    Nothing about the plan is made any more, and each open case about it is told.

    Staff in the plan hear it, and no longer how to visit; after a death they hear it at once.
    """
    end_plan(because)
    keeping.because = because
    look_what_is_open(keeping)
    for ref in keeping.opened:
        send(ref, PlanHasEnded(plan=keeping.plan, because=because))
    take_back_notices()
    tell_staff_in_the_plan(keeping, PlanNotice.ENDED, at_once=because == DIED)


def tell_staff_in_the_plan(keeping: Keeping, what: PlanNotice, *, at_once: bool = False) -> None:
    """Our staff with a part in the plan hear of it, but for whoever coordinates it."""
    told = look_up_who_is_told(keeping.plan, who_coordinates(keeping).tag, ())
    if told.staff:
        interrupts = Interruption.URGENT_UNACKNOWLEDGED if at_once else None
        tell([staff(one) for one in told.staff], Verb.READ, what, urgent=at_once, interrupts=interrupts)


# ------------------------------------------------------------------ a death


def said_to_have_died(keeping: Keeping) -> None:
    """The register shows their death: no clock runs, nothing is asked about the plan; somebody says what follows."""
    if keeping.said_to_have_died:
        return
    keeping.said_to_have_died = True
    for question in (Question.WHAT_FOLLOWS, Question.OPEN_MATTERS):
        take_back(keeping, question)
    for clock in Clock:
        stop(keeping, clock)
    who_coordinates(keeping)
    keeping.questions[Question.DEATH] = lambda: decision(
        DeathInReablement,
        of=keeping.coordinator,
        about=beside_the_plan(keeping.plan),
        urgent=True,
        wanted_within=DayEnd.BEFORE_CLOSING,
    )


def unread_after_a_death(keeping: Keeping) -> bool:
    """Nobody chose to leave unread what had come before they died: it is read before the case closes."""
    return keeping.because == DIED and bool(keeping.messages)


def death_answered(keeping: Keeping, answer: DeathInReablement) -> None:
    """It is so, and the plan ends without a word to them; or it is not, and everything goes on."""
    del keeping.questions[Question.DEATH]
    if answer.has_died:
        it_has_ended(keeping, DIED)
        return
    keeping.said_to_have_died = False
    if keeping.ending is not None:
        set_the_end(keeping, keeping.ending)
    elif keeping.again_on is not None:
        looked_at_again(keeping, keeping.again_on)
    else:
        keep_the_free_weeks_in_sight(keeping)
