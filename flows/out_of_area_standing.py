"""An out-of-area placement as its ledger tells it: who is asked what about it, and when; a part of its procedure."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from flows.out_of_area_sharing import out_of_area_sharing
from models.forms.out_of_area import (
    AngleLookedAt,
    ConcernActedOn,
    OutOfAreaPlacement,
    PlacementEndConfirmed,
    PlacementReviewed,
    PlacementTakenOn,
)
from models.forms.out_of_area_sharing import PlacementToShare
from models.forms.out_of_area_signals import (
    CouncilRaisedConcern,
    PlacementChanged,
    PlacementIsOver,
    PlacementLacksOwner,
    ProviderHasConcern,
    ProviderOfPlacementFails,
)
from models.forms.recording import PersonHasDied
from models.notices import Recipient
from models.out_of_area.clocks import review_asked, review_due
from models.out_of_area.kinds import Angle, Direction, PlacementOutcome, SharedKind
from models.roles import Role
from tasks.durable import Due, Wait, at, decision, open_case, take_back, this_case
from tasks.durable.in_force import policy
from tasks.out_of_area.placing import Begun, Clocks, describe_watchers, look_up_owner, name_person
from tasks.out_of_area.watching import look_up_watcher
from tasks.written_contact import look_up_what_to_heed


class Asked(StrEnum):
    """What may be open about a placement, besides its four sides."""

    TAKEN_ON = "taken on"
    REVIEW_DAY = "review day"
    REVIEW = "review"
    REVIEW_MISSED = "review missed"
    CONCERN = "concern"
    END = "end"
    COUNCIL = "council"
    PROVIDER_CONCERN = "provider concern"
    PROVIDER_FAILS = "provider fails"
    CHANGE = "change"
    OVER = "over"
    LACKS_OWNER = "lacks owner"
    DEATH = "death"


Doing = Asked | Angle
"""Something open: by its name, or one of the four sides, whose day is awaited or somebody's look."""
CLOCKS: tuple[Doing, ...] = (Asked.REVIEW_DAY, Asked.REVIEW, Asked.REVIEW_MISSED, *Angle)
"""What stands still while it is confirmed whether the placement is over."""

Came = (
    PlacementTakenOn | PlacementReviewed | AngleLookedAt | ConcernActedOn | PlacementEndConfirmed
    | CouncilRaisedConcern | ProviderHasConcern | ProviderOfPlacementFails | PlacementChanged | PlacementIsOver
    | PlacementLacksOwner | PersonHasDied | Due
)  # fmt: skip


@dataclass
class Placement:
    """An out-of-area placement, as the ledger tells it so far."""

    placed: OutOfAreaPlacement
    begun: Begun
    clocks: Clocks
    open: dict[Doing, Wait[Came]] = field(default_factory=dict)
    so_far: list[str] = field(default_factory=list)
    contact: str = ""
    ended: PlacementOutcome | None = None

    @property
    def stands_still(self) -> bool:
        """Whether it is being confirmed that it is over."""
        return Asked.END in self.open

    def close(self, *doings: Doing) -> None:
        """They are no longer awaited."""
        take_back(self.open, *doings)


def ask_who_takes_it_on(placement: Placement) -> None:
    """Until somebody answers for it by name, nobody has it (TRN-50)."""
    placement.close(Asked.TAKEN_ON)
    placement.open[Asked.TAKEN_ON] = decision(
        PlacementTakenOn,
        of=Recipient.from_tag(placement.begun.asked),
        about=to_read(placement, describe_watchers()),
        wanted_within=policy().out_of_area.taken_on_within,
        clauses="TRN-50 TRN-52",
    )


# ---------------------------------------------------------------------- the review


def wait_for_the_review(placement: Placement) -> None:
    """It is asked for some days before its day; from its day on it is missed."""
    placement.close(Asked.REVIEW_DAY, Asked.REVIEW, Asked.REVIEW_MISSED)
    since, rule = placement.clocks.review_from, placement.clocks.review_rule
    placement.open[Asked.REVIEW_DAY] = at("review-asked", review_asked(since, rule))


