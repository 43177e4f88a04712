"""
What is said to staff, and to whom.

A notice names what is wanted, the case by its reference, the team, the time, what happens then and where to
look (DUTY-22). Every field comes from a closed list or a narrow pattern, so that nothing about a person fits
into it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Self

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from models.refs import is_ref
from models.working_time import for_people

Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]*$", max_length=60)]
"""The id of a role, a team or a member of staff, as Apprise tags can carry it."""

Matter = Annotated[str, StringConstraints(pattern=r"^[a-z]+(-[a-z]+){0,7}$", max_length=60)]
"""The matter in a few small words without digits, such as `contact-review`; written in code, never typed."""


class Verb(StrEnum):
    """What the reader is asked to do."""

    ANSWER = "answer"
    """A work item waits for an answer."""
    ACKNOWLEDGE = "acknowledge"
    """Somebody must say that they have seen it."""
    ACCEPT = "accept"
    """A handover waits for whoever takes it on."""
    ACT = "act"
    """Something must be done away from the screen."""
    CHECK = "check"
    """Something is uncertain and a person must look."""
    CONTACT = "contact"
    """Somebody must be called, written to or visited."""
    DECIDE = "decide"
    """A manager's decision is needed."""
    READ = "read"
    """It is good to know; nothing need be done."""
    SORT = "sort"
    """Something came in that no rule could place."""


class Why(StrEnum):
    """Why the notice comes now."""

    NEW = "new"
    """It has just come up."""
    REMINDER = "reminder"
    """The same people were told before."""
    NOT_ACKNOWLEDGED = "not-acknowledged"
    """Those who were told have not opened it."""
    NOT_ANSWERED = "not-answered"
    """Those who were asked have not answered in time."""
    REACHED_NOBODY = "reached-nobody"
    """An earlier message could not be delivered to anybody."""


class Interruption(StrEnum):
    """
    Why a notice may interrupt somebody at work; a notice without such a reason waits for a digest.

    Policy lists those that this council lets interrupt (`notices.interrupt_for`).
    """

    URGENT_UNACKNOWLEDGED = "urgent-unacknowledged"
    """Urgent or safeguarding work that nobody has acknowledged."""
    MISSED_RED_CONTACT = "missed-red-contact"
    """A Red case whose contact has not been made."""
    ON_CALL = "on-call"
    """Work for whoever is on call."""
    PROVIDER_FAILURE = "provider-failure"
    """A provider has stopped, or is about to."""
    REACHED_NOBODY = "reached-nobody"
    """A message that reached nobody."""


class Where(StrEnum):
    """Where the reader finds it after signing in."""

    WORKLIST = "worklist"
    """Among the open work items."""
    CASE = "case"
    """In the story of the case."""
    MAIL = "mail"
    """Among the messages that wait to be sorted."""
    RECORDING_SYSTEM = "recording-system"
    """In the council's own system of record."""
    ONE_LIST = "one-list"
    """On the list of everybody who waits on the council."""
    TRAY_CONTACTS = "tray-contacts"
    """On the daily list of contacts with people on the tray."""
    ON_CALL = "on-call"
    """On the page of what cannot wait while the office is closed."""
    POLICY = "policy"
    """In the council's policy file."""
    CONTINGENCY_PLANS = "contingency-plans"
    """In the register of contingency plans, with what has none."""


class ThenKind(StrEnum):
    """What happens when the time is over and nothing was done."""

    NOTHING = "nothing"
    """Nothing further."""
    REMINDED = "reminded"
    """The same people are told again."""
    TOLD = "told"
    """Others are told."""
    PASSED_ON = "passed-on"
    """It goes to somebody else, who may answer it."""
    GOES_ON = "goes-on"
    """The procedure carries on without an answer."""


