"""How somebody comes onto the tray, and how somebody keeps in touch with them while they wait."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import ClassVar, Self

from pydantic import AwareDatetime, Field, model_validator

from models.forms.base import CaseFacts, Form, RegisterKind, ShownWhen, Signal
from models.forms.tray_rating import RelevantPerson
from models.policy.gaps.tray import UnreachedStep
from models.tray import Part, Rated


class TrayPlacement(CaseFacts):
    """Somebody is put on the tray: who, by whom, since when, and what is known for whoever rings them."""

    past_dates: ClassVar[frozenset[str]] = frozenset({"requested_at", "placed_at", "last_reached_at"})
    register_fields: ClassVar[dict[str, RegisterKind]] = {
        "person": RegisterKind.PERSON,
        "team": RegisterKind.TEAM,
        "placed_by": RegisterKind.STAFF,
    }

    person: str
    """Register id."""
    team: str
    """Team that holds the tray."""
    requested_at: AwareDatetime
    """When help was asked for; being placed again does not change it (GAP-15)."""
    placed_at: AwareDatetime | None = None
    """When they came onto the tray, where that was before the case was opened (an imported list)."""
    placed_by: str
    """Staff id of the manager who placed them."""
    rated: Rated | None
    """None only for a list that was taken over (GAP-14)."""
    last_reached_at: AwareDatetime | None = None
    """When somebody last really reached the person, before this case was opened."""
    circumstances: str = ""
    """What the manager wrote: the reason and the relevant facts. Personal."""
    safety_plan: str = ""
    """What keeps a Red person safe meanwhile (GAP-12). Personal."""
    relevant_people: tuple[RelevantPerson, ...] = ()
    """Whom reaching counts as well."""
    agreed_on: date | None = None
    """A day agreed with the person on which somebody is in touch."""
    referral: str | None = None
    """Ref of the case that led here."""
    imported: bool = False


class ContactOutcome(StrEnum):
    """What came of a contact."""

    NO_ANSWER = "no-answer"
    """Nobody was reached: an attempt, no more."""
    REACHED_PERSON = "reached-person"
    """The person was reached."""
    REACHED_RELEVANT_PERSON = "reached-relevant-person"
    """Somebody named for this case was reached, and told how the person is."""


class ContactMeans(StrEnum):
    """How contact was tried or made."""

    TELEPHONE = "telephone"
    TEXT_MESSAGE = "text-message"
    EMAIL = "email"
    LETTER = "letter"
    VISIT = "visit"
    """Somebody went there; a person met counts as seen."""
    VIDEO = "video"
    OTHER = "other"


class ShouldWait(StrEnum):
    """Whether the person should still wait on the tray."""

    STILL_WAITS = "still-waits"
    """Nothing else is called for."""
    RATE_AGAIN = "rate-again"
    """Priority, complexity or colour may be wrong now."""
    ALLOCATE_NOW = "allocate-now"
    """A worker is needed now."""
    NOT_NEEDED = "not-needed"
    """The tray is no longer needed."""


class _Contact(Part):
    """What both the asked contact and the one that somebody made of their own accord say."""

    labels: ClassVar[dict[str, str]] = {
        "outcome": "What came of the contact",
        "means": "How contact was tried or made",
        "safe_and_well": "Is the person safe and well?",
        "changed": "What has changed",
        "reassured": "They were told that they are still on the tray, and the number to ring",
        "should_wait": "Whether they should still wait",
        "to_discuss": "What a manager is to decide",
        "agreed_on": "A day agreed with the person",
        "note_id": "The note's id",
    }
    shown_when: ClassVar[dict[str, ShownWhen]] = {
        "safe_and_well": ShownWhen("outcome", (ContactOutcome.REACHED_PERSON, ContactOutcome.REACHED_RELEVANT_PERSON)),
        "changed": ShownWhen("outcome", (ContactOutcome.REACHED_PERSON, ContactOutcome.REACHED_RELEVANT_PERSON)),
        "reassured": ShownWhen("outcome", (ContactOutcome.REACHED_PERSON, ContactOutcome.REACHED_RELEVANT_PERSON)),
        "should_wait": ShownWhen("outcome", (ContactOutcome.REACHED_PERSON, ContactOutcome.REACHED_RELEVANT_PERSON)),
        "to_discuss": ShownWhen("outcome", (ContactOutcome.REACHED_PERSON, ContactOutcome.REACHED_RELEVANT_PERSON)),
        "agreed_on": ShownWhen("outcome", (ContactOutcome.REACHED_PERSON, ContactOutcome.REACHED_RELEVANT_PERSON)),
    }

    outcome: ContactOutcome
    means: ContactMeans = ContactMeans.TELEPHONE
    safe_and_well: bool | None = None
    """Whether the person is safe and well (PWT-49). Compulsory once somebody was reached."""
    changed: str = ""
    """What has changed in their situation; leave out where nothing has (PWT-50)."""
    reassured: bool = False
    """The person was told that they are still on the tray, and which number to ring if anything changes."""
    should_wait: ShouldWait = ShouldWait.STILL_WAITS
    to_discuss: str = ""
    """What is to be discussed with a manager. Compulsory unless they still wait, and where they are not safe."""
    agreed_on: date | None = None
    """A day agreed with the person on which somebody is in touch again, if one was."""
    note_id: str = ""
    """The id of the note, where you have written it in the recording system yourself."""

    @property
    def reached(self) -> bool:
        """Whether it counts as contact, and starts the clock anew."""
        return self.outcome is not ContactOutcome.NO_ANSWER

    @property
    def seen(self) -> bool:
        """Whether the person was seen."""
        return self.outcome is ContactOutcome.REACHED_PERSON and self.means is ContactMeans.VISIT

    @property
    def what_was_said(self) -> str:
        """For the note, in words."""
        well = {True: "safe and well", False: "not safe and well", None: ""}[self.safe_and_well]
        lines = (
            f"{self.outcome.replace('-', ' ')} by {self.means.replace('-', ' ')}: {well}.",
            f"Changed: {self.changed}" if self.changed else "Nothing has changed.",
            "Told that they are still on the tray." if self.reassured else "",
            f"Should they wait: {self.should_wait.replace('-', ' ')}. {self.to_discuss}".strip(),
            f"In touch again on {self.agreed_on:%d.%m.%Y}, as agreed." if self.agreed_on else "",
        )
        return " ".join(line for line in lines if line)

    @property
    def for_a_manager(self) -> bool:
        """Whether an action may follow that is discussed with a manager (PWT-53)."""
        return self.reached and (
            self.should_wait is not ShouldWait.STILL_WAITS or self.safe_and_well is False or bool(self.to_discuss)
        )

    @property
    def reached_the_person(self) -> bool:
        """Whether it counts as contact."""
        return self.reached

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if not self.reached:
            return self
        found = []
        if self.safe_and_well is None:
            found.append("say in safe_and_well whether the person is safe and well")
        if (self.should_wait is not ShouldWait.STILL_WAITS or self.safe_and_well is False) and not self.to_discuss:
            found.append("say in to_discuss what a manager is to decide")
        if found:
            raise ValueError("; ".join(found))
        return self


class ContactReview(_Contact, Form):
    """
    Contact somebody who waits for a worker: are they safe and well, has anything changed, should they still wait?

    Tell them that they are still on the tray, and the number to ring. Only reaching them, or somebody named for the
    case, counts; "no-answer" alone is enough where nobody was reached, and it is asked again.
    """

    title: ClassVar[str] = "contacting somebody on the tray"
    causes: ClassVar[tuple[str, ...]] = (
        "Where somebody was reached, the next contact is counted from now, and a note of it is kept.",
        "Where nobody was, it counts as an attempt and is tried again, until a manager decides what is done.",
        "What is to be discussed is put to a manager.",
    )
    coming_dates: ClassVar[frozenset[str]] = frozenset({"agreed_on"})


class RedContactReview(ContactReview):
    """
    Contact somebody at high risk who waits for a worker; a qualified worker does it (GAP-20).

    Are they safe and well, does the interim safety plan hold, has anything changed, should they still wait? Only
    reaching them, or somebody named for the case, counts; "no-answer" alone is enough where nobody was reached.
    """

    title: ClassVar[str] = "contacting somebody at high risk on the tray"
    on_call_before_opening: ClassVar[bool] = True


class ContactLogged(_Contact, Signal):
    """Somebody was in touch with a person who waits, before it was asked."""

    title: ClassVar[str] = "a contact with somebody on the tray"
    asks_about_safeguarding: ClassVar[bool] = True
    coming_dates: ClassVar[frozenset[str]] = frozenset({"agreed_on"})


class SafeAndWellDecision(Form):
    """
    Nobody could be reached in all the attempts that policy asks for. Decide on a safe and well check (PWT-58).

    If a life may be at risk, ring 999 now. The police seldom take a welfare check. What you decide is recorded, and
    whoever does it is asked what came of it.
    """

    title: ClassVar[str] = "deciding on a safe and well check"
    has_legal_weight: ClassVar[bool] = True
    register_fields: ClassVar[dict[str, RegisterKind]] = {"done_by": RegisterKind.SERVING_STAFF}
    labels: ClassVar[dict[str, str]] = {
        "steps": "What is done",
        "done_by": "Who sees to it",
        "reasons": "The reasons",
    }

    steps: frozenset[UnreachedStep] = frozenset()
    """What is done; none: it is tried again by the usual means."""
    done_by: str | None = None
    """Staff id of who sees to it; leave out for those who keep in touch with people on the tray."""
    reasons: str = Field(min_length=1)


class SafeAndWellOutcome(Form):
    """Somebody could not be reached, and a manager has decided on a safe and well check. Do it, and say what came."""

    title: ClassVar[str] = "a safe and well check"
    labels: ClassVar[dict[str, str]] = {
        "found": "Was the person found?",
        "safe_and_well": "Are they safe and well?",
        "changed": "What has changed",
    }
    shown_when: ClassVar[dict[str, ShownWhen]] = {
        "safe_and_well": ShownWhen("found", (True,)),
        "changed": ShownWhen("found", (True,)),
    }

    found: bool
    """The person was found, or somebody reliable has just seen them."""
    safe_and_well: bool | None = None
    """Compulsory where they were found."""
    what_came_of_it: str = Field(min_length=1)
    changed: str = ""
    """What has changed in their situation, if anything."""

    @property
    def reached_the_person(self) -> bool:
        """Whether it counts as contact."""
        return self.found

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if self.found and self.safe_and_well is None:
            raise ValueError("say in safe_and_well whether the person is safe and well")
        return self
