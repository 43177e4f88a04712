"""How a council reads its staff's electronic calendars."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from pydantic import Field

from models.policy.settings import Settings


class StaffCalendars(Settings):
    """When somebody counts as there in time, by their calendar (DUTY-19)."""

    free_time_needed: Annotated[timedelta, Field(ge=timedelta(minutes=1), le=timedelta(hours=7))] = timedelta(
        minutes=30
    )
    """So much office time must be free before a contact is needed ("PT30M")."""
    look_ahead: Annotated[timedelta, Field(ge=timedelta(days=7), le=timedelta(days=180))] = timedelta(days=56)
    """How far ahead a return is looked for ("P56D")."""
