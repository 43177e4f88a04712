"""A change of a reablement plan as the ledger tells it so far, and what may come to it at any time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, StrEnum
from typing import Any, TypeVar

from flows.reablement_advocate import HeldUp
from models.forms.plan_agreement import BestInterests, Capacity, SaidToTheChange, SettledTogether, Stance
from models.forms.plan_change import EvidenceDecision, MoreEvidence, PlanMoved
from models.forms.reablement_matters import EvidenceOfChange
from models.forms.reablement_signals import PlanCoordinatorChanged, PlanHasEnded
from models.forms.recording import PersonHasDied
from models.reablement.findings import ChangeUnderWay, PlanStands, VersionMade
from models.reablement.way_forward import WayForward
from tasks.coming_days import work_out_next_morning
from tasks.durable import Due, Wait, at, first_of, hears, now, withdraw
from tasks.reablement.agreements import note_agreement
from tasks.reablement.changing import (
    look_up_other_changes,
    look_up_what_moved,
    look_whether_they_have_died,
    tell_those_who_change_it,
)
from tasks.reablement.coordinating import Coordinator, go_with_the_plan
from tasks.reablement.plans import look_up_plan
from tasks.reablement.versions import look_for_clashes

W = TypeVar("W")


class PlanChangeOutcome(StrEnum):
    """What came of evidence about a reablement plan."""

    CHANGED = "changed"
    """The plan has a new version, and everybody who is to have it has it."""
    CHANGED_ALREADY = "changed already"
    """Another change has made of the plan what was wanted."""
    NO_CHANGE = "no change"
    """The plan stays as it is."""
    UNDER_WAY = "under way already"
    """A change that was under way covers it."""
    ISSUE = "an issue"
    """It is resolved as an issue, in a case of its own."""
    REVIEW = "a review"
    """An unscheduled review is considered, in a case of its own."""
    MONITORING = "monitoring"
    """Only monitoring changes, in a case of its own."""
    NOT_MADE = "not made"
    """The change was wanted and is not made."""
    SUPPORT_REFUSED = "support refused"
    """The person can decide about it and refuses the support itself."""
    REABLEMENT_ENDED = "reablement has ended"
    """There is no plan any more that could change."""


class Stage(Enum):
    """Where a change stands."""

    DECIDING = "deciding"
    """Whoever coordinates the plan decides on the evidence."""
    COVERED = "covered"
    """Another change covers it, and it is waited for whether that one is made."""
    ADVOCATE = "advocate"
    """The person's advocate is waited for, where they need one."""
    AGREEING = "agreeing"
    """Those involved are asked whether they agree."""
    WEIGHING = "weighing"
    """What they say is weighed by policy."""
    IN_BEST_INTERESTS = "in-best-interests"
    """It is decided for somebody who cannot decide about it."""
    RESOLVING = "resolving"
    """An objection is talked over, in a case of its own."""
    SENIOR = "senior"
    """A named senior decides."""
    MAKING = "making"
    """The change becomes a version of the plan."""
    GOING_OUT = "going-out"
    """Everybody is told, and gets the new copy."""


Always = PlanMoved | PersonHasDied | PlanHasEnded | PlanCoordinatorChanged
"""What may come at any time: another change of the plan, a death, the end of reablement, another coordinator."""

OTHERS = "others"
"""The question to the worker about all whom nobody of ours can be asked for."""
OF_THE_COORDINATOR = ("evidence", OTHERS, "best-interests")
"""The questions to whoever coordinates the plan; all others are asked of somebody else, or wait for something."""


