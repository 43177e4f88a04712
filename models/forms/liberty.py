"""The facts and forms of care that may take somebody's liberty (REA-37, GAP-36, GAP-52)."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Self

from pydantic import Field, model_validator

from models.forms.base import CaseFacts, Form, RegisterKind, ShownWhen
from models.policy.gaps.reablement import LibertyRoute


class LibertyConcern(CaseFacts):
    """Care restricts somebody who may lack capacity to decide about it, or would have to."""

    asks_about_safeguarding: ClassVar[bool] = True
    register_fields: ClassVar[dict[str, RegisterKind]] = {"about_person": RegisterKind.PERSON}
    cases_about: ClassVar[dict[str, str]] = {"plan": "about_person"}
    set_to_opener: ClassVar[frozenset[str]] = frozenset({"worker"})
    labels: ClassVar[dict[str, str]] = {
        "about_person": "Who it is about",
        "what": "What restricts them, or would",
    }

    about_person: str
    """Register id."""
    what: str = Field(min_length=1)
    plan: str | None = None
    """Ref of the case that looks after their reablement, where they have it."""
    worker: str | None = None
    """Tag of whoever coordinates the plan. None: a practitioner is asked."""


class LibertyConsidered(Form):
    """
    Care restricts somebody, or would have to. Consider whether that takes their liberty, and record their capacity.

    The guidance on deprivation of liberty says how it is recognised. If anybody may be in danger now, ring 999.
    """

    title: ClassVar[str] = "whether care takes somebody’s liberty"
    asks_about_safeguarding: ClassVar[bool] = True
    has_legal_weight: ClassVar[bool] = True
    past_dates: ClassVar[frozenset[str]] = frozenset({"assessed_on"})
    labels: ClassVar[dict[str, str]] = {
        "lacks_capacity": "Does the person lack capacity to decide about the care and support they get?",
        "capacity_shown_by": "What shows that",
        "assessed_on": "The day on which their capacity was assessed",
        "assessed_by": "Who assessed it",
        "restrictions_amount_now": "Do present restrictions amount to a deprivation of liberty, as you see it?",
        "restrictions_likely_to": "Are restrictions needed to meet their needs that are likely to amount to one?",
        "restrictions": "The restrictions, and how far each goes",
        "less_meanwhile": "What restricts them less until it is settled",
        "somebody_appropriate": "Is there somebody appropriate, not paid for their care, to support them in it?",
    }
    shown_when: ClassVar[dict[str, ShownWhen]] = {
        "assessed_on": ShownWhen("lacks_capacity", (True,)),
        "assessed_by": ShownWhen("lacks_capacity", (True,)),
        "somebody_appropriate": ShownWhen("lacks_capacity", (True,)),
    }
    causes: ClassVar[tuple[str, ...]] = (
        "Where it counts as one, it is decided which way it is authorised or avoided.",
        "Where nobody appropriate is there to support them, an independent advocate is found.",
    )

    lacks_capacity: bool
    capacity_shown_by: str = Field(min_length=1)
    """On this decision at this time: what they understand, keep in mind, weigh and can say."""
    assessed_on: date | None = None
    assessed_by: str = ""
    restrictions_amount_now: bool
    restrictions_likely_to: bool
    restrictions: str = Field(min_length=1)
    less_meanwhile: str = ""
    somebody_appropriate: bool | None = None

    @model_validator(mode="after")
    def _capacity_is_on_record(self) -> Self:
        if self.lacks_capacity and not (self.assessed_on and self.assessed_by):
            raise ValueError("say in assessed_on and assessed_by when and by whom their capacity was assessed")
        if self.lacks_capacity and self.somebody_appropriate is None:
            raise ValueError("say in somebody_appropriate whether somebody is there to support them")
        return self


class LibertyRouteChosen(Form):
    """
    Care takes somebody's liberty, or is likely to. Choose what is done: no machine and no rule does that for you.

    Restrictions are reduced; or a care home or hospital asks for its authorisation; or the Court of Protection decides
    for everywhere else; or none is needed, with your reasons.
    """

    title: ClassVar[str] = "what is done about a deprivation of liberty"
    has_legal_weight: ClassVar[bool] = True
    labels: ClassVar[dict[str, str]] = {
        "route": "What is done",
        "what_next": "What has to be done for it, and by whom",
        "reasons": "Your reasons",
    }
    shown_when: ClassVar[dict[str, ShownWhen]] = {
        "what_next": ShownWhen(
            "route",
            (LibertyRoute.REDUCE_RESTRICTIONS, LibertyRoute.CARE_HOME_OR_HOSPITAL, LibertyRoute.COURT_OF_PROTECTION),
        ),
    }

    route: LibertyRoute
    what_next: str = ""
    reasons: str = ""

    @model_validator(mode="after")
    def _says_what_is_done(self) -> Self:
        if self.route is not LibertyRoute.NONE and not self.what_next:
            raise ValueError("say in what_next what has to be done for it, and by whom")
        return self


class LibertyRouteTaken(Form):
    """
    It is decided what is done about a deprivation of liberty. Do it, or see that it is done, and say so here.

    It stays open until it is done: a person whose liberty is taken without authority is protected by nobody.
    """

    title: ClassVar[str] = "carrying out what was decided about somebody’s liberty"
    has_legal_weight: ClassVar[bool] = True
    past_dates: ClassVar[frozenset[str]] = frozenset({"done_on"})
    labels: ClassVar[dict[str, str]] = {
        "done_on": "The day on which it was done",
        "what_was_done": "What was done, and where it stands",
        "no_longer_called_for": "Why it is not called for any more",
    }

    done_on: date | None = None
    what_was_done: str = ""
    """Who was asked for the authorisation and under which reference, or which restrictions are gone."""
    no_longer_called_for: str = ""
    """The person has died, has moved, or is not restricted any more."""

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if bool(self.done_on and self.what_was_done) == bool(self.no_longer_called_for):
            raise ValueError("say done_on and what_was_done, or else no_longer_called_for")
        return self
