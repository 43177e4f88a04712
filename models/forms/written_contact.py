"""The facts, forms and signals by which a written contact is sorted and finds somebody (DUTY-16 to DUTY-24)."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import ClassVar, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError, model_validator

from models.forms.base import CaseFacts, Form, RegisterKind, ShownWhen, Signal
from models.forms.handover import HandoverAnswer, HandoverReply
from models.forms.safeguarding import WhoIsAtRisk
from models.policy.organisation import MailKind


class Channel(StrEnum):
    """How a written contact came."""

    EMAIL = "email"
    """By electronic mail."""
    LETTER = "letter"
    """On paper."""
    FORM = "form"
    """From another system, such as an online form."""


class GivenSubject(CaseFacts):
    """Whom another system says that a contact is about, field by field; a statement, and not a fact."""

    nhs_number: str | None = None
    record_id: str | None = None
    name: str | None = None
    born_on: date | None = None
    postcode: str | None = None

    @property
    def in_words(self) -> str:
        """Name, birthday and numbers, as far as they were given. Personal."""
        born = f"born {self.born_on.day} {self.born_on:%B %Y}" if self.born_on else ""
        nhs = f"NHS number {self.nhs_number}" if self.nhs_number else ""
        record = f"record {self.record_id}" if self.record_id else ""
        return ", ".join(one for one in (self.name or "", born, self.postcode or "", nhs, record) if one)


class WrittenContact(CaseFacts):
    """A letter or e-mail as it came. The original bytes are kept under `mail_id`."""

    mail_id: str
    """Our id of the stored original, such as M-7K3Q9PXM."""
    channel: Channel
    received_at: AwareDatetime
    sender: str
    """Address and name as written."""
    subject: str
    text: str
    attachments: tuple[str, ...] = ()
    """Names of what was enclosed."""
    sender_address: str | None = None
    """Where an answer to the sender goes by e-mail, where one may be sent."""
    addressed_to: str | None = None
    """To whom it says it is, in its own words."""
    given: GivenSubject | None = None
    """Whom it says it is about, where it came field by field."""
    message_id: str | None = None
    """Its Message-ID, for the answer to it."""
    answers_case: str | None = None
    """Ref of the closed case that it answers, where it names one."""
    beware: tuple[str, ...] = ()
    """What may be wrong with how a machine read it, each a sentence."""
    sorted_as: ContactSorting | None = None
    """How it was sorted already, where it is another person's share of a letter about several."""

    @property
    def in_full(self) -> str:
        """The contact as a person reads it beside a form."""
        enclosed = f"\nEnclosed: {', '.join(self.attachments)}" if self.attachments else ""
        answers = f"\nAnswers case: {self.answers_case}, which is closed" if self.answers_case else ""
        beware = "".join(f"\nBeware: {one}" for one in self.beware)
        about = f"\nAbout, as they say: {self.given.in_words}" if self.given and self.given.in_words else ""
        head = (
            f"From: {self.sender}{about}\nSubject: {self.subject}{enclosed}\nOriginal: {self.mail_id}{answers}{beware}"
        )
        return f"{head}\n\n{self.text}"


class FurtherMessage(Signal):
    """Another message came for a case that is already open, such as a reply to our letter."""

    title: ClassVar[str] = "a further message"
    asks_about_safeguarding: ClassVar[bool] = True
    read_by_owner: ClassVar[bool] = True
    not_asked: ClassVar[dict[str, str]] = {"mail_id": "told by hand"}
    labels: ClassVar[dict[str, str]] = {
        "sender": "Who said or wrote it",
        "subject": "What it is about, in a line",
        "text": "What they said or wrote",
    }

    mail_id: str
    """Our id of the stored original."""
    sender: str
    subject: str
    text: str


class WhyHere(StrEnum):
    """Why duty deals with a contact itself although it names a worker."""

    GENERAL_QUESTION = "general-question"
    """It asks for general information or advice about adult care and support (DUTY-32)."""
    WITHIN_DUTY = "within-duty"
    """Duty can bring it to its outcome itself, and the person is spared the delay (DUTY-31)."""


