"""What may come at any time about somebody's reablement, as a signal to the case that looks after it."""

from __future__ import annotations

import re
from datetime import date
from enum import StrEnum
from typing import ClassVar

from pydantic import Field, field_validator

from models.forms.base import RegisterKind, ShownWhen, Signal
from models.reablement.naming import NamedInPlan

COSTS_EXPLAINED = "Where it goes past the free weeks: do they know what it costs, or that it stays free?"
"""The label of a question that several forms ask."""


class EvidenceKind(StrEnum):
    """What a change of the plan may rest on (REA-07, REA-09)."""

    OBSERVATION = "observation"
    """What a reablement worker has observed."""
    OTHER_PROFESSIONAL = "other-professional"
    """What somebody else with a part in the plan reports, or a professional who sees the person for another reason."""
    PERSON = "person"
    """What the person or their carer says."""
    EQUIPMENT = "equipment"
    """Equipment or assistive technology has come, and the person can do more."""


class EvidenceReceived(Signal):
    """Something speaks for changing the plan: an observation, a report, the person's own word, equipment (REA-09)."""

    title: ClassVar[str] = "evidence about the reablement plan"
    asks_about_safeguarding: ClassVar[bool] = True
    past_dates: ClassVar[frozenset[str]] = frozenset({"noticed_on"})
    recent_dates: ClassVar[frozenset[str]] = frozenset({"noticed_on"})
    labels: ClassVar[dict[str, str]] = {
        "kind": "What kind of evidence it is",
        "given_by": "Who gives it",
        "what": "What it says",
        "noticed_on": "The day on which it was noticed",
        "changed_at_home": "Has the copy at home been amended by hand already?",
        "home_copy_says": "What the copy at home says now",
    }
    shown_when: ClassVar[dict[str, ShownWhen]] = {"home_copy_says": ShownWhen("changed_at_home", (True,))}

    kind: EvidenceKind
    given_by: str = Field(min_length=1)
    what: str = Field(min_length=1)
    noticed_on: date | None = None
    changed_at_home: bool = False
    home_copy_says: str = ""

    @property
    def reached_the_person(self) -> bool:
        """Whether a reablement worker was with the person; what somebody reports or writes reaches nobody."""
        return self.kind is EvidenceKind.OBSERVATION

    @property
    def reached_on(self) -> date | None:
        """The day on which it was noticed."""
        return self.noticed_on


class MonitoringChangeWanted(Signal):
    """Monitoring is to be turned up or down (REA-01, REA-04)."""

    title: ClassVar[str] = "another monitoring of the reablement plan"
    asks_about_safeguarding: ClassVar[bool] = True
    labels: ClassVar[dict[str, str]] = {"wanted_by": "Who wants it", "what": "What is to be otherwise, and why"}

    wanted_by: str = Field(min_length=1)
    what: str = Field(min_length=1)


class IssueKind(StrEnum):
    """What may stand in the way of a plan; the list is not closed (REA-19)."""

    NOT_ENGAGING = "not-engaging"
    """The person does not engage."""
    MOTIVATION = "motivation"
    """The person's motivation is fading."""
    NO_ENCOURAGEMENT = "no-encouragement"
    """A carer, relative or friend does not encourage independence or taking part."""
    UNREALISTIC_OUTCOMES = "unrealistic-outcomes"
    """Planned outcomes look unrealistic."""
    OBJECTION = "objection"
    """Somebody involved objects to a change of the plan (GAP-32)."""
    OTHER = "other"
    """Something else."""


class IssueFound(Signal):
    """Something stands in the way of the plan (REA-19)."""

    title: ClassVar[str] = "an issue in the reablement plan"
    asks_about_safeguarding: ClassVar[bool] = True
    plan_fields: ClassVar[dict[str, NamedInPlan]] = {"about": NamedInPlan.ANYBODY}
    labels: ClassVar[dict[str, str]] = {
        "kind": "What kind of issue it is",
        "what": "What the issue is",
        "found_by": "Who found it",
        "about": "Whom it is about, where it is about somebody",
    }

    kind: IssueKind
    what: str = Field(min_length=1)
    found_by: str = Field(min_length=1)
    about: str = Field(default="", max_length=200)
    """Their id in the plan, such as P2, or their name: they are involved unless that puts the person at risk."""


class ReviewTrigger(StrEnum):
    """Why an unscheduled review is considered (REA-25)."""

    NO_LONGER_FITS = "no-longer-fits"
    """Monitoring shows that reablement may no longer fit."""
    ISSUES_UNRESOLVED = "issues-unresolved"
    """Issues that were not resolved are cutting into the benefit."""
    OUTCOMES_ACHIEVED = "outcomes-achieved"
    """Every outcome of the plan has been achieved."""
    ASKED_FOR = "asked-for"
    """The person, a carer or anybody else has asked for it."""
    SUPPORT_REFUSED = "support-refused"
    """A person with capacity refuses the support itself (GAP-33)."""


class ReviewAsked(Signal):
    """An unscheduled review is asked for, or something speaks for one (REA-25)."""

    title: ClassVar[str] = "an unscheduled review of reablement"
    asks_about_safeguarding: ClassVar[bool] = True
    labels: ClassVar[dict[str, str]] = {
        "trigger": "Why a review is considered",
        "asked_by": "Who asks, or has noticed it",
        "what": "What speaks for it",
    }

    trigger: ReviewTrigger
    asked_by: str = Field(min_length=1)
    what: str = Field(min_length=1)


