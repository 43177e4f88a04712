"""How waiting on the tray ends."""

from __future__ import annotations

from enum import StrEnum


class TrayOutcome(StrEnum):
    """How somebody left the tray."""

    ALLOCATED = "allocated"
    """A named worker has accepted."""
    DEATH = "left: death"
    """The person has died."""
    ADMISSION = "left: admission"
    """The person is in hospital."""
    MOVE = "left: move"
    """The person lives elsewhere now."""
    WITHDRAWAL = "left: withdrawal"
    """The person no longer wants help."""
    ANSWERED_ELSEWHERE = "left: answered elsewhere"
    """Another service has answered the referral."""
    NOT_NEEDED = "no longer needed"
    """A manager decided, after a contact, that the tray is no longer needed (PWT-52)."""