@dataclass
class Changing:
    """A change, as the ledger tells it so far."""

    evidence: EvidenceOfChange
    stands: PlanStands
    """The plan as it was last looked at."""
    since: datetime
    """From when the time of the decision runs (GAP-34)."""
    more: tuple[MoreEvidence, ...] = ()
    """Evidence that came while it was undecided what follows, and is decided together with the first."""
    question: Wait[EvidenceDecision] | None = None
    """The latest question about the evidence."""
    beside: int = 0
    """How much of `more` stood beside that question."""
    stage: Stage = Stage.DECIDING
    after_advocate: Stage = Stage.AGREEING
    """Where it goes on once the person's advocate need not be waited for."""
    held_up: HeldUp | None = None
    """What may have to wait for the person's advocate, once there is a change to be agreed."""
    heard_anew: frozenset[str] = frozenset()
    """Ids of those who are heard once more, with their advocate, whatever they have said."""
    outcome: PlanChangeOutcome | None = None
    why: tuple[str, ...] = ()
    """Why the worker is asked once more."""
    decided: EvidenceDecision | None = None
    decided_by: str = ""
    """Staff id of whoever decided on the evidence."""
    change: ChangeUnderWay | None = None
    """What was proposed, until it is made or stopped."""
    seen: int = 0
    """Number of the version that its author saw."""
    capacity: Capacity | None = None
    best_interests: BestInterests | None = None
    said: dict[str, SaidToTheChange] = field(default_factory=dict)
    """What those involved say to what is proposed now, by their ids."""
    before: dict[str, SaidToTheChange] = field(default_factory=dict)
    """What they said before the change was proposed anew."""
    talked_over: frozenset[str] = frozenset()
    """Ids of those whose objection was talked over."""
    all_heard: bool = False
    tried: tuple[str, ...] = ()
    """What was tried with those who were not reached."""
    asked_since: datetime | None = None
    """From when those involved have been asked."""
    colleagues_are_late: bool = False
    """Our own staff had their time to answer: the worker may say now what they say, or that they cannot be asked."""
    forward: WayForward | None = None
    asked: dict[str, Wait[Any]] = field(default_factory=dict)
    """The open questions and waits that belong to this stage."""
    outside: tuple[str, ...] = ()
    """Ids of those for whom the worker is asked just now."""
    informed: frozenset[str] = frozenset()
    """Ids of those who know which copy counts."""
    amended_at_home: bool = False
    """The copy at home was amended by hand as this change was agreed."""
    made: VersionMade | None = None

    @property
    def plan(self) -> str:
        """Ref of the case that looks after the plan."""
        return self.evidence.plan

    @property
    def pieces(self) -> tuple[EvidenceOfChange | MoreEvidence, ...]:
        """All the evidence that is decided on here, what was received first first."""
        return tuple(sorted((self.evidence, *self.more), key=lambda one: one.received_at))

    @property
    def worker(self) -> Coordinator:
        """Whoever coordinates the plan by then."""
        return Coordinator(self.plan)

    @property
    def reasons(self) -> str:
        """Why the plan is to change, as the worker wrote it."""
        return self.decided.reasons if self.decided is not None else ""

    @property
    def proposed(self) -> ChangeUnderWay:
        """What was proposed."""
        assert self.change is not None
        return self.change


def always() -> tuple[Wait[PlanMoved], Wait[PersonHasDied], Wait[PlanHasEnded], Wait[PlanCoordinatorChanged]]:
    """What may come at any time."""
    return hears(PlanMoved), hears(PersonHasDied), hears(PlanHasEnded), hears(PlanCoordinatorChanged)


def beside_always(waits: Mapping[str, Wait[W]]) -> dict[str, Wait[W | Always]]:
    """Several waits by their names, beside what may come at any time."""
    moved, died, ended, taken_over = always()
    return {**waits, "moved": moved, "died": died, "ended": ended, "taken-over": taken_over}


def take_notice(changing: Changing, came: Always) -> None:
    """The plan has moved, the person has died, reablement has ended, or somebody else coordinates it."""
    match came:
        case PlanMoved():
            look_again(changing)
        case PersonHasDied():
            hold_while_they_are_said_to_have_died(changing)
        case PlanHasEnded():
            changing.outcome = PlanChangeOutcome.REABLEMENT_ENDED
        case PlanCoordinatorChanged():
            ask_the_new_coordinator(changing)


