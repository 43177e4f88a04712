"""
The states of a case, a wait and a work item, with the moves that are allowed.

The database refuses every other move: `models/guards.py` makes triggers out of the same tables.
"""

from __future__ import annotations

from enum import StrEnum


class CaseStatus(StrEnum):
    """Where a case stands."""

    OPEN = "open"
    """The flow acts, or waits for somebody or something."""
    NEEDS_ATTENTION = "needs_attention"
    """A step failed for good or the code and the ledger disagree; a person says how it goes on."""
    CLOSED = "closed"
    """The procedure came to its end; nothing moves any more."""


class WaitKind(StrEnum):
    """What a case waits for."""

    DECISION = "decision"
    """A person's answer on a form."""
    SIGNAL = "signal"
    """A message from outside."""
    TIMER = "timer"
    """A moment in time."""
    CASE = "case"
    """Another case's closing."""


class WaitState(StrEnum):
    """Where a wait stands."""

    OPEN = "open"
    """Nothing has come yet."""
    CAME = "came"
    """The answer, the signal, the moment or the closing came."""
    LAPSED = "lapsed"
    """Its time ran out in silence."""
    WITHDRAWN = "withdrawn"
    """It is no longer wanted."""


class WorkItemState(StrEnum):
    """Where a work item stands in somebody's worklist."""

    OPEN = "open"
    """Nobody has answered yet."""
    ANSWERED = "answered"
    """One answer was given; there is never a second."""
    LAPSED = "lapsed"
    """Its time ran out in silence and the procedure went on without it."""
    WITHDRAWN = "withdrawn"
    """The procedure no longer asks."""


class MilestoneState(StrEnum):
    """Where one step of a work item's chasing stands."""

    PENDING = "pending"
    """Its time has not come."""
    DONE = "done"
    """It was carried out."""
    CALLED_OFF = "called_off"
    """The work item ended, or was taken up, before its time came."""


class MilestoneKind(StrEnum):
    """What happens to a work item that stays unanswered."""

    ACKNOWLEDGE = "acknowledge"
    """Nobody has opened it: the people above are told."""
    REMIND = "remind"
    """The same people are told again."""
    ESCALATE = "escalate"
    """The next role up is told, and may answer."""


CASE_MOVES: dict[CaseStatus, set[CaseStatus]] = {
    CaseStatus.OPEN: {CaseStatus.NEEDS_ATTENTION, CaseStatus.CLOSED},
    CaseStatus.NEEDS_ATTENTION: {CaseStatus.OPEN},
    CaseStatus.CLOSED: set(),
}
WAIT_MOVES: dict[WaitState, set[WaitState]] = {
    WaitState.OPEN: {WaitState.CAME, WaitState.LAPSED, WaitState.WITHDRAWN},
    WaitState.CAME: set(),
    WaitState.LAPSED: set(),
    WaitState.WITHDRAWN: set(),
}
WORK_ITEM_MOVES: dict[WorkItemState, set[WorkItemState]] = {
    WorkItemState.OPEN: {WorkItemState.ANSWERED, WorkItemState.LAPSED, WorkItemState.WITHDRAWN},
    WorkItemState.ANSWERED: set(),
    WorkItemState.LAPSED: set(),
    WorkItemState.WITHDRAWN: set(),
}
MILESTONE_MOVES: dict[MilestoneState, set[MilestoneState]] = {
    MilestoneState.PENDING: {MilestoneState.DONE, MilestoneState.CALLED_OFF},
    MilestoneState.DONE: set(),
    MilestoneState.CALLED_OFF: set(),
}
