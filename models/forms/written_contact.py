"""The facts, forms and signals of the written contact transfer (DUTY-16 to DUTY-29)."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import ClassVar, Self

from pydantic import AwareDatetime, Field, model_validator

from models.forms.base import CaseFacts, Form, RegisterKind, Signal
from models.forms.handover import HandoverAnswer, HandoverReply
from models.policy.organisation import MailKind


class Channel(StrEnum):
    """How a written contact came."""

    EMAIL = "email"
    """By electronic mail."""
    LETTER = "letter"
    """On paper."""


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

    @property
    def in_full(self) -> str:
        """The contact as a person reads it beside a form."""
        enclosed = f"\nEnclosed: {', '.join(self.attachments)}" if self.attachments else ""
        return f"From: {self.sender}\nSubject: {self.subject}{enclosed}\nOriginal: {self.mail_id}\n\n{self.text}"


class FurtherMessage(Signal):
    """Another message came for a case that is already open, such as a reply to our letter."""

    title: ClassVar[str] = "a further message"
    read_by_owner: ClassVar[bool] = True

    mail_id: str
    """Our id of the stored original."""
    sender: str
    subject: str
    text: str


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

    kinds: frozenset[MailKind] = Field(min_length=1)
    """Everything that it is: for a named worker, a new need, a complaint and so on."""
    about_person: str | None = None
    """Register id of the person it is about, where they are known."""
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
    nine_nine_nine_considered: bool = False
    """With safeguarding: I have asked myself whether anybody is in danger now, and rung 999 if so."""

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
        if problems:
            raise ValueError("; ".join(problems))
        return self


class AllocationCheck(Form):
    """The register's extract is too old to be trusted. Look in the recording system (DUTY-17)."""

    title: ClassVar[str] = "checking the allocation"
    register_fields: ClassVar[dict[str, RegisterKind]] = {"responsible_team": RegisterKind.TEAM}

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

    wants_original: bool = False
    """Send me the original; otherwise it is filed securely (DUTY-20)."""
    acknowledged_by: Acknowledger | None = None
    """Who writes the acknowledgement, where one is wanted. Compulsory then (DUTY-21)."""


class AcknowledgedContactTransfer(ContactTransfer):
    """
    A written contact for you, whose sender wants to know that it came. Accept it, or refuse it and say why.

    Having opened it and acted counts as accepting: say in action_taken what you have done.
    """

    @model_validator(mode="after")
    def _says_who_acknowledges(self) -> Self:
        if self.reply is HandoverReply.ACCEPT and self.acknowledged_by is None:
            raise ValueError("say in acknowledged_by who writes the acknowledgement: practitioner or duty")
        return self


class ContactOnReturn(ContactTransfer):
    """
    A written contact came while you were away. What was done and agreed meanwhile stands beside this form.

    Accept it and say whether you have been in touch with the person; or refuse it and say why (DUTY-25).
    """

    title: ClassVar[str] = "a contact that came while away"

    in_touch: bool = False
    """I have been in touch with the person or carer."""


class Conveyance(StrEnum):
    """The ways in which an original may travel (DUTY-23)."""

    INTERNAL_SECURE_EMAIL = "internal-secure-email"
    """The council's own secure e-mail; the only way for an e-mail."""
    INTERNAL_POST = "internal-post"
    """The council's own post; for letters."""
    SECURE_DELIVERY = "secure-delivery"
    """A delivery that is signed for; for letters."""


class OriginalEmailSent(Form):
    """The worker wants the original e-mail. It goes by the internal secure e-mail system and no other way (DUTY-23)."""

    title: ClassVar[str] = "sending the original e-mail on"

    sent_by: Conveyance
    """internal-secure-email."""

    @model_validator(mode="after")
    def _securely(self) -> Self:
        if self.sent_by is not Conveyance.INTERNAL_SECURE_EMAIL:
            raise ValueError("an original e-mail goes by internal-secure-email only")
        return self


