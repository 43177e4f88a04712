"""The forms and the signal of a change of a reablement plan: what follows from evidence (REA-06 to REA-11)."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar, Self

from pydantic import AwareDatetime, Field, model_validator

from models.forms.base import Form, ShownWhen, Signal
from models.forms.plan_agreement import SettledTogether
from models.forms.reablement_signals import EvidenceReceived, IssueKind, ReviewTrigger
from models.reablement.edits import PlanEdits
from models.reablement.naming import NamedInPlan


class EvidenceStep(StrEnum):
    """What follows from evidence about a reablement plan."""

    CHANGE_THE_PLAN = "change-the-plan"
    """The plan is to change: say how."""
    NO_CHANGE = "no-change"
    """The plan stays as it is."""
    UNDER_WAY = "under-way"
    """A change that is under way already covers it; if that one is not made, this is decided on once more."""
    ISSUE = "issue"
    """Something stands in the way of the plan: it is explored and resolved."""
    REVIEW = "review"
    """An unscheduled review is considered."""
    MONITORING = "monitoring"
    """Only monitoring is to change."""


class EvidenceDecision(Form):
    """
    Evidence about a reablement plan has come. Decide what follows, so that no chance of more independence is missed.

    Think of progress, of support that is needed for a while, of other circumstances, of equipment that helps. A change
    may be another day, time or length, fewer or more visits, or support given in another way. The plan stands beside
    this form, with what others are changing in it.

    If you have settled the change with those involved already, say so here: nobody is asked twice.
    """

    title: ClassVar[str] = "deciding on evidence about a reablement plan"
    asks_about_safeguarding: ClassVar[bool] = True
    has_legal_weight: ClassVar[bool] = True
    causes: ClassVar[tuple[str, ...]] = (
        "A change is made once everybody involved agrees; those who are left out here are asked.",
        "Where they need an advocate who is not there yet, all that is to be agreed waits for that; safety does not.",
        "An issue, a review, or a change of monitoring goes on as a case of its own, with what stands here.",
    )
    labels: ClassVar[dict[str, str]] = {
        "step": "What follows",
        "reasons": "What the evidence shows, and the reasons",
        "edits": "What changes in the plan",
        "settled": "What you have settled with those involved",
        "advocate_needed": "Do they need an independent advocate for it?",
        "cannot_wait_because": "Why it cannot wait for their advocate",
        "about_case": "The change under way that covers it",
        "issue": "What kind of issue it is",
        "trigger": "Why a review is considered",
        "person_spoken_with": "You spoke with the person themselves",
    }
    plan_fields: ClassVar[dict[str, NamedInPlan]] = {"about_case": NamedInPlan.OTHER_CHANGE}
    shown_when: ClassVar[dict[str, ShownWhen]] = {
        "edits": ShownWhen("step", (EvidenceStep.CHANGE_THE_PLAN,)),
        "settled": ShownWhen("step", (EvidenceStep.CHANGE_THE_PLAN,)),
        "advocate_needed": ShownWhen("step", (EvidenceStep.CHANGE_THE_PLAN,)),
        "cannot_wait_because": ShownWhen("step", (EvidenceStep.CHANGE_THE_PLAN,)),
        "about_case": ShownWhen("step", (EvidenceStep.UNDER_WAY,)),
        "issue": ShownWhen("step", (EvidenceStep.ISSUE,)),
        "trigger": ShownWhen("step", (EvidenceStep.REVIEW,)),
    }

    step: EvidenceStep
    reasons: str = Field(min_length=1)
    edits: PlanEdits | None = None
    """Only what is to be otherwise; everything else stays as it is."""
    settled: SettledTogether | None = None
    advocate_needed: bool | None = None
    """
    They do where both hold: nobody appropriate could support and represent them, and without support they would have
    substantial difficulty in being fully involved. Leave it out where that was said before.
    """
    cannot_wait_because: str = ""
    """Leave it empty unless an advocate is needed, none is there yet, and somebody would not be safe until then."""
    about_case: str = ""
    """Its reference, as it stands beside this form."""
    issue: IssueKind | None = None
    trigger: ReviewTrigger | None = None
    person_spoken_with: bool = False

    @property
    def reached_the_person(self) -> bool:
        """Whether somebody spoke with them."""
        return self.person_spoken_with

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        changes = self.step is EvidenceStep.CHANGE_THE_PLAN
        problems = []
        if changes and (self.edits is None or self.edits.is_empty):
            problems.append("say in edits what changes in the plan")
        if changes and self.edits is not None and not self.edits.of_items and self.edits.monitoring is not None:
            problems.append("where only monitoring is to change, choose monitoring")
        if not changes and (self.edits is not None or self.settled is not None):
            problems.append("edits and settled are only for a change of the plan: leave them out")
        if not changes and (self.advocate_needed is not None or self.cannot_wait_because):
            problems.append("advocate_needed and cannot_wait_because are only for a change of the plan: leave them out")
        if (self.step is EvidenceStep.UNDER_WAY) != bool(self.about_case):
            problems.append("give about_case where a change under way covers it, and leave it out otherwise")
        if (self.step is EvidenceStep.ISSUE) != (self.issue is not None):
            problems.append("give issue where it is one, and leave it out otherwise")
        if (self.step is EvidenceStep.REVIEW) != (self.trigger is not None):
            problems.append("give trigger where a review is considered, and leave it out otherwise")
        if problems:
            raise ValueError("; ".join(problems))
        return self


class MoreEvidence(Signal):
    """More evidence about a plan has come while it is undecided what follows from the first: one decision for both."""

    title: ClassVar[str] = "more evidence about the reablement plan"
    by_hand: ClassVar[bool] = False

    evidence: EvidenceReceived
    received_at: AwareDatetime
    """From then the time runs in which it is decided (GAP-34)."""


class PlanMoved(Signal):
    """Another case changes the same plan, or has changed it, or no longer does."""

    title: ClassVar[str] = "another change of the same plan"
    by_hand: ClassVar[bool] = False

    case: str
    """Ref of that case."""
    what: str
    """What it wants or has made of the plan, in plain words."""
    in_force: int
    """Number of the version in force."""