def ask_for_the_review(placement: Placement) -> None:
    """Of whoever looks after the placement, with what was found from each side (TRN-50)."""
    placement.close(Asked.REVIEW_DAY)
    due = review_due(placement.clocks.review_from, placement.clocks.review_rule)
    placement.open[Asked.REVIEW] = decision(
        PlacementReviewed,
        of=Recipient.from_tag(look_up_owner()),
        about=to_read(placement, describe_watchers()),
        wanted_within=due,
        clauses="TRN-50 TRN-52",
    )
    placement.open[Asked.REVIEW_MISSED] = at("review-missed", due)


# ---------------------------------------------------------------------- the four sides


def wait_for_the_looks(placement: Placement) -> None:
    """From each side it is looked at on its own day (TRN-50)."""
    for angle in Angle:
        placement.close(angle)
        placement.open[angle] = at(f"look-{angle}", placement.clocks.looks[angle])


def ask_for_a_look(placement: Placement, angle: Angle, *more: str, urgent: bool = False) -> None:
    """Of whoever watches that side; where nobody is named, of the role that policy gives."""
    placement.close(angle)
    times = policy().gaps.reasonable_time
    placement.open[angle] = decision(
        AngleLookedAt,
        of=Recipient.from_tag(look_up_watcher(angle)),
        about=to_read(placement, f"The side from which you watch: {angle}", *more),
        key=f"look-at-{angle}",
        urgent=urgent,
        wanted_within=times.urgent if urgent else times.few_days,
        clauses="TRN-50",
    )


# ---------------------------------------------------------------------- the other council


def tell_the_council(placement: Placement, kind: SharedKind, what: str) -> None:
    """In a case of its own, which goes on after this one: through the gate, until somebody there has it (TRN-51)."""
    placed, begun = placement.placed, placement.begun
    owner = Recipient.from_tag(look_up_owner())
    ours = placed.direction is Direction.OURS_ELSEWHERE
    who_placed = "placed by us in your area" if ours else f"placed by you, {placed.council}, in our area"
    who = name_person(placed.person, placed.person_in_words)
    content = f"{who}, {who_placed} with {begun.provider} since {placed.placed_on:%d %B %Y}. {what}"
    shared = PlacementToShare(
        kind=kind,
        placement=this_case(),
        council=placed.council,
        contact=placement.contact,
        about_person=placed.person,
        person_in_words=placed.person_in_words,
        content=content,
        given_by=owner.tag,
        team=begun.team,
    )
    open_case(out_of_area_sharing, shared, owner=owner, key=f"tell-council-{kind}", clauses="TRN-51")


# ---------------------------------------------------------------------- its end


def confirm_the_end(placement: Placement, why: str) -> None:
    """Clocks stand still at once, and a manager says whether it is over, and why (GAP-53)."""
    placement.close(*CLOCKS, Asked.END)
    placement.so_far.append(why)
    placement.open[Asked.END] = decision(
        PlacementEndConfirmed,
        of=Role.TEAM_MANAGER,
        near=placement.begun.team,
        about=to_read(placement),
        wanted_within=policy().gaps.reasonable_time.few_days,
        clauses="TRN-52 GAP-53",
    )


def to_read(placement: Placement, *more: str) -> str:
    """What whoever answers must know: whom to heed first, who is where, and what has happened."""
    placed = placement.placed
    whose = "Our person, in their area" if placed.direction is Direction.OURS_ELSEWHERE else "Their person, in our area"
    lines = (
        look_up_what_to_heed(placed.person).beside_the_form,
        *more,
        f"Provider: {placement.begun.provider}",
        f"The other council: {placed.council} ({placement.contact or 'whom to ring there is not known'}). {whose}",
        f"The person: {placed.person or placed.person_in_words}, since {placed.placed_on:%d %B %Y}",
        f"Paid for by: {placed.paid_by}",
        f"Arranged in case {placed.came_from}" if placed.came_from else "",
        *placement.so_far,
    )
    return "\n".join(line for line in lines if line)
