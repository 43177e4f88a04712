"""The facts, forms and signals of an incident: a provider fails, and people depend on it."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import ClassVar, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from models.forms.base import CaseFacts, Form, RegisterKind, ShownWhen, Signal
from models.notices import Interruption
from models.provider_failure.kinds import Duty, ListSource, Settled, Trigger
from models.providers.kinds import PaidBy


class FailureReported(CaseFacts):
    """A provider fails or may fail, and people depend on it. What keeps them safe begins at once."""

    asks_about_safeguarding: ClassVar[bool] = True
    register_fields: ClassVar[dict[str, RegisterKind]] = {
        "provider": RegisterKind.PROVIDER,
        "team": RegisterKind.TEAM,
    }
    set_to_opener: ClassVar[frozenset[str]] = frozenset({"reported_by"})
    coming_dates: ClassVar[frozenset[str]] = frozenset({"care_ends_on"})
    labels: ClassVar[dict[str, str]] = {
        "provider": "The provider, where the register has it",
        "provider_in_words": "The provider, where the register does not have it",
        "cause": "What has happened, or is about to",
        "what": "What is known of it",
        "care_ends_on": "The day from which people are without care",
        "confidential": "Is it confidential until it is announced?",
        "team": "The team that sees people whom no other team knows, and leads the room",
    }

    provider: str | None = None
    """Register id."""
    provider_in_words: str = ""
    cause: Trigger
    what: str = Field(min_length=1)
    """Who said so, what is certain and what is not, and what the provider does itself."""
    care_ends_on: date
    """Today, where it has ended already or nobody knows."""
    confidential: bool = True
    team: str
    """Team id."""
    reported_by: str = ""
    """Tag of whoever reported it."""

    @model_validator(mode="after")
    def _names_the_provider(self) -> Self:
        if bool(self.provider) == bool(self.provider_in_words):
            raise ValueError("name the provider, from the register or in words")
        return self


class DutyDecided(Form):
    """
    Decide by which duty the council acts, and record what hangs on it. What keeps people safe does not wait for that.

    Business failure of a registered provider brings a temporary duty towards everybody it cared for, whoever pays and
    wherever they come from. Another interruption is met by the ordinary duty and powers. Legal can advise.
    """

    title: ClassVar[str] = "by which duty we act when a provider fails"
    has_legal_weight: ClassVar[bool] = True
    may_concern_safety: ClassVar[bool] = False
    past_dates: ClassVar[frozenset[str]] = frozenset({"from_day"})
    coming_dates: ClassVar[frozenset[str]] = frozenset({"until_day"})
    labels: ClassVar[dict[str, str]] = {
        "duty": "The duty",
        "basis": "What it rests on",
        "from_day": "The day from which it holds",
        "until_day": "The day until which it is meant to hold, where that is known",
        "charge": "What people are charged meanwhile",
        "recover_from": "From which authority costs are recovered",
        "health_funded": "Is anybody’s care paid for by the health service?",
        "cross_border": "Whoever was placed across a border, and by which authority",
    }

    duty: Duty
    basis: str = Field(min_length=1)
    from_day: date
    until_day: date | None = None
    charge: str = Field(min_length=1)
    recover_from: str = Field(min_length=1)
    health_funded: bool
    cross_border: str = Field(min_length=1)


class Matter(StrEnum):
    """What the incident is about besides care itself; each calls for the public-health nurse (TRN-49)."""

    QUALITY = "quality"
    """The quality of care."""
    TRANSFERS = "transfers-of-care"
    """People move from one service to another."""
    INFECTION = "infection"
    """Infection has to be prevented or controlled."""


class GroupConvened(Form):
    """
    Bring the group of professionals together, and say who does what. It manages the risk and learns what each needs.

    It is for everybody whom the provider cared for, whether or not the council pays for them (TRN-48).
    """

    title: ClassVar[str] = "bringing together the group for an incident"
    interrupts: ClassVar[Interruption | None] = Interruption.PROVIDER_FAILURE
    labels: ClassVar[dict[str, str]] = {
        "met_at": "When it met, or meets",
        "chaired_by": "Who chairs it",
        "social_work": "Who leads on seeing people",
        "commissioning": "Who speaks with the provider, its administrator and the regulator",
        "brokerage": "Who finds other care",
        "health": "Who is there for the health service",
        "safeguarding": "Who is there for safeguarding",
        "communication": "Who tells people, families, staff and the press",
        "matters": "What it is about besides",
        "public_health_nurse": "The specialist public health protection nurse",
    }
    shown_when: ClassVar[dict[str, ShownWhen]] = {"public_health_nurse": ShownWhen("matters", tuple(Matter))}

    met_at: AwareDatetime
    chaired_by: str = Field(min_length=1)
    social_work: str = Field(min_length=1)
    commissioning: str = Field(min_length=1)
    brokerage: str = Field(min_length=1)
    health: str = Field(min_length=1)
    safeguarding: str = Field(min_length=1)
    communication: str = Field(min_length=1)
    matters: frozenset[Matter] = frozenset()
    public_health_nurse: str = ""

    @model_validator(mode="after")
    def _has_the_nurse(self) -> Self:
        if self.matters and not self.public_health_nurse:
            raise ValueError("say who is the public health protection nurse: quality, transfers and infection need one")
        return self


class SituationReported(Form):
    """Say how the incident stands. The figures stand beside the form: nobody counts."""

    title: ClassVar[str] = "a situation report"
    may_concern_safety: ClassVar[bool] = False
    labels: ClassVar[dict[str, str]] = {
        "situation": "How it stands, and what has changed",
        "risks": "What could go wrong next",
        "decisions": "What was decided, and by whom",
        "next_steps": "What is done until the next report, and by whom",
    }

    situation: str = Field(min_length=1)
    risks: str = Field(min_length=1)
    decisions: str = ""
    next_steps: str = Field(min_length=1)


class SettledDifference(BaseModel):
    """What somebody says to one difference between lists."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True, use_attribute_docstrings=True)

    labels: ClassVar[dict[str, str]] = {
        "number": "Number of the line",
        "says": "What is right",
        "same_as": "Their number on the list, where they are the same person",
        "because": "How you know",
    }
    shown_when: ClassVar[dict[str, ShownWhen]] = {"same_as": ShownWhen("says", (Settled.SAME_PERSON,))}

    number: int = Field(ge=1)
    says: Settled
    same_as: int | None = Field(default=None, ge=1)
    because: str = Field(min_length=1)

    @model_validator(mode="after")
    def _names_the_other(self) -> Self:
        if (self.says is Settled.SAME_PERSON) != (self.same_as is not None):
            raise ValueError("give same_as where, and only where, they are somebody who is on the list already")
        return self


