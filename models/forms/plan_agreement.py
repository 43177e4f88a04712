"""What those involved say to a change of a reablement plan, and who decides where not all agree (GAP-32, GAP-33)."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar, Self

from pydantic import Field, model_validator

from models.forms.base import Form, ShownWhen
from models.reablement.naming import NamedInPlan
from models.reablement.plan import PlanPart


class Stance(StrEnum):
    """What somebody involved says to a change of the plan."""

    AGREES = "agrees"
    OBJECTS_TO_HOW = "objects-to-how"
    """They would have it otherwise than this change has it."""
    REFUSES_SUPPORT = "refuses-support"
    """The person does not want the support itself."""
    CANNOT_BE_ASKED = "cannot-be-asked"
    """Nobody can ask them, and waiting for it would not help."""


class SaidToTheChange(PlanPart):
    """What somebody involved said to a change."""

    plan_fields: ClassVar[dict[str, NamedInPlan]] = {"who": NamedInPlan.INVOLVED}
    labels: ClassVar[dict[str, str]] = {
        "who": "Who",
        "says": "What they say to it",
        "words": "What they think, in their words; or why they cannot be asked",
    }

    who: str = Field(pattern=r"^P[1-9][0-9]*$", max_length=6)
    """Their letter and number in the plan, such as P2."""
    says: Stance
    words: str = ""
    """Compulsory unless they agree."""

    @model_validator(mode="after")
    def _says_why(self) -> Self:
        if self.says is not Stance.AGREES and not self.words:
            raise ValueError("say in words what they think, or why they cannot be asked")
        return self

    @property
    def agrees(self) -> bool:
        """Whether they said yes."""
        return self.says is Stance.AGREES

    def __str__(self) -> str:
        return f"{self.who} {self.says.replace('-', ' ')}{f': {self.words}' if self.words else ''}"


class Capacity(StrEnum):
    """Whether the person can decide about this change themselves."""

    HAS = "has"
    """They can, with whatever helps them to understand it."""
    LACKS = "lacks"
    """They cannot, though everything was done to help them: it is decided in their best interests."""


class BestInterests(PlanPart):
    """What was decided in the best interests of somebody who cannot decide about a change themselves (GAP-33)."""

    labels: ClassVar[dict[str, str]] = {
        "goes_ahead": "Is the change in their best interests?",
        "consulted": "Who was consulted",
        "wishes": "What the person wishes and feels, now and before",
        "wellbeing": "What the change does to their wellbeing",
        "reasons": "The reasons, and what would restrict them less",
    }

    goes_ahead: bool
    consulted: str = Field(min_length=1)
    wishes: str = Field(min_length=1)
    wellbeing: str = Field(min_length=1)
    reasons: str = Field(min_length=1)

    def __str__(self) -> str:
        decided = "in their best interests" if self.goes_ahead else "not in their best interests"
        return f"{decided}; consulted: {self.consulted}; {self.reasons}"


class SettledTogether(PlanPart):
    """What one worker settled with those involved in one visit: all of it, or some."""

    file_fields: ClassVar[frozenset[str]] = frozenset({"photograph"})
    labels: ClassVar[dict[str, str]] = {
        "said": "Who was asked, and what they say",
        "capacity": "Can the person decide about this change?",
        "capacity_how": "How that is known",
        "best_interests": "What was decided in their best interests",
        "told_home_copy_counts": "Were they told that the copy at home counts until the new copies are there?",
        "amended_at_home": "Is the copy at home amended by hand already?",
        "photograph": "A photograph of the copy at home",
    }
    shown_when: ClassVar[dict[str, ShownWhen]] = {
        "capacity_how": ShownWhen("capacity", (Capacity.LACKS,)),
        "best_interests": ShownWhen("capacity", (Capacity.LACKS,)),
        "photograph": ShownWhen("amended_at_home", (True,)),
    }

    said: tuple[SaidToTheChange, ...] = ()
    """Those who are left out are asked one by one."""
    capacity: Capacity | None = None
    """Compulsory before anything but the person's agreement counts."""
    capacity_how: str = ""
    """Compulsory where they cannot."""
    best_interests: BestInterests | None = None
    """Where it is left out, it is asked once everybody has been heard."""
    told_home_copy_counts: bool = False
    """Then nobody tells those once more whom you asked."""
    amended_at_home: bool = False
    """Only once everybody has agreed."""
    photograph: str = Field(default="", max_length=40)
    """Its id, once it is taken in, such as M-7K3Q9PXM2B."""

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        problems = []
        named = [one.who for one in self.said]
        if len(set(named)) < len(named):
            problems.append("name each of them once in said")
        if self.capacity is Capacity.LACKS and not self.capacity_how:
            problems.append("say capacity_how: what shows that they cannot decide about it")
        if self.best_interests is not None and self.capacity is not Capacity.LACKS:
            problems.append("best_interests is only for somebody who cannot decide about it: leave it out, or capacity")
        if self.photograph and not self.amended_at_home:
            problems.append("give photograph only where the copy at home is amended by hand")
        if problems:
            raise ValueError("; ".join(problems))
        return self

    def __str__(self) -> str:
        parts = [
            *map(str, self.said),
            f"the person {self.capacity} capacity" if self.capacity else "",
            self.capacity_how,
            str(self.best_interests or ""),
            "they know that the copy at home counts meanwhile" if self.told_home_copy_counts else "",
            "the copy at home is amended by hand" if self.amended_at_home else "",
            f"photograph {self.photograph}" if self.photograph else "",
        ]
        return "; ".join(one for one in parts if one)

    @property
    def says_nothing(self) -> bool:
        """Whether nothing was settled."""
        return self == SettledTogether()

    def said_by(self, who: str) -> SaidToTheChange | None:
        """What one of them said, where they were asked."""
        return next((one for one in self.said if one.who == who), None)


