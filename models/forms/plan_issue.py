"""The forms by which an issue in a reablement plan is resolved (REA-19 to REA-24, GAP-39)."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import ClassVar, Self

from pydantic import Field, model_validator

from models.forms.base import Form, RegisterKind, ShownWhen
from models.reablement.naming import NamedInPlan
from models.reablement.plan import PlanPart, day_in_words


class ResolvingOption(StrEnum):
    """A way to resolve an issue; the list is not closed (REA-22)."""

    MONITOR_MORE = "monitor-more"
    """The plan is monitored more closely."""
    TALK = "talk"
    """Somebody talks with the person, carer, relative or friend: what reablement is for, risk, enablement."""
    SMALLER_STEPS = "smaller-steps"
    """Outcomes are broken down into steps that can be achieved."""
    CHANGE_VISITS = "change-visits"
    """Visits come more or less often, or are longer or shorter."""
    FORMAL_REVIEW = "formal-review"
    """A formal review, since reablement may no longer be the right service."""
    OTHER = "other"
    """Something else."""


class OptionWeighed(PlanPart):
    """A way to resolve the issue that was looked at, with what it can build on."""

    labels: ClassVar[dict[str, str]] = {
        "option": "The way",
        "what": "What it would be here",
        "strengths": "What in the person and around them it builds on",
        "chosen": "It is chosen",
    }

    option: ResolvingOption
    what: str = Field(min_length=1)
    strengths: str = Field(min_length=1)
    """What the person can do, wants and knows; who helps; what there is nearby."""
    chosen: bool = False

    def __str__(self) -> str:
        chosen = " (chosen)" if self.chosen else ""
        return f"{self.option.value.replace('-', ' ')}{chosen}: {self.what}; builds on {self.strengths}"


class IndividualConcerned(StrEnum):
    """Whether whoever an issue is about takes part in resolving it (REA-21, GAP-39)."""

    NOBODY_ELSE = "nobody-else"
    """It is about nobody but the person."""
    INVOLVED = "involved"
    """They take part."""
    PUTS_PERSON_AT_RISK = "puts-person-at-risk"
    """They do not take part, as that would expose the person to abuse or neglect."""


class LeftOut(PlanPart):
    """Somebody with a part in the plan who was not involved, and why."""

    plan_fields: ClassVar[dict[str, NamedInPlan]] = {"who": NamedInPlan.INVOLVED}
    labels: ClassVar[dict[str, str]] = {"who": "Who", "because": "Why they were not involved"}

    who: str = Field(pattern=r"^P[1-9][0-9]*$")
    """Their letter and number in the plan, such as P2."""
    because: str = Field(min_length=1)

    def __str__(self) -> str:
        return f"{self.who}: {self.because}"


class AlsoWhy(StrEnum):
    """Why somebody takes part who has no part in the plan (REA-21)."""

    PERSON_ASKS = "person-asks"
    """The person asks for them."""
    NEEDED_WITH_CONSENT = "needed-with-consent"
    """They are needed, and the person consents."""
    NEEDED_IN_BEST_INTERESTS = "needed-in-best-interests"
    """They are needed, and it is in the best interests of a person who cannot decide about it."""


class AlsoInvolved(PlanPart):
    """Somebody else who takes part in resolving the issue."""

    labels: ClassVar[dict[str, str]] = {"who": "Who", "why": "Why"}

    who: str = Field(min_length=1)
    why: AlsoWhy

    def __str__(self) -> str:
        return f"{self.who} ({self.why.value.replace('-', ' ')})"


class IssueStep(PlanPart):
    """A step of the action plan: what, who, by when (REA-23)."""

    coming_dates: ClassVar[frozenset[str]] = frozenset({"on"})
    register_fields: ClassVar[dict[str, RegisterKind]] = {"staff": RegisterKind.SERVING_STAFF}
    labels: ClassVar[dict[str, str]] = {
        "what": "What is to be done",
        "staff": "Who does it, if it is one of us",
        "who": "Who does it, if it is not",
        "on": "By which day",
    }

    what: str = Field(min_length=1)
    staff: str | None = None
    """Staff id: they are asked on the day. Nobody given: whoever coordinates the plan is asked for them."""
    who: str = ""
    on: date

    @model_validator(mode="after")
    def _has_an_owner(self) -> Self:
        if (self.staff is None) == (not self.who):
            raise ValueError("say who does it: staff for one of us, or who for anybody else")
        return self

    def __str__(self) -> str:
        return f"{self.what}: {self.staff or self.who}, by {day_in_words(self.on)}"


class IssueAgreement(StrEnum):
    """How far those involved agree on the best way."""

    SETTLED = "settled"
    """It is resolved, and nothing more need be done."""
    AGREED = "agreed"
    """A way is agreed; what is to be done follows."""
    NOT_AGREED = "not-agreed"
    """They do not agree, though it was tried."""


class IssueExplored(Form):
    """
    Something stands in the way of the plan. Explore it, look for ways out of it, and agree on the best (REA-20).

    Start from what the person can do, wants and has around them. Be open, and involve the person or who represents
    them, any carer, whoever it is about unless that would put the person at risk, and whom the person asks for
    (REA-21). The steps that you agree on are asked for on their days.
    """

    title: ClassVar[str] = "resolving an issue in the plan"
    asks_about_safeguarding: ClassVar[bool] = True
    labels: ClassVar[dict[str, str]] = {
        "explored": "What lies behind it",
        "has_capacity": "Can the person decide about it themselves?",
        "represented_by": "Who represents them",
        "advocate_wanted": "Nobody suitable can: an advocate is to be asked for",
        "left_out": "Who with a part in the plan was not involved",
        "individual": "Does whoever it is about take part?",
        "risk": "What the risk to the person would be",
        "also_involved": "Who else takes part",
        "options": "The ways that were looked at",
        "agreement": "Is the best way agreed?",
        "not_agreed_because": "On what they do not agree",
        "steps": "The action plan: who does what by when",
        "look_again_on": "The day on which you look whether it is resolved",
        "kept_in": "Where the action plan is kept besides, such as the council’s own tool",
    }
    shown_when: ClassVar[dict[str, ShownWhen]] = {
        "represented_by": ShownWhen("has_capacity", (False,)),
        "advocate_wanted": ShownWhen("has_capacity", (False,)),
        "risk": ShownWhen("individual", (IndividualConcerned.PUTS_PERSON_AT_RISK,)),
        "not_agreed_because": ShownWhen("agreement", (IssueAgreement.NOT_AGREED,)),
        "steps": ShownWhen("agreement", (IssueAgreement.AGREED,)),
        "look_again_on": ShownWhen("agreement", (IssueAgreement.AGREED,)),
        "kept_in": ShownWhen("agreement", (IssueAgreement.AGREED,)),
    }
    coming_dates: ClassVar[frozenset[str]] = frozenset({"look_again_on"})
    causes: ClassVar[tuple[str, ...]] = (
        "Monitor more, change visits and formal review each open a case of their own at once.",
        "Each step is asked for on its day, until it is done or somebody says why it is given up.",
        "Where nothing is agreed, a review of reablement is considered, or a change that was objected to goes on to a"
        " manager.",
    )

    explored: str = Field(min_length=1)
    has_capacity: bool
    represented_by: str = ""
    advocate_wanted: bool = False
    left_out: tuple[LeftOut, ...] = ()
    """Everybody else in the plan was involved."""
    individual: IndividualConcerned
    risk: str = ""
    """Compulsory where they do not take part for that reason."""
    also_involved: tuple[AlsoInvolved, ...] = ()
    options: tuple[OptionWeighed, ...] = Field(min_length=1)
    agreement: IssueAgreement
    not_agreed_because: str = ""
    """Compulsory where they do not agree."""
    steps: tuple[IssueStep, ...] = ()
    look_again_on: date | None = None
    """Compulsory where a way is agreed."""
    kept_in: str = ""

    @property
    def chosen(self) -> tuple[OptionWeighed, ...]:
        """The ways that were chosen."""
        return tuple(one for one in self.options if one.chosen)

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        problems = []
        if self.agreement is IssueAgreement.AGREED and not self.chosen:
            problems.append("mark in options which way is chosen")
        if (self.agreement is IssueAgreement.AGREED) != (self.look_again_on is not None):
            problems.append("give look_again_on where a way is agreed, and leave it out otherwise")
        if self.steps and self.agreement is not IssueAgreement.AGREED:
            problems.append("give steps only where a way is agreed")
        if self.agreement is IssueAgreement.NOT_AGREED and not self.not_agreed_because:
            problems.append("say not_agreed_because")
        if self.has_capacity and (self.represented_by or self.advocate_wanted):
            problems.append("represented_by and advocate_wanted are only for somebody who cannot decide about it")
        needless = AlsoWhy.NEEDED_IN_BEST_INTERESTS if self.has_capacity else AlsoWhy.NEEDED_WITH_CONSENT
        if needless in {one.why for one in self.also_involved}:
            problems.append("also_involved: consent is for a person who can decide about it, best interests for others")
        if problems:
            raise ValueError("; ".join(problems))
        return self


class StepOutcome(StrEnum):
    """How far a step of the action plan is."""

    DONE = "done"
    NOT_YET = "not-yet"
    """It is asked for again."""
    GIVEN_UP = "given-up"
    """It is not done any more."""


class IssueStepReport(Form):
    """A step that was agreed to resolve an issue in a reablement plan is due. Is it done?"""

    title: ClassVar[str] = "a step to resolve an issue"
    asks_about_safeguarding: ClassVar[bool] = True
    coming_dates: ClassVar[frozenset[str]] = frozenset({"again_on"})
    labels: ClassVar[dict[str, str]] = {
        "outcome": "How far is it?",
        "what_came_of_it": "What was done, or why it is not done",
        "again_on": "The day on which it is asked for again",
    }
    shown_when: ClassVar[dict[str, ShownWhen]] = {"again_on": ShownWhen("outcome", (StepOutcome.NOT_YET,))}

    outcome: StepOutcome
    what_came_of_it: str = Field(min_length=1)
    again_on: date | None = None
    """Leave out for the next working day."""


class NextForIssue(StrEnum):
    """What follows where an issue is not resolved."""

    ANOTHER_WAY = "another-way"
    """It is explored again."""
    REVIEW = "review"
    """It cuts into the benefit of reablement: a review is considered."""
    LEAVE_IT = "leave-it"
    """It stands, and reablement goes on with it."""


class IssueJudged(Form):
    """The steps that were agreed are over. Ask the person and those involved: is the issue resolved?"""

    title: ClassVar[str] = "whether the issue is resolved"
    labels: ClassVar[dict[str, str]] = {
        "resolved": "Is it resolved?",
        "what_they_say": "What the person and those involved say",
        "what_follows": "What follows",
    }
    shown_when: ClassVar[dict[str, ShownWhen]] = {"what_follows": ShownWhen("resolved", (False,))}

    resolved: bool
    what_they_say: str = Field(min_length=1)
    what_follows: NextForIssue | None = None
    """Compulsory where it is not resolved."""

    @model_validator(mode="after")
    def _says_what_follows(self) -> Self:
        if self.resolved == (self.what_follows is not None):
            raise ValueError("say what_follows where it is not resolved, and leave it out where it is")
        return self