class OutcomesAchieved(Signal):
    """The person has achieved outcomes of the plan (REA-07, REA-25)."""

    title: ClassVar[str] = "outcomes of reablement achieved"
    asks_about_safeguarding: ClassVar[bool] = True
    past_dates: ClassVar[frozenset[str]] = frozenset({"achieved_on"})
    recent_dates: ClassVar[frozenset[str]] = frozenset({"achieved_on"})
    plan_fields: ClassVar[dict[str, NamedInPlan]] = {"outcomes": NamedInPlan.OUTCOME}
    labels: ClassVar[dict[str, str]] = {
        "outcomes": "Which outcomes are achieved",
        "achieved_on": "Since which day",
    }

    outcomes: tuple[str, ...] = Field(min_length=1, max_length=100)
    """Their letters and numbers in the plan, such as O1."""
    achieved_on: date

    @field_validator("outcomes")
    @classmethod
    def _are_ids(cls, outcomes: tuple[str, ...]) -> tuple[str, ...]:
        if not all(re.fullmatch(r"O[1-9][0-9]{0,7}", one) for one in outcomes):
            raise ValueError("give each outcome by its letter and number in the plan, such as O1")
        return outcomes

    @property
    def reached_the_person(self) -> bool:
        """Somebody was there when the person did it."""
        return True

    @property
    def reached_on(self) -> date | None:
        """The day on which they did."""
        return self.achieved_on


class RestrictionsNoticed(Signal):
    """Care restricts somebody who may lack capacity to decide about it, or would have to (REA-37)."""

    title: ClassVar[str] = "restrictions that may take somebody’s liberty"
    asks_about_safeguarding: ClassVar[bool] = True
    labels: ClassVar[dict[str, str]] = {
        "noticed_by": "Who has noticed it",
        "what": "What restricts them, or would",
    }

    noticed_by: str = Field(min_length=1)
    what: str = Field(min_length=1)


class SafeguardingRaised(Signal):
    """A safeguarding concern about the person was raised: it is decided today whether reablement pauses (REA-34)."""

    title: ClassVar[str] = "a safeguarding concern about somebody in reablement"
    by_hand: ClassVar[bool] = False

    concern: str
    """Ref of the concern's case."""


class PreventionChance(Signal):
    """Another preventive service might help beside reablement (REA-29, REA-30)."""

    title: ClassVar[str] = "a chance to prevent needs"
    asks_about_safeguarding: ClassVar[bool] = True
    labels: ClassVar[dict[str, str]] = {"noticed_by": "Who has noticed it", "what": "What might help"}

    noticed_by: str = Field(min_length=1)
    what: str = Field(min_length=1)


class ReablementEndWanted(Signal):
    """Reablement is to end for somebody: by a decision, or because they are no longer there."""

    title: ClassVar[str] = "reablement is to end"
    asks_about_safeguarding: ClassVar[bool] = True
    labels: ClassVar[dict[str, str]] = {
        "last_day": "The last day",
        "costs_explained": COSTS_EXPLAINED,
        "because": "Why it ends",
        "what_follows": "What follows for the person",
    }
    not_asked: ClassVar[dict[str, str]] = {"told_elsewhere": "no"}

    last_day: date
    costs_explained: bool = False
    because: str = Field(min_length=1)
    what_follows: str = Field(min_length=1)
    told_elsewhere: bool = False
    """Everybody in the plan is told of it in the case that sends this."""


class ReablementGoesOn(Signal):
    """Reablement does not end on the day that was set for it, or goes on past the free weeks."""

    title: ClassVar[str] = "reablement goes on"
    coming_dates: ClassVar[frozenset[str]] = frozenset({"again_on"})
    labels: ClassVar[dict[str, str]] = {
        "why": "Why it goes on",
        "again_on": "The day on which it is looked at again",
        "costs_explained": COSTS_EXPLAINED,
    }

    why: str = Field(min_length=1)
    again_on: date
    costs_explained: bool = False


class CoordinatorWanted(Signal):
    """Somebody else is to coordinate a person's reablement; it stays where it is until they accept."""

    title: ClassVar[str] = "somebody else is to coordinate reablement"
    register_fields: ClassVar[dict[str, RegisterKind]] = {"worker": RegisterKind.SERVING_STAFF}
    labels: ClassVar[dict[str, str]] = {"worker": "Who is to coordinate it", "reasons": "The reasons"}

    worker: str
    """Staff id."""
    reasons: str = Field(min_length=1)


class PlanCoordinatorChanged(Signal):
    """Somebody else coordinates the plan: what is asked about it, and the case about it, are theirs from now on."""

    title: ClassVar[str] = "somebody else coordinates the plan"
    by_hand: ClassVar[bool] = False

    plan: str
    """Ref of the case that looks after it."""


class PlanHasEnded(Signal):
    """Reablement has ended for the person: what is still open in a case about their plan is finished without it."""

    title: ClassVar[str] = "reablement has ended"
    by_hand: ClassVar[bool] = False
    read_by_owner: ClassVar[bool] = True

    plan: str
    """Ref of the case that looked after it."""
    because: str
