"""The facts of the cases that the house opens when something did not reach anybody."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar, Self

from pydantic import model_validator

from models.forms.base import CaseFacts, Form


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


class WhatItWas(StrEnum):
    """What a person found in a message that no machine could read."""

    CONTACT = "contact"
    """A contact for us: it is taken up, with the text that was made out."""
    NOTHING = "nothing"
    """Nothing for us: junk, or a machine's message."""


class MessageLookedAt(Form):
    """A message could not be read by the machine. Look at the original, and say what it is."""

    title: ClassVar[str] = "a message nobody could read"

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
