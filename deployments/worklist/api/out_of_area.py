"""The tracker of out-of-area placements, as the page shows it."""

from __future__ import annotations

from datetime import date

from deployments.worklist.api.calling import Calling
from deployments.worklist.api.guarding import Operations
from deployments.worklist.api.shapes import Moment, Ref, Shape
from models.out_of_area.kinds import Angle, Direction, SharedKind, SharingOutcome
from models.permissions import Action
from models.providers.kinds import PaidBy
from tasks.worklist.out_of_area import EVERYBODY, tracker_of

operations = Operations("out of area")


class SideShown(Shape):
    """One of the four sides from which a placement is watched. What was found is personal data."""

    angle: Angle
    owner_id: str | None
    """Staff id; none: nobody is named yet."""
    owner: str
    found: str
    looked_at: Moment | None
    next_look_on: date
    is_late: bool


class SharedShown(Shape):
    """What the other council was told, and how that stands."""

    case: Ref
    kind: SharedKind
    given_at: Moment | None
    ended_as: SharingOutcome | None


class PlacementShown(Shape):
    """An open placement. Personal data."""

    case: Ref
    direction: Direction
    person_id: str | None
    """Register id; none: the register does not have them."""
    person: str
    died_on: date | None
    safe_contact: str
    provider_id: str | None
    provider: str
    council: str
    contact: str
    placed_on: date
    paid_by: PaidBy
    owner_tag: str
    owner: str
    has_owner: bool
    """Whether somebody looks after it by name."""
    angles: list[SideShown]
    """What is overdue first."""
    next_review: Moment | None
    """None: its clocks stand still while a manager confirms that it is over."""
    is_review_late: bool
    reviewed_at: Moment | None
    last_seen: Moment | None
    shares: list[SharedShown]
    has_concern: bool
    incident: str | None
    """Ref of the open incident of the provider, where the caller may see it."""
    late: int
    """How many of the review and the four sides are overdue."""


class TrackerShown(Shape):
    """The open placements whose cases the caller may see, what is overdue first."""

    placements: list[PlacementShown]


@operations.add("GET", "/out-of-area", Action.READ_CASE)
def show_tracker(call: Calling) -> TrackerShown:
    """The tracker of out-of-area placements; noted in the access log."""
    with call.council.database.read() as session:
        every = tracker_of(session, call.member, call.council.policy, call.now)
    call.note_look("read-out-of-area-tracker", EVERYBODY)
    return TrackerShown(placements=[PlacementShown.model_validate(one) for one in every])
