"""What a team manager or team leader decides about a case that duty cannot settle, and what goes with placing it."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import ClassVar, Self

from pydantic import AwareDatetime, Field, model_validator

from models.decision_tables.levels import Rag
from models.forms.base import CaseFacts, Form, RegisterKind, ShownWhen
from models.forms.telling_people import PersonToBeTold
from models.forms.tray_rating import RatingFacts
from models.roles import Role
from models.telling_findings import ToBeTold
from models.tray import Part

DECIDERS = (Role.TEAM_MANAGER, Role.TEAM_LEADER)
"""Nobody else decides what goes on the tray, whoever stands above them (PWT-25)."""


class TrayChoice(StrEnum):
    """What is decided (PWT-24)."""

    ALLOCATE = "allocate"
    """A worker is asked to accept."""
    PLACE = "place"
    """The person waits on the planned work tray."""
    BACK_TO_DUTY = "back-to-duty"
    """Duty can do something, or something is missing."""


class TrayDecision(Form):
    """
    Duty cannot settle this case. Give it to a worker, place it on the planned work tray, or send it back with reasons.

    Write the reason and the circumstances once: the task's comment and the decision note are made from them (PWT-26,
    PWT-27). Nobody is placed while something urgent is being done, or an answer within 24 hours is due (PWT-07).
    """

    title: ClassVar[str] = "deciding between a worker and the tray"
    has_legal_weight: ClassVar[bool] = True
    register_fields: ClassVar[dict[str, RegisterKind]] = {"worker": RegisterKind.SERVING_STAFF}
    coming_dates: ClassVar[frozenset[str]] = frozenset({"agreed_on"})
    deciders: ClassVar[tuple[Role, ...]] = DECIDERS
    labels: ClassVar[dict[str, str]] = {
        "decision": "Your decision",
        "rationale": "Why you decide so",
        "circumstances": "The person's circumstances",
        "facts": "How they stand",
        "worker": "The worker",
        "safety_plan": "The interim safety plan",
        "high_risk_checked": "What you have looked at yourself",
        "self_funder_reasons": "Why the tray is right for somebody who pays",
        "new_request": "This is a new request",
        "agreed_on": "A day agreed with the person",
        "act_now": "What cannot wait",
    }
    shown_when: ClassVar[dict[str, ShownWhen]] = {
        "circumstances": ShownWhen("decision", (TrayChoice.PLACE,)),
        "facts": ShownWhen("decision", (TrayChoice.PLACE, TrayChoice.ALLOCATE)),
        "worker": ShownWhen("decision", (TrayChoice.ALLOCATE,)),
        "safety_plan": ShownWhen("decision", (TrayChoice.PLACE,)),
        "high_risk_checked": ShownWhen("decision", (TrayChoice.PLACE,)),
        "self_funder_reasons": ShownWhen("decision", (TrayChoice.PLACE,)),
        "new_request": ShownWhen("decision", (TrayChoice.PLACE,)),
        "agreed_on": ShownWhen("decision", (TrayChoice.PLACE,)),
        "act_now": ShownWhen("decision", (TrayChoice.BACK_TO_DUTY,)),
    }

    decision: TrayChoice
    rationale: str = Field(min_length=1)
    """Why you decide so; what duty is to do, where it goes back."""
    circumstances: str = ""
    """What matters about the person's circumstances. Compulsory to place."""
    facts: RatingFacts | None = None
    """How they stand: colour, priority and complexity follow from it."""
    worker: str | None = None
    """Staff id of the worker you have in mind. Compulsory to allocate; complexity guides who is suitable."""
    safety_plan: str = ""
    """What keeps a person rated Red safe while they wait: who looks in, whom to ring. Compulsory to place them."""
    high_risk_checked: str = ""
    """High risk with full support is only Amber: what you have looked at yourself. Compulsory then (GAP-11)."""
    self_funder_reasons: str = ""
    """Why the tray is right for somebody who pays for their own care. Compulsory to place them (PWT-20)."""
    new_request: bool = False
    """They waited before, and this is another request: their waiting is counted anew. Shown beside where it may be."""
    agreed_on: date | None = None
    """A day agreed with the person on which somebody is in touch, if one was."""
    act_now: str = ""
    """What cannot wait and duty does today. Only where it goes back to duty."""

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        problems = []
        if self.decision is TrayChoice.PLACE and not self.circumstances:
            problems.append("say in circumstances what matters about the person's circumstances")
        if (self.decision is TrayChoice.ALLOCATE) != (self.worker is not None):
            problems.append("give worker to allocate, and leave it out otherwise")
        if self.act_now and self.decision is not TrayChoice.BACK_TO_DUTY:
            problems.append("act_now is for what goes back to duty: something that cannot wait is never placed")
        if problems:
            raise ValueError("; ".join(problems))
        return self


