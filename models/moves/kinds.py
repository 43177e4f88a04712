"""Which moves there are, who moves, what must be in place before, and how a move ends."""

from __future__ import annotations

from enum import StrEnum


class Pathway(StrEnum):
    """From where to where somebody goes. The list is open (TRN-16, TRN-17)."""

    CHILD_TO_ADULT = "childhood-to-adulthood"
    """From services for children to those for adults."""
    HOSPITAL = "hospital-discharge"
    """Out of hospital, home or elsewhere."""
    OTHER_COUNCIL = "to-another-council"
    """To live in the area of another council, which takes over."""
    BETWEEN_SERVICES = "between-services"
    """From one service to another."""
    FUNDING_ENDS = "can-no-longer-fund-their-care"
    """Their own money no longer pays for their care."""
    SUPPORTED_LIVING = "residential-care-to-supported-living"
    """From residential care into a home of their own with support."""
    PRISON = "from-or-with-prison"
    """Out of prison, or care inside it that is worked out with the prison."""
    OUT_OF_AREA = "out-of-area"
    """To a place in another area while this council goes on answering for it."""
    ANOTHER = "another"
    """Another move, described in words."""


class WhoMoves(StrEnum):
    """Whose move it is: all of them are supported (TRN-15)."""

    YOUNG_PERSON = "young-person"
    """Somebody on the way to adult services."""
    ADULT = "adult"
    """An adult with needs for care and support."""
    CARER = "unpaid-carer"
    """Somebody who looks after a relative or friend, whose own support or place changes."""
    FAMILY = "family"
    """A family that goes together."""


class Arrangement(StrEnum):
    """A practical arrangement that has to be in place before the day (TRN-01). Each is a field of the plan."""

    MEDICINES = "medicines"
    """What they take, who brings it and who gives it."""
    GP = "gp"
    """The GP and other health services."""
    BELONGINGS = "belongings"
    """Belongings, keys and money."""
    FAMILY_TOLD = "family-told"
    """Family and friends."""
    TRANSPORT = "transport"
    """How they get there."""
    EQUIPMENT = "equipment"
    """Bed, hoist, aids, adaptations."""
    RECORDS = "records"
    """What whoever receives them must know, and that they have it."""
    FUNDING = "funding"
    """Who pays from which day."""
    HOME = "home"
    """Tenancy, heating, food, and that somebody can get in."""
    LEARNING = "learning"
    """School, college, work or day service."""
    OTHER = "other"
    """What the council asks for beside these, in its own words."""

    @property
    def field(self) -> str:
        """The field of the plan in which it stands."""
        return self.value.replace("-", "_")


ON_EVERY_LIST = (Arrangement.MEDICINES, Arrangement.GP, Arrangement.BELONGINGS, Arrangement.FAMILY_TOLD)
"""What no move goes without."""


class TheySay(StrEnum):
    """What whoever decides says to the move, once its risks have been talked over (TRN-02)."""

    AGREES = "agrees"
    """They agree to it."""
    NOT_YET = "not-yet"
    """They want to think, to see the place, or to have somebody with them; it is talked over again."""
    REFUSES = "refuses"
    """They do not want it."""


class GapWay(StrEnum):
    """What is done where the old service ends before the new one starts (TRN-04)."""

    OLD_GOES_ON = "old-service-goes-on"
    """The old service has agreed by name to go on."""
    INTERIM = "interim-support"
    """Somebody else gives the care in between, by name."""
    SOONER = "new-service-sooner"
    """The new service begins sooner."""
    REFUSED = "refused"
    """None of these: nobody moves like that, and a manager decides."""


class Decided(StrEnum):
    """What a manager decides about a move that cannot go on as it stands."""

    NOW = "now-in-emergency"
    """They move before all is ready, and what is missing is chased at once."""
    PUT_OFF = "put-off"
    """It is on a later day; the care they have goes on until then."""
    TALK_AGAIN = "talk-again"
    """It is talked over with them again, or with whoever decides."""
    NO_MOVE = "no-move"
    """They do not move, and somebody has said by name that the care they have goes on."""


class MoveOutcome(StrEnum):
    """How a move ended."""

    MOVED = "moved and checked"
    """The new service took them on by name, has begun, and they are well and safe with it."""
    NO_MOVE = "does not move"
    """A manager decided so, and who goes on giving the care is on record."""
    DIED = "the person has died"
    """Nobody writes or calls any more."""


class MoveStage(StrEnum):
    """How far an open move has come; each follows the one before, and some may come together."""

    BEGUN = "begun"
    """Nothing has been talked over with them yet."""
    TALKED_OVER = "risks-talked-over"
    """They, or whoever decides, agree to it with its risks explained."""
    PLANNED = "planned"
    """It is known what happens next and who does each thing."""
    IN_PLACE = "arrangements-in-place"
    """Every practical arrangement is in place; nobody has taken them on yet."""
    READY = "ready"
    """All of it, and whoever receives them has taken them on by name."""
    MOVED = "moved"
    """The new service has begun; it is still to be checked, or something is chased after an emergency."""
