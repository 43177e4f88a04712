"""What is said about somebody's plan is held against the plan itself and the calendar, and every problem told."""

from __future__ import annotations

from datetime import date

from models.forms.reablement_keeping import CoordinatorNamed, WhatFollowsReablement, WhatFollowsUndecided
from models.forms.reablement_review import ReviewHeld
from models.forms.reablement_signals import CoordinatorWanted, OutcomesAchieved, ReablementEndWanted, ReablementGoesOn
from models.permissions import Action, Reach, reach_of
from models.reablement.plan import day_in_words
from models.roles import Role
from models.working_time import local_day, months_after
from tasks.durable.answer_checks import Answering, Saying, checks_answers, checks_signals
from tasks.reablement.plans import UnknownPlan, standing_of_plan, version_in_force
from tasks.register.lookups import staff_member

Ending = ReablementEndWanted | ReablementGoesOn | WhatFollowsReablement | ReviewHeld
NO_PLAN = "the answer: this case looks after no reablement plan; open the case that does"


@checks_signals(OutcomesAchieved)
def _outcomes(moment: Saying, said: OutcomesAchieved) -> list[str]:
    """Outcomes that the plan has (REA-25): one that it does not have would never be noticed."""
    try:
        _, content = version_in_force(moment.session, moment.ref)
    except UnknownPlan:
        return [NO_PLAN]
    known = [one.id for one in content.outcomes]
    unknown = sorted(set(said.outcomes) - set(known))
    if not unknown:
        return []
    return [f"outcomes: the plan has no outcome {', '.join(unknown)}; its outcomes are {', '.join(known)}"]


@checks_signals(ReablementEndWanted)
def _end(moment: Saying, wanted: ReablementEndWanted) -> list[str]:
    """A day of this reablement, and nobody pays for days of it unasked."""
    return [*far_away(moment, last_day=wanted.last_day), *days_of_the_plan(moment, moment.ref, wanted)]


@checks_signals(ReablementGoesOn)
def _goes_on(moment: Saying, goes_on: ReablementGoesOn) -> list[str]:
    """A day in sight, and nobody pays for the days until then unasked."""
    return [*far_away(moment, again_on=goes_on.again_on), *days_of_the_plan(moment, moment.ref, goes_on)]


@checks_answers(WhatFollowsUndecided)
@checks_answers(WhatFollowsReablement)
def _what_follows(moment: Answering, decided: WhatFollowsReablement) -> list[str]:
    """As when it is told by a signal."""
    far = far_away(moment, last_day=decided.last_day, again_on=decided.again_on)
    return [*far, *days_of_the_plan(moment, moment.ref, decided)]


@checks_signals(CoordinatorWanted)
def _wanted(moment: Saying, wanted: CoordinatorWanted) -> list[str]:
    return _who_cannot_coordinate(moment, wanted.worker)


@checks_answers(CoordinatorNamed)
def _named(moment: Answering, named: CoordinatorNamed) -> list[str]:
    return _who_cannot_coordinate(moment, named.worker)


def _who_cannot_coordinate(moment: Saying, worker: str) -> list[str]:
    """Practitioners can, and whoever of the plan's own team may read its cases: others could not do what is asked."""
    try:
        team = standing_of_plan(moment.session, moment.ref).team
    except UnknownPlan:
        return [NO_PLAN]
    member = staff_member(moment.session, worker)
    if member is None:
        return []  # that is told beside it, as of every field that names somebody in the register
    role = Role(member.role)
    may_read = reach_of(role, Action.READ_CASE) >= Reach.TEAM
    if role is Role.PRACTITIONER or (member.team_id == team and may_read):
        return []
    return [f"worker: as {role.label} they cannot coordinate it; name a practitioner, or somebody of team {team}"]


def days_of_the_plan(moment: Saying, plan: str, said: Ending) -> list[str]:
    """It does not end before it began; past the free weeks nobody is charged who does not know what it costs."""
    try:
        stands = standing_of_plan(moment.session, plan)
    except UnknownPlan:
        return [NO_PLAN]
    last_day, again_on = getattr(said, "last_day", None), getattr(said, "again_on", None)
    if last_day is not None and last_day < stands.begun_on:
        return [f"last_day: reablement began on {day_in_words(stands.begun_on)}; give that day or a later one"]
    until = last_day or again_on
    if until is not None and until > stands.free_until and not said.costs_explained:
        free = day_in_words(stands.free_until)
        return [f"costs_explained: it is free until {free}; tell them what the days after that cost, and say so here"]
    return []


def far_away(moment: Saying, **days: date | None) -> list[str]:
    """A day that lies so far ahead is a slip of the pen: the plan would stay in force and nobody look at it."""
    latest = months_after(local_day(moment.now), 6)
    return [
        f"{name}: it is more than six months away; give an earlier day"
        for name, day in days.items()
        if day is not None and day > latest
    ]
