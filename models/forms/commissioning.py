"""The facts, forms and signals of what commissioning does about a concern with a provider (REA-47 to REA-49)."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import ClassVar, Self

from pydantic import Field, model_validator

from models.forms.base import CaseFacts, Form, RegisterKind, ShownWhen, Signal
from models.roles import Role

DECIDERS = (Role.COMMISSIONING, Role.TEAM_MANAGER, Role.STRATEGIC_MANAGER, Role.HEAD_OF_SERVICE)
"""Who settles what is done about a provider: commissioning, or a manager outside where the service is our own."""


class ProviderConcernReceived(CaseFacts):
    """A concern about a provider that somebody has taken on."""

    provider: str | None
    """Provider id, where the register has it."""
    provider_in_words: str = ""
    what: str
    about_person: str | None = None
    """Register id of the person with whom something happened."""
    person_in_words: str = ""
    reported_by: str
    """Tag of whoever raised it."""
    led_by: str
    """Tag of whoever has taken it on."""
    known_already: str = ""
    came_from: str
    """Ref of the concern's case."""


class ProviderResponse(StrEnum):
    """What commissioning can do about a concern (REA-47)."""

    RENEGOTIATE = "renegotiate"
    """The contract with a provider that the council buys from is renegotiated."""
    ACTION_PLAN = "action-plan"
    """A plan is agreed with the provider, and looked at until it is met."""
    STOP = "stop"
    """Nobody new comes to the provider for a time."""
    LARGE_SCALE_SAFEGUARDING = "large-scale-safeguarding"
    """Those who carry out safeguarding look into it for everybody who is there."""
    JOINT_WORK = "joint-work"
    """It is worked on together with another council, where the provider is not local."""
    STOP_SIGNPOSTING = "stop-signposting"
    """Services that inform and advise people are asked not to point anybody to the provider."""
    NOTIFY_REGULATOR = "notify-regulator"
    """The Care Quality Commission hears of it."""
    WRITE = "write"
    """Everybody who uses the service is written to, whoever pays."""


class ResponseSettled(Form):
    """
    Settle what is done about a provider; several things may fit at once. Each is asked for until it is done.

    A stop holds from the moment of your answer: nobody new is placed with the provider until you lift it. What is under
    way already goes on; choose only what is new.
    """

    title: ClassVar[str] = "settling what is done about a provider"
    has_legal_weight: ClassVar[bool] = True
    deciders: ClassVar[tuple[Role, ...]] = DECIDERS
    coming_dates: ClassVar[frozenset[str]] = frozenset({"stop_looked_at_on"})
    register_fields: ClassVar[dict[str, RegisterKind]] = {"provider": RegisterKind.PROVIDER}
    labels: ClassVar[dict[str, str]] = {
        "responses": "What is done",
        "reasons": "The reasons",
        "provider": "Which provider it is, where the concern only described it",
        "stop_looked_at_on": "The day on which it is looked at whether the stop goes on",
        "other_council": "Which other council",
    }
    shown_when: ClassVar[dict[str, ShownWhen]] = {
        "stop_looked_at_on": ShownWhen("responses", (ProviderResponse.STOP,)),
        "other_council": ShownWhen("responses", (ProviderResponse.JOINT_WORK,)),
    }

    responses: frozenset[ProviderResponse] = frozenset()
    """Leave it empty where nothing is called for, and say why."""
    reasons: str = Field(min_length=1)
    provider: str | None = None
    """Provider id."""
    stop_looked_at_on: date | None = None
    other_council: str = ""

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if (ProviderResponse.STOP in self.responses) != (self.stop_looked_at_on is not None):
            raise ValueError("say in stop_looked_at_on when the stop is looked at again, and only with a stop")
        if ProviderResponse.JOINT_WORK in self.responses and not self.other_council:
            raise ValueError("say in other_council with which council it is worked on")
        return self


# ------------------------------------------------------------------ what was chosen is done


