"""The facts of the cases that the house opens when something did not reach anybody."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from models.doors import Trouble
from models.forms.base import CaseFacts, Form, ShownWhen, Signal


class UndeliveredNoticeFacts(CaseFacts):
    """A notice that reached nobody."""

    message_id: str
    """Id of the message in the outbox, N-…."""
    recipient: str
    """Tag of who was to be told."""
    about_case: str | None
    """Ref of the case it was about."""
    subject: str
    """What the notice said; holds no personal data."""


class UnreadableMessageFacts(CaseFacts):
    """A message that came and could not be understood."""

    mail_id: str
    reason: str


class MailboxNotCollectedFacts(CaseFacts):
    """A mailbox whose letters do not come in."""

    mailbox: str
    """Its name in the connections file."""
    since: AwareDatetime
    """When it was last collected, or first looked for."""
    trouble: Trouble


class MailboxSeenTo(Form):
    """A mailbox is not collected: letters lie in it unseen. See to it, or to the letters, and say how."""

    title: ClassVar[str] = "a mailbox that is not collected"
    may_concern_safety: ClassVar[bool] = False

    what_was_done: str = Field(min_length=1)
    """What was wrong and how it was mended; or, if it is not mended yet, who looks into the mailbox by hand."""


class MailboxCollectedAgain(Signal):
    """The mailbox is collected again, without anybody having answered."""

    title: ClassVar[str] = "the mailbox is collected again"
    by_hand: ClassVar[bool] = False


class LostCase(BaseModel):
    """A case that Prefect knows and the database does not."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    ref: str
    procedure: str
    """What Prefect calls its procedure; a restricted one has its neutral name there."""
    opened_at: AwareDatetime
    """When its run was made."""
    last_seen: str
    """The last that Prefect was told: what it waited for, or that it was closed."""
    awaited: tuple[str, ...] = ()
    """Whose answer it waited for, by tag: role-…, team-… or staff-…."""
    next_due: AwareDatetime | None = None
    """When it was to be at work again."""


class LostCasesFacts(CaseFacts):
    """Cases that were opened after the backup from which the database came."""

    cases: tuple[LostCase, ...] = Field(min_length=1)


class LostCasesFetched(Form):
    """Cases are missing in the database. See that what came in is fetched again, and say how."""

    title: ClassVar[str] = "cases that the record has lost"
    labels: ClassVar[dict[str, str]] = {
        "fetched": "What came in again, and from where",
        "not_found": "What could not be found, and who was told",
    }

    fetched: str = Field(min_length=1)
    """For each case: the mail server's copy, the sender, the paper; and the ref it has now."""
    not_found: str = ""
    """Cases of which nothing is left; a manager decides what follows."""


class WhatItWas(StrEnum):
    """What a person found in a message that no machine could read."""

    CONTACT = "contact"
    """A contact for us: it is taken up, with the text that was made out."""
    CONTACT_AS_IT_STANDS = "contact-as-it-stands"
    """A contact for us that can be read: it is taken up in its own words."""
    NOTHING = "nothing"
    """Nothing for us: junk, or a machine's message."""


class MessageLookedAt(Form):
    """A message could not be read by the machine. Look at the original, and say what it is."""

    title: ClassVar[str] = "a message nobody could read"
    labels: ClassVar[dict[str, str]] = {
        "it_was": "What it is",
        "sender": "Who wrote",
        "text": "What it says",
        "reasons": "Why it is nothing for us",
    }
    shown_when: ClassVar[dict[str, ShownWhen]] = {
        "text": ShownWhen("it_was", (WhatItWas.CONTACT,)),
        "reasons": ShownWhen("it_was", (WhatItWas.NOTHING,)),
    }

    it_was: WhatItWas
    sender: str = ""
    """Who wrote, as far as you can make it out."""
    text: str = ""
    """What it says, as far as you can make it out. Compulsory with contact."""
    reasons: str = ""
    """Why it is nothing for us. Compulsory with nothing."""

    @model_validator(mode="after")
    def _says_what_it_found(self) -> Self:
        if self.it_was is WhatItWas.CONTACT and not self.text:
            raise ValueError("say in text what the message says")
        if self.it_was is WhatItWas.NOTHING and not self.reasons:
            raise ValueError("say in reasons why it is nothing for us")
        return self
