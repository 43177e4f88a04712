"""One person's reablement as the ledger tells it so far, and what is asked about it; a part of `reablement`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from models.forms.plan_copies import HomeCopyAmended
from models.forms.reablement import ReablementBegun
from models.forms.reablement_keeping import (
    CoordinationOffered,
    CoordinatorNamed,
    DeathInReablement,
    OpenMattersSettled,
    PlanMessageRead,
    WhatFollowsReablement,
)
from models.forms.reablement_signals import (
    CoordinatorWanted,
    EvidenceReceived,
    IssueFound,
    MonitoringChangeWanted,
    OutcomesAchieved,
    PlanCoordinatorChanged,
    PreventionChance,
    ReablementEndWanted,
    ReablementGoesOn,
    RestrictionsNoticed,
    ReviewAsked,
    SafeguardingRaised,
)
from models.forms.recording import PersonHasDied
from models.forms.written_contact import FurtherMessage
from models.notices import Recipient
from models.reablement.findings import PlanStands
from models.roles import Role
from tasks.durable import Closed, Due, Wait, closed, decision, hears, now, send, staff, withdraw
from tasks.durable.in_force import policy
from tasks.reablement.beside import beside_a_message, beside_the_plan
from tasks.reablement.keeping import look_up_coordinator
from tasks.reablement.open_matters import look_up_open_matters

Answers = (
    CoordinationOffered
    | CoordinatorNamed
    | PlanMessageRead
    | WhatFollowsReablement
    | OpenMattersSettled
    | DeathInReablement
)
News = (
    EvidenceReceived
    | HomeCopyAmended
    | MonitoringChangeWanted
    | IssueFound
    | ReviewAsked
    | OutcomesAchieved
    | RestrictionsNoticed
    | SafeguardingRaised
    | PreventionChance
    | CoordinatorWanted
    | ReablementEndWanted
    | ReablementGoesOn
    | FurtherMessage
    | PersonHasDied
)
Came = Answers | News | Closed | Due


class Clock(StrEnum):
    """The times that are kept for everybody in reablement."""

    END_IN_SIGHT = "free-weeks-end-in-sight"
    """From then on it is asked what follows."""
    UNDECIDED = "free-weeks-end"
    """Nobody has decided what follows: the reablement lead does."""
    AGAIN = "reablement-looked-at-again"
    """It goes on past the free weeks, and somebody looks again."""
    LAST_DAY = "last-day-of-reablement-over"
    """The plan ends."""


class Question(StrEnum):
    """What people are asked about it; messages are asked about one by one beside these."""

    COORDINATION = "coordination"
    """Somebody is asked to coordinate it."""
    COORDINATOR = "coordinator"
    """The reablement lead names who is asked."""
    WHAT_FOLLOWS = "what-follows"
    """What follows when the free weeks are over."""
    OPEN_MATTERS = "open-matters"
    """What becomes of what is still open at the end."""
    DEATH = "death"
    """Whether they have died, and what follows."""


@dataclass(frozen=True)
class Ending:
    """That reablement is to end: on which day, why, what follows, and by whom that was decided."""

    last_day: date
    because: str
    what_follows: str
    decided_by: str
    """Staff id."""
    told_elsewhere: bool = False
    """Everybody in the plan is told of it where it was decided."""


@dataclass(frozen=True)
class Unread:
    """A message that nobody has read yet."""

    message: FurtherMessage
    came_at: datetime
    """From then the time runs in which evidence in it is decided (GAP-34)."""


@dataclass
class Keeping:
    """One person's reablement, as the ledger tells it so far."""

    begun: ReablementBegun
    stands: PlanStands
    coordinator: Recipient
    """Who is asked about the plan."""
    questions: dict[str, Callable[[], Wait[Came]]] = field(default_factory=dict)
    """What people are asked, by name; each gives its wait, which is the same one while it is open."""
    clocks: dict[Clock, Wait[Due]] = field(default_factory=dict)
    opened: dict[str, str] = field(default_factory=dict)
    """
    Open cases about the plan by ref, with what they are: those that this case opened, and those that were found.

    What one of them opens in its turn is found when that one closes, and once more before the plan ends.
    """
    messages: dict[str, Unread] = field(default_factory=dict)
    """Messages that nobody has read yet, by the name of the question about each."""
    messages_so_far: int = 0
    reviewed_for: tuple[str, ...] = ()
    """The achieved outcomes for which a review was opened."""
    undecided: bool = False
    """The free weeks were nearly over and nobody had decided: the reablement lead does."""
    again_on: date | None = None
    """The day on which it is looked at again, where it goes on past the free weeks."""
    ending: Ending | None = None
    said_to_have_died: bool = False
    because: str = ""
    """Why it has ended; empty while it goes on."""

    @property
    def plan(self) -> str:
        """Ref of this case, by which the plan is known."""
        return self.stands.plan


