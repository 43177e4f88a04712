"""The words that the decision tables take and give."""

from __future__ import annotations

from enum import StrEnum


class SupportLevel(StrEnum):
    """How far a person's support meets their needs now (PWT-40 to PWT-42)."""

    NONE = "none"
    """Nobody helps, neither paid nor unpaid, or what help there is will soon be gone."""
    MODERATE = "moderate"
    """There is help, paid or unpaid, and it falls short of the eligible needs."""
    FULL = "full"
    """The eligible needs are met."""


class RiskOfHarm(StrEnum):
    """What would happen to the person or those around them if we did nothing (PWT-43, PWT-45, PWT-46)."""

    HIGH = "high"
    """Harm threatens at once."""
    MODERATE = "moderate"
    """No harm threatens at once, but the risk or the needs will probably grow."""
    LOW = "low"
    """Nothing points to harm now or to more risk later."""


class Rag(StrEnum):
    """The colour of a case on the tray, as it is written in the task's comments (PWT-38)."""

    RED = "Red"
    """First to be allocated and most often contacted."""
    AMBER = "Amber"
    """In between."""
    GREEN = "Green"
    """The least pressing of those who wait."""


class DelayEffect(StrEnum):
    """What waiting would probably do to the person: the one question behind priority (PWT-63)."""

    SERIOUS_HARM = "serious-harm"
    """Serious harm, unless the response is rapid."""
    DECLINE = "decline"
    """Decline, lost independence or another bad effect, if the delay is long."""
    NEITHER = "neither"
    """No risk to safety, and probably no decline."""


class Priority(StrEnum):
    """How soon there must be contact with the person."""

    HIGH = "High"
    """Rapidly: serious harm is expected otherwise (PWT-67)."""
    MEDIUM = "Medium"
    """Before a long delay does harm (PWT-65)."""
    LOW = "Low"
    """Without haste (PWT-66)."""


class Complexity(StrEnum):
    """What skill, training or experience a piece of work calls for."""

    HIGH = "High"
    """Any one of the marks of difficult work is there (PWT-69)."""
    MEDIUM = "Medium"
    """Some specialist knowledge, or a disagreement that can be settled (PWT-70)."""
    LOW = "Low"
    """No conflict and nothing else that complicates it (PWT-71)."""
