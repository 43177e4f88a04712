"""Somebody's reablement begins: the facts that its case is opened with."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import ClassVar, Self

from pydantic import Field, model_validator

from models.forms.base import CaseFacts, RegisterKind
from models.reablement.plan import (
    Equipment,
    Monitoring,
    Outcome,
    Part,
    PlanContent,
    SomebodyInvolved,
    Support,
    Visit,
)


class ReablementBegun(CaseFacts):
    """Reablement begins for somebody, with its first plan."""

    asks_about_safeguarding: ClassVar[bool] = True
    past_dates: ClassVar[frozenset[str]] = frozenset({"begun_on"})
    recent_dates: ClassVar[frozenset[str]] = frozenset({"begun_on"})
    register_fields: ClassVar[dict[str, RegisterKind]] = {
        "person": RegisterKind.PERSON,
        "team": RegisterKind.TEAM,
        "worker": RegisterKind.SERVING_STAFF,
    }
    living: ClassVar[frozenset[str]] = frozenset({"person"})
    labels: ClassVar[dict[str, str]] = {
        "person": "Who it is for",
        "team": "The reablement team",
        "worker": "Who coordinates the plan",
        "begun_on": "The first day of reablement",
        "outcomes": "What they want to be able to do",
        "visits": "Visits",
        "support": "How support is given",
        "equipment": "Equipment and assistive technology",
        "monitoring": "How it is watched whether the plan works",
        "involved": "Everybody else who has a part in the plan",
    }

    person: str
    """Register id."""
    team: str
    """Team id."""
    worker: str
    """Staff id of whoever coordinates the plan and is asked about it."""
    begun_on: date
    outcomes: tuple[Outcome, ...] = Field(min_length=1)
    visits: tuple[Visit, ...] = ()
    support: tuple[Support, ...] = ()
    equipment: tuple[Equipment, ...] = ()
    monitoring: Monitoring
    involved: tuple[SomebodyInvolved, ...] = ()
    """
    Carers, colleagues and others. The person themselves is put in from the register. Who has a copy has the first
    version of the plan already.
    """

    @model_validator(mode="after")
    def _each_is_involved_once(self) -> Self:
        if [one.part for one in self.involved].count(Part.PERSON) > 1:
            raise ValueError("name the person themselves once among those involved, or leave them to the register")
        ours = [one.staff for one in self.involved if one.staff]
        if len(ours) != len(set(ours)):
            raise ValueError("name a member of staff once among those involved, with all that they do on one line")
        return self

    def content_with(self, involved: Iterable[SomebodyInvolved]) -> PlanContent:
        """The first version of the plan, with those involved."""
        return PlanContent.first(
            outcomes=self.outcomes,
            visits=self.visits,
            support=self.support,
            equipment=self.equipment,
            monitoring=self.monitoring,
            involved=involved,
        )
