"""What a manager answers so that the decision tables can say colour, priority and complexity."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar, Self

from pydantic import Field, model_validator

from models.decision_tables import Complexity, DelayEffect, Priority, Rag, RiskOfHarm, SupportLevel, load_table
from models.tray import Part


class Disagreement(StrEnum):
    """How far those concerned disagree."""

    NONE = "none"
    """They do not."""
    RESOLVABLE = "resolvable"
    """They may, and it can be settled."""
    CONFLICT = "conflict"
    """They are in conflict."""


class Agencies(StrEnum):
    """How many agencies the work takes."""

    ONE = "one"
    """Only ours."""
    JOINT = "joint"
    """Joint work with one other."""
    SEVERAL = "several"
    """Several."""


class Knowledge(StrEnum):
    """What knowledge the work takes."""

    GENERAL = "general"
    """What every worker has."""
    SOME_SPECIALIST = "some-specialist"
    """Some specialist knowledge or grasp of processes."""
    SOPHISTICATED_DECISIONS = "sophisticated-decisions"
    """Decisions that take long experience."""


class RatingFacts(Part):
    """
    How the person stands: how far their support meets their needs, what would happen without us, how soon, how hard.

    The tables propose colour, priority and complexity (PWT-39, PWT-63, PWT-68). Depart from them where your judgement
    says so, and say why (PWT-47, PWT-48).
    """

    labels: ClassVar[dict[str, str]] = {
        "support": "How far their support meets their needs",
        "risk": "The risk of harm if we did nothing",
        "indicators": "Indicators of high risk",
        "local_factors": "Your service's own risk factors",
        "delay_effect": "What waiting would do",
        "within_24_hours": "A response is needed within 24 hours",
        "disagreement": "How far those concerned disagree",
        "agencies": "How many agencies it takes",
        "knowledge": "What knowledge it takes",
        "legal_issues": "There are legal issues",
        "interacting_conditions": "Conditions act on one another",
        "colour": "Your own colour",
        "priority": "Your own priority",
        "complexity": "Your own complexity",
        "override_reasons": "Why you depart from a table",
    }

    support: SupportLevel
    """How far their support meets their needs now; support about to end counts as none."""
    risk: RiskOfHarm
    """What would happen if we did nothing. The indicators are prompts: you judge."""
    indicators: frozenset[str] = frozenset()
    """Those of HR-01 to HR-13 that you see (PWT-43)."""
    local_factors: frozenset[str] = frozenset()
    """Those of your service's own risk factors that you see, by id (PWT-44)."""
    delay_effect: DelayEffect
    """What waiting would probably do to the person."""
    within_24_hours: bool = False
    """A response is needed within 24 hours (PWT-64)."""
    disagreement: Disagreement = Disagreement.NONE
    agencies: Agencies = Agencies.ONE
    knowledge: Knowledge = Knowledge.GENERAL
    legal_issues: bool = False
    interacting_conditions: bool = False
    """Disabilities or conditions that act on one another in complex ways."""
    colour: Rag | None = None
    """Your own colour, where it departs from the matrix."""
    priority: Priority | None = None
    """Your own priority, where it departs from the table."""
    complexity: Complexity | None = None
    """Your own complexity, where it departs from the table."""
    override_reasons: str = ""
    """Why you depart from a table. Compulsory where you do."""

    def __str__(self) -> str:
        said = []
        for name, field in type(self).model_fields.items():
            value = getattr(self, name)
            if value == field.get_default(call_default_factory=True):
                continue
            shown = ", ".join(sorted(value)) if isinstance(value, frozenset) else "yes" if value is True else value
            said.append(f"{name.replace('_', ' ')} {shown}")
        return ", ".join(said)

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        problems = []
        known = {one.id for one in load_table("rag").examples if one.id.startswith("HR-")}
        if self.indicators - known:  # what was typed is not said again: it may be anything
            problems.append("indicators: give the ids alone, from HR-01 to HR-13")
        departs = any(one is not None for one in (self.colour, self.priority, self.complexity))
        if self.override_reasons and not departs:
            problems.append("override_reasons is only for a colour, priority or complexity of your own")
        if problems:
            raise ValueError("; ".join(problems))
        return self


class RelevantPerson(Part):
    """Somebody besides the person whom reaching counts, named for this case (PWT-58)."""

    labels: ClassVar[dict[str, str]] = {
        "name": "Their name",
        "relation": "Who they are to the person",
        "how_to_reach": "How to reach them",
    }

    name: str = Field(min_length=1)
    relation: str = Field(min_length=1)
    """Daughter, neighbour with a key, warden."""
    how_to_reach: str = ""

    def __str__(self) -> str:
        return f"{self.name} ({self.relation}{', ' + self.how_to_reach if self.how_to_reach else ''})"