class _ResponseDone(Form):
    has_legal_weight: ClassVar[bool] = True
    may_concern_safety: ClassVar[bool] = False
    past_dates: ClassVar[frozenset[str]] = frozenset({"done_on"})
    labels: ClassVar[dict[str, str]] = {
        "done_on": "The day on which it was done",
        "what_was_done": "What was done, and with whom",
        "not_done_because": "Why it is not done after all, and what is done instead",
    }

    done_on: date | None = None
    what_was_done: str = ""
    not_done_because: str = ""
    """Leave it empty where it was done."""

    @model_validator(mode="after")
    def _is_done_or_says_why_not(self) -> Self:
        if bool(self.done_on and self.what_was_done) == bool(self.not_done_because):
            raise ValueError("say done_on and what_was_done, or else not_done_because")
        return self


class ContractRenegotiated(_ResponseDone):
    """The contract with a provider is to be renegotiated. Do it, and say what was agreed and from when it holds."""

    title: ClassVar[str] = "renegotiating a provider’s contract"


class SignpostingStopped(_ResponseDone):
    """Recommend to services that inform and advise people not to point anybody to the provider; say to whom."""

    title: ClassVar[str] = "recommending that signposting stops"


class JointWorkDone(_ResponseDone):
    """
    A concern is worked on with another council. Say what was agreed with whom there, and what came of it.

    What you may give them passes the disclosure gate, in a case of its own.
    """

    title: ClassVar[str] = "working with another council on a provider"


class LargeScaleResponseTakenOn(Form):
    """
    Commissioning asks for a large-scale safeguarding response to a provider. Take it on, or say why it is not one.

    If anybody may be in danger now, ring 999 first.
    """

    title: ClassVar[str] = "taking on a large-scale safeguarding response"
    has_legal_weight: ClassVar[bool] = True
    labels: ClassVar[dict[str, str]] = {
        "taken_on": "Do you take it on?",
        "led_by": "Who leads on it",
        "reference": "Its reference in your own system",
        "reasons": "Why it does not call for one",
        "what_instead": "What is done instead, and by whom",
    }
    shown_when: ClassVar[dict[str, ShownWhen]] = {
        "led_by": ShownWhen("taken_on", (True,)),
        "reference": ShownWhen("taken_on", (True,)),
        "reasons": ShownWhen("taken_on", (False,)),
        "what_instead": ShownWhen("taken_on", (False,)),
    }

    taken_on: bool
    led_by: str = ""
    reference: str = ""
    reasons: str = ""
    what_instead: str = ""

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if self.taken_on and not (self.led_by and self.reference):
            raise ValueError("say in led_by who leads on it, and in reference where it stands in your system")
        if not self.taken_on and not (self.reasons and self.what_instead):
            raise ValueError("say the reasons, and in what_instead what is done instead and by whom")
        return self


class ActionPlanAgreed(Form):
    """Agree with the provider what it puts right and by when; you are asked on a day of yours how far it is."""

    title: ClassVar[str] = "agreeing a plan with a provider"
    has_legal_weight: ClassVar[bool] = True
    may_concern_safety: ClassVar[bool] = False
    coming_dates: ClassVar[frozenset[str]] = frozenset({"met_by", "looked_at_on"})
    labels: ClassVar[dict[str, str]] = {
        "plan": "What the provider puts right, and who there answers for it",
        "met_by": "The day by which all of it is met",
        "looked_at_on": "The day on which it is looked at how far it is",
        "not_agreed_because": "Why no plan is agreed, and what is done instead",
    }

    plan: str = ""
    met_by: date | None = None
    looked_at_on: date | None = None
    not_agreed_because: str = ""
    """Leave it empty where one is."""

    @model_validator(mode="after")
    def _is_agreed_or_says_why_not(self) -> Self:
        if bool(self.plan and self.met_by and self.looked_at_on) == bool(self.not_agreed_because):
            raise ValueError("say plan, met_by and looked_at_on, or else not_agreed_because")
        if self.met_by and self.looked_at_on and self.looked_at_on > self.met_by:
            raise ValueError("looked_at_on: look at it on the day by which it is met at the latest")
        return self