_WHY = {
    Why.NEW: "",
    Why.REMINDER: "This is a reminder.",
    Why.NOT_ACKNOWLEDGED: "Nobody has opened it yet.",
    Why.NOT_ANSWERED: "Nobody has answered it in time.",
    Why.REACHED_NOBODY: "An earlier message about it reached nobody.",
}
_AFTER_SIGNING_IN = {
    Where.WORKLIST: "look in your worklist",
    Where.CASE: "open the case",
    Where.MAIL: "look at the mail that waits to be sorted",
    Where.ONE_LIST: "look through the list of everybody who waits (pathways unseen)",
    Where.TRAY_CONTACTS: "look through the contacts that were made (pathways tray contacts)",
    Where.ON_CALL: "open On call",
    Where.CONTINGENCY_PLANS: "look through the contingency plans (pathways contingency list)",
    Where.POLICY: "hold the policy file against the open cases (pathways policy check)",
}
_IN_THE_RECORDING_SYSTEM = "Sign in to the recording system and open the person's record there."


def where_to_look(places: Iterable[Where]) -> str:
    """Where a reader of one or several notices signs in, and for what, in one paragraph."""
    wanted = set(places)
    here = [words for place, words in _AFTER_SIGNING_IN.items() if place in wanted]
    sentences = [f"Sign in to Safe Pathways and {' or '.join(here)}."] if here else []
    if Where.RECORDING_SYSTEM in wanted:
        sentences.append(_IN_THE_RECORDING_SYSTEM)
    return " ".join(sentences)


class RecipientKind(StrEnum):
    """Who can be told."""

    ROLE = "role"
    """Everybody who holds a role."""
    TEAM = "team"
    """Everybody in a team."""
    STAFF = "staff"
    """One member of staff."""