class InterimSafetyPlan(Form):
    """Another manager has not agreed to lower this case: it is Red. Say what keeps the person safe while they wait."""

    title: ClassVar[str] = "the interim safety plan of a Red case"
    has_legal_weight: ClassVar[bool] = True
    deciders: ClassVar[tuple[Role, ...]] = DECIDERS
    labels: ClassVar[dict[str, str]] = {
        "safety_plan": "The interim safety plan",
    }

    safety_plan: str = Field(min_length=1)
    """Who looks in, what is arranged, whom the person rings."""


class DecisionNote(Form):
    """Your council words the decision note apart from the task's comment. Write it: it is kept under the title PWT."""

    title: ClassVar[str] = "writing the decision note"
    has_legal_weight: ClassVar[bool] = True
    may_concern_safety: ClassVar[bool] = False
    deciders: ClassVar[tuple[Role, ...]] = DECIDERS
    labels: ClassVar[dict[str, str]] = {
        "reason": "The reason",
    }

    reason: str = Field(min_length=1)


class ConcernOwned(Form):
    """
    Somebody is to be placed on the tray, and their safeguarding concern has no named owner yet.

    If anybody may be in danger now, ring 999. Say who owns the concern; until then nothing is placed (GAP-18).
    """

    title: ClassVar[str] = "naming the owner of a safeguarding concern"
    has_legal_weight: ClassVar[bool] = True
    register_fields: ClassVar[dict[str, RegisterKind]] = {"owner": RegisterKind.SERVING_STAFF}
    labels: ClassVar[dict[str, str]] = {
        "owner": "Who owns the concern",
        "how_known": "How it is known",
    }

    owner: str
    """Staff id."""
    how_known: str = Field(min_length=1)
    """The concern's id, or who said so."""


class DetailsConfirmed(Part):
    """The contact details and needs of a person, as they were confirmed with them (PWT-30)."""

    labels: ClassVar[dict[str, str]] = {
        "contact_details_right": "Are their contact details right?",
        "corrections": "What is to be put right",
    }
    shown_when: ClassVar[dict[str, ShownWhen]] = {
        "corrections": ShownWhen("contact_details_right", (False,)),
    }

    contact_details_right: bool
    """Telephone, address and e-mail on file are right, and so is how they wish to hear from us."""
    corrections: str = ""
    """What is to be put right on their record. Compulsory where something is wrong."""
    communication_needs: str = ""
    """What they need so that they can follow and be understood; leave out where nothing."""

    @model_validator(mode="after")
    def _says_what_is_wrong(self) -> Self:
        if not self.contact_details_right and not self.corrections:
            raise ValueError("say in corrections what is to be put right")
        return self


class PlacementTold(PersonToBeTold):
    """
    Somebody waits for a worker. Tell them so, with the number to ring if anything changes and how often to expect us.

    Confirm their contact details and what they need to follow and be understood, while you speak with them. Where
    there is a safe-contact rule, keep to it whatever else is recorded. Who is not reached is tried again.
    """

    title: ClassVar[str] = "telling somebody that they wait for a worker"
    labels: ClassVar[dict[str, str]] = {
        "details": "What was confirmed with them",
        "not_confirmed_because": "Why nothing could be confirmed",
    }
    shown_when: ClassVar[dict[str, ShownWhen]] = {
        "details": ShownWhen("reached", (True,)),
        "not_confirmed_because": ShownWhen("reached", (True,)),
    }

    details: DetailsConfirmed | None = None
    """What was confirmed with them. Compulsory once they were reached, unless not_confirmed_because says why not."""
    not_confirmed_because: str = ""
    """Why nothing could be confirmed: they were told by letter, say."""

    @model_validator(mode="after")
    def _confirms_or_says_why_not(self) -> Self:
        if self.reached and (self.details is None) != bool(self.not_confirmed_because):
            raise ValueError("say details, or not_confirmed_because where nothing could be confirmed")
        if not self.reached and self.details is not None:
            raise ValueError("details are confirmed with somebody who was reached")
        return self


class PlacementTelling(CaseFacts):
    """The person, or who stands for them, is told that they wait on the tray."""

    past_dates: ClassVar[frozenset[str]] = frozenset()

    person: str
    """Register id."""
    team: str
    colour: Rag | None
    whom: ToBeTold
    of: str
    """Tag of who tells them."""
    wanted_by: AwareDatetime
    tray_case: str
    """Ref of the case on the tray; it stands in the message, so that an answer finds its way."""
