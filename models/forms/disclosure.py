"""The facts and forms of the disclosure gate: personal information leaves only if it may (DUTY-62 to DUTY-65)."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import ClassVar, Self

from pydantic import Field, model_validator

from models.forms.base import CaseFacts, Form, RegisterKind, ShownWhen, Signal


class DisclosureWish(CaseFacts):
    """Somebody outside asks for personal information, or we want to give it to them."""

    register_fields: ClassVar[dict[str, RegisterKind]] = {
        "about_person": RegisterKind.PERSON,
        "decided_near": RegisterKind.TEAM,
    }
    set_to_opener: ClassVar[frozenset[str]] = frozenset({"given_by"})
    labels: ClassVar[dict[str, str]] = {
        "recipient": "Who it goes to, as a kind of person or body",
        "purpose": "What it is for",
        "content": "What would be given",
        "about_person": "Whose information it is",
        "who_exactly": "Who exactly",
        "to_the_person": "It goes to the very person it is about",
        "emergency": "It is an emergency",
        "decided_near": "The team whose leader decides on it, where others are not to know of it",
    }

    recipient: str = Field(min_length=1)
    """What kind of person or body it goes to, in the words of the council's approved table where it stands there."""
    purpose: str = Field(min_length=1)
    """What it is for, in the words of the approved table where it stands there."""
    content: str = Field(min_length=1)
    """What would be given: the least that serves the purpose."""
    about_person: str | None = None
    """Register id of the person it is about, where they are known."""
    who_exactly: str = ""
    """The person or organisation in particular, and how it is known that they are who they say."""
    to_the_person: bool = False
    """It goes to the very person it is about."""
    emergency: bool = False
    """Somebody would come to harm if it waited."""
    decided_near: str | None = None
    """Id of the team whose leader decides on it, where it is not for others to know of; none: any team leader."""
    given_by: str = "role-duty-worker"
    """Who gives it once it may go: the tag of a role, a team or a member of staff."""


class Verdict(StrEnum):
    """What is decided on a disclosure that no table settles."""

    ALLOW = "allow"
    """It may go, as described."""
    REFUSE = "refuse"
    """It may not go."""
    ASK_CALDICOTT = "ask-caldicott"
    """The Caldicott lead decides."""


class CaldicottVerdict(Form):
    """
    Somebody outside would be given personal information, and the approved table does not settle it (GAP-09).

    As Caldicott lead you decide. The Caldicott Principles hold for a person's own care and for every other use: is
    the purpose justified, is the information needed for it, is this the least that serves, does only who needs it get
    it, do they know their duty, is it lawful, would not sharing do more harm, and will the person not be surprised?
    """

    title: ClassVar[str] = "deciding on a disclosure as Caldicott lead"
    has_legal_weight: ClassVar[bool] = True
    may_concern_safety: ClassVar[bool] = False
    labels: ClassVar[dict[str, str]] = {
        "verdict": "Your verdict",
        "reasons": "The reasons",
        "legal_basis": "The legal basis",
        "least_content": "What may be given",
        "local_policy_allows": "The council's own policy allows it",
        "principles_regarded": "I have gone through the Caldicott Principles",
    }
    shown_when: ClassVar[dict[str, ShownWhen]] = {
        "legal_basis": ShownWhen("verdict", (Verdict.ALLOW,)),
        "least_content": ShownWhen("verdict", (Verdict.ALLOW,)),
        "local_policy_allows": ShownWhen("verdict", (Verdict.ALLOW,)),
        "principles_regarded": ShownWhen("verdict", (Verdict.ALLOW,)),
    }

    verdict: Verdict
    reasons: str = Field(min_length=1)
    legal_basis: str = ""
    """On what ground in data protection law it may go (UK GDPR, Data Protection Act 2018). Compulsory with allow."""
    least_content: str = ""
    """What exactly may be given, no more than the purpose needs. Compulsory with allow."""
    local_policy_allows: bool = False
    """The council's own policy allows it."""
    principles_regarded: bool = False
    """I have gone through the Caldicott Principles."""

    @model_validator(mode="after")
    def _allows_only_by_every_rule(self) -> Self:
        if self.verdict is not Verdict.ALLOW:
            return self
        missing = [
            f"say {name}, or refuse"
            for name in ("legal_basis", "least_content", "local_policy_allows", "principles_regarded")
            if not getattr(self, name)
        ]
        if missing:
            raise ValueError("; ".join(missing))
        return self

    @model_validator(mode="after")
    def _decides(self) -> Self:
        if type(self) is CaldicottVerdict and self.verdict is Verdict.ASK_CALDICOTT:
            raise ValueError("you are asked as Caldicott lead: allow or refuse")
        return self