class ActionPlanLookedAt(Form):
    """A plan was agreed with a provider. Look whether it is met, and say what you saw."""

    title: ClassVar[str] = "whether a provider’s plan is met"
    asks_about_safeguarding: ClassVar[bool] = True
    has_legal_weight: ClassVar[bool] = True
    coming_dates: ClassVar[frozenset[str]] = frozenset({"looked_at_again_on"})
    labels: ClassVar[dict[str, str]] = {
        "is_met": "Is all of it met?",
        "what_was_seen": "What was seen, and by whom",
        "looked_at_again_on": "The day on which it is looked at again",
        "given_up_because": "Why the plan is given up, and what is done instead",
    }
    shown_when: ClassVar[dict[str, ShownWhen]] = {
        "looked_at_again_on": ShownWhen("is_met", (False,)),
        "given_up_because": ShownWhen("is_met", (False,)),
    }

    is_met: bool
    what_was_seen: str = Field(min_length=1)
    looked_at_again_on: date | None = None
    given_up_because: str = ""

    @model_validator(mode="after")
    def _says_what_follows(self) -> Self:
        if not self.is_met and (self.looked_at_again_on is None) == (not self.given_up_because):
            raise ValueError("say when it is looked at again, or else in given_up_because what is done instead")
        return self


class StopDecided(CaseFacts):
    """What a case is opened with that looks after a stop on a provider."""

    name: str
    """Of the provider."""
    reasons: str
    looked_at_again_on: date
    led_by: str
    """Tag of whoever decides whether it goes on."""
    came_from: str


class StopHeeded(Form):
    """
    A provider is not to be used for anybody new from now on; or the stop on it is lifted. See beside this form which.

    Look through what you are arranging with it, and say what you did. Who is with it already stays.
    """

    title: ClassVar[str] = "whether a provider may be used"
    may_concern_safety: ClassVar[bool] = False
    labels: ClassVar[dict[str, str]] = {"seen_to": "What was done about searches and offers under way with it"}

    seen_to: str = Field(min_length=1)


class StopLookedAt(Form):
    """A provider is not used for anybody new. Decide whether that goes on; it is lifted by your decision only."""

    title: ClassVar[str] = "whether a stop on a provider goes on"
    has_legal_weight: ClassVar[bool] = True
    deciders: ClassVar[tuple[Role, ...]] = DECIDERS
    coming_dates: ClassVar[frozenset[str]] = frozenset({"looked_at_again_on"})
    labels: ClassVar[dict[str, str]] = {
        "goes_on": "Does the stop go on?",
        "reasons": "The reasons",
        "looked_at_again_on": "The day on which it is looked at again",
    }
    shown_when: ClassVar[dict[str, ShownWhen]] = {"looked_at_again_on": ShownWhen("goes_on", (True,))}

    goes_on: bool
    reasons: str = Field(min_length=1)
    looked_at_again_on: date | None = None

    @model_validator(mode="after")
    def _says_when_again(self) -> Self:
        if self.goes_on != (self.looked_at_again_on is not None):
            raise ValueError("say in looked_at_again_on when it is looked at again, and only where the stop goes on")
        return self


class LetterToPeople(Form):
    """
    Everybody who uses the service is told what stands here, each in the way that suits them, whoever pays.

    Say what they need to know and whom they can ring; nothing about anybody else. Who has died is not written to.
    """

    title: ClassVar[str] = "writing to the people who use a service"
    has_legal_weight: ClassVar[bool] = True
    may_concern_safety: ClassVar[bool] = False
    labels: ClassVar[dict[str, str]] = {
        "subject": "What it is about, in one line",
        "body": "What they are told",
        "not_written_because": "Why nobody is written to after all, and what is done instead",
    }

    subject: str = Field(default="", max_length=120)
    body: str = ""
    not_written_because: str = ""
    """Leave it empty where they are."""

    @model_validator(mode="after")
    def _says_what_they_are_told(self) -> Self:
        if bool(self.subject and self.body) == bool(self.not_written_because):
            raise ValueError("say subject and body, or else not_written_because")
        return self


class NotGivenOn(Form):
    """
    Something was to be given to somebody outside about a provider, and was not. Say what follows.

    Why it was not given stands in the case beside this form. It is not left at that: try again with less or otherwise,
    or say what is done instead.
    """

    title: ClassVar[str] = "what follows where a provider’s matter was not passed on"
    has_legal_weight: ClassVar[bool] = True
    labels: ClassVar[dict[str, str]] = {
        "content": "What is to be given now, where it is tried again",
        "instead": "What is done instead",
    }

    content: str = ""
    instead: str = ""

    @model_validator(mode="after")
    def _says_what_follows(self) -> Self:
        if bool(self.content) == bool(self.instead):
            raise ValueError("say in content what is to be given now, or else in instead what is done instead")
        return self


