"""Which way a placement lies, from which sides it is looked at, what is shared about it, and how it ends."""

from __future__ import annotations

from enum import StrEnum


class Direction(StrEnum):
    """Whose person is where."""

    OURS_ELSEWHERE = "ours-elsewhere"
    """Our person, in another council's area."""
    THEIRS_HERE = "theirs-here"
    """Another council's person, in our area."""


class Angle(StrEnum):
    """The sides from which a placement out of area is watched (TRN-50)."""

    SAFEGUARDING = "safeguarding"
    """Whether they are safe there, and who would act if they were not."""
    QUALITY = "quality"
    """How good the care is: inspections, complaints, visits."""
    CONTRACTS = "contracts"
    """What was agreed with the provider, and whether it is kept."""
    COMMISSIONING = "commissioning"
    """Whether it is still the right place, at the right price, this far from home."""


class SharedKind(StrEnum):
    """What the other council is told (TRN-51)."""

    BEGAN = "began"
    """That the person is placed there."""
    CHANGED = "changed"
    """That something about it has changed."""
    ENDED = "ended"
    """That it is over."""


class CouncilConcernKind(StrEnum):
    """What another council says about a placement."""

    SAFEGUARDING = "safeguarding"
    """It looks into abuse or neglect there, or was told of some."""
    QUALITY = "quality"
    """It has found something wrong with the care."""
    CONTRACT = "contract"
    """It has stopped using the provider, or what was agreed is not kept."""
    OTHER = "other"
    """Anything else."""

    @property
    def angle(self) -> Angle:
        """The side from which it is looked at now, and not on its day."""
        match self:
            case CouncilConcernKind.SAFEGUARDING:
                return Angle.SAFEGUARDING
            case CouncilConcernKind.QUALITY:
                return Angle.QUALITY
            case CouncilConcernKind.CONTRACT:
                return Angle.CONTRACTS
            case CouncilConcernKind.OTHER:
                return Angle.COMMISSIONING


class PlacementEnd(StrEnum):
    """Why a placement is over."""

    DIED = "died"
    """The person has died."""
    MOVED_BACK = "moved-back"
    """They live in their own council's area again."""
    CHANGED_PROVIDER = "changed-provider"
    """Another provider gives the care; where that is out of area too, a placement of its own begins."""
    OTHER_COUNCIL_HAS_THEM = "other-council-has-them"
    """They belong to the council in whose area they live from now on, and it has accepted that."""
    CARE_ENDED = "care-ended"
    """They have no care from there any more, and none in its place."""


class PlacementOutcome(StrEnum):
    """How the case of a placement ended."""

    ENDED = "the placement has ended"
    """A manager confirmed why, and the other council is being told."""
    DIED = "the person has died"
    """A manager confirmed it; nothing more is sent but what a person gives to the other council."""
    ALREADY_THERE = "it was on the tracker already"
    """Another case has the same person with the same provider."""


class SharingOutcome(StrEnum):
    """How telling the other council ended."""

    ANSWERED = "told, and they have it"
    """Somebody there has it by name; what came back is on record."""
    INSTEAD = "not told, and something else was done"
    """The gate refused it, or it could not be given; what was done instead is on record."""
    OVERTAKEN = "overtaken"
    """The placement has ended, or the person has died, before it was given or answered."""
