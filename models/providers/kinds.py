"""What a provider is, and who pays for what it gives."""

from __future__ import annotations

from enum import StrEnum


class ProviderKind(StrEnum):
    """What a provider gives."""

    CARE_HOME = "care-home"
    """A home with or without nursing."""
    HOME_CARE = "home-care"
    """Care in people's own homes."""
    REABLEMENT = "reablement"
    """Support to regain skills."""
    DAY_SERVICE = "day-service"
    """Somewhere to spend the day."""
    SUPPORTED_LIVING = "supported-living"
    """A tenancy with support."""
    OTHER = "other"
    """Anything else that people use (REA-40)."""


class RunBy(StrEnum):
    """Who runs a provider."""

    COUNCIL = "council"
    """The council itself."""
    PARTNER = "partner"
    """A partner organisation: health, housing, education (REA-52)."""
    INDEPENDENT = "independent"
    """A company, a charity or anybody else."""


class PaidBy(StrEnum):
    """Who pays for somebody's package of care. Nobody is left out of anything for it (GAP-48)."""

    COUNCIL = "council"
    """This council."""
    SELF = "self"
    """The person themselves."""
    DIRECT_PAYMENT = "direct-payment"
    """The person, out of a direct payment."""
    HEALTH = "health"
    """The health service."""
    OTHER_COUNCIL = "other-council"
    """Another council."""
    UNKNOWN = "unknown"
    """Nobody has said yet."""
