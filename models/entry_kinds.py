"""The kinds of ledger entry, in three families: what the flow did, what came to it, and what kept the case."""

from __future__ import annotations

from enum import StrEnum


class EntryKind(StrEnum):
    """What an entry in a case's ledger says happened."""

    # What the flow did: keyed, recalled when the flow runs again.
    DONE = "done"
    """An audited task was carried out; its outcome is the payload."""
    TOLD = "told"
    """A notice was queued for staff."""
    ASKED = "asked"
    """A work item was opened."""
    AWAITED = "awaited"
    """A timer was set, or a signal or another case's closing is awaited."""
    WITHDREW = "withdrew"
    """The flow ended a wait it no longer needs."""
    CASE_OPENED = "case-opened"
    """The flow opened another case."""
    SKIPPED = "skipped"
    """A step that is newer than this case was declared not to be for it."""

    # What came to the case.
    ANSWERED = "answered"
    """A person answered a work item."""
    LAPSED = "lapsed"
    """A work item's time ran out in silence."""
    FELL_DUE = "fell-due"
    """A timer's moment came."""
    SIGNALLED = "signalled"
    """A signal came from outside."""
    CASE_CLOSED = "case-closed"
    """An awaited case was closed."""

    # What kept the case.
    OPENED = "opened"
    """The case was opened; the key names its first owner, the payload holds what it was opened with."""
    CLOSED = "closed"
    """The procedure came to its end; the payload holds the outcome."""
    ACKNOWLEDGED = "acknowledged"
    """Somebody opened or took a work item, or said what is asked before its form."""
    REASSIGNED = "reassigned"
    """A work item was given to somebody else."""
    REMINDED = "reminded"
    """The people asked were told again."""
    ESCALATED = "escalated"
    """The next role up was told."""
    OWNER_CHANGED = "owner-changed"
    """The case has another owner, who accepted it."""
    DUE_CHANGED = "due-changed"
    """An open due time was worked out anew."""
    FAILED = "failed"
    """A step or the flow failed; it is tried again or the case is parked."""
    PARKED = "parked"
    """The case needs attention: a person says how it goes on."""
    RESUMED = "resumed"
    """A person said how a parked case goes on."""
    RUN_REPLACED = "run-replaced"
    """The case's run in Prefect was gone or finished; another took its place."""
    RUN_INTERFERED = "run-interfered"
    """Somebody cancelled, paused or deleted the run in the dashboard; the case goes on."""
    UNDELIVERED = "undelivered"
    """A notice reached nobody."""
    ERASED = "erased"
    """Payloads were erased when their time had passed."""


BY_THE_FLOW = frozenset(
    {
        EntryKind.DONE,
        EntryKind.TOLD,
        EntryKind.ASKED,
        EntryKind.AWAITED,
        EntryKind.WITHDREW,
        EntryKind.CASE_OPENED,
        EntryKind.SKIPPED,
    }
)
"""Entries that the flow's own code made: it must meet each of them again on its way."""

ARRIVALS = frozenset(
    {
        EntryKind.ANSWERED,
        EntryKind.LAPSED,
        EntryKind.FELL_DUE,
        EntryKind.SIGNALLED,
        EntryKind.CASE_CLOSED,
    }
)
"""Entries that end a wait."""