def ask_the_new_coordinator(changing: Changing) -> None:
    """The change is theirs, and what the one before was asked is asked of them; nobody else is asked once more."""
    go_with_the_plan(changing.plan)
    for name in OF_THE_COORDINATOR:
        if name in changing.asked:
            withdraw(changing.asked.pop(name))
    changing.outside = ()


def look_again(changing: Changing) -> None:
    """Another change has moved the plan: what is asked is asked by the plan as it stands now."""
    before = changing.stands.version
    changing.stands = look_up_plan(changing.plan)
    if changing.stands.ended:
        changing.outcome = PlanChangeOutcome.REABLEMENT_ENDED
    elif changing.stands.version != before:
        if changing.change is not None and (clashing := look_for_clashes(changing.plan)):
            decide_anew(changing, clashing)
        else:
            ask_nobody(changing)


def decide_anew(changing: Changing, clashing: tuple[str, ...]) -> None:
    """Another change has altered the same: the worker decides with both before their eyes, and nothing is lost."""
    ask_nobody(changing)
    changing.stands = look_up_plan(changing.plan)
    wanted, moved = changing.proposed, look_up_what_moved(changing.plan, changing.seen)
    changing.why = (
        f"Another change has altered {', '.join(clashing)} meanwhile; nothing was overwritten. Decide once more.",
        "\n".join(("The other has made of the plan:", *moved)),
        "\n".join(("You wanted:", *wanted.differences)),
        "The copy at home was amended by hand as you wanted it." if changing.amended_at_home else "",
    )
    changing.before |= changing.said
    changing.said, changing.talked_over, changing.best_interests = {}, frozenset(), None
    changing.since, changing.stage = now(), Stage.DECIDING


def hold_while_they_are_said_to_have_died(changing: Changing) -> None:
    """Nobody is asked or told while the register shows their death; the case that looks after the plan decides."""
    ask_nobody(changing)
    if changing.outcome is None and ends_while_they_are_said_to_have_died(changing.stands.person):
        changing.outcome = PlanChangeOutcome.REABLEMENT_ENDED


def ends_while_they_are_said_to_have_died(person: str) -> bool:
    """Wait while the register shows their death. False: it no longer does; True: reablement has ended meanwhile."""
    while look_whether_they_have_died(person):
        next_look = at("looked-whether-they-live", work_out_next_morning())
        match first_of(hears(PlanHasEnded), next_look):
            case PlanHasEnded():
                return True
            case Due():
                pass
    return False


def ask_nobody(changing: Changing) -> None:
    """What is open leaves the worklists; it is asked anew where it is still wanted."""
    for wait in changing.asked.values():
        withdraw(wait)
    changing.asked, changing.outside = {}, ()


def take_what_was_settled(changing: Changing, settled: SettledTogether) -> None:
    """What one worker settled with those involved: who agrees, who decides, what they know (GAP-32)."""
    changing.capacity = settled.capacity or changing.capacity
    changing.best_interests = settled.best_interests or changing.best_interests
    for one in settled.said:
        take_what_one_said(changing, one)
    if settled.told_home_copy_counts:
        changing.informed |= {one.who for one in settled.said if one.says is not Stance.CANNOT_BE_ASKED}
    changing.amended_at_home = changing.amended_at_home or settled.amended_at_home


def take_what_one_said(changing: Changing, one: SaidToTheChange) -> None:
    """What one of them says to the change; nobody asks them the same again, in this case or another."""
    changing.said[one.who] = one
    changing.heard_anew -= {one.who}
    if one.says is not Stance.CANNOT_BE_ASKED:
        note_agreement(changing.plan, one.who, one.agrees)


def tell_other_changes(changing: Changing, what: str) -> None:
    """Whoever changes the same plan sees at once what has become of it."""
    tell_whoever_changes(changing.stands, what)


def tell_whoever_changes(stands: PlanStands, what: str) -> None:
    """As `tell_other_changes`, of a plan as it stands."""
    if others := look_up_other_changes(stands.plan):
        tell_those_who_change_it(others, what, stands.version)
