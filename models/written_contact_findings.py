"""What is found out about a written contact, in words for the case's story too, and how a written contact ends."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from pydantic import AwareDatetime, BaseModel, ConfigDict

from models.forms.written_contact import Channel
from models.notices import Recipient
from models.register import ContactMethod
from models.working_time import for_people


class _Found(BaseModel):
    model_config = ConfigDict(frozen=True)


class Allocation(_Found):
    """What the register says about who is responsible for a person."""

    worker_is_allocated: bool
    responsible_team: str | None
    allocated_worker: str | None
    can_be_trusted: bool
    """The register's extract is recent enough and knows the person; else a person looks."""

    @property
    def in_words(self) -> str:
        """For the story of the case."""
        if not self.can_be_trusted:
            return "the register cannot say, a person looks"
        if self.worker_is_allocated:
            return "the worker named is allocated"
        if self.responsible_team:
            return f"the worker named is not allocated; the {self.responsible_team} team is responsible"
        return "nobody is allocated, and no team is responsible"


class Availability(_Found):
    """Whether somebody is there by a moment."""

    in_time: bool
    away: bool
    back_at: AwareDatetime | None

    @property
    def office_is_closed(self) -> bool:
        """Nobody is there in time, whatever their calendars say."""
        return not self.in_time and not self.away

    @property
    def in_words(self) -> str:
        """For the story of the case."""
        if not self.away:
            return "yes" if self.in_time else "no, the office is closed until then"
        return f"{'yes' if self.in_time else 'no'}, {self.return_in_words}"

    @property
    def return_in_words(self) -> str:
        """When they are back, as far as it is recorded."""
        if self.back_at is None:
            return "away, no return is recorded"
        return f"away, back {for_people(self.back_at).removesuffix(', midnight')}"  # where only the day is recorded


class Place(StrEnum):
    """Where a contact goes."""

    WORKER = "worker"
    """To the worker it names, who is allocated."""
    TEAM = "team"
    """To the team responsible, because the worker is not allocated."""
    DUTY = "duty"
    """It stays with duty: nobody is allocated and no team is responsible."""


class Destination(_Found):
    """Where the contact goes, and to whom."""

    place: Place
    to: str
    """Tag of a member of staff, a team or a role."""
    there_from: AwareDatetime | None = None
    """When they are back; none where they are there."""

    @property
    def recipient(self) -> Recipient:
        """To whom, as questions are put."""
        return Recipient.from_tag(self.to)

    @property
    def in_words(self) -> str:
        """For the story of the case."""
        if self.place is Place.DUTY:
            return f"it stays with {self.recipient.words}"
        back = f", who is back {for_people(self.there_from)}" if self.there_from else ""
        return f"to {self.recipient.words}{back}"


class PreparedText(_Found):
    """A text that is ready for somebody to send; the story of the case does not repeat it."""

    text: str

    @property
    def in_words(self) -> str:
        """For the story of the case."""
        return "ready to be sent"


class Takers(_Found):
    """Who can take a contact in time, after somebody has asked around."""

    destination: Destination | None
    """None: nobody."""

    @property
    def in_words(self) -> str:
        """For the story of the case."""
        if self.destination is None:
            return "no, neither the worker nor their service"
        return f"yes, it goes {self.destination.in_words}"


class Arrival(_Found):
    """When and how a message reached us."""

    received_at: AwareDatetime
    channel: Channel

    @property
    def in_words(self) -> str:
        """For the story of the case."""
        return f"{for_people(self.received_at)}, by {self.channel}"


class ToHeed(_Found):
    """What whoever writes or rings must know first."""

    died_on: date | None
    preferred_method: ContactMethod | None
    communication_needs: str | None
    who: str = ""
    """Name and register id, as staff know the person."""
    interpreter: str | None = None
    safe_contact: str | None = None
    reached_at: str = ""
    """Telephone and e-mail as the register has them."""

    @property
    def in_words(self) -> str:
        """For the story of the case, which need not repeat it each time."""
        if self.died_on:
            return "the person has died"
        return "wishes or needs, shown beside the form" if self.beside_the_form else "nothing"

    @property
    def beside_the_form(self) -> str:
        """What stands beside every form of whoever is about to write or ring; empty where there is nothing."""
        lines = []
        if self.died_on:
            died = f"The register shows that this person died on {day_in_words(self.died_on)}."
            lines.append(f"{died} Read their record before you write to anybody or ring.")
        if self.safe_contact:
            lines.append(f"SAFE CONTACT: {self.safe_contact}. Keep to it whatever else is recorded.")
        if self.preferred_method:
            lines.append(f"They wish to hear from us by {self.preferred_method.replace('-', ' ')}.")
        if self.communication_needs:
            lines.append(f"Needs: {self.communication_needs}.")
        if self.interpreter:
            lines.append(f"Interpreter: {self.interpreter}.")
        if self.reached_at and not self.died_on:
            lines.append(f"Reached at: {self.reached_at}.")
        return " ".join([f"{self.who}:", *lines] if self.who and lines else lines)


def day_in_words(day: date) -> str:
    """A day for people: Monday 30 November 2026."""
    return f"{day:%A} {day.day} {day:%B %Y}"


class TransferOutcome(StrEnum):
    """How a written contact ended."""

    SORTED_ELSEWHERE = "sorted elsewhere"
    """It named no worker; each of its matters is a case of its own."""
    TRANSFERRED = "transferred"
    """Somebody accepted it."""
    TAKEN_ON_RETURN = "taken on return"
    """The worker it names was away and took it on afterwards; the person was kept informed."""
    FOLLOWED_UP = "followed up"
    """The worker did not come back to it in time; the person was contacted all the same."""
    SETTLED_AT_DUTY = "settled at duty"
    """Duty dealt with it."""
