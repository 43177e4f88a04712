"""What follows from what people say to a change of monitoring, and how monitoring was turned (REA-02, REA-04)."""

from __future__ import annotations

from models.forms.monitoring_change import SaysToIt
from models.policy.gaps.reablement import ChangeStep
from models.reablement.plan import Monitoring, Rhythm
from tasks.durable import audited, here


@audited("Worked out what follows from what they say", clauses="REA-01 REA-02 GAP-32")
def work_out_what_follows(person: SaysToIt, carer: SaysToIt | None, has_capacity: bool | None) -> ChangeStep:
    """
    The step that policy gives for agreement, for a refusal, and for an objection to how it is done.

    Somebody is taken to be able to decide about it unless it is said that they cannot.
    """
    agreement = here().policy.gaps.change_agreement
    if person is SaysToIt.AGREES and carer in (None, SaysToIt.AGREES):
        return agreement.all_agree
    if person is SaysToIt.REFUSES and has_capacity is not False:
        return agreement.person_with_capacity_refuses
    return agreement.person_or_carer_objects_to_how


def turned(before: Monitoring, after: Monitoring) -> str:
    """Whether there is less or more monitoring than before (REA-04)."""
    often = list(Rhythm)
    was, is_now = often.index(before.rhythm), often.index(after.rhythm)
    return "less monitoring" if is_now > was else "more monitoring" if is_now < was else "another way of monitoring"
