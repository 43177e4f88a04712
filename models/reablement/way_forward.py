"""What follows from what everybody said to a change: by policy's steps, and never more than one of them."""

from __future__ import annotations

from collections.abc import Iterable

from models.forms.plan_agreement import BestInterests, Capacity, SaidToTheChange, Stance
from models.policy.gaps.reablement import ChangeAgreement, ChangeStep, RefusedSupport
from models.reablement.plan import Part, PlanPart

_THE_STRONGER = (
    ChangeStep.STOP,
    ChangeStep.RESOLVE_THEN_SENIOR,
    ChangeStep.SENIOR_DECIDES,
    ChangeStep.PROCEED,
)
"""Of several steps the first of these is taken."""


class WayForward(PlanPart):
    """What follows, and why."""

    step: ChangeStep
    objecting: tuple[str, ...] = ()
    """Ids of those whose objection leads there."""
    refused: bool = False
    """The person refuses the support itself and can decide about it (GAP-33)."""
    review: bool = False
    """An unscheduled review begins (GAP-33)."""
    best_interests_wanted: bool = False
    """The person cannot decide about it, and nothing is decided in their best interests yet: that comes first."""

    @property
    def in_words(self) -> str:
        """For the story of a case."""
        if self.best_interests_wanted:
            return "decided in the person’s best interests first"
        who = f" ({', '.join(self.objecting)})" if self.objecting else ""
        return f"{self.step.replace('-', ' ')}{who}{', and a review begins' if self.review else ''}"


def way_forward(
    said: Iterable[tuple[Part, SaidToTheChange]],
    capacity: Capacity | None,
    best_interests: BestInterests | None,
    agreement: ChangeAgreement,
    refusal: RefusedSupport,
) -> WayForward:
    """
    What follows from what everybody said, by their parts in the plan (GAP-32, GAP-33).

    Where nothing is on record, the person is taken to be able to decide; whether that may be left open is policy's, and
    is asked at the door.
    """
    lacks = capacity is Capacity.LACKS
    in_best_interests = lacks and refusal.best_interests_where_no_capacity
    if in_best_interests and best_interests is None:
        return WayForward(step=ChangeStep.SENIOR_DECIDES, best_interests_wanted=True)
    if best_interests is not None and not best_interests.goes_ahead:
        return WayForward(step=ChangeStep.STOP)
    steps: dict[ChangeStep, list[str]] = {}
    refused = False
    for part, one in said:
        match one.says:
            case Stance.AGREES:
                continue
            case Stance.CANNOT_BE_ASKED:
                steps.setdefault(ChangeStep.SENIOR_DECIDES, []).append(one.who)
            case Stance.REFUSES_SUPPORT | Stance.OBJECTS_TO_HOW if part is Part.PERSON and in_best_interests:
                continue  # what they want was weighed there
            case Stance.REFUSES_SUPPORT if part is Part.PERSON and not lacks:
                refused = True
                by_policy = agreement.person_with_capacity_refuses
                steps.setdefault(ChangeStep.STOP if refusal.stops_the_change else by_policy, []).append(one.who)
            case Stance.REFUSES_SUPPORT | Stance.OBJECTS_TO_HOW:
                theirs = part in (Part.PERSON, Part.REPRESENTATIVE, Part.CARER)
                how = agreement.person_or_carer_objects_to_how if theirs else agreement.another_party_objects
                steps.setdefault(how, []).append(one.who)
    if not steps:
        return WayForward(step=agreement.all_agree)
    step = next(one for one in _THE_STRONGER if one in steps)
    review = refused and refusal.starts_unscheduled_review
    return WayForward(step=step, objecting=tuple(sorted(steps[step])), refused=refused, review=review)