class DisclosureVerdict(CaldicottVerdict):
    """
    Somebody outside would be given personal information, and the approved table does not settle it (GAP-09).

    Allow it only by every rule: data protection law, the council's policy and the Caldicott Principles; or refuse, or
    leave it to the Caldicott lead.
    """

    title: ClassVar[str] = "deciding on a disclosure"


class SecureWay(StrEnum):
    """The ways in which personal information may leave."""

    SECURE_EMAIL = "secure-email"
    """Encrypted e-mail to an address that was checked."""
    TELEPHONE = "telephone"
    """By telephone, to a number that we looked up ourselves."""
    IN_PERSON = "in-person"
    """Handed over or said in person."""
    SIGNED_DELIVERY = "signed-delivery"
    """A delivery that is signed for."""
    SHARED_RECORD = "shared-record"
    """In a record or portal that both sides are admitted to."""


class DisclosureMade(Form):
    """The information may go. Give it, no more than was allowed, and say how; or say why it was not given after all."""

    title: ClassVar[str] = "giving the information"
    has_legal_weight: ClassVar[bool] = True
    may_concern_safety: ClassVar[bool] = False
    past_dates: ClassVar[frozenset[str]] = frozenset({"given_on"})
    labels: ClassVar[dict[str, str]] = {
        "given_on": "The day on which it was given",
        "way": "The way in which it was given",
        "given": "What was given",
        "not_given_because": "Why it was not given",
    }

    given_on: date | None = None
    """The day it was given; leave out where it was not."""
    way: SecureWay | None = None
    given: str = ""
    """What was given, and to whom. Compulsory where it was."""
    not_given_because: str = ""

    @model_validator(mode="after")
    def _given_or_not(self) -> Self:
        was_given = self.given_on is not None and self.way is not None and bool(self.given)
        if was_given == bool(self.not_given_because):
            raise ValueError("say given_on, way and given, or else not_given_because")
        return self


class EmergencyJustified(Form):
    """Information was given in an emergency without asking anybody first. Say why it could not wait (GAP-09)."""

    title: ClassVar[str] = "justifying a disclosure in an emergency"
    has_legal_weight: ClassVar[bool] = True
    may_concern_safety: ClassVar[bool] = False
    labels: ClassVar[dict[str, str]] = {
        "harm_averted": "The harm that was averted",
        "legal_basis": "The legal basis",
    }

    harm_averted: str = Field(min_length=1)
    """Who would have come to what harm if it had waited."""
    legal_basis: str = Field(min_length=1)


class RefusalExplained(Form):
    """The information is not given. Tell whoever asked for it, or say why nobody need be told."""

    title: ClassVar[str] = "telling somebody that information is not given"
    has_legal_weight: ClassVar[bool] = True
    may_concern_safety: ClassVar[bool] = False
    labels: ClassVar[dict[str, str]] = {
        "told": "Who was told, or why nobody need be",
    }

    told: str = Field(min_length=1)


class DisclosureCalledOff(Signal):
    """What was to be given is not to be given any more: it is overtaken, or whom it is about has died."""

    title: ClassVar[str] = "that a disclosure is called off"
    by_hand: ClassVar[bool] = False

    because: str = Field(min_length=1)