class DifferencesSettled(Form):
    """
    Lists of who is touched say different things. Settle as many differences as you can: the rest is asked again.

    Until somebody says otherwise everybody on any of the lists counts as touched.
    """

    title: ClassVar[str] = "settling differences between lists"
    labels: ClassVar[dict[str, str]] = {"settled": "What is right"}

    settled: tuple[SettledDifference, ...] = Field(min_length=1)


class ListAgreed(Form):
    """
    Nothing is open between the lists that came. Say that the list is whole; or wait for a list that is missing.

    The provider's own list, our records and every other council that placed people there belong to it.
    """

    title: ClassVar[str] = "agreeing that the list of an incident is whole"
    has_legal_weight: ClassVar[bool] = True
    labels: ClassVar[dict[str, str]] = {"how_known": "How you know that nobody is missing"}

    how_known: str = Field(min_length=1)


class IncidentStoodDown(Form):
    """
    Everybody on the list is accounted for. Say that the incident is over, what was learned, and what is still owed.

    It cannot end while anybody is without a confirmed safe arrangement.
    """

    title: ClassVar[str] = "standing an incident down"
    has_legal_weight: ClassVar[bool] = True
    past_dates: ClassVar[frozenset[str]] = frozenset({"duty_ended_on"})
    labels: ClassVar[dict[str, str]] = {
        "duty_ended_on": "The day on which the duty ended",
        "learned": "What was learned",
        "owed": "What is still charged or recovered, and by whom",
    }

    duty_ended_on: date
    learned: str = Field(min_length=1)
    owed: str = Field(min_length=1)


