"""A letter on paper as somebody takes it in; its scan is a file beside it."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from pydantic import Field

from models.forms.base import CaseFacts


class LetterTaken(CaseFacts):
    """A letter has come on paper. Give its scan, or type what it says, or do both."""

    past_dates: ClassVar[frozenset[str]] = frozenset({"received_on"})
    labels: ClassVar[dict[str, str]] = {
        "sender": "Who wrote",
        "received_on": "The day it came",
        "subject": "What it is about, in a line",
        "text": "What it says",
    }

    sender: str = Field(min_length=1)
    """As it stands on the letter: name and address in one line."""
    received_on: date
    """The council’s own date stamp counts, not the day on which it is scanned."""
    subject: str = ""
    """In the letter’s own words, where it has such a line."""
    text: str = ""
    """Type it where there is no scan, or where the scan is hard to read."""
