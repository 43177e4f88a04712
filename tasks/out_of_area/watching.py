"""A placement is looked at from its four sides and reviewed: what each time writes, and when the next is."""

from __future__ import annotations

from datetime import date

from pydantic import AwareDatetime, BaseModel, ConfigDict

from models.forms.out_of_area import AngleLookedAt
from models.notices import Recipient
from models.out_of_area.clocks import NAMED, NEXT, anchor, review_anchor
from models.out_of_area.kinds import Angle
from models.out_of_area.tables import Placement, PlacementAngle
from models.working_time import local_day
from tasks.coming_days import morning_of
from tasks.durable import audited, here
from tasks.out_of_area.known import serving


class NextReview(BaseModel):
    """From when the next review is counted, and by which rule."""

    model_config = ConfigDict(frozen=True)

    since: AwareDatetime
    rule: str


@audited("Looked up who watches", keyed_by="angle", clauses="TRN-50")
def look_up_watcher(angle: Angle) -> str:
    """Tag of whoever is named for that side; where nobody is, of the role that policy gives."""
    step = here()
    row = step.session.get_one(PlacementAngle, (step.case.ref, str(angle)))
    who = serving(step.session, row.owner, local_day(step.now))
    return Recipient.staff(who.id).tag if who else Recipient.role(step.policy.out_of_area.watched_by[angle]).tag


@audited("Noted what was found", keyed_by="angle", clauses="TRN-50 TRN-52")
def note_looked_at(angle: Angle, looked: AngleLookedAt) -> AwareDatetime:
    """On the tracker; gives the morning on which it is asked for next."""
    step = here()
    row = step.session.get_one(PlacementAngle, (step.case.ref, str(angle)))
    row.found, row.looked_at, row.next_look_on = looked.found, step.now, looked.looked_at_again_on
    return morning_of(step.policy.working_calendar(), looked.looked_at_again_on, step.now)


@audited("Noted that it is looked at now", keyed_by="angle", clauses="TRN-50")
def note_look_is_now(angle: Angle) -> None:
    """It does not wait for its day: something has come."""
    step = here()
    row = step.session.get_one(PlacementAngle, (step.case.ref, str(angle)))
    row.next_look_on = min(row.next_look_on, local_day(step.now))


@audited("Noted the review", clauses="TRN-50 TRN-52")
def note_reviewed(sooner_on: date | None) -> NextReview:
    """
    The next is counted from the day of this one, and not from when it was done: what is late moves nothing.

    Where a whole interval went by, the next is the first that is still to come.
    """
    step = here()
    row = step.session.get_one(Placement, step.case.ref)
    calendar, every = step.policy.working_calendar(), step.policy.out_of_area.review_every
    since, rule = review_anchor(step.policy, row.review_from, row.review_rule), NEXT
    while calendar.add(since, every) <= step.now:
        since = calendar.add(since, every)
    if sooner_on is not None and anchor(sooner_on) < calendar.add(since, every):
        since, rule = anchor(sooner_on), NAMED
    row.review_from, row.review_rule, row.reviewed_at = since, rule, step.now
    return NextReview(since=since, rule=rule)
