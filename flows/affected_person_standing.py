"""How one person stands whom a provider's failure touches, and who gives their care until other care begins."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from models.forms.affected_calls import CallRecorded, MoveWithoutAdvocate, PersonGivenOn
from models.forms.affected_person import (
    AffectedByFailure,
    ArrangementConfirmed,
    CheckedAfterwards,
    HelpDecided,
    MoveDone,
    MovePrepared,
    PersonNeedsChanged,
    PersonSeen,
    ProviderCarriesOn,
    SomebodyIsThere,
    TakenOffTheList,
    WithoutCareFrom,
)
from models.forms.brokerage import CareArranged
from models.forms.recording import PersonHasDied
from models.notices import Recipient
from models.provider_failure.clocks import seen_by
from models.provider_failure.kinds import PersonOutcome, Risk, Way
from tasks.durable import (
    Closed,
    Due,
    Wait,
    at,
    decision,
    now,
    take_back,
)
from tasks.provider_failure.people import (
    note_cover,
)
from tasks.written_contact import look_up_what_to_heed


class Asked(StrEnum):
    """What may be open about one person."""

    SEEN = "seen"
    LATE = "late"
    HELP = "help"
    SOMEBODY_THERE = "somebody there"
    COVER_ENDS = "cover ends"
    CARE = "care"
    BROKERAGE = "brokerage"
    CONFIRMED = "confirmed"
    PREPARED = "prepared"
    THE_DAY = "the day"
    MOVED = "moved"
    TO_CHECK = "to check"
    CHECKED = "checked"
    ADVOCATE = "advocate"
    MOVE_WITHOUT = "move without"
    CALL = "call"
    CALL_SAID = "call said"
    GIVEN_ON = "given on"
    CHANGE = "change"
    CARRIES_ON = "carries on"
    CARE_ENDS = "care ends"
    OFF_THE_LIST = "off the list"
    DEATH = "death"


UNTIL_IT_HAS_BEGUN = (
    Asked.CARE, Asked.BROKERAGE, Asked.CONFIRMED, Asked.ADVOCATE, Asked.MOVE_WITHOUT, Asked.PREPARED, Asked.THE_DAY,
    Asked.MOVED,
)  # fmt: skip
"""What may be open from when it is known how their care goes on until it has begun."""
WITHOUT_A_MOVE = (Way.SAME_PROVIDER, Way.BY_THEMSELVES)
"""Where nothing goes over to anybody else: it is confirmed, and checked afterwards."""

Came = (
    PersonSeen | HelpDecided | SomebodyIsThere | CareArranged | Closed | ArrangementConfirmed | MovePrepared | MoveDone
    | CheckedAfterwards | MoveWithoutAdvocate | CallRecorded | PersonGivenOn | PersonNeedsChanged | ProviderCarriesOn
    | WithoutCareFrom | TakenOffTheList | PersonHasDied | Due
)  # fmt: skip


@dataclass
class Person:
    """Somebody whom it touches, as the ledger tells it so far."""

    touched: AffectedByFailure
    risk: Risk
    whose: Recipient
    without_care_from: date
    open: dict[Asked, Wait[Came]] = field(default_factory=dict)
    way: Way | None = None
    seen: PersonSeen | None = None
    brokerage: str | None = None
    advocacy: str | None = None
    """Ref of the case in which an advocate is found, where one is needed."""
    goes_on_without: bool = False
    """A manager has decided that a move cannot wait for an advocate."""
    from_day: date | None = None
    """From when whoever takes them on gives their care."""
    tries: int = 0
    told_of: int = 0
    """How many managers have heard that nobody has seen them in time."""
    covered: bool = False
    begun: bool = False
    so_far: list[str] = field(default_factory=list)
    ended: PersonOutcome | None = None


def have_somebody_there(person: Person) -> None:
    """Nobody gives the care: at high risk somebody is with them within hours."""
    if person.risk is not Risk.RED or person.covered or Asked.SOMEBODY_THERE in person.open:
        return
    person.open[Asked.SOMEBODY_THERE] = decision(
        SomebodyIsThere,
        of=person.whose,
        about=to_read(person),
        urgent=True,
        wanted_within=seen_by(Risk.RED, now()),
        clauses="TRN-04 TRN-47",
    )


def cover_them(person: Person, by: str, until: datetime) -> None:
    """Somebody gives the care until then; when that ends, it is looked at again."""
    note_cover(by, until)
    person.covered = True
    person.so_far.append(f"Until then the care is given by {by}")
    take_back(person.open, Asked.SOMEBODY_THERE, Asked.COVER_ENDS)
    person.open[Asked.COVER_ENDS] = at("cover-ends", until)


def to_read(person: Person, *more: str) -> str:
    """What whoever acts must know: what to heed first, what the lists say, and what has happened so far."""
    lines = (person.touched.in_words, *more, *person.so_far)
    if not person.so_far:
        return "\n".join(lines)
    return "\n".join(line for line in (look_up_what_to_heed(person.touched.person).beside_the_form, *lines) if line)
