"""What the council sets for people placed outside their home area: reviews, who watches, and the other councils."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Self

from pydantic import Field, model_validator

from models.durations import Duration, calendar_days, working_days
from models.out_of_area.kinds import Angle
from models.policy.gaps.base import DEFAULTS_DATED
from models.policy.settings import Settings
from models.providers.kinds import ProviderKind
from models.roles import Role


class OtherCouncil(Settings):
    """Another council and whom to ring there about placements, so that nobody looks it up for each."""

    name: str = Field(min_length=1)
    """As the recording system's extract calls it."""
    contact: str = Field(min_length=1)


class OutOfArea(Settings):
    """Times and roles of out-of-area placements. The findings give none (TRN-50 to TRN-53); all of these are ours."""

    owner: Role = Role.COMMISSIONING
    """Who answers for what is set here and may change it."""
    decided_on: date = DEFAULTS_DATED
    kinds: tuple[ProviderKind, ...] = (
        ProviderKind.CARE_HOME, ProviderKind.SUPPORTED_LIVING, ProviderKind.DAY_SERVICE, ProviderKind.OTHER,
    )  # fmt: skip
    """Kinds of provider to which somebody goes; whoever comes to people's own homes is out of area for nobody."""
    taken_on_within: Duration = working_days(2)
    """By when somebody has taken a placement on by name."""
    first_review_after: Duration = calendar_days(42)
    review_every: Duration = calendar_days(182)
    found_reviewed_within: Duration = calendar_days(28)
    """Of one that began so long ago that its first review is past: within so long of its coming onto the tracker."""
    review_asked_days_before: int = Field(default=7, ge=0, le=28)
    angle_first_look_within: Duration = working_days(10)
    angle_at_least_every: Duration = calendar_days(182)
    """The latest day that may be named on which an angle is looked at next."""
    watched_by: Mapping[Angle, Role] = Field(
        default={
            Angle.SAFEGUARDING: Role.SAFEGUARDING_LEAD,
            Angle.QUALITY: Role.COMMISSIONING,
            Angle.CONTRACTS: Role.COMMISSIONING,
            Angle.COMMISSIONING: Role.COMMISSIONING,
        }
    )
    """Who watches from which side: where one member of staff alone holds the role, they are named without asking."""
    looked_after_by: Role = Role.COMMISSIONING
    """Who is asked first where no team knows the person."""
    answer_within: Duration = working_days(10)
    """By when the other council has said that it has what it was told."""
    asked_again_every: Duration = working_days(5)
    tries_before_help: int = Field(default=2, ge=1, le=10)
    """After asking the other council so often in vain, a manager decides what is done."""
    register_lags: Duration = calendar_days(14)
    """So long after a placement's end the register may still show it, before it counts as one that was overlooked."""
    councils: tuple[OtherCouncil, ...] = ()

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        lengths = (self.first_review_after, self.review_every, self.found_reviewed_within, self.angle_at_least_every)
        if not all(one.is_calendar and one.days for one in lengths):
            raise ValueError("reviews and looks are counted in calendar days, such as P182D")
        if missing := [str(one) for one in Angle if one not in self.watched_by]:
            raise ValueError(f"say in watched_by who watches: {', '.join(missing)}")
        return self

    def contact_at(self, council: str) -> str:
        """Whom to ring at another council; empty where policy does not say."""
        wanted = " ".join(council.casefold().split())
        return next((one.contact for one in self.councils if " ".join(one.name.casefold().split()) == wanted), "")