# ------------------------------------------------------------------ what may come at any time


class ProviderNews(Signal):
    """Something new about a provider whose matter is open: what is done about it is settled again now."""

    title: ClassVar[str] = "news about a provider"
    asks_about_safeguarding: ClassVar[bool] = True
    labels: ClassVar[dict[str, str]] = {"what": "What is new"}

    what: str = Field(min_length=1)


class SupportKind(StrEnum):
    """What a practitioner is asked for (REA-48)."""

    INFORMATION = "information"
    """More about what was seen."""
    HELP = "help"
    """Help in looking into it."""


class SupportWanted(Signal):
    """A practitioner is asked for support in looking into a provider (REA-48)."""

    title: ClassVar[str] = "that a practitioner’s support is wanted"
    register_fields: ClassVar[dict[str, RegisterKind]] = {"of": RegisterKind.SERVING_STAFF}
    labels: ClassVar[dict[str, str]] = {
        "of": "Who is asked",
        "kind": "For what",
        "what": "What exactly, and by when",
    }

    of: str
    """Staff id."""
    kind: SupportKind
    what: str = Field(min_length=1)


class SupportCame(Signal):
    """What became of a request for a practitioner's support."""

    title: ClassVar[str] = "what became of a request for support"
    by_hand: ClassVar[bool] = False

    what: str


# ------------------------------------------------------------------ support


class SupportAsked(CaseFacts):
    """What a case is opened with in which a practitioner is asked for support."""

    of: str
    """Staff id."""
    kind: SupportKind
    what: str
    provider: str
    """Its name."""
    asked_by: str
    """Tag of whoever asks."""
    came_from: str


class ExceptionRelied(StrEnum):
    """The only two grounds on which whoever is asked need not cooperate (REA-49)."""

    CARE_ACT = "care-act"
    """It would keep other duties under the Care Act from being carried out well."""
    OTHER_LAW = "other-law"
    """It would keep duties under another law from being carried out well."""


class SupportGiven(Form):
    """
    Commissioning asks for your support in looking into a provider. Give it, or say which exception you rely on.

    You cooperate under the Care Act, unless it would keep you from carrying out other duties well. Your line manager
    judges with legal advice whether an exception holds.
    """

    title: ClassVar[str] = "supporting commissioning"
    asks_about_safeguarding: ClassVar[bool] = True
    has_legal_weight: ClassVar[bool] = True
    labels: ClassVar[dict[str, str]] = {
        "given": "The information, or what you did",
        "exception": "The exception on which you rely",
        "because": "Which duty it would keep you from, and how",
    }

    given: str = ""
    exception: ExceptionRelied | None = None
    """Leave it empty where you give your support."""
    because: str = ""

    @model_validator(mode="after")
    def _gives_it_or_relies_on_an_exception(self) -> Self:
        if bool(self.given) == (self.exception is not None):
            raise ValueError("say in given what you give, or else name the exception on which you rely")
        if self.exception is not None and not self.because:
            raise ValueError("say in because which duty it would keep you from")
        return self


class CoOperationAdvice(Form):
    """Somebody relies on an exception from the duty to cooperate with commissioning. Advise their line manager."""

    title: ClassVar[str] = "advising whether an exception holds"
    may_concern_safety: ClassVar[bool] = False
    labels: ClassVar[dict[str, str]] = {"advice": "Your advice"}

    advice: str = Field(min_length=1)


class CoOperationJudged(Form):
    """
    Somebody of your team relies on an exception from the duty to cooperate with commissioning. Judge whether it holds.

    The legal team has been asked to advise you; what they advise, and your reasons, stand on record (GAP-42).
    """

    title: ClassVar[str] = "judging whether an exception holds"
    has_legal_weight: ClassVar[bool] = True
    may_concern_safety: ClassVar[bool] = False
    labels: ClassVar[dict[str, str]] = {
        "holds": "Does the exception hold?",
        "legal_advice": "What the legal team advised",
        "reasons": "Your reasons",
    }
    causes: ClassVar[tuple[str, ...]] = ("Where it does not hold, they are asked again to cooperate.",)

    holds: bool
    legal_advice: str = Field(min_length=1)
    reasons: str = Field(min_length=1)
