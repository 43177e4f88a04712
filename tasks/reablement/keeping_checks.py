"""What is said about somebody's plan is held against the plan itself and the calendar, and every problem told."""

from __future__ import annotations

from datetime import date

from models.forms.reablement_keeping import WhatFollowsReablement, WhatFollowsUndecided
from models.forms.reablement_signals import OutcomesAchieved, ReablementEndWanted, ReablementGoesOn
from models.working_time import local_day, months_after
from tasks.durable.answer_checks import Answering, Saying, checks_answers, checks_signals
from tasks.reablement.plans import UnknownPlan, version_in_force


@checks_signals(OutcomesAchieved)
def _outcomes(moment: Saying, said: OutcomesAchieved) -> list[str]:
    """Outcomes that the plan has (REA-25): one that it does not have would never be noticed."""
    try:
        _, content = version_in_force(moment.session, moment.ref)
    except UnknownPlan:
        return ["the answer: this case looks after no reablement plan; open the case that does"]
    known = [one.id for one in content.outcomes]
    unknown = sorted({one.outcome for one in said.outcomes} - set(known))
    if not unknown:
        return []
    return [f"outcomes: the plan has no outcome {', '.join(unknown)}; its outcomes are {', '.join(known)}"]


@checks_signals(ReablementEndWanted)
def _end(moment: Saying, wanted: ReablementEndWanted) -> list[str]:
    return _far_away(moment, last_day=wanted.last_day)


@checks_signals(ReablementGoesOn)
def _goes_on(moment: Saying, goes_on: ReablementGoesOn) -> list[str]:
    return _far_away(moment, again_on=goes_on.again_on)


@checks_answers(WhatFollowsUndecided)
@checks_answers(WhatFollowsReablement)
def _what_follows(moment: Answering, decided: WhatFollowsReablement) -> list[str]:
    return _far_away(moment, last_day=decided.last_day, again_on=decided.again_on)


def _far_away(moment: Saying, **days: date | None) -> list[str]:
    """A day that lies so far ahead is a slip of the pen: the plan would stay in force and nobody look at it."""
    latest = months_after(local_day(moment.now), 6)
    return [
        f"{name}: it is more than six months away; give an earlier day"
        for name, day in days.items()
        if day is not None and day > latest
    ]
