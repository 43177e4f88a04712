"""The facts and forms of brokerage: finding somebody who gives care, the same day and without a waiting list."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import ClassVar, Self

from pydantic import Field, model_validator

from models.forms.base import CaseFacts, Form, RegisterKind, ShownWhen, Signal


class Urgency(StrEnum):
    """How soon somebody must have care."""

    TODAY = "today"
    """They cannot be without it tonight."""
    DAYS = "within-days"
    """What they have now lasts for some days and no longer."""
    PLANNED = "planned"
    """There is a day from which it is wanted, and what they have lasts until then."""


class CareWanted(CaseFacts):
    """Somebody needs care from a provider. Brokerage begins to look on the same day; there is no waiting list."""

    asks_about_safeguarding: ClassVar[bool] = True
    register_fields: ClassVar[dict[str, RegisterKind]] = {"person": RegisterKind.PERSON}
    living: ClassVar[frozenset[str]] = frozenset({"person"})
    coming_dates: ClassVar[frozenset[str]] = frozenset({"wanted_from"})
    set_to_opener: ClassVar[frozenset[str]] = frozenset({"asked_by"})
    labels: ClassVar[dict[str, str]] = {
        "person": "The person, where the register has them",
        "for_whom": "Who it is for, where the register does not have them",
        "needs": "What they need, when, and what they wish",
        "urgency": "How soon they must have it",
        "wanted_from": "The day from which it is wanted",
    }

    person: str | None = None
    """Register id."""
    for_whom: str = ""
    needs: str = Field(min_length=1)
    """Calls or a place, equipment, medicines, language, whom they trust."""
    urgency: Urgency
    wanted_from: date
    asked_by: str = ""
    """Tag of whoever asks, who is told and puts offers to the person."""
    came_from: str | None = None
    """Ref of the case that asks for it."""
    not_with: str | None = None
    """Register id of a provider that cannot give it."""

    @model_validator(mode="after")
    def _says_for_whom(self) -> Self:
        if not self.person and not self.for_whom:
            raise ValueError("name the person, or say in for_whom who it is for")
        return self


class SourcingBegun(Form):
    """
    Somebody needs care. Answer on the same day, and say how the search has begun: nobody waits on a list.

    Until you answer, a manager hears of it when the day is over (TRN-42).
    """

    title: ClassVar[str] = "answering a referral to brokerage"
    labels: ClassVar[dict[str, str]] = {"begun": "How the search has begun: who was asked, and what comes next"}

    begun: str = Field(min_length=1)


class ProviderOffered(Form):
    """
    Say who offers the care, or what was tried and what comes next.

    A provider that is not to be used at present cannot be offered. What is found is put to the person by whoever asked
    for it; the provider takes it on by name afterwards.
    """

    title: ClassVar[str] = "an offer of care"
    may_concern_safety: ClassVar[bool] = False
    coming_dates: ClassVar[frozenset[str]] = frozenset({"starts_on"})
    register_fields: ClassVar[dict[str, RegisterKind]] = {"provider": RegisterKind.PROVIDER}
    labels: ClassVar[dict[str, str]] = {
        "found": "Is there an offer?",
        "provider": "The provider, where the register has it",
        "provider_in_words": "The provider, where the register does not have it",
        "other_council": "The council in whose area it is, where that is not ours and the register does not say",
        "offer": "What it offers",
        "starts_on": "The day on which it can start",
        "tried": "What was tried, and what comes next",
    }
    shown_when: ClassVar[dict[str, ShownWhen]] = {
        "provider": ShownWhen("found", (True,)),
        "provider_in_words": ShownWhen("found", (True,)),
        "other_council": ShownWhen("found", (True,)),
        "offer": ShownWhen("found", (True,)),
        "starts_on": ShownWhen("found", (True,)),
        "tried": ShownWhen("found", (False,)),
    }

    found: bool
    provider: str | None = None
    """Register id."""
    provider_in_words: str = ""
    other_council: str = ""
    """Then they are placed out of area, and have a case of their own for that (TRN-52)."""
    offer: str = ""
    starts_on: date | None = None
    tried: str = ""

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if not self.found:
            if not self.tried:
                raise ValueError("say in tried what was tried, and what comes next")
            return self
        if bool(self.provider) == bool(self.provider_in_words):
            raise ValueError("name the provider, from the register or in words")
        if not self.offer or self.starts_on is None:
            raise ValueError("say what it offers, and the day on which it can start")
        return self


class OfferAnswered(Form):
    """An offer of care has been found. Put it to the person, or to whoever decides for them, and say their answer."""

    title: ClassVar[str] = "what they say to an offer of care"
    asks_about_safeguarding: ClassVar[bool] = True
    labels: ClassVar[dict[str, str]] = {
        "accepted": "Is it accepted?",
        "answered_by": "Who said so: the person, or who decides for them and by what right",
        "reasons": "Why it is not accepted, or what else is wanted",
    }
    shown_when: ClassVar[dict[str, ShownWhen]] = {"reasons": ShownWhen("accepted", (False,))}

    accepted: bool
    answered_by: str = Field(min_length=1)
    reasons: str = ""

    @model_validator(mode="after")
    def _says_why_not(self) -> Self:
        if not self.accepted and not self.reasons:
            raise ValueError("say in reasons why it is not accepted, or what else is wanted")
        return self

    @property
    def reached_the_person(self) -> bool:
        """Whoever put it to them has spoken with them or with who stands for them."""
        return True


class ProviderTakesItOn(Form):
    """
    The offer is accepted. Have the provider take it on by name: that they have it is accepted and never assumed.

    Give them what they must know, and say who there has taken it on and from which day (TRN-01, TRN-06).
    """

    title: ClassVar[str] = "a provider taking on somebody’s care"
    coming_dates: ClassVar[frozenset[str]] = frozenset({"starts_on"})
    labels: ClassVar[dict[str, str]] = {
        "taken_on": "Has the provider taken it on?",
        "by_whom": "Who there has taken it on",
        "starts_on": "The first day",
        "reasons": "Why not",
    }
    shown_when: ClassVar[dict[str, ShownWhen]] = {
        "by_whom": ShownWhen("taken_on", (True,)),
        "starts_on": ShownWhen("taken_on", (True,)),
        "reasons": ShownWhen("taken_on", (False,)),
    }

    taken_on: bool
    by_whom: str = ""
    starts_on: date | None = None
    reasons: str = ""

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if self.taken_on and (not self.by_whom or self.starts_on is None):
            raise ValueError("say who there has taken it on, and the first day")
        if not self.taken_on and not self.reasons:
            raise ValueError("say in reasons why they have not taken it on")
        return self


class CareEscalated(Form):
    """
    Care that is being looked for is wanted sooner, or something else is needed. Say what is done about it.

    It is answered within the council's hours for an escalation (TRN-45, GAP-46).
    """

    title: ClassVar[str] = "answering an escalation from brokerage"
    labels: ClassVar[dict[str, str]] = {"done": "What is done about it, and by whom"}

    done: str = Field(min_length=1)


class CareNeedChanged(Signal):
    """What somebody needs has changed, or how soon they must have it (TRN-45)."""

    title: ClassVar[str] = "that a need for care has changed"
    labels: ClassVar[dict[str, str]] = {
        "urgency": "How soon they must have it now",
        "what": "What has changed, and what they need now",
    }

    urgency: Urgency
    what: str = Field(min_length=1)


class CareNoLongerWanted(Signal):
    """Care that is being looked for is not wanted any more."""

    title: ClassVar[str] = "that care is no longer wanted"
    labels: ClassVar[dict[str, str]] = {"because": "Why it is not"}

    because: str = Field(min_length=1)


class CareArranged(Signal):
    """Brokerage has found care, the person has accepted it, and the provider has taken it on by name."""

    title: ClassVar[str] = "that care is arranged"
    by_hand: ClassVar[bool] = False

    brokerage: str
    """Ref of brokerage's case."""
    provider: str | None = None
    """Register id, where the register has it."""
    provider_in_words: str
    accepted_by: str
    """Who accepted it: the person, or who decides for them."""
    taken_on_by: str
    """Who took it on at the provider."""
    starts_on: date