class AlsoAbout(BaseModel):
    """Another person whom the same letter is about. What is left out is as for the first."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True, use_attribute_docstrings=True)
    register_fields: ClassVar[dict[str, RegisterKind]] = {
        "about_person": RegisterKind.PERSON,
        "named_worker": RegisterKind.STAFF,
    }
    labels: ClassVar[dict[str, str]] = {
        "about_person": "The person",
        "kinds": "What it is for them",
        "named_worker": "The worker it is addressed to",
        "action_indicated": "What it asks for",
        "where_recorded": "Where it is recorded",
        "urgent": "Is it urgent for them?",
        "act_by": "The date that it gives",
    }

    about_person: str | None = None
    """Register id, where they are known."""
    kinds: frozenset[MailKind] = frozenset()
    """What the letter is for them."""
    named_worker: str | None = None
    """Staff id of the worker it is addressed to for them."""
    action_indicated: str = ""
    """What it asks for them."""
    where_recorded: str = ""
    """Where it stands in their record."""
    urgent: bool | None = None
    """It cannot wait until tomorrow; leave out where it is as for the first."""
    act_by: date | None = None
    """The date that it gives for them."""

    def __str__(self) -> str:
        said = (self.about_person or "somebody not in the register", self.named_worker, self.action_indicated)
        return ", ".join(one for one in said if one)


class ContactSorting(Form):
    """
    What has come, and for whom is it (DUTY-16)?

    If anybody may be in danger now, ring 999 before you fill in anything. One message can be several things at once:
    name them all, and each goes its way.
    """

    title: ClassVar[str] = "sorting the contact"
    register_fields: ClassVar[dict[str, RegisterKind]] = {
        "about_person": RegisterKind.PERSON,
        "named_worker": RegisterKind.STAFF,
    }
    labels: ClassVar[dict[str, str]] = {
        "kinds": "Everything that it is",
        "about_person": "The person it is about",
        "nobody_proposed": "It is about none of those proposed",
        "named_worker": "The worker it is addressed to",
        "action_indicated": "What it asks for",
        "urgent": "It cannot wait until tomorrow",
        "act_by": "The date that it gives",
        "reply_wanted": "An acknowledgement is wanted",
        "where_recorded": "Where it is recorded",
        "settled_here": "Why duty deals with it itself",
        "also_about": "Others whom it is about",
        "nine_nine_nine_considered": "I have asked myself whether anybody is in danger now, and rung 999 if so",
        "at_risk": "Who is at risk",
        "danger_or_crime": "Is anybody in danger now, or may a crime have been committed?",
        "rang_999": "Was 999 rung?",
        "not_rung_because": "Why 999 was not rung",
    }
    shown_when: ClassVar[dict[str, ShownWhen]] = {
        "named_worker": ShownWhen("kinds", (MailKind.NAMED_WORKER,)),
        "action_indicated": ShownWhen("kinds", (MailKind.NAMED_WORKER,)),
        "where_recorded": ShownWhen("kinds", (MailKind.NAMED_WORKER,)),
        "settled_here": ShownWhen("kinds", (MailKind.NAMED_WORKER,)),
        "nine_nine_nine_considered": ShownWhen("kinds", (MailKind.SAFEGUARDING,)),
        "at_risk": ShownWhen("kinds", (MailKind.SAFEGUARDING,)),
        "danger_or_crime": ShownWhen("kinds", (MailKind.SAFEGUARDING,)),
        "rang_999": ShownWhen("danger_or_crime", (True,)),
        "not_rung_because": ShownWhen("danger_or_crime", (True,)),
    }

    kinds: frozenset[MailKind] = Field(min_length=1)
    """Everything that it is: for a named worker, a new need, a complaint and so on."""
    about_person: str | None = None
    """Register id of the person it is about, where they are known."""
    nobody_proposed: bool = False
    """It is about none of those proposed beside this form, and the register does not know whom it is about."""
    named_worker: str | None = None
    """Staff id of the worker it is addressed to; leave out where nobody of that name is in the register."""
    action_indicated: str = ""
    """What the contact asks for, in a few words. Compulsory with named-worker."""
    urgent: bool = False
    """It cannot wait until tomorrow."""
    act_by: date | None = None
    """The date that the contact itself gives, if any. It goes before all our own times."""
    reply_wanted: bool = False
    """A written acknowledgement is needed or was asked for (DUTY-21)."""
    where_recorded: str = ""
    """Where it stands in the recording system, so that the worker finds it. Compulsory with named-worker."""
    settled_here: WhyHere | None = None
    """Duty deals with it itself although it names a worker, and why; they hear of what is done for them."""
    also_about: tuple[AlsoAbout, ...] = ()
    """Everybody else whom it is about: each gets a case of their own, joined to this one, and is not sorted again."""
    nine_nine_nine_considered: bool = False
    """With safeguarding: I have asked myself whether anybody is in danger now, and rung 999 if so."""
    at_risk: WhoIsAtRisk | None = None
    """Compulsory with safeguarding."""
    danger_or_crime: bool | None = None
    """Either is enough to ring 999 before anything else. Compulsory with safeguarding."""
    rang_999: bool = False
    not_rung_because: str = ""
    """Leave it empty where it was. Else who has rung, or why nobody need."""

    def for_another(self, other: AlsoAbout) -> ContactSorting:
        """How the letter is sorted for another person whom it is about."""
        return ContactSorting(
            kinds=other.kinds or self.kinds,
            about_person=other.about_person,
            named_worker=other.named_worker or self.named_worker,
            action_indicated=other.action_indicated or self.action_indicated,
            urgent=self.urgent if other.urgent is None else other.urgent,
            act_by=other.act_by or self.act_by,
            reply_wanted=self.reply_wanted,
            where_recorded=other.where_recorded or self.where_recorded,
            settled_here=self.settled_here if MailKind.NAMED_WORKER in (other.kinds or self.kinds) else None,
            nine_nine_nine_considered=self.nine_nine_nine_considered,
            at_risk=self.at_risk,
            danger_or_crime=self.danger_or_crime,
            rang_999=self.rang_999,
            not_rung_because=self.not_rung_because,
        )

    @property
    def cannot_wait(self) -> bool:
        """It is urgent, or the contact itself gives a date."""
        return self.urgent or self.act_by is not None

    @model_validator(mode="after")
    def _each_kind_has_what_it_needs(self) -> Self:
        problems = []
        if MailKind.NAMED_WORKER in self.kinds:
            needed = {
                "action_indicated": self.action_indicated,
                "where_recorded": self.where_recorded,
            }
            problems += [f"say {name} for a contact to a named worker" for name, given in needed.items() if not given]
        if MailKind.SAFEGUARDING in self.kinds and not self.nine_nine_nine_considered:
            problems.append("ask yourself first whether anybody is in danger now, then say nine_nine_nine_considered")
        if MailKind.NOT_OURS in self.kinds and len(self.kinds) > 1:
            problems.append("what is not-ours cannot be something else as well")
        if self.nobody_proposed and self.about_person is not None:
            problems.append("say about_person, or nobody_proposed, and not both")
        if self.settled_here is not None and MailKind.NAMED_WORKER not in self.kinds:
            problems.append("settled_here is for a contact to a named worker: anything else goes to its queue")
        people = [self.about_person, *(other.about_person for other in self.also_about)]
        if len([one for one in people if one]) > len({one for one in people if one}):
            problems.append("name each person once, in about_person or in also_about")
        for number, other in enumerate(self.also_about):
            try:
                self.for_another(other)
            except ValidationError as refused:
                said = refused.errors(include_input=False, include_url=False)[0]["msg"].removeprefix("Value error, ")
                problems += [f"also_about.{number}: {one}" for one in said.split("; ")]
        if problems:
            raise ValueError("; ".join(problems))
        return self


class PersonConfirmed(Form):
    """
    Who is the contact about? The register has people whom it may mean; none is certain.

    Compare name, date of birth and address before you confirm somebody: a letter on the wrong person's record harms
    two people.
    """

    title: ClassVar[str] = "confirming whom the contact is about"
    register_fields: ClassVar[dict[str, RegisterKind]] = {"about_person": RegisterKind.PERSON}
    labels: ClassVar[dict[str, str]] = {
        "about_person": "The person it is about",
        "how_confirmed": "How they are known to be the one",
    }

    about_person: str | None = None
    """Register id; leave out where it is none of them."""
    how_confirmed: str = Field(min_length=1)
    """By what they are known to be the one, or why it is none of them."""


class AllocationCheck(Form):
    """
    Our copy of the register is too old, or does not know the person. Look in the recording system (DUTY-17).

    A contact for somebody who is not allocated goes to the team responsible; where there is none, it stays with duty.
    """

    title: ClassVar[str] = "checking the allocation"
    register_fields: ClassVar[dict[str, RegisterKind]] = {"responsible_team": RegisterKind.TEAM}
    labels: ClassVar[dict[str, str]] = {
        "worker_is_allocated": "Is the worker allocated?",
        "responsible_team": "The team responsible",
    }

    worker_is_allocated: bool
    """The worker the contact names is allocated to the person or carer."""
    responsible_team: str | None = None
    """Team id of the team responsible for assessment or review, where there is one."""


class FoundBy(StrEnum):
    """How the worker's return was looked for (DUTY-24)."""

    CALENDAR = "calendar"
    """In the worker's electronic calendar."""
    COLLEAGUE = "colleague"
    """By asking somebody in their service or team."""


