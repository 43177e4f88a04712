"""The facts and forms of a concern about an organisation that gives care or support (REA-38 to REA-55)."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import ClassVar, Self

from pydantic import AwareDatetime, Field, model_validator

from models.forms.base import CaseFacts, Form, RegisterKind, ShownWhen, Signal
from models.forms.brokerage import Urgency
from models.forms.handover import HandoverAnswer, HandoverReply
from models.forms.pause import WhoSpeaks
from models.forms.safeguarding import WhoIsAtRisk
from models.forms.telling_people import PersonToBeTold


class ProviderConcernNoticed(CaseFacts):
    """
    Something is wrong with an organisation that gives any kind of care or support, whoever buys it from them.

    If anybody may be in danger now, ring 999 first. Where it should go need not be known: it is found out.
    """

    asks_about_safeguarding: ClassVar[bool] = True
    set_to_now: ClassVar[frozenset[str]] = frozenset({"noticed_at"})
    past_dates: ClassVar[frozenset[str]] = frozenset({"noticed_at"})
    set_to_opener: ClassVar[frozenset[str]] = frozenset({"noticed_by"})
    register_fields: ClassVar[dict[str, RegisterKind]] = {
        "provider": RegisterKind.PROVIDER,
        "about_person": RegisterKind.PERSON,
    }
    labels: ClassVar[dict[str, str]] = {
        "provider": "Which organisation, where it is on the list",
        "provider_in_words": "What it is called and where it is, where it is not on the list",
        "what": "What it does or leaves undone, and how you know",
        "at_risk_now": "Is anybody at risk from it now?",
        "incident": "Did something happen with one person in particular?",
        "about_person": "The person, where the register has them",
        "person_in_words": "Who it is, where the register does not have them",
        "noticed_at": "When it was noticed",
    }
    shown_when: ClassVar[dict[str, ShownWhen]] = {
        "about_person": ShownWhen("incident", (True,)),
        "person_in_words": ShownWhen("incident", (True,)),
    }

    provider: str | None = None
    """Provider id."""
    provider_in_words: str = ""
    what: str = Field(min_length=1)
    at_risk_now: bool
    """You are asked today what is done about it, whatever becomes of the concern itself."""
    incident: bool
    """They are told that it is raised, and asked whether they may be contacted."""
    about_person: str | None = None
    """Register id."""
    person_in_words: str = ""
    noticed_at: AwareDatetime
    noticed_by: str = ""
    """Tag of whoever noticed it."""

    @model_validator(mode="after")
    def _is_about_one_provider_and_at_most_one_person(self) -> Self:
        if bool(self.provider) == bool(self.provider_in_words):
            raise ValueError("name the organisation in provider, or in provider_in_words where it is not on the list")
        if self.incident and bool(self.about_person) == bool(self.person_in_words):
            raise ValueError("say in about_person with whom it happened, or in person_in_words who it is")
        if not self.incident and (self.about_person or self.person_in_words):
            raise ValueError("incident: say so where something happened with a person, or leave them out")
        return self


# ------------------------------------------------------------------ the risk to somebody


class RiskStep(StrEnum):
    """What manages the risk to somebody (REA-41)."""

    SAFEGUARDING = "safeguarding"
    """A safeguarding concern is raised."""
    ANOTHER_PROVIDER = "another-provider"
    """Brokerage finds somebody else to give the care."""
    MONITORING = "monitoring"
    """It is agreed who watches how they fare, and how."""


class RiskManaged(Form):
    """
    An organisation's practice puts somebody at risk. Say what is done about it today.

    If anybody may be in danger now, ring 999 first. This does not wait for whoever looks into the organisation, and is
    asked in every case.
    """

    title: ClassVar[str] = "managing the risk from a provider"
    has_legal_weight: ClassVar[bool] = True
    coming_dates: ClassVar[frozenset[str]] = frozenset({"wanted_from", "looked_at_on"})
    labels: ClassVar[dict[str, str]] = {
        "steps": "What is done",
        "at_risk": "Who is at risk",
        "danger_or_crime": "Is anybody in danger now, or may a crime have been committed?",
        "rang_999": "Was 999 rung?",
        "not_rung_because": "Why 999 was not rung",
        "raised_already_as": "The id of the safeguarding concern, if it was raised already",
        "needs": "What care they need, and when",
        "urgency": "How soon they must have it from somebody else",
        "wanted_from": "The day from which it is wanted",
        "monitoring": "Who watches how they fare, how, and how often",
        "looked_at_on": "The day on which it is looked at what came of that",
        "what_else": "What else is done, and by whom",
    }
    shown_when: ClassVar[dict[str, ShownWhen]] = {
        "at_risk": ShownWhen("steps", (RiskStep.SAFEGUARDING,)),
        "danger_or_crime": ShownWhen("steps", (RiskStep.SAFEGUARDING,)),
        "rang_999": ShownWhen("danger_or_crime", (True,)),
        "not_rung_because": ShownWhen("danger_or_crime", (True,)),
        "raised_already_as": ShownWhen("steps", (RiskStep.SAFEGUARDING,)),
        "needs": ShownWhen("steps", (RiskStep.ANOTHER_PROVIDER,)),
        "urgency": ShownWhen("steps", (RiskStep.ANOTHER_PROVIDER,)),
        "wanted_from": ShownWhen("steps", (RiskStep.ANOTHER_PROVIDER,)),
        "monitoring": ShownWhen("steps", (RiskStep.MONITORING,)),
        "looked_at_on": ShownWhen("steps", (RiskStep.MONITORING,)),
    }
    causes: ClassVar[tuple[str, ...]] = (
        "A safeguarding concern is raised at once, unless that was done already, and brokerage is asked at once.",
    )

    steps: frozenset[RiskStep] = frozenset()
    at_risk: WhoIsAtRisk | None = None
    danger_or_crime: bool | None = None
    """Either is enough to ring 999 before anything else."""
    rang_999: bool = False
    not_rung_because: str = ""
    """Leave it empty where it was. Else who has rung, or why nobody need."""
    raised_already_as: str = ""
    """Leave it empty, and it is raised now."""
    needs: str = ""
    urgency: Urgency | None = None
    wanted_from: date | None = None
    monitoring: str = ""
    looked_at_on: date | None = None
    what_else: str = ""

    @property
    def is_raised_now(self) -> bool:
        """Whether a safeguarding concern follows from it."""
        return RiskStep.SAFEGUARDING in self.steps and not self.raised_already_as

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if not self.steps and not self.what_else:
            raise ValueError("choose in steps what is done, or say in what_else what is done instead")
        if RiskStep.ANOTHER_PROVIDER in self.steps and not (self.needs and self.urgency and self.wanted_from):
            raise ValueError("say needs, urgency and wanted_from: brokerage looks for it from today")
        if RiskStep.MONITORING in self.steps and not (self.monitoring and self.looked_at_on):
            raise ValueError("say in monitoring who watches and how, and in looked_at_on when it is looked at")
        return self


class MonitoringLookedAt(Form):
    """It was agreed that somebody watches how a person fares with a provider. Say what was seen, and what follows."""

    title: ClassVar[str] = "how somebody fares with a provider"
    asks_about_safeguarding: ClassVar[bool] = True
    coming_dates: ClassVar[frozenset[str]] = frozenset({"looked_at_again_on"})
    labels: ClassVar[dict[str, str]] = {
        "seen_or_heard": "Was the person seen or spoken with?",
        "what_was_seen": "How they fare",
        "goes_on": "Does the watching go on?",
        "looked_at_again_on": "The day on which it is looked at again",
        "ended_because": "Why they are no longer at risk",
    }
    shown_when: ClassVar[dict[str, ShownWhen]] = {
        "looked_at_again_on": ShownWhen("goes_on", (True,)),
        "ended_because": ShownWhen("goes_on", (False,)),
    }

    seen_or_heard: bool
    what_was_seen: str = Field(min_length=1)
    goes_on: bool
    looked_at_again_on: date | None = None
    ended_because: str = ""

    @property
    def reached_the_person(self) -> bool:
        """Whether they were seen or spoken with."""
        return self.seen_or_heard

    @model_validator(mode="after")
    def _says_what_follows(self) -> Self:
        if self.goes_on and self.looked_at_again_on is None:
            raise ValueError("say in looked_at_again_on when it is looked at again")
        if not self.goes_on and not self.ended_because:
            raise ValueError("say in ended_because why they are no longer at risk")
        return self


# ------------------------------------------------------------------ who has it


class ProviderConcernTaken(Form):
    """
    A concern about a provider has come. Whoever answers has it from now on, and settles what is done about it.

    It is for you to sort also where it is not clear which commissioner is meant (GAP-37), and where nobody knows any
    other way for it (GAP-38). Until you answer, nobody has it.
    """

    title: ClassVar[str] = "taking on a concern about a provider"
    labels: ClassVar[dict[str, str]] = {"known_already": "What is known about this provider already"}
    causes: ClassVar[tuple[str, ...]] = (
        "The concern is yours: a case is opened in which you settle what is done, and whoever raised it hears so.",
    )

    known_already: str = Field(min_length=1)
    """Earlier concerns, visits, contract reviews; or that nothing is known."""


class OwnServiceConcernTaken(HandoverAnswer):
    """
    A concern about one of the council’s own services has come. It is looked into by a manager outside that service.

    Take it on only where you manage neither the service nor anybody in it; else refuse it, and name a manager who does
    not. Until somebody accepts it, it is chased.
    """

    title: ClassVar[str] = "taking on a concern about our own service"
    register_fields: ClassVar[dict[str, RegisterKind]] = {"passed_to": RegisterKind.SERVING_STAFF}
    labels: ClassVar[dict[str, str]] = {
        "reply": "Your reply",
        "reason": "Why you refuse it",
        "action_taken": "What has been done already",
        "outside_the_service": "I manage neither this service nor anybody in it",
        "passed_to": "A manager who is outside it",
    }
    shown_when: ClassVar[dict[str, ShownWhen]] = {
        "reason": ShownWhen("reply", (HandoverReply.REFUSE,)),
        "outside_the_service": ShownWhen("reply", (HandoverReply.ACCEPT,)),
        "passed_to": ShownWhen("reply", (HandoverReply.REFUSE,)),
    }

    outside_the_service: bool = False
    """I manage neither this service nor anybody in it."""
    passed_to: str | None = None
    """Staff id."""

    @model_validator(mode="after")
    def _is_outside_or_names_somebody_who_is(self) -> Self:
        if self.reply is HandoverReply.ACCEPT and not self.outside_the_service:
            raise ValueError("outside_the_service: say that you are, or refuse it and name another manager")
        if self.reply is HandoverReply.REFUSE and self.passed_to is None:
            raise ValueError("name in passed_to a manager outside the service: it must not be left with nobody")
        return self


class PartnerRouteSaid(Form):
    """
    Somebody has a concern about a partner’s service, and does not know how that partner takes concerns. Do you?

    Where you do not know either, or do not answer in time, the commissioning service has it (REA-53, GAP-38).
    """

    title: ClassVar[str] = "how a partner takes concerns"
    labels: ClassVar[dict[str, str]] = {
        "known": "Do you know how?",
        "report_to": "Whom to report it to, and how they are reached",
    }
    shown_when: ClassVar[dict[str, ShownWhen]] = {"report_to": ShownWhen("known", (True,))}

    known: bool
    report_to: str = ""

    @model_validator(mode="after")
    def _says_how(self) -> Self:
        if self.known != bool(self.report_to):
            raise ValueError("say in report_to whom to report it to, or that it is not known")
        return self


class PartnerHasConcern(Form):
    """
    A concern about a partner’s service was given to them in the way beside this form. Say who there has it now.

    Ring until somebody has: that it was sent is not enough.
    """

    title: ClassVar[str] = "reporting a concern to a partner"
    has_legal_weight: ClassVar[bool] = True
    labels: ClassVar[dict[str, str]] = {
        "taken_on_by": "Who there has taken it on",
        "reference": "Their reference",
        "agreed": "What they do about it",
    }
    causes: ClassVar[tuple[str, ...]] = ("The concern counts as taken on by them.",)

    taken_on_by: str = Field(min_length=1)
    """Name and post."""
    reference: str = ""
    agreed: str = Field(min_length=1)


# ------------------------------------------------------------------ the person with whom it happened


class ConcernToBeShared(CaseFacts):
    """What a case is opened with in which a person hears of a concern that speaks of them."""

    about_person: str | None
    person_in_words: str
    provider: str
    """Its name."""
    what: str
    told_by: str
    """Tag of who raised the concern, and speaks with them."""
    came_from: str
    """Ref of the concern's case."""
    wanted_by: AwareDatetime


