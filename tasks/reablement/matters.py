"""Who is to hear of something in a plan, whichever case tells it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from sqlalchemy.orm import Session

from models.notices import Recipient
from models.reablement.plan import Involved, PlanPart
from models.working_time import local_day
from tasks.durable import audited, here
from tasks.reablement.agreements import is_on_our_staff
from tasks.reablement.plans import version_in_force


class ToTell(PlanPart):
    """Who hears of something in a plan: staff by notice, all others from whoever coordinates it."""

    staff: tuple[str, ...]
    """Staff ids."""
    others: tuple[Involved, ...]

    @property
    def in_words(self) -> str:
        """For the story of the case."""
        return f"{len(self.staff)} by notice, {len(self.others)} by whoever coordinates the plan"


@audited("Looked up who is to hear of it", clauses="REA-14")
def look_up_who_is_told(plan: str, by: str, known_by: tuple[str, ...]) -> ToTell:
    """
    Everybody with a part in the plan, without whoever did it (`by`, a tag) and those who know, by their ids.

    Somebody who has left the council is told like everybody else outside.
    """
    step = here()
    return who_is_told(step.session, plan, by, known_by, local_day(step.now))


def who_is_told(session: Session, plan: str, by: str, known_by: Collection[str], on: date) -> ToTell:
    """As `look_up_who_is_told`, on that day."""
    _, content = version_in_force(session, plan)
    left = [one for one in content.involved if one.id not in known_by]
    ours = [one for one in left if is_on_our_staff(session, one, on)]
    staff = dict.fromkeys(one.staff for one in ours if one.staff and Recipient.staff(one.staff).tag != by)
    return ToTell(staff=tuple(staff), others=tuple(one for one in left if one not in ours))
