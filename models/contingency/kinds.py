"""What a contingency plan prepares the council for (TRN-46)."""

from __future__ import annotations

from enum import StrEnum


class Interruption(StrEnum):
    """What is interrupted."""

    OWN_DUTIES = "own-duties"
    """The council cannot do one of its own duties under the Care Act: no staff, no system, no building."""
    PROVISION = "provision"
    """Somebody who gives care or support cannot give it."""


class OwnDuty(StrEnum):
    """Duties of the council's own under the Care Act for whose interruption it prepares."""

    FIRST_CONTACT = "first-contact"
    """People reach us, and get information and advice."""
    ASSESSMENT = "assessment"
    """Needs of adults and carers are assessed, urgent ones today."""
    SAFEGUARDING = "safeguarding"
    """Concerns about abuse and neglect are taken on and enquired into."""
    ARRANGING = "arranging-care"
    """Care and support is planned, found and arranged."""
    REVIEW = "review"
    """Plans are looked at again, and who waits is kept in touch with."""
    PAYING = "paying"
    """Providers and people with direct payments are paid."""
    OUT_OF_HOURS = "out-of-hours"
    """Somebody answers by night and on closed days."""


class PlanOutcome(StrEnum):
    """How a plan's case ended."""

    NO_LONGER_NEEDED = "no longer needed"
    """What it was for is no more, or another plan covers it; it is on record which."""
