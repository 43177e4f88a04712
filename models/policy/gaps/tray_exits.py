"""What the planned work tray procedure leaves open about other ways out and about leaving the tray."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar, Literal

from pydantic import Field

from models.policy.gaps.base import MANAGERS, Deciders, Gap, LegalGap
from models.roles import Role


class SelfFunderQuestion(StrEnum):
    """What is asked about somebody who pays for their own care."""

    ABLE_TO_ARRANGE = "able-to-arrange"
    """Can the person arrange the care?"""
    WILLING_HELPER = "willing-helper"
    """Is there somebody who can and will arrange it for them?"""
    NO_URGENT_RISK = "no-urgent-risk"
    """Is it certain that no urgent risk remains?"""


class SelfFunder(LegalGap):
    """How it is decided whether a person who pays for their own care goes on the tray."""

    id: ClassVar[str] = "GAP-23"
    clauses: ClassVar[tuple[str, ...]] = ("PWT-20",)

    owner: Role = Role.HEAD_OF_SERVICE
    questions: tuple[SelfFunderQuestion, ...] = tuple(SelfFunderQuestion)
    decided_by: Deciders = MANAGERS
    may_refuse_assessment: Literal[False] = False
    """Not open to choice: everybody is entitled to an assessment."""


class NextReview(LegalGap):
    """From when the twelve months to the next review count, and who confirms them."""

    id: ClassVar[str] = "GAP-26"
    clauses: ClassVar[tuple[str, ...]] = ("PWT-23",)

    owner: Role = Role.TEAM_MANAGER
    months_after_actions_end: int = Field(default=12, ge=1, le=12)
    at_most_months_after_last_review: int = Field(default=12, ge=1, le=12)
    confirmed_by: Deciders = MANAGERS
    overdue_may_be_put_off: bool = False


class PlacementRationale(Gap):
    """Where the reason for placing a case on the tray is written down."""

    id: ClassVar[str] = "GAP-27"
    clauses: ClassVar[tuple[str, ...]] = ("PWT-27",)

    owner: Role = Role.TEAM_MANAGER
    in_task_comments: bool = True
    in_decision_note: bool = True
    from_one_form: bool = True


class LeavingReason(StrEnum):
    """Why a case leaves the tray without being allocated."""

    DEATH = "death"
    """The person has died."""
    ADMISSION = "admission"
    """The person is in hospital."""
    MOVE = "move"
    """The person lives elsewhere now."""
    WITHDRAWAL = "withdrawal"
    """The person no longer wants help."""
    ANSWERED_ELSEWHERE = "answered-elsewhere"
    """Another service has answered the referral."""


class LeavingTray(Gap):
    """What stops when a case leaves the tray unallocated, and who confirms why."""

    id: ClassVar[str] = "GAP-53"
    clauses: ClassVar[tuple[str, ...]] = ("PWT-52", "PWT-53")

    owner: Role = Role.TEAM_MANAGER
    reasons: tuple[LeavingReason, ...] = tuple(LeavingReason)
    clocks_stop_at_once: bool = True
    letters_stop_at_once: bool = True
    confirmed_by: Deciders = MANAGERS
    anything_deleted: Literal[False] = False
    """Not open to choice: the record stays."""
    contact_after_death: Literal[False] = False
    """Not open to choice: no letter and no call follows a death."""
