"""The forms, signals and facts of telling somebody outside: the person, their carer, or whoever wrote."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Self

from pydantic import AwareDatetime, Field, model_validator

from models.forms.base import CaseFacts, Form, ShownWhen, Signal
from models.person_messages import PersonMessageState
from models.telling_findings import ToBeTold


class PersonToBeTold(Form):
    """
    Tell somebody outside what stands beside this form, in the way that suits them, and say what was done.

    No machine could tell them; why, and how they wish to hear, stands beside the form. Where there is a safe-contact
    rule, keep to it whatever else is recorded. Who is not reached is tried again on the next working day.
    """

    title: ClassVar[str] = "telling somebody outside"
    past_dates: ClassVar[frozenset[str]] = frozenset({"told_on"})
    labels: ClassVar[dict[str, str]] = {
        "reached": "Were they told?",
        "how": "How they were told, or what was tried",
        "told_on": "The day on which they were told",
        "not_told_because": "Why they are not told at all",
    }
    shown_when: ClassVar[dict[str, ShownWhen]] = {
        "told_on": ShownWhen("reached", (True,)),
        "not_told_because": ShownWhen("reached", (False,)),
    }

    reached: bool
    """They were told, by whatever means; a letter counts once it is sent."""
    how: str = ""
    """By telephone, letter, visit; or what was tried. Compulsory unless they are not told at all."""
    told_on: date | None = None
    """The day on which they were told; leave out for today."""
    not_told_because: str = ""
    """Why they are not told at all: they have died, or it would put somebody at risk. Nobody tries again then."""

    @model_validator(mode="after")
    def _says_what_was_done(self) -> Self:
        if self.reached and self.not_told_because:
            raise ValueError("not_told_because is only for somebody who is not told: leave it out, or reached")
        if not self.how and not self.not_told_because:
            raise ValueError("say in how they were told, or what was tried")
        if self.told_on is not None and not self.reached:
            raise ValueError("told_on is only for somebody who was reached: leave it out")
        return self


class StillNotReached(Form):
    """
    Somebody was tried as often as policy says and not reached (GAP-19). Decide whether they are tried again.

    Think of a visit, of whoever holds a key, of their provider, their doctor or family; of 999 where a life may be at
    risk.
    """

    title: ClassVar[str] = "deciding about somebody not reached"
    has_legal_weight: ClassVar[bool] = True
    labels: ClassVar[dict[str, str]] = {
        "try_again": "Are they tried again?",
        "what_to_do": "What to do",
    }

    try_again: bool
    """They are tried again on the next working day, as what_to_do says."""
    what_to_do: str = Field(min_length=1)
    """How they are tried now, what is done instead, or why nobody tries again."""


class MessageToPersonSettled(Signal):
    """A message by which a procedure tells somebody outside has arrived, has failed, or was withdrawn."""

    title: ClassVar[str] = "what became of a message to a person"
    by_hand: ClassVar[bool] = False

    message_id: str
    """Its id, L-…."""
    state: PersonMessageState
    """delivered, failed or withdrawn."""
    reason: str = ""
    """Why it failed or was withdrawn; no personal data."""


class ReceiptSettled(MessageToPersonSettled):
    """The receipt to whoever wrote has arrived, has failed, or was withdrawn. It is for the record; nobody waits."""

    title: ClassVar[str] = "what became of the receipt to the sender"


class MessageCameBack(Signal):
    """
    A message to somebody outside has come back: they were not told. See that they are, another way.

    The bounce itself can be read under its own id; the address may be wrong in the recording system.
    """

    title: ClassVar[str] = "a message that came back"
    by_hand: ClassVar[bool] = False
    read_by_owner: ClassVar[bool] = True

    message_id: str
    """Its id, L-…."""
    mail_id: str
    """Our id of the bounce."""


class PersonTelling(CaseFacts):
    """What a case is opened with that tells somebody outside one thing."""

    whom: ToBeTold
    subject: str
    body: str
    """The text as it is sent, or read out."""
    about: str = ""
    """What it is about, for whoever has to tell them."""
    of: str
    """Tag of who does it where a machine cannot."""
    wanted_by: AwareDatetime
    by_hand: str = ""
    """Why no machine is to do it, such as an earlier message that came back; empty: a machine may."""
    urgent: bool = False
    clauses: tuple[str, ...] = ()
