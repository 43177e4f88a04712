"""The forms about a written contact whose worker is not there in time (DUTY-25 to DUTY-28)."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Self

from pydantic import Field, model_validator

from models.forms.base import Form, ShownWhen
from models.forms.contact_resolution import DoneForAnother
from models.forms.written_contact import ContactTransfer


class ContactOnReturn(ContactTransfer):
    """
    A written contact came while you were away. What was done and agreed meanwhile stands beside this form.

    It waits for you and nobody is chased about it: on the day agreed with the person somebody else looks after it.

    Accept it and say whether you have been in touch with the person; or refuse it and say why (DUTY-25).
    """

    title: ClassVar[str] = "a contact that came while away"
    chased: ClassVar[bool] = False
    labels: ClassVar[dict[str, str]] = {
        "in_touch": "I have been in touch with the person or carer",
    }

    in_touch: bool = False
    """I have been in touch with the person or carer."""

    @property
    def reached_the_person(self) -> bool:
        """Whether it counts as contact."""
        return self.in_touch


class ContactGiven(ContactOnReturn):
    """
    A team leader gives you a contact whose worker is away. What was done and agreed stands beside this form.

    Accept it and say whether you have been in touch with the person; or refuse it and say why.
    """

    title: ClassVar[str] = "a contact given to you"
    chased: ClassVar[bool] = True


class ActionsMeanwhile(DoneForAnother):
    """
    The worker is not there in time. Do what settles the contact wholly or partly, and everything urgent (DUTY-26).
    """

    title: ClassVar[str] = "acting while the worker is away"
    past_dates: ClassVar[frozenset[str]] = frozenset({"acknowledgement_sent"})
    labels: ClassVar[dict[str, str]] = {
        "actions_taken": "What was done",
        "settled": "The contact is settled wholly",
        "acknowledgement_sent": "The day on which you acknowledged it",
    }

    actions_taken: str = Field(min_length=1)
    """What was done, or why nothing could be done before the worker is back."""
    settled: bool = False
    """The contact is settled wholly; nothing is left for the worker but to know."""
    acknowledgement_sent: date | None = None
    """The day on which you have written to the sender that it has arrived, if that is done: no further form asks."""


class UrgentActionsMeanwhile(ActionsMeanwhile):
    """The worker is not there and the contact is urgent. Take every urgent step before closing (DUTY-26, GAP-02)."""

    title: ClassVar[str] = "acting on an urgent contact"
    labels: ClassVar[dict[str, str]] = {
        "urgent_actions": "The urgent steps taken",
    }

    urgent_actions: str = Field(min_length=1)
    """Each urgent step taken, or the hand-over to out of hours."""


class PersonTold(Form):
    """
    Tell the person or carer who wrote that the worker is not there in time, and agree what happens (DUTY-27, DUTY-28).

    This is always done, whatever the length of the absence (GAP-03). Who is not reached is tried again on the next
    working day; a letter counts as telling.
    """

    title: ClassVar[str] = "telling the person"
    coming_dates: ClassVar[frozenset[str]] = frozenset({"contact_by"})
    labels: ClassVar[dict[str, str]] = {
        "reached": "Were they told?",
        "how": "How they were told, or what was tried",
        "contact_by": "The day agreed with them",
        "fallback": "What they will do if nobody is in touch",
        "in_writing_too": "Say it in writing as well",
        "nothing_outstanding": "They agree that nothing is left to be done",
        "not_told_because": "Why they are not told at all",
    }
    shown_when: ClassVar[dict[str, ShownWhen]] = {
        "contact_by": ShownWhen("reached", (True,)),
        "fallback": ShownWhen("reached", (True,)),
        "in_writing_too": ShownWhen("reached", (True,)),
        "nothing_outstanding": ShownWhen("reached", (True,)),
        "not_told_because": ShownWhen("reached", (False,)),
    }

    reached: bool
    """They were told, by whatever means; a letter counts once it is sent."""
    how: str = Field(min_length=1)
    """By telephone, letter, visit; or what was tried."""
    contact_by: date | None = None
    """The day agreed with them by which somebody will be in touch. Compulsory once reached, unless nothing is left."""
    fallback: str = ""
    """What they will do if nobody is in touch by then. Compulsory once reached, unless nothing is left."""
    in_writing_too: bool = False
    """Say it in writing as well, in the way they wish to hear from us; the text is made for you."""
    nothing_outstanding: bool = False
    """They were reached and agree that nothing is left to be done; the worker only hears of it."""
    not_told_because: str = ""
    """Why they are not told at all: they have died, or it would put somebody at risk. Nobody tries again then."""

    @property
    def is_tried_again(self) -> bool:
        """They were not reached, and nothing stands against another try."""
        return not self.reached and not self.not_told_because

    @property
    def reached_the_person(self) -> bool:
        """Whether it counts as contact: what is to happen was agreed with them, which a letter alone cannot do."""
        return self.reached

    @model_validator(mode="after")
    def _agreement_is_whole(self) -> Self:
        if self.reached and self.not_told_because:
            raise ValueError("not_told_because is only for somebody who is not told: leave it out, or reached")
        if self.nothing_outstanding and not self.reached:
            raise ValueError("nothing_outstanding needs their own word: say reached as well, or leave it out")
        if self.reached and not self.nothing_outstanding and (self.contact_by is None or not self.fallback):
            raise ValueError("say in contact_by and fallback what was agreed with them")
        return self


class FollowUp(Form):
    """
    Today somebody is to be in touch with the person: as agreed, or because they were not reached before (DUTY-28).

    Make sure that it has been done, or do it. The contact is closed with your answer, unless they were not reached or
    you name a day for the next contact.
    """

    title: ClassVar[str] = "following the contact up"
    coming_dates: ClassVar[frozenset[str]] = frozenset({"next_contact_by"})
    labels: ClassVar[dict[str, str]] = {
        "in_touch": "Has somebody been in touch?",
        "next_contact_by": "The day of the next contact",
        "fallback": "What they will do if nobody is in touch",
        "not_contacted_because": "Why they are not contacted at all",
    }
    shown_when: ClassVar[dict[str, ShownWhen]] = {
        "fallback": ShownWhen("in_touch", (True,)),
        "not_contacted_because": ShownWhen("in_touch", (False,)),
    }

    in_touch: bool
    """Somebody has been in touch with the person, or you have been now. If not, it is tried on the next working day."""
    what_was_done: str = Field(min_length=1)
    next_contact_by: date | None = None
    """Where more is needed, the day agreed for it; where they were not reached, another day than the next."""
    fallback: str = ""
    """What they will do if nobody is in touch by then. Compulsory once a day is agreed with them."""
    not_contacted_because: str = ""
    """Why they are not contacted at all: they have died, or it would put somebody at risk. Nobody tries again then."""

    @property
    def is_tried_again(self) -> bool:
        """They were not reached, and nothing stands against another try."""
        return not self.in_touch and not self.not_contacted_because

    @property
    def reached_the_person(self) -> bool:
        """Whether it counts as contact."""
        return self.in_touch

    @property
    def ends_it(self) -> bool:
        """Nothing is left to be done with the person."""
        return self.next_contact_by is None and not self.is_tried_again

    @model_validator(mode="after")
    def _agreement_is_whole(self) -> Self:
        if self.in_touch and self.not_contacted_because:
            raise ValueError("not_contacted_because is only for somebody who was not contacted: leave one of them out")
        if self.in_touch and self.next_contact_by is not None and not self.fallback:
            raise ValueError("say in fallback what they will do if nobody is in touch by next_contact_by")
        return self
