"""What the council sets for reablement: how long it is free, and how copies of a plan go out."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from models.durations import Duration, working_days
from models.policy.settings import Settings


class Reablement(Settings):
    """How long reablement is free, from when its end is in sight, and how copies of the plan go out."""

    free_days: int = Field(default=42, ge=7, le=366)
    """Counted from its first day: the Care Act's regulations make it free for up to six weeks."""
    end_in_sight_after_days: int = Field(default=28, ge=1)
    """From then on it is asked what follows when the free time is over: from week four."""
    copies_out_within: Duration = working_days(2)
    """By when everybody who is to have one has the new copy. The procedure gives no number; this one is ours."""
    review_considered_within: Duration = working_days(2)
    """By when it is decided whether an unscheduled review is held. The procedure gives no number; this one is ours."""
    secure_routes: tuple[Annotated[str, Field(min_length=1)], ...] = ("secure e-mail", "the council's portal")
    """The ways by which a copy may go electronically (REA-17). Empty: none does, and all go on paper."""

    @model_validator(mode="after")
    def _end_is_in_sight_before_it_comes(self) -> Self:
        if self.end_in_sight_after_days >= self.free_days:
            raise ValueError("end_in_sight_after_days must be less than free_days")
        return self