class ListedPerson(BaseModel):
    """Somebody on a list of people whom a provider cares for. Personal data throughout."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True, use_attribute_docstrings=True)

    labels: ClassVar[dict[str, str]] = {
        "person": "Register id, where it is known",
        "name": "Name",
        "born_on": "Date of birth",
        "whereabouts": "Where they are",
        "paid_by": "Who pays",
        "placed_by": "The other council that placed them",
        "call_times": "When carers call",
        "time_critical_medicine": "Must they have medicine at its time?",
        "double_handed": "Do they need two carers at once?",
        "lives_alone": "Do they live alone?",
    }

    person: str | None = None
    name: str = ""
    born_on: date | None = None
    whereabouts: str = ""
    paid_by: PaidBy = PaidBy.UNKNOWN
    placed_by: str = ""
    call_times: str = ""
    time_critical_medicine: bool = False
    double_handed: bool = False
    lives_alone: bool = False

    @model_validator(mode="after")
    def _is_somebody(self) -> Self:
        if not self.person and not self.name:
            raise ValueError("give the register id or a name")
        return self


class AffectedListCame(Signal):
    """A list of whom the provider cares for. Whoever is on it counts as touched until somebody says otherwise."""

    title: ClassVar[str] = "a list of people whom it touches"
    labels: ClassVar[dict[str, str]] = {
        "source": "Whose list it is",
        "said_by": "Who sent it",
        "whole": "Does it say that it is whole?",
        "people": "Whoever is on it",
    }

    source: ListSource
    said_by: str = Field(min_length=1)
    whole: bool = False
    """Then whoever of ours is missing from it is a difference, too."""
    people: tuple[ListedPerson, ...] = ()


class IncidentAnnounced(Signal):
    """The incident is confidential no longer."""

    title: ClassVar[str] = "that an incident is announced"
    managers_only: ClassVar[bool] = True
    labels: ClassVar[dict[str, str]] = {"by_whom": "Who announced it, and to whom"}

    by_whom: str = Field(min_length=1)


class CareEndsOn(Signal):
    """The day from which people are without care is another one than was thought: sooner, or later."""

    title: ClassVar[str] = "from which day people are without care"
    coming_dates: ClassVar[frozenset[str]] = frozenset({"day"})
    labels: ClassVar[dict[str, str]] = {
        "day": "The first day without care",
        "what": "What has changed, and who says so",
    }

    day: date
    what: str = Field(min_length=1)


class RoomDecided(Signal):
    """The room has decided something about the incident."""

    title: ClassVar[str] = "a decision of the incident room"
    labels: ClassVar[dict[str, str]] = {"decided": "What was decided", "by_whom": "Who decided it"}

    decided: str = Field(min_length=1)
    by_whom: str = Field(min_length=1)


class ProviderRecovers(Signal):
    """The provider goes on after all, or somebody else runs it: each person is asked about again."""

    title: ClassVar[str] = "that the provider recovers"
    managers_only: ClassVar[bool] = True
    labels: ClassVar[dict[str, str]] = {"what": "What has changed, and who says so"}

    what: str = Field(min_length=1)


class PersonAccountedFor(Signal):
    """Somebody on the incident's list is accounted for."""

    title: ClassVar[str] = "that somebody is accounted for"
    by_hand: ClassVar[bool] = False

    place: int
