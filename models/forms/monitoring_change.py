"""The forms by which the monitoring of a reablement plan is changed (REA-01 to REA-05, GAP-32)."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar, Self

from pydantic import Field, model_validator

from models.forms.base import Form, ShownWhen
from models.forms.explaining import EveryoneTold
from models.reablement.naming import NamedInPlan
from models.reablement.plan import Rhythm


class SaysToIt(StrEnum):
    """What somebody says to a change of monitoring."""

    AGREES = "agrees"
    OBJECTS = "objects"
    """They would rather have it otherwise."""
    REFUSES = "refuses"
    """They do not want to be monitored in this way at all."""
    COULD_NOT_BE_ASKED = "could-not-be-asked"
    """Nobody could ask them: their agreement is missing."""


class MonitoringSettled(Form):
    """
    Settle with the person and any carer whether monitoring is turned up or down, in one visit if you can.

    With their agreement it is changed at once (REA-01). Without it a manager decides, who has before them what each of
    them said (REA-02). The plan and what others are changing in it stand beside this form.
    """

    title: ClassVar[str] = "settling a change of monitoring"
    asks_about_safeguarding: ClassVar[bool] = True
    has_legal_weight: ClassVar[bool] = True
    causes: ClassVar[tuple[str, ...]] = (
        "Where the person and any carer agree, the plan has a new version at once, staff in it are told, and you are"
        " asked to give out its copies.",
        "Where somebody does not agree, a manager decides before anything changes; a refusal stops it.",
    )
    plan_fields: ClassVar[dict[str, NamedInPlan]] = {"explained_to": NamedInPlan.INVOLVED}
    labels: ClassVar[dict[str, str]] = {
        "change": "Is monitoring to change?",
        "rhythm": "How often from now on",
        "how": "Who looks from now on, and at what",
        "reasons": "The reasons, clearly",
        "has_capacity": "Can the person decide about it themselves?",
        "person_says": "What the person says",
        "carer_says": "What the carer says",
        "what_they_say": "What they think of it, in their words",
        "explained_to": "Who in the plan has had it explained already",
    }
    shown_when: ClassVar[dict[str, ShownWhen]] = {
        name: ShownWhen("change", (True,))
        for name in ("rhythm", "how", "has_capacity", "person_says", "carer_says", "what_they_say", "explained_to")
    }

    change: bool
    """If not, say why under reasons: monitoring stays as it is."""
    rhythm: Rhythm | None = None
    """Leave out where only who looks, or at what, is to be otherwise."""
    how: str = ""
    """Leave out where only how often is to be otherwise."""
    reasons: str = Field(min_length=1)
    has_capacity: bool | None = None
    """Where they cannot, whoever represents them says it for them below."""
    person_says: SaysToIt | None = None
    """Or who represents them. Compulsory for a change."""
    carer_says: SaysToIt | None = None
    """Compulsory for a change where the plan has a carer."""
    what_they_say: str = ""
    """Compulsory unless everybody agrees; a manager weighs it."""
    explained_to: tuple[str, ...] = ()
    """Their letters and numbers in the plan, such as P1: nobody is asked to tell them once more."""

    @property
    def all_agree(self) -> bool:
        """Whether the person and any carer agree."""
        return self.person_says is SaysToIt.AGREES and self.carer_says in (None, SaysToIt.AGREES)

    @property
    def reached_the_person(self) -> bool:
        """Whether somebody really asked the person."""
        return self.change and self.person_says not in (None, SaysToIt.COULD_NOT_BE_ASKED)

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        problems = []
        if self.change and self.rhythm is None and not self.how:
            problems.append("say in rhythm or how what is to be otherwise")
        if self.change and self.person_says is None:
            problems.append("say person_says")
        if self.change and not self.all_agree and not self.what_they_say:
            problems.append("say what_they_say, since not everybody agrees")
        if problems:
            raise ValueError("; ".join(problems))
        return self


class MonitoringDecided(Form):
    """
    Somebody does not agree to a change of monitoring. Decide whether it is made all the same (REA-02, GAP-32).

    It may be, but only with regard to what the person and carer think and to what it does to the person’s wellbeing.
    Write down how you weighed each.
    """

    title: ClassVar[str] = "deciding on monitoring without agreement"
    has_legal_weight: ClassVar[bool] = True
    labels: ClassVar[dict[str, str]] = {
        "go_ahead": "Is monitoring changed all the same?",
        "regard_to_views": "How you weighed what the person and carer think",
        "regard_to_wellbeing": "How you weighed what it does to the person’s wellbeing",
        "best_interests": "Why it is in the person’s best interests",
        "reasons": "The reasons",
    }
    shown_when: ClassVar[dict[str, ShownWhen]] = {"best_interests": ShownWhen("go_ahead", (True,))}

    go_ahead: bool
    regard_to_views: str = Field(min_length=1)
    regard_to_wellbeing: str = Field(min_length=1)
    best_interests: str = ""
    """Only where the person cannot decide about it themselves."""
    reasons: str = Field(min_length=1)


class MonitoringExplained(EveryoneTold):
    """
    Monitoring has changed. Explain it to everybody listed beside this form, and name only those whom you did not reach.

    Staff with a part in the plan have been told already.
    """

    title: ClassVar[str] = "explaining the change of monitoring"
