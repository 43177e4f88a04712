"""How a move stands, as the ledger tells it so far, and what whoever acts reads of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from models.forms.brokerage import CareArranged
from models.forms.going_over import MakesDecision
from models.forms.move_day import GapClosed, MoveChecked, MoveDay, MoveDecided
from models.forms.move_preparing import (
    ArrangementsInPlace,
    DestinationFound,
    MoveEscalated,
    MovePlanned,
    MoveTakenOn,
    MoveTalkedOver,
    PartnerNotTold,
)
from models.forms.moves import DestinationChanged, MoveNeedsDeciding, MovePutOff, MoveWanted, OldServiceEnds
from models.forms.recording import PersonHasDied
from models.moves.kinds import Arrangement, MoveOutcome, TheySay
from models.notices import Recipient
from models.roles import Role
from tasks.durable import Closed, Due, Wait, role
from tasks.moves.steps import MoveStands
from tasks.written_contact import look_up_what_to_heed


class Asked(StrEnum):
    """What may be open about a move; gates to partners stand beside these under their refs."""

    TALKED_OVER = "talked over"
    TALK_AGAIN = "talk again"
    ADVOCATE = "advocate"
    PLANNED = "planned"
    IN_PLACE = "in place"
    LOOK_AGAIN = "look again"
    TAKEN_ON = "taken on"
    SILENT = "silent"
    ESCALATED = "escalated"
    CARE = "care"
    BROKERAGE = "brokerage"
    DESTINATION = "destination"
    GAP = "gap"
    CARE_ENDS = "care ends"
    DECIDED = "decided"
    EVE = "eve"
    THE_DAY = "the day"
    MOVED = "moved"
    TO_CHECK = "to check"
    CHECKED = "checked"
    PUT_OFF = "put off"
    ELSEWHERE = "elsewhere"
    OLD_SERVICE = "old service"
    NEEDS_DECIDING = "needs deciding"
    DEATH = "death"


Came = (
    MoveTalkedOver | MovePlanned | ArrangementsInPlace | MoveTakenOn | MoveEscalated | DestinationFound
    | PartnerNotTold | GapClosed | MoveDecided | MoveDay | MoveChecked | CareArranged | Closed | MovePutOff
    | DestinationChanged | OldServiceEnds | MoveNeedsDeciding | PersonHasDied | Due
)  # fmt: skip


@dataclass
class Moving:
    """Somebody who moves."""

    wanted: MoveWanted
    stands: MoveStands
    day: date
    care_ends_on: date | None
    new_service: str
    receiver: Recipient
    open: dict[str, Wait[Came]] = field(default_factory=dict)
    they_say: TheySay | None = None
    decides: MakesDecision | None = None
    plan: MovePlanned | None = None
    in_place: set[Arrangement] = field(default_factory=set)
    taken_on: bool = False
    taken_on_by: str = ""
    """Staff id of who of ours accepted; empty: somebody of a service outside has."""
    handover: int = 0
    """Number of the time somebody was last asked to take them on."""
    gates: list[str] = field(default_factory=list)
    """Refs of the gates to partners, in the order in which they were opened."""
    brokerage: str | None = None
    emergency: str = ""
    """Why a manager decided that it cannot wait."""
    eve_has_come: bool = False
    day_has_come: bool = False
    without_care: bool = False
    gap_refused: bool = False
    """A gap cannot be closed: a manager decides."""
    begun: bool = False
    checked: bool = False
    before_manager: list[str] = field(default_factory=list)
    """Why a manager is asked, in order."""
    so_far: list[str] = field(default_factory=list)
    ended: MoveOutcome | None = None

    @property
    def whose(self) -> Recipient:
        """Whoever has the move in hand: the sender; else duty."""
        return Recipient.from_tag(self.wanted.asked_by) if self.wanted.asked_by else role(Role.DUTY_WORKER)

    @property
    def is_urgent(self) -> bool:
        """Whether what is missing is chased by the hour."""
        return self.wanted.emergency or bool(self.emergency)

    @property
    def still_open(self) -> tuple[Arrangement, ...]:
        """Arrangements of this pathway that nobody has said to be in place."""
        return tuple(one for one in self.stands.arrangements if one not in self.in_place)

    @property
    def missing(self) -> tuple[str, ...]:
        """What has to be there before the day and is not, in words (TRN-01, TRN-02, TRN-06)."""
        return tuple(
            words
            for is_missing, words in (
                (self.they_say is not TheySay.AGREES, "it is not agreed to, with its risks explained"),
                (Asked.ADVOCATE in self.open, "an advocate is not in place"),
                (self.plan is None, "what happens next, and who does each thing"),
                (self.plan is not None and bool(self.still_open), f"in place: {in_words(self.still_open)}"),
                (not self.taken_on, "nobody has taken them on by name"),
            )
            if is_missing
        )

    @property
    def is_ready(self) -> bool:
        """Whether all that belongs to it is there."""
        return not self.missing

    @property
    def may_go(self) -> bool:
        """Whether they may move on the day; nobody does against their will."""
        return self.they_say is not TheySay.REFUSES and (bool(self.emergency) or self.is_ready)


def in_words(arrangements: tuple[Arrangement, ...]) -> str:
    """Arrangements as people read them."""
    return ", ".join(one.replace("-", " ") for one in arrangements)


def to_read(moving: Moving, *more: str) -> str:
    """What whoever acts must know: what to heed first, who moves where and when, what is missing, and what was done."""
    wanted, stands = moving.wanted, moving.stands
    also = ", ".join(f"{one.procedure.replace('-', ' ')} {one.ref}" for one in stands.others)
    lines = (
        *more,
        look_up_what_to_heed(wanted.person).beside_the_form,
        f"For: {wanted.for_whom}" if wanted.for_whom else "",
        f"{wanted.pathway.replace('-', ' ')} {wanted.pathway_in_words}".strip().capitalize()
        + f", {wanted.who_moves.replace('-', ' ')}",
        f"From: {wanted.old_service}",
        f"That care ends on {moving.care_ends_on:%d %B %Y}" if moving.care_ends_on else "",
        "They are WITHOUT CARE now" if moving.without_care else "",
        f"To: {moving.new_service or 'still to be found'}, on {moving.day:%A %d %B %Y}",
        f"Why: {wanted.why}",
        f"Also open about them, and going on: {also}" if also else "",
        f"On the list of this kind of move: {in_words(stands.arrangements)}",
        f"Other: {stands.other}" if stands.other else "",
        f"Missing: {'; '.join(moving.missing)}" if moving.missing and not moving.checked else "",
        *moving.so_far,
    )
    return "\n".join(line for line in lines if line)