def everything_awaited(keeping: Keeping) -> dict[str, Wait[Came]]:
    """
    Every open question and clock, and whatever may come.

    Once they are said to have died, no clock and nothing about the plan; once it has ended, only what is to be read.
    """
    cases: dict[str, Wait[Came]] = {ref: closed(ref) for ref in keeping.opened}
    questions = {name: wait() for name, wait in keeping.questions.items()}
    always: dict[str, Wait[Came]] = {
        "further-message": hears(FurtherMessage),
        "person-has-died": hears(PersonHasDied),
        "coordinator-wanted": hears(CoordinatorWanted),
    }
    if keeping.because:
        return {**{name: questions[name] for name in keeping.messages}, "further-message": hears(FurtherMessage)}
    if keeping.said_to_have_died:
        return {**questions, **cases, **always}
    return {
        **questions,
        **{str(name): clock for name, clock in keeping.clocks.items()},
        **cases,
        **always,
        "safeguarding-raised": hears(SafeguardingRaised),
        "evidence-received": hears(EvidenceReceived),
        "home-copy-amended": hears(HomeCopyAmended),
        "monitoring-change-wanted": hears(MonitoringChangeWanted),
        "issue-found": hears(IssueFound),
        "review-asked": hears(ReviewAsked),
        "outcomes-achieved": hears(OutcomesAchieved),
        "restrictions-noticed": hears(RestrictionsNoticed),
        "prevention-chance": hears(PreventionChance),
        "reablement-end-wanted": hears(ReablementEndWanted),
        "reablement-goes-on": hears(ReablementGoesOn),
    }


def look_what_is_open(keeping: Keeping) -> None:
    """Whatever a case about the plan has opened in its turn is looked after from now on."""
    keeping.opened |= look_up_open_matters()


def take_back(keeping: Keeping, question: str) -> None:
    """Something is not asked any more, or is asked anew."""
    if question in keeping.questions:
        withdraw(keeping.questions.pop(question)())


def stop(keeping: Keeping, clock: Clock) -> None:
    """A time does not matter any more."""
    if clock in keeping.clocks:
        withdraw(keeping.clocks.pop(clock))


# ------------------------------------------------------------------ who coordinates it


def who_coordinates(keeping: Keeping) -> Recipient:
    """Whoever owns the case now: who left, or handed it on elsewhere, is not asked any more."""
    keeping.coordinator = Recipient.from_tag(look_up_coordinator())
    return keeping.coordinator


def offer_coordination(keeping: Keeping, worker: str, why: str) -> None:
    """They are asked to accept; until then it stays where it is."""
    take_back(keeping, Question.COORDINATION)
    take_back(keeping, Question.COORDINATOR)

    def asked() -> Wait[CoordinationOffered]:
        return decision(
            CoordinationOffered,
            of=staff(worker),
            about=beside_the_plan(keeping.plan, why),
            wanted_within=policy().gaps.reasonable_time.few_hours,
        )

    keeping.questions[Question.COORDINATION] = asked


def have_somebody_named(keeping: Keeping, why: str) -> None:
    """Nobody has taken it on: the reablement lead names who is asked next."""

    def asked() -> Wait[CoordinatorNamed]:
        return decision(
            CoordinatorNamed,
            of=Role.REABLEMENT_LEAD,
            near=keeping.begun.team,
            about=beside_the_plan(keeping.plan, why),
            wanted_within=policy().gaps.reasonable_time.few_hours,
        )

    keeping.questions[Question.COORDINATOR] = asked


def coordinator_changed(keeping: Keeping) -> None:
    """What the one before was asked about the plan is asked of whoever coordinates it now, in all cases about it."""
    who_coordinates(keeping)
    of_the_coordinator = (Question.OPEN_MATTERS, Question.DEATH, *keeping.messages)
    again = {name: keeping.questions[name] for name in of_the_coordinator if name in keeping.questions}
    if Question.WHAT_FOLLOWS in keeping.questions and not keeping.undecided:
        again[Question.WHAT_FOLLOWS] = keeping.questions[Question.WHAT_FOLLOWS]
    for name, question in again.items():
        take_back(keeping, name)
        keeping.questions[name] = question
    look_what_is_open(keeping)
    for ref in keeping.opened:
        send(ref, PlanCoordinatorChanged(plan=keeping.plan))


# ------------------------------------------------------------------ messages


def have_it_read(keeping: Keeping, message: FurtherMessage) -> None:
    """A message came: whoever coordinates the plan reads it and says what it is (REA-09)."""
    who_coordinates(keeping)
    keeping.messages_so_far += 1
    name = f"message-{keeping.messages_so_far}"
    keeping.messages[name] = Unread(message, now())

    def asked() -> Wait[PlanMessageRead]:
        return decision(
            PlanMessageRead,
            of=keeping.coordinator,
            about=beside_a_message(keeping.plan, message),
            key=f"plan-{name}",
            wanted_within=policy().gaps.plan_paperwork.decide_on_evidence_within,
            clauses="REA-09 REA-10",
        )

    keeping.questions[name] = asked
