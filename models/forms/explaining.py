"""The form on which one worker says that everybody with a part in a reablement plan was told of something."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Self

from pydantic import Field, model_validator

from models.forms.base import Form
from models.reablement.naming import NamedInPlan
from models.reablement.plan import PlanPart


class NotTold(PlanPart):
    """Somebody who was not told, and why."""

    plan_fields: ClassVar[dict[str, NamedInPlan]] = {"who": NamedInPlan.INVOLVED}
    labels: ClassVar[dict[str, str]] = {
        "who": "Who",
        "because": "Why they were not told",
        "not_at_all": "They are not to be told at all",
    }

    who: str = Field(pattern=r"^P[1-9][0-9]*$")
    """Their letter and number in the plan, such as P2."""
    because: str = Field(min_length=1)
    not_at_all: bool = False
    """Else you are asked again on the next working day."""

    def __str__(self) -> str:
        return f"{self.who} not told{' at all' if self.not_at_all else ' yet'} ({self.because})"


class EveryoneTold(Form):
    """
    Tell everybody who is listed beside this form, in a way that each can follow, and name only those who were not told.

    Staff with a part in the plan have been told already.
    """

    title: ClassVar[str] = "telling everybody with a part in the plan"
    may_concern_safety: ClassVar[bool] = False
    past_dates: ClassVar[frozenset[str]] = frozenset({"told_on"})
    labels: ClassVar[dict[str, str]] = {
        "how": "How they were told",
        "told_on": "The day on which they were told",
        "exceptions": "Those who were not told",
        "person_reached": "You spoke with the person themselves",
    }

    how: str = Field(min_length=1)
    """Visit, telephone, letter; what was done so that each could follow it."""
    told_on: date | None = None
    """Leave out for today."""
    person_reached: bool = False
    exceptions: tuple[NotTold, ...] = ()

    @property
    def reached_the_person(self) -> bool:
        """Whether somebody really reached the person."""
        return self.person_reached

    @property
    def later(self) -> frozenset[str]:
        """Ids of those who are still to be told."""
        return frozenset(one.who for one in self.exceptions if not one.not_at_all)

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        named = [one.who for one in self.exceptions]
        if len(set(named)) < len(named):
            raise ValueError("name each person once in exceptions")
        return self


class EveryoneAndTheRotaTold(EveryoneTold):
    """
    Tell everybody who is listed beside this form, and see that the rota matches.

    Name only those who were not told. It is asked again until everybody knows and the rota matches.
    """

    title: ClassVar[str] = "telling everybody, and the rota"
    labels: ClassVar[dict[str, str]] = {"rota_matches": "Was the rota changed to match?"}

    rota_matches: bool