class MayContact(StrEnum):
    """What somebody says to being contacted, if more has to be found out."""

    AGREES = "agrees"
    """They may be contacted."""
    REFUSES = "refuses"
    """Nobody contacts them; the concern goes ahead without it."""
    NOT_SAID = "not-said"
    """They have not said. Nobody contacts them."""


class ConcernShared(PersonToBeTold):
    """
    A concern was raised that speaks of somebody. Tell them that, and why, and ask whether they agree to be contacted.

    Where telling them would put somebody at risk, do not tell them, and say what the risk is. Where they lack capacity
    to decide about it, speak with whoever represents them, or with an advocate. Whoever is said to be the source of the
    risk is not involved. Where they do not agree, the concern goes ahead without contact with them.
    """

    title: ClassVar[str] = "telling somebody of a concern about their care"
    has_legal_weight: ClassVar[bool] = True
    labels: ClassVar[dict[str, str]] = {
        "reached": "Were they told?",
        "how": "How they were told, or what was tried",
        "told_on": "The day on which they were told",
        "not_told_because": "What the risk is if they are told, or why else nobody tells them",
        "lacks_capacity": "Do they lack capacity to decide whether they are contacted?",
        "spoken_with": "Who was told and asked",
        "spoken_with_named": "Who that was, and how they are reached",
        "source_of_risk": "Is whoever was told said to be the source of the risk?",
        "may_contact": "What they say to being contacted",
        "advocate_wanted": "Must an independent advocate be found first?",
    }
    shown_when: ClassVar[dict[str, ShownWhen]] = {
        **PersonToBeTold.shown_when,
        "spoken_with": ShownWhen("reached", (True,)),
        "spoken_with_named": ShownWhen("spoken_with", (WhoSpeaks.REPRESENTATIVE, WhoSpeaks.ADVOCATE)),
        "source_of_risk": ShownWhen("spoken_with", (WhoSpeaks.REPRESENTATIVE, WhoSpeaks.ADVOCATE)),
        "may_contact": ShownWhen("reached", (True,)),
        "advocate_wanted": ShownWhen("reached", (False,)),
    }

    lacks_capacity: bool = False
    spoken_with: WhoSpeaks | None = None
    spoken_with_named: str = ""
    source_of_risk: bool = False
    may_contact: MayContact | None = None
    advocate_wanted: bool = False
    """One is looked for at once, and you are asked again once there is one. Say so in why nobody tells them yet."""

    @property
    def reached_the_person(self) -> bool:
        """Whether they, or who stands for them, were spoken with."""
        return self.reached

    @property
    def reached_on(self) -> date | None:
        """The day on which they were told."""
        return self.told_on

    @model_validator(mode="after")
    def _says_who_was_asked_and_what_they_said(self) -> Self:
        if self.reached and (self.spoken_with in (None, WhoSpeaks.NOBODY) or self.may_contact is None):
            raise ValueError("say in spoken_with who was told and asked, and in may_contact what they say")
        stands_for = self.spoken_with in (WhoSpeaks.REPRESENTATIVE, WhoSpeaks.ADVOCATE)
        if stands_for and not self.spoken_with_named:
            raise ValueError("say in spoken_with_named who spoke for them, and how they are reached")
        if self.advocate_wanted and not self.not_told_because:
            raise ValueError("say in not_told_because that an advocate is found first, or leave out advocate_wanted")
        return self


class ContactKnown(Signal):
    """Whether somebody of whom a concern speaks knows of it, and whether they may be contacted."""

    title: ClassVar[str] = "whether somebody may be contacted about a concern"
    by_hand: ClassVar[bool] = False

    told: bool
    may_contact: MayContact = MayContact.NOT_SAID
    spoken_with: str = ""
    """Who was told and asked, where it was not the person."""
    not_told_because: str = ""
    """The risk, or why else."""
