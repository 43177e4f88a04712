"""The form by which somebody takes over a case, or refuses it."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

from pydantic import model_validator

from models.forms.base import Form, ShownWhen


class HandoverReply(StrEnum):
    """What the person asked says to a handover."""

    ACCEPT = "accept"
    """I take it on. Having opened it and acted counts as this."""
    REFUSE = "refuse"
    """I do not take it on, and say why."""


class HandoverAnswer(Form):
    """A case is handed over to you. Until you accept it, it stays with those who sent it."""

    title: ClassVar[str] = "a handover"
    labels: ClassVar[dict[str, str]] = {
        "reply": "Your reply",
        "reason": "Why you refuse it",
        "action_taken": "What has been done already",
    }
    shown_when: ClassVar[dict[str, ShownWhen]] = {
        "reason": ShownWhen("reply", (HandoverReply.REFUSE,)),
    }

    reply: HandoverReply
    reason: str = ""
    """Why it is refused. Compulsory with a refusal."""
    action_taken: str = ""
    """What has been done already, for the record: one form serves for accepting and acting."""

    @model_validator(mode="after")
    def _refusal_has_a_reason(self) -> HandoverAnswer:
        if self.reply is HandoverReply.REFUSE and not self.reason:
            raise ValueError("say in reason why it is refused")
        return self