class AgreementsOfOthers(Form):
    """
    A change of the plan needs the agreement of those who are listed beside this form. Ask them, all at once if you can.

    Where the person may not be able to decide about it, find that out first. Whoever is left out here is asked for
    again.
    """

    title: ClassVar[str] = "asking whether those involved agree"
    asks_about_safeguarding: ClassVar[bool] = True
    causes: ClassVar[tuple[str, ...]] = (
        "Once everybody agrees, the plan has a new version at once.",
        "Where the person refuses the support itself and can decide about it, the change stops and a review begins.",
    )
    labels: ClassVar[dict[str, str]] = {
        "settled": "What they say",
        "tried": "What was tried with those whom you did not reach",
        "person_spoken_with": "You spoke with the person themselves",
    }

    settled: SettledTogether | None = None
    """Leave it out where you reached nobody."""
    tried: str = ""
    person_spoken_with: bool = False

    @property
    def reached_the_person(self) -> bool:
        """Whether somebody spoke with them."""
        return self.person_spoken_with

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if (self.settled is None or self.settled.says_nothing) and not self.tried:
            raise ValueError("say what they say, or in tried what you have tried")
        return self


class AgreementOfColleague(Form):
    """
    You have a part in a reablement plan that is to change. Say whether you agree; the change stands beside this form.

    If you do not, say what you would have instead: it is talked over before anybody decides.
    """

    title: ClassVar[str] = "agreeing to a change of a reablement plan"
    only_who_is_asked: ClassVar[bool] = True
    nobody_in_their_stead: ClassVar[bool] = True
    labels: ClassVar[dict[str, str]] = {"agrees": "Do you agree?", "words": "What you think of it"}

    agrees: bool
    words: str = ""
    """Compulsory where you do not agree."""

    @model_validator(mode="after")
    def _says_why(self) -> Self:
        if not self.agrees and not self.words:
            raise ValueError("say in words what speaks against it")
        return self


class BestInterestsDecided(Form):
    """
    The person cannot decide about a change of their plan. Decide with those who know them what is best for them.

    What everybody said stands beside this form.
    """

    title: ClassVar[str] = "deciding in somebody’s best interests"
    has_legal_weight: ClassVar[bool] = True
    labels: ClassVar[dict[str, str]] = {"decided": "What is decided"}

    decided: BestInterests


class ChangeDecided(Form):
    """
    Not everybody agrees to a change of a reablement plan. Decide whether it is made all the same (REA-18).

    It may be, but only with regard to what the person and carer think and to what it does to the person's wellbeing.
    Write down how you weighed each.
    """

    title: ClassVar[str] = "deciding on a change without agreement"
    has_legal_weight: ClassVar[bool] = True
    causes: ClassVar[tuple[str, ...]] = (
        "If it goes ahead, the plan has a new version at once; everybody in it is told, and gets a copy.",
        "If it does not, the plan stays as it is.",
    )
    labels: ClassVar[dict[str, str]] = {
        "goes_ahead": "Is the plan changed all the same?",
        "regard_to_views": "How you weighed what the person and carer think",
        "regard_to_wellbeing": "How you weighed what it does to the person’s wellbeing",
        "reasons": "The reasons",
    }

    goes_ahead: bool
    regard_to_views: str = Field(min_length=1)
    regard_to_wellbeing: str = Field(min_length=1)
    reasons: str = Field(min_length=1)
