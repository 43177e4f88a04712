"""The facts and forms of a follow-up: agreed, owned, and certain to happen (DUTY-35 to DUTY-37)."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from models.forms.base import CaseFacts, Form, RegisterKind, ShownWhen
from models.forms.handover import HandoverAnswer, HandoverReply


class FollowUpBy(StrEnum):
    """Who follows up."""

    DUTY = "duty"
    """The duty team itself."""
    RESPONSIBLE = "responsible"
    """The worker or team responsible for the person, if they agree to it."""


class FollowUpWanted(BaseModel):
    """A later check that duty thinks is needed (DUTY-35)."""

    coming_dates: ClassVar[frozenset[str]] = frozenset({"on"})

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True, use_attribute_docstrings=True)
    labels: ClassVar[dict[str, str]] = {
        "what": "What is to be checked",
        "on": "The day of the check",
        "by": "Who does it",
        "wishes": "What the person or carer wishes",
    }

    what: str = Field(min_length=1)
    """What is to be checked or watched."""
    on: date
    """The day on which it is to happen."""
    by: FollowUpBy
    wishes: str = Field(min_length=1)
    """What the person or carer wants and how they wish it to be done; or why they could not be asked (DUTY-36)."""

    def __str__(self) -> str:
        return f"{self.what}, on {self.on:%d.%m.%Y} by {self.by}; wishes: {self.wishes}"


class FollowUpFacts(CaseFacts):
    """What is to be followed up, after what."""

    wanted: FollowUpWanted
    about_person: str | None
    """Register id."""
    responsible: str | None
    """Tag of the worker or team responsible; none where nobody is."""
    done_so_far: str
    """What duty has done, and the contact it came from."""


class FollowUpAgreement(HandoverAnswer):
    """
    Duty has acted for you and a later check is needed. Agree to do it, on that day or another, or say why not.

    Until you agree it stays with duty (DUTY-36, GAP-05).
    """

    title: ClassVar[str] = "agreeing to a follow-up"
    coming_dates: ClassVar[frozenset[str]] = frozenset({"on"})
    labels: ClassVar[dict[str, str]] = {
        "on": "Another day",
        "how": "How it will be done",
    }
    shown_when: ClassVar[dict[str, ShownWhen]] = {
        "on": ShownWhen("reply", (HandoverReply.ACCEPT,)),
        "how": ShownWhen("reply", (HandoverReply.ACCEPT,)),
    }

    on: date | None = None
    """Another day, where that is better for the person; leave out to agree to the day proposed."""
    how: str = ""
    """How it will be done, where that differs from what was proposed."""


class FollowUpAssigned(Form):
    """No agreement was reached on who follows up. Decide who does (GAP-05)."""

    title: ClassVar[str] = "deciding who follows up"
    register_fields: ClassVar[dict[str, RegisterKind]] = {"given_to": RegisterKind.SERVING_STAFF}
    labels: ClassVar[dict[str, str]] = {
        "given_to": "Who does it",
        "reasons": "The reasons",
    }

    given_to: str | None = None
    """Staff id of who does it and is asked to agree; leave out where duty does it itself."""
    reasons: str = Field(min_length=1)


class FollowUpReport(Form):
    """
    Today a person is to be followed up, as was agreed. Do it, or see that it is done, and say what came of it.

    It stays open until it has happened: where nobody could be reached it is asked again on the next working day.
    """

    title: ClassVar[str] = "following up"
    coming_dates: ClassVar[frozenset[str]] = frozenset({"again_on"})
    labels: ClassVar[dict[str, str]] = {
        "happened": "Has the check been made?",
        "again_on": "The day of the next check",
        "note_id": "The note's id",
        "no_longer_wanted": "Why it is no longer wanted",
    }
    shown_when: ClassVar[dict[str, ShownWhen]] = {
        "note_id": ShownWhen("happened", (True,)),
        "no_longer_wanted": ShownWhen("happened", (False,)),
    }

    happened: bool
    """The check has been made; if not, it is tried again."""
    what_came_of_it: str = Field(min_length=1)
    again_on: date | None = None
    """Where another check is needed, or another day suits better, that day."""
    note_id: str = ""
    """The id of the note in the recording system that shows it. Compulsory once it has happened."""
    no_longer_wanted: str = ""
    """Why it is not to happen at all: the person has died, does not want it, or somebody else looks after it."""

    @property
    def ends_it(self) -> bool:
        """Nothing further is to happen."""
        return bool(self.no_longer_wanted) or (self.happened and self.again_on is None)

    @property
    def reached_the_person(self) -> bool:
        """Whether it counts as contact."""
        return self.happened

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if self.happened and self.no_longer_wanted:
            raise ValueError("no_longer_wanted is only for what is not to happen: leave one of them out")
        if self.happened and not self.note_id:
            raise ValueError("say in note_id which note in the recording system shows it")
        return self


def agreed_day(reply: FollowUpAgreement, wanted: FollowUpWanted) -> date:
    """The day that was agreed."""
    assert reply.reply is HandoverReply.ACCEPT
    return reply.on or wanted.on
