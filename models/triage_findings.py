"""What triage finds out on its way to a decision, in words for the case's story too, and how it ends."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from pydantic import AwareDatetime

from models.forms.tray_decision import DetailsConfirmed
from models.notices import Recipient
from models.tray import Part
from models.working_time import for_people
from models.written_contact_findings import day_in_words


class TriageOutcome(StrEnum):
    """How triage ended."""

    SETTLED = "settled at duty"
    """Duty has dealt with it, and the person is told."""
    REVIEW_TRAY = "in the review tray"
    """Everything is done until the next yearly review, whose date a manager has confirmed."""
    PASSED_ON = "passed to another authority"
    """Another authority is responsible."""
    ALLOCATED = "given to a worker"
    """A worker has accepted them."""
    PLACED = "placed on the tray"
    """The person waits on the tray, in a case of its own."""
    ALREADY_WAITS = "waits on the tray already"
    """The person was on a tray before this came; what is new was reported there."""
    ALREADY_GIVEN = "is being given to a worker already"
    """A worker was asked to take them on before this came; what is new was reported there."""
    DIED = "the person has died"
    """The register shows it, while a worker was asked to take them on."""


class UrgentOutcome(StrEnum):
    """How an urgent action ended."""

    DONE = "done"
    """All that could not wait is done."""
    NOT_URGENT = "not urgent"
    """It has turned out that it can wait."""


class TrayChecks(Part):
    """What the council asks for before anything is placed, as policy stood when triage began."""

    safeguarding_first: bool
    """The safeguarding check is a step of its own (GAP-18)."""

    @property
    def in_words(self) -> str:
        """For the story."""
        return "the safeguarding check comes first" if self.safeguarding_first else "no check of its own"


class TeamFound(Part):
    """The team that the case is for, and who of it decides."""

    team: str
    decider: str
    """Tag of a team manager, a team leader, or the team whose managers may answer."""

    @property
    def in_words(self) -> str:
        """For the story."""
        return f"{self.team}; decided by {Recipient.from_tag(self.decider).words}"


class EarlierPlace(Part):
    """Somebody was on a tray before, or is."""

    case: str
    requested_at: AwareDatetime
    placed_at: AwareDatetime
    left_at: AwareDatetime | None
    """None: they wait there now."""
    left_because: str | None = None

    def __str__(self) -> str:
        asked = f"{self.case}, asked for on {for_people(self.requested_at)}"
        return f"{asked}, left {for_people(self.left_at)} ({self.left_because})" if self.left_at else asked


class EarlierPlaces(Part):
    """Whether somebody waits on a tray already, and the latest time that they did whose request may still hold."""

    waits_in: str | None = None
    """Ref of the case in which they wait now."""
    being_given_in: str | None = None
    """Ref of the case in which a worker is asked to take them on, straight from another triage."""
    earlier: EarlierPlace | None = None

    @property
    def seen_to_in(self) -> str | None:
        """Ref of the case that sees to them already, whichever it is."""
        return self.waits_in or self.being_given_in

    @property
    def in_words(self) -> str:
        """For the story."""
        if self.waits_in:
            return f"waits there now, case {self.waits_in}"
        if self.being_given_in:
            return f"no, but a worker is asked to take them on, case {self.being_given_in}"
        return f"was there before, case {self.earlier}" if self.earlier else "never, or another request"


class CountedFrom(Part):
    """From when somebody's waiting is counted; `placed_at` only where an earlier placing counts."""

    requested_at: AwareDatetime
    placed_at: AwareDatetime | None = None

    @property
    def in_words(self) -> str:
        """For the story."""
        return for_people(self.placed_at or self.requested_at)


class RedPrecautions(Part):
    """What has to happen before a Red case is placed (GAP-12)."""

    contact_first: bool
    plan_first: bool

    @property
    def in_words(self) -> str:
        """For the story."""
        named = (self.contact_first and "a first contact", self.plan_first and "an interim safety plan")
        return " and ".join(one for one in named if one) or "nothing"


class ConcernStands(Part):
    """Whether placing waits for an owner of the safeguarding concern."""

    owner: str | None
    """Staff id of who has taken it or dealt with it; None: nobody yet."""
    needed: bool
    """Policy wants a named owner before anything is placed (GAP-18)."""

    @property
    def in_words(self) -> str:
        """For the story."""
        return self.owner or ("nobody yet" if self.needed else "nobody, and policy does not wait for it")


class AllocationCame(Part):
    """What came of asking workers to take somebody on. `lines` are personal."""

    lines: tuple[str, ...] = ()
    """Who refused, what the manager said, what was reported meanwhile."""

    @property
    def in_words(self) -> str:
        """For the story, which does not repeat what was said."""
        return "nobody takes them on now"


class UrgentActions(Part):
    """How the urgent actions stand that were opened for somebody. `lines` are personal."""

    lines: tuple[str, ...] = ()
    """One for each: how it stands, and what was done."""
    ended: tuple[str, ...] = ()
    """Refs of those that have ended."""

    @property
    def in_words(self) -> str:
        """For the story, which does not repeat what was done."""
        return f"{len(self.ended)} of {len(self.lines)} ended"


class NextReview(Part):
    """When the next yearly review is due."""

    on: date
    overdue_since: date | None = None
    """The review that was due already and may not be put off."""

    @property
    def in_words(self) -> str:
        """For the story."""
        if self.overdue_since:
            return f"overdue since {day_in_words(self.overdue_since)}, and not put off"
        return day_in_words(self.on)


class PlacementTexts(Part):
    """The comment of the task and the decision note, made from one form; the story does not repeat them. Personal."""

    comment: str | None
    note: str | None
    note_is_worded_apart: bool = False

    @property
    def in_words(self) -> str:
        """For the story."""
        made = (self.comment and "the task's comment", (self.note or self.note_is_worded_apart) and "the note PWT")
        return " and ".join(one for one in made if one) or "neither is wanted"


class ConfirmedThen(Part):
    """What was confirmed with the person when they were told. Personal."""

    details: DetailsConfirmed | None
    not_confirmed_because: str = ""

    @property
    def in_words(self) -> str:
        """For the story."""
        if self.details is None:
            return "nothing"
        return "their details are right" if self.details.contact_details_right else "something is to be put right"
