"""What may come at any time about somebody who waits on the tray."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import ClassVar

from pydantic import Field

from models.forms.base import RegisterKind, Signal
from models.forms.tray_rating import RatingFacts, RelevantPerson
from models.policy.gaps.tray_exits import LeavingReason


class ReportedBy(StrEnum):
    """Who reported a change."""

    PERSON = "person"
    CARER = "carer"
    PROVIDER = "provider"
    OTHER = "other"
    """Somebody else: a neighbour, another service, our own register."""


class CircumstancesChanged(Signal):
    """The person, a carer or a provider says that something has changed for somebody who waits (PWT-29)."""

    title: ClassVar[str] = "a change for somebody on the tray"
    asks_about_safeguarding: ClassVar[bool] = True
    labels: ClassVar[dict[str, str]] = {
        "reported_by": "Who reported it",
        "what": "What has changed",
        "urgent": "Something must be done today",
    }

    reported_by: ReportedBy
    what: str = Field(min_length=1)
    urgent: bool = False
    """Something must be done today."""


class AllocationWanted(Signal):
    """A manager gives somebody who waits to a worker, who is asked to accept (PWT-10, PWT-11)."""

    title: ClassVar[str] = "allocating somebody on the tray"
    managers_only: ClassVar[bool] = True
    register_fields: ClassVar[dict[str, RegisterKind]] = {"worker": RegisterKind.SERVING_STAFF}
    labels: ClassVar[dict[str, str]] = {
        "worker": "The worker",
        "reasons": "The reasons",
    }

    worker: str
    """Staff id."""
    reasons: str = ""
    """Why this worker: the complexity of the case guides who is suitable."""


class RatedAgain(Signal):
    """A manager rates somebody anew who waits: because the facts have changed, or in judgement (PWT-48, GAP-22)."""

    title: ClassVar[str] = "rating somebody on the tray anew"
    managers_only: ClassVar[bool] = True
    labels: ClassVar[dict[str, str]] = {
        "facts": "How they stand now",
        "facts_changed": "Have the facts changed?",
        "reasons": "The reasons",
        "safety_plan": "The interim safety plan",
    }

    facts: RatingFacts
    facts_changed: bool
    """The facts have changed; else the same facts are judged otherwise."""
    reasons: str = Field(min_length=1)
    safety_plan: str = ""
    """What keeps them safe meanwhile, where they become Red (GAP-12)."""


class EscalationWanted(Signal):
    """A manager brings somebody who waits before the strategic manager (PWT-59, PWT-60)."""

    title: ClassVar[str] = "bringing somebody on the tray before the strategic manager"
    managers_only: ClassVar[bool] = True
    labels: ClassVar[dict[str, str]] = {
        "reasons": "The reasons",
    }

    reasons: str = Field(min_length=1)


class DayAgreed(Signal):
    """A day was agreed on which somebody is in touch with a person who waits."""

    title: ClassVar[str] = "a day agreed with somebody on the tray"
    coming_dates: ClassVar[frozenset[str]] = frozenset({"on"})
    labels: ClassVar[dict[str, str]] = {
        "on": "The day",
    }

    on: date


class LeavingReported(Signal):
    """Somebody who waits has died, is in hospital, has moved, wants no help, or was helped elsewhere (GAP-53)."""

    title: ClassVar[str] = "somebody is said to leave the tray"
    asks_about_safeguarding: ClassVar[bool] = True
    past_dates: ClassVar[frozenset[str]] = frozenset({"since"})
    labels: ClassVar[dict[str, str]] = {
        "reason": "The reason",
        "since": "Since when",
        "told_by": "Who said so",
    }

    reason: LeavingReason
    since: date | None = None
    told_by: str = Field(min_length=1)
    """Who said so, or "register"."""
    details: str = ""


class ReadyToWaitAgain(Signal):
    """Somebody who was said to leave the tray waits again: home from hospital, or it was not so."""

    title: ClassVar[str] = "somebody on the tray waits again"
    asks_about_safeguarding: ClassVar[bool] = True
    labels: ClassVar[dict[str, str]] = {
        "why": "Why they wait again",
    }

    why: str = Field(min_length=1)


class RelevantPersonNamed(Signal):
    """Somebody is named for a person who waits, whom reaching counts as well (PWT-58)."""

    title: ClassVar[str] = "somebody to be reached for a person on the tray"
    labels: ClassVar[dict[str, str]] = {
        "who": "Somebody to be reached",
    }

    who: RelevantPerson


class AllocationSettled(Signal):
    """What came of allocating somebody who waits: a worker has accepted, or nobody takes it on now."""

    title: ClassVar[str] = "what came of an allocation"
    by_hand: ClassVar[bool] = False

    accepted_by: str | None
    """Staff id; None: nobody has."""
    because: str = ""


class TrayLeft(Signal):
    """Somebody has left the tray: what was opened for their waiting ends."""

    title: ClassVar[str] = "somebody has left the tray"
    by_hand: ClassVar[bool] = False

    because: str
