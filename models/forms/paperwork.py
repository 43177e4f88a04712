"""The forms about the original, the acknowledgement and the record of a written contact (DUTY-20 to 23, DUTY-29)."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import ClassVar, Self

from pydantic import Field, model_validator

from models.forms.base import Form


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
    may_concern_safety: ClassVar[bool] = False
    labels: ClassVar[dict[str, str]] = {
        "sent_by": "How it was sent",
    }

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
    may_concern_safety: ClassVar[bool] = False
    labels: ClassVar[dict[str, str]] = {
        "sent_by": "How it was sent",
    }

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
    may_concern_safety: ClassVar[bool] = False
    labels: ClassVar[dict[str, str]] = {
        "filed_at": "Where it is filed",
    }

    filed_at: str = Field(min_length=1)
    """Where it is filed."""


class AcknowledgementWritten(Form):
    """The sender is told in writing that their contact has arrived (DUTY-21, DUTY-26)."""

    title: ClassVar[str] = "writing the acknowledgement"
    may_concern_safety: ClassVar[bool] = False
    past_dates: ClassVar[frozenset[str]] = frozenset({"written_on"})
    labels: ClassVar[dict[str, str]] = {
        "written_on": "The day on which it was written",
        "sent_by": "How it was sent",
    }

    written_on: date
    sent_by: str = Field(min_length=1)
    """How it went: e-mail, post, and the like."""


class RecordMade(Form):
    """The record of all steps is ready to be pasted; give the id of the note once it stands there (DUTY-29)."""

    title: ClassVar[str] = "making the record"
    may_concern_safety: ClassVar[bool] = False
    labels: ClassVar[dict[str, str]] = {
        "note_id": "The note's id",
        "changed": "What was changed in the text",
    }

    note_id: str = Field(min_length=1)
    """The note's id in the recording system."""
    changed: str = ""
    """What was added to or taken out of the text, if anything."""


class LetterRecordMade(RecordMade):
    """The record is ready to be pasted, and the letter itself to be filed: one form for both (DUTY-20, DUTY-29)."""

    title: ClassVar[str] = "making the record and filing the letter"
    labels: ClassVar[dict[str, str]] = {
        "original_filed_at": "Where the original letter is filed",
    }

    original_filed_at: str = Field(min_length=1)
    """Where the original letter is filed securely."""