_FIELDS_OF_WORK = frozenset(
    {
        "brokerage",
        "commissioning",
        "complaints",
        "direct-payments",
        "finance",
        "information-governance",
        "legal",
        "systems",
    }
)
"""Roles that are named after what they do, and not after who does it."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Recipient(_Frozen):
    """A role, a team or one member of staff; its tag chooses the services in the Apprise configuration."""

    kind: RecipientKind
    name: Name

    @classmethod
    def role(cls, name: str) -> Self:
        """Everybody who holds the role."""
        return cls(kind=RecipientKind.ROLE, name=str(name))

    @classmethod
    def team(cls, name: str) -> Self:
        """Everybody in the team."""
        return cls(kind=RecipientKind.TEAM, name=str(name))

    @classmethod
    def staff(cls, name: str) -> Self:
        """One member of staff, by id."""
        return cls(kind=RecipientKind.STAFF, name=str(name))

    @classmethod
    def from_tag(cls, tag: str) -> Self:
        """The recipient behind `role-duty-worker`, `team-hazel` or `staff-practitioner`."""
        kind, _, name = tag.partition("-")
        return cls(kind=RecipientKind(kind), name=name)

    @property
    def tag(self) -> str:
        """Its Apprise tag, such as `role-duty-worker`."""
        return f"{self.kind}-{self.name}"

    @property
    def words(self) -> str:
        """How it is written in a sentence, such as "the team leader"."""
        match self.kind:
            case RecipientKind.ROLE:
                name = self.name.replace("-", " ")
                return f"{name} staff" if self.name in _FIELDS_OF_WORK else f"the {name}"
            case RecipientKind.TEAM:
                return f"the {self.name.replace('-', ' ')} team"
            case RecipientKind.STAFF:
                return self.name


class Then(_Frozen):
    """What happens when nothing was done by the time named; `to` says to whom it goes or who is told."""

    kind: ThenKind
    to: Recipient | None = None

    @model_validator(mode="after")
    def _has_somebody_to_go_to(self) -> Self:
        if (self.to is not None) != (self.kind in (ThenKind.TOLD, ThenKind.PASSED_ON)):
            raise ValueError("name somebody for told and passed-on, and nobody otherwise")
        return self

    def sentence(self, *, by_then: bool = True) -> str:
        """What happens, as a sentence; empty where nothing does. Without a time there is no "by then"."""
        whom = self.to.words if self.to else ""
        happens = {
            ThenKind.NOTHING: "",
            ThenKind.REMINDED: "you will be told again",
            ThenKind.TOLD: f"{whom} will be told",
            ThenKind.PASSED_ON: f"it goes to {whom}",
            ThenKind.GOES_ON: "the case goes on without it",
        }[self.kind]
        return f"If it is not done{' by then' if by_then else ''}, {happens}." if happens else ""


def _written_as_a_ref(text: str) -> str:
    if not is_ref(text):
        raise ValueError("a notice names a case by its reference only")
    return text


Telephone = Annotated[str, StringConstraints(pattern=r"^[+0-9][0-9 ().-]{2,29}$")]
"""A telephone number of the council's own; nobody else's is ever told by a notice."""


class Notice(_Frozen):
    """One message to staff, without anything that tells who the person is or what is wrong."""

    verb: Verb
    what: Matter
    case_ref: Annotated[str, AfterValidator(_written_as_a_ref)] | None = None
    team: Name | None = None
    how_many: Annotated[int, Field(ge=1, le=99_999)] | None = None
    """How many the matter is about, where it is a list; too small to be anybody's number."""
    by: AwareDatetime | None = None
    ring: Telephone | None = None
    """The council's number at which the reader says that they have it, where they cannot sign in."""
    then: Then = Then(kind=ThenKind.NOTHING)
    where: Where = Where.WORKLIST
    why: Why = Why.NEW
    urgent: bool = False

    @property
    def subject(self) -> str:
        """The subject, such as "Answer: contact review, case 7K3Q-9PXM, by Monday 30 November 2026, 5pm"."""
        parts = [f"{'URGENT: ' if self.urgent else ''}{self.verb.capitalize()}: {self._matter}"]
        if self.case_ref:
            parts.append(f"case {self.case_ref}")
        if self.how_many is not None:
            parts.append(f"{self.how_many} in all")
        if self.by:
            parts.append(f"by {for_people(self.by)}")
        return ", ".join(parts)

    def body(self, message_id: str) -> str:
        """The text under the subject; the message's id stands last, so that one sent twice is recognised."""
        facts = [f"Please {self.verb}: {self._matter}"]
        if self.case_ref:
            facts.append(f"Case: {self.case_ref}")
        if self.team:
            facts.append(f"Team: {self.team.replace('-', ' ')}")
        if self.how_many is not None:
            facts.append(f"How many: {self.how_many}")
        if self.by:
            facts.append(f"By: {for_people(self.by)}")
        if self.ring:
            facts.append(f"Ring: {self.ring}, and say that you have it")
        paragraphs = [
            "URGENT" if self.urgent else "",
            _WHY[self.why],
            "\n".join(facts),
            self._consequence,
            where_to_look([self.where]),
            f"Message {message_id}",
        ]
        return "\n\n".join(paragraph for paragraph in paragraphs if paragraph)

    @property
    def remark(self) -> str:
        """What stands under the subject in a digest: why it comes, for which team, and what happens then."""
        team = f"Team: {self.team.replace('-', ' ')}." if self.team else ""
        return " ".join(part for part in (_WHY[self.why], team, self._consequence) if part)

    def is_overdue(self, now: datetime) -> bool:
        """Whether its time has come or passed."""
        return self.by is not None and self.by <= now

    @property
    def _consequence(self) -> str:
        return self.then.sentence(by_then=self.by is not None)

    @property
    def _matter(self) -> str:
        return self.what.replace("-", " ")


def telephone_in(written: str) -> str | None:
    """A telephone number as policy writes it, as far as a notice can carry it; None where it is more than a number."""
    number = written.strip()
    return number if re.fullmatch(r"[+0-9][0-9 ().-]{2,29}", number) else None


def matter_of(form_name: str) -> str:
    """The matter a form's name stands for: `ContactReview` becomes `contact-review`."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", form_name).lower()
