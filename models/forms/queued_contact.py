"""The facts and forms of a contact that was sorted into a queue."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar, Self

from pydantic import Field, model_validator

from models.forms.base import CaseFacts, Form, ShownWhen
from models.forms.safeguarding import WhoIsAtRisk
from models.forms.written_contact import ContactSorting, WrittenContact
from models.policy.organisation import MailKind


class QueuedContact(CaseFacts):
    """A contact, and what it was sorted as."""

    kind: MailKind
    urgent: bool
    contact: WrittenContact
    sorted_as: ContactSorting | None = None
    """All that duty found out when it was sorted, so that nobody has to find it out again."""


class Taken(StrEnum):
    """What became of a contact in its queue."""

    DEALT_WITH = "dealt-with"
    """We have dealt with it, or our own procedure has it now."""
    NOT_FOR_US = "not-for-us"
    """It was sorted wrongly; it goes back to duty."""


class QueueReply(Form):
    """
    A contact was sorted into your queue. Deal with it and say what was done, or send it back and say why.

    If anybody may be in danger now, ring 999 first.
    """

    title: ClassVar[str] = "a contact in the queue"
    labels: ClassVar[dict[str, str]] = {
        "taken": "What became of it",
        "evidence": "Where it is shown",
    }
    shown_when: ClassVar[dict[str, ShownWhen]] = {
        "evidence": ShownWhen("taken", (Taken.DEALT_WITH,)),
    }

    taken: Taken
    what_was_done: str = Field(min_length=1)
    """What was done with it, or why it is not for you."""
    evidence: str = ""
    """The id of the note, concern or referral that shows it. Compulsory with dealt-with."""

    @model_validator(mode="after")
    def _dealt_with_is_shown(self) -> Self:
        if self.taken is Taken.DEALT_WITH and not self.evidence:
            raise ValueError("say in evidence where it is shown: the id of the note, concern or referral")
        return self


class SortedAgain(Form):
    """A queue has sent a contact back. Say what it is instead, and it goes there."""

    title: ClassVar[str] = "sorting a contact again"
    labels: ClassVar[dict[str, str]] = {
        "kind": "What it is instead",
        "reasons": "The reasons",
        "nine_nine_nine_considered": "I have asked myself whether anybody is in danger now, and rung 999 if so",
        "at_risk": "Who is at risk",
        "danger_or_crime": "Is anybody in danger now, or may a crime have been committed?",
        "rang_999": "Was 999 rung?",
        "not_rung_because": "Why 999 was not rung",
    }
    shown_when: ClassVar[dict[str, ShownWhen]] = {
        "nine_nine_nine_considered": ShownWhen("kind", (MailKind.SAFEGUARDING,)),
        "at_risk": ShownWhen("kind", (MailKind.SAFEGUARDING,)),
        "danger_or_crime": ShownWhen("kind", (MailKind.SAFEGUARDING,)),
        "rang_999": ShownWhen("danger_or_crime", (True,)),
        "not_rung_because": ShownWhen("danger_or_crime", (True,)),
    }

    kind: MailKind
    """Its right queue. A named worker has none: choose new-need, and duty sees that they hear of it."""
    reasons: str = Field(min_length=1)
    """What the next reader needs to know."""
    nine_nine_nine_considered: bool = False
    """With safeguarding: I have asked myself whether anybody is in danger now, and rung 999 if so."""
    at_risk: WhoIsAtRisk | None = None
    """Compulsory with safeguarding."""
    danger_or_crime: bool | None = None
    """Either is enough to ring 999 before anything else. Compulsory with safeguarding."""
    rang_999: bool = False
    not_rung_because: str = ""
    """Leave it empty where it was. Else who has rung, or why nobody need."""

    @model_validator(mode="after")
    def _has_a_queue(self) -> Self:
        if self.kind is MailKind.NAMED_WORKER:
            raise ValueError("named-worker has no queue: choose new-need, and see at duty that the worker hears of it")
        if self.kind is MailKind.SAFEGUARDING and not self.nine_nine_nine_considered:
            raise ValueError("ask yourself first whether anybody is in danger now, then say nine_nine_nine_considered")
        return self