class AvailabilityEnquiry(Form):
    """The worker is away. When are they back, and does their service deal with letters meanwhile (DUTY-19, DUTY-24)?"""

    title: ClassVar[str] = "finding out when the worker is back"
    may_concern_safety: ClassVar[bool] = False
    labels: ClassVar[dict[str, str]] = {
        "found_by": "How it was found out",
        "back_on": "The first day back",
        "service_deals_with_it": "Does their service deal with it meanwhile?",
    }

    found_by: FoundBy
    back_on: date | None = None
    """The first day back; leave out where nobody could tell."""
    service_deals_with_it: bool
    """Their service has a way of receiving and handling written contacts while they are away."""


class Acknowledger(StrEnum):
    """Who writes that the contact has arrived (DUTY-21)."""

    PRACTITIONER = "practitioner"
    """The worker who takes the contact on."""
    DUTY = "duty"
    """The duty worker."""


class ContactTransfer(HandoverAnswer):
    """
    A written contact for you. Accept it, or refuse it and say why.

    Having opened it and acted counts as accepting: say in action_taken what you have done.
    """

    title: ClassVar[str] = "a written contact handed over"
    past_dates: ClassVar[frozenset[str]] = frozenset({"acknowledgement_sent"})
    labels: ClassVar[dict[str, str]] = {
        "wants_original": "Send me the original",
        "acknowledged_by": "Who writes the acknowledgement",
        "acknowledgement_sent": "The day on which you acknowledged it",
    }
    shown_when: ClassVar[dict[str, ShownWhen]] = {
        "wants_original": ShownWhen("reply", (HandoverReply.ACCEPT,)),
        "acknowledged_by": ShownWhen("reply", (HandoverReply.ACCEPT,)),
        "acknowledgement_sent": ShownWhen("reply", (HandoverReply.ACCEPT,)),
    }

    wants_original: bool = False
    """Send me the original; otherwise it is filed securely (DUTY-20)."""
    acknowledged_by: Acknowledger | None = None
    """Who writes the acknowledgement, where one is wanted. Compulsory then (DUTY-21)."""
    acknowledgement_sent: date | None = None
    """The day on which I have written it, if that is done: no further form asks for it."""


class AcknowledgedContactTransfer(ContactTransfer):
    """
    A written contact for you, whose sender wants to know that it came. Accept it, or refuse it and say why.

    Having opened it and acted counts as accepting: say in action_taken what you have done.
    """

    @model_validator(mode="after")
    def _says_who_acknowledges(self) -> Self:
        settled = self.acknowledged_by is not None or self.acknowledgement_sent is not None
        if self.reply is HandoverReply.ACCEPT and not settled:
            raise ValueError("say in acknowledged_by who writes the acknowledgement: practitioner or duty")
        return self


class NextHand(Form):
    """Nobody has taken the contact on. Decide who does (GAP-05)."""

    title: ClassVar[str] = "deciding who takes the contact"
    register_fields: ClassVar[dict[str, RegisterKind]] = {"given_to": RegisterKind.SERVING_STAFF}
    labels: ClassVar[dict[str, str]] = {
        "given_to": "Who takes it on",
        "reasons": "The reasons",
    }

    given_to: str | None = None
    """Staff id of who takes it on and is told; leave out where duty keeps and settles it."""
    reasons: str = Field(min_length=1)
