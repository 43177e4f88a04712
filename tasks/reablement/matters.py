"""What is read beside the forms about a plan, whichever case asks them, and who is still to be told of something."""

from __future__ import annotations

from collections.abc import Collection

from models.notices import Recipient
from models.reablement.findings import PlanStands
from models.reablement.plan import Involved, PlanPart
from models.working_time import local_day
from tasks.durable import audited, here
from tasks.reablement.agreements import is_on_our_staff
from tasks.reablement.plans import version_in_force
from tasks.written_contact import look_up_what_to_heed


def beside_the_plan(plan: PlanStands, *lines: str) -> str:
    """What to heed before anybody rings or visits, what it is about, and the plan as it stands."""
    heed = look_up_what_to_heed(plan.person).beside_the_form
    return "\n\n".join(part for part in (heed, *lines, plan.beside_the_form) if part)


class ToTell(PlanPart):
    """Who hears of something in a plan: staff by notice, all others from whoever coordinates it."""

    staff: tuple[str, ...]
    """Staff ids."""
    others: tuple[Involved, ...]

    @property
    def in_words(self) -> str:
        """For the story of the case."""
        return f"{len(self.staff)} by notice, {len(self.others)} by whoever coordinates the plan"


@audited("Looked up who is to hear of it")
def look_up_who_is_told(plan: str, by: str, known_by: tuple[str, ...]) -> ToTell:
    """
    Everybody with a part in the plan, without whoever did it (`by`, a tag) and those who know, by their ids.

    Somebody who has left the council is told like everybody else outside.
    """
    step = here()
    _, content = version_in_force(step.session, plan)
    left = [one for one in content.involved if one.id not in known_by]
    ours = [one for one in left if is_on_our_staff(step.session, one, local_day(step.now))]
    staff = dict.fromkeys(one.staff for one in ours if one.staff and Recipient.staff(one.staff).tag != by)
    return ToTell(staff=tuple(staff), others=tuple(one for one in left if one not in ours))


def listed(people: Collection[Involved]) -> str:
    """Those to be told, a line for each with the id by which a form names them."""
    lines = [f"{one.id}: {one.name}, {one.part.in_words}{_reached_at(one)}" for one in people]
    return "To be told:\n" + "\n".join(lines)


def _reached_at(one: Involved) -> str:
    known = ", ".join(way for way in (one.telephone, one.email) if way)
    return f" ({known})" if known else ""