class OriginalLetterSent(Form):
    """The worker wants the original letter. It goes by internal post or secure delivery only (DUTY-23)."""

    title: ClassVar[str] = "sending the original letter on"

    sent_by: Conveyance
    """internal-post or secure-delivery."""

    @model_validator(mode="after")
    def _securely(self) -> Self:
        if self.sent_by is Conveyance.INTERNAL_SECURE_EMAIL:
            raise ValueError("an original letter goes by internal-post or secure-delivery only")
        return self


class OriginalFiled(Form):
    """The worker does not want the original letter: it is filed securely (DUTY-20)."""

    title: ClassVar[str] = "filing the original securely"

    filed_at: str = Field(min_length=1)
    """Where it is filed."""


class AcknowledgementWritten(Form):
    """The sender is told in writing that their contact has arrived (DUTY-21, DUTY-26)."""

    title: ClassVar[str] = "writing the acknowledgement"

    written_on: date
    sent_by: str = Field(min_length=1)
    """How it went: e-mail, post, and the like."""


class ActionsMeanwhile(Form):
    """
    The worker is not there in time. Do what settles the contact wholly or partly, and everything urgent (DUTY-26).
    """

    title: ClassVar[str] = "acting while the worker is away"

    actions_taken: str = Field(min_length=1)
    """What was done, or why nothing could be done before the worker is back."""
    settled: bool = False
    """The contact is settled wholly; nothing is left for the worker but to know."""


class UrgentActionsMeanwhile(ActionsMeanwhile):
    """The worker is not there and the contact is urgent. Take every urgent step before closing (DUTY-26, GAP-02)."""

    title: ClassVar[str] = "acting on an urgent contact"

    urgent_actions: str = Field(min_length=1)
    """Each urgent step taken, or the hand-over to out of hours."""


class PersonTold(Form):
    """
    Tell the person or carer who wrote that the worker is away, and agree what happens (DUTY-27, DUTY-28).

    This is always done, whatever the length of the absence (GAP-03).
    """

    title: ClassVar[str] = "telling the person"

    reached: bool
    """They were told, by whatever means; a letter counts once it is sent."""
    how: str = Field(min_length=1)
    """By telephone, letter, visit; or what was tried."""
    contact_by: date | None = None
    """The day agreed with them by which somebody will be in touch. Compulsory once reached."""
    fallback: str = ""
    """What they will do if nobody is in touch by then. Compulsory once reached."""

    @model_validator(mode="after")
    def _agreement_is_whole(self) -> Self:
        if self.reached and (self.contact_by is None or not self.fallback):
            raise ValueError("say in contact_by and fallback what was agreed with them")
        return self


class FollowUp(Form):
    """The day agreed with the person has come. Make sure that somebody has been in touch, or be in touch yourself."""

    title: ClassVar[str] = "following the contact up"

    in_touch: bool
    """Somebody has been in touch with the person, or you have been now."""
    what_was_done: str = Field(min_length=1)
    next_contact_by: date | None = None
    """Where the person was not reached, or more is needed: the next day agreed or set."""

    @model_validator(mode="after")
    def _goes_on_until_reached(self) -> Self:
        if not self.in_touch and self.next_contact_by is None:
            raise ValueError("say in next_contact_by when it is tried again")
        return self


class NextHand(Form):
    """Nobody has taken the contact on. Decide who does (GAP-05)."""

    title: ClassVar[str] = "deciding who takes the contact"
    register_fields: ClassVar[dict[str, RegisterKind]] = {"given_to": RegisterKind.STAFF}

    given_to: str | None = None
    """Staff id of who takes it on and is told; leave out where duty keeps and settles it."""
    reasons: str = Field(min_length=1)


class SettledAtDuty(Form):
    """Nobody is allocated: the contact is dealt with at duty (DUTY-18, GAP-04)."""

    title: ClassVar[str] = "settling the contact at duty"

    what_was_done: str = Field(min_length=1)


class RecordMade(Form):
    """The record of all steps is ready to be pasted; give the id of the note once it stands there (DUTY-29)."""

    title: ClassVar[str] = "making the record"

    note_id: str = Field(min_length=1)
    """The note's id in the recording system."""
    changed: str = ""
    """What was added to or taken out of the text, if anything."""
