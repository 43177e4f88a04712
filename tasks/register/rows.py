"""What a row of each file of the recording system's extract must look like."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from typing import Annotated, Any, ClassVar, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, model_validator

from models.providers.kinds import PaidBy, ProviderKind, RunBy
from models.register import AbsenceKind, ContactMethod, ExtractKind, Responsibility
from models.roles import Role
from models.unfit import is_out_of_time
from models.working_time import LONDON
from tasks.register.nhs_number import read_nhs_number

REFERENCE = re.compile(r"(?=.*[0-9])[A-Za-z0-9][A-Za-z0-9/_-]{0,39}")
NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")
OUR_NOTE_ID = re.compile(r"R-[0-9A-Z]{10}")
"""Our own id of a note, as it stands in the note's text."""
_POSTCODE = re.compile(r"([A-Z]{1,2}[0-9][A-Z0-9]?)([0-9][A-Z]{2})")
_TIME_OF_DAY = re.compile(r"([01]?[0-9]|2[0-3]):[0-5][0-9]")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _day(text: str) -> date:
    if not _DAY.fullmatch(text):
        raise ValueError("must be a date such as 2026-11-30")
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError("is a date that does not exist") from None


def _moment(text: str) -> datetime:
    """A day means its first moment in England; a time without a zone is England's."""
    if _DAY.fullmatch(text):
        return datetime.combine(_day(text), time(), tzinfo=LONDON).astimezone(UTC)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or is_out_of_time(moment):
        raise ValueError("must be a date or time such as 2026-11-30 or 2026-11-30T09:00")
    return (moment if moment.tzinfo else moment.replace(tzinfo=LONDON)).astimezone(UTC)


def _reference(text: str) -> str:
    if not REFERENCE.fullmatch(text):
        raise ValueError("must be a reference with a digit and without spaces")
    return text


def _name(text: str) -> str:
    if not NAME.fullmatch(text.lower()):
        raise ValueError("must be letters, digits and hyphens without spaces")
    return text.lower()


def _nhs_number(text: str) -> str:
    if (digits := read_nhs_number(text)) is None:
        raise ValueError("is not an NHS number (ten digits, the last of which checks the others)")
    return digits


def _postcode(text: str) -> str:
    if not (match := _POSTCODE.fullmatch(re.sub(r"\s", "", text).upper())):
        raise ValueError("is not a postcode")
    return f"{match[1]} {match[2]}"


def _email(text: str) -> str:
    if not re.fullmatch(r"[^\s@,;<>]+@[^\s@,;<>]+", text):
        raise ValueError("is not an e-mail address")
    return text


def _telephone(text: str) -> str:
    if not re.fullmatch(r"\+?[0-9 ()-]+", text) or not 6 <= sum(one.isdigit() for one in text) <= 15:
        raise ValueError("is not a telephone number")
    return " ".join(text.split())


def _our_id(text: str) -> str:
    if not OUR_NOTE_ID.fullmatch(text.upper()):
        raise ValueError("is not an id of ours such as R-7K3Q9PXM2A")
    return text.upper()


def _one_of(*members: str) -> Callable[[str], str]:
    def chosen(text: str) -> str:
        if text.lower() not in members:
            raise ValueError(f"must be one of {', '.join(members)}")
        return text.lower()

    return chosen


def _yes_or_no(text: str) -> bool:
    if text.lower() not in ("yes", "no"):
        raise ValueError("must be yes or no")
    return text.lower() == "yes"


def _count(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,6}", text):
        raise ValueError("must be a whole number")
    return int(text)


def _times_of_day(text: str) -> str:
    times = text.replace(",", " ").split()
    if not all(_TIME_OF_DAY.fullmatch(one) for one in times):
        raise ValueError("must be times of day such as 07:30 12:30 18:00")
    return " ".join(sorted(one.zfill(5) for one in times))


def _wanted(read: Callable[[str], Any]) -> BeforeValidator:
    def value(text: str) -> Any:
        if not text:
            raise ValueError("is empty")
        return read(text)

    return BeforeValidator(value)


def _if_given(read: Callable[[str], Any]) -> BeforeValidator:
    return BeforeValidator(lambda text: read(text) if text else None)


Day = Annotated[date, _wanted(_day)]
DayIfGiven = Annotated[date | None, _if_given(_day)]
Reference = Annotated[str, _wanted(_reference)]
ReferenceIfGiven = Annotated[str | None, _if_given(_reference)]
Name = Annotated[str, _wanted(_name)]
NameIfGiven = Annotated[str | None, _if_given(_name)]
Words = Annotated[str, _wanted(str)]
WordsIfGiven = Annotated[str | None, _if_given(str)]


class Row(BaseModel):
    """
    A row; its fields are the columns that the file must have, apart from those with a default.

    Where such a column is not in the file, nothing is said about it; where it is there and empty, there is none.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    at_least_one_of: ClassVar[tuple[str, ...]] = ()
    """Columns of which a file has one, and each row says one."""

    @model_validator(mode="after")
    def _says_one_of_them(self) -> Self:
        if self.at_least_one_of and not any(getattr(self, name) for name in self.at_least_one_of):
            raise ValueError(f"{' or '.join(self.at_least_one_of)} must be given")
        return self


class StaffRow(Row):
    """A member of staff and their team."""

    id: Name
    name: Words
    email: Annotated[str | None, _if_given(_email)]
    role: Annotated[str, _wanted(_one_of(*Role))]
    team_id: Name
    team_name: Words
    left_on: DayIfGiven


class PersonRow(Row):
    """A person known to the council, and how they are reached where the extract says so."""

    id: Reference
    record_id: Reference
    nhs_number: Annotated[str | None, _if_given(_nhs_number)]
    name: Words
    born_on: DayIfGiven
    postcode: Annotated[str | None, _if_given(_postcode)]
    died_on: DayIfGiven
    preferred_method: Annotated[str | None, _if_given(_one_of(*ContactMethod))]
    communication_needs: WordsIfGiven
    email: Annotated[str | None, _if_given(_email)] = None
    telephone: Annotated[str | None, _if_given(_telephone)] = None
    postal_address: WordsIfGiven = None
    interpreter: WordsIfGiven = None
    safe_contact: WordsIfGiven = None


class AllocationRow(Row):
    """Who is responsible for a person."""

    person_id: Reference
    staff_id: Annotated[str | None, _if_given(_name)]
    team_id: Name
    responsibility: Annotated[str, _wanted(_one_of(*Responsibility))]
    since: Day
    until: DayIfGiven

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.until is not None and self.until < self.since:
            raise ValueError("until is before since")
        return self


class AbsenceRow(Row):
    """When a member of staff is away."""

    staff_id: Name
    starts_at: Annotated[datetime, _wanted(_moment)]
    returns_at: Annotated[datetime | None, _if_given(_moment)]
    kind: Annotated[str, _wanted(_one_of(*AbsenceKind))]

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.returns_at is not None and self.returns_at < self.starts_at:
            raise ValueError("returns_at is before starts_at")
        return self


class TeamRow(Row):
    """A team, the day on which it closed, and the team that carries on its work."""

    id: Name
    name: Words
    closed_on: DayIfGiven
    work_goes_to: Annotated[str | None, _if_given(_name)] = None

    @model_validator(mode="after")
    def _goes_to_another(self) -> Self:
        if self.work_goes_to == self.id:
            raise ValueError("work_goes_to is the team itself")
        return self


class AdmissionRow(Row):
    """A stay in hospital."""

    person_id: Reference
    admitted_on: Day
    discharged_on: DayIfGiven
    place: Words

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.discharged_on is not None and self.discharged_on < self.admitted_on:
            raise ValueError("discharged_on is before admitted_on")
        return self


class NoteRow(Row):
    """A note in a person's record, by its title; its text stays where it is."""

    person_id: Reference
    note_id: Reference
    title: Words
    written_on: Day
    our_id: Annotated[str | None, _if_given(_our_id)] = None


class ReviewRow(Row):
    """When a review of a person's plan is due."""

    person_id: Reference
    kind: Name
    due_on: Day
    last_done_on: DayIfGiven


class WaitingRow(Row):
    """Somebody on a team's planned work tray, under our id, the recording system's or both."""

    at_least_one_of: ClassVar[tuple[str, ...]] = ("person_id", "record_id")

    person_id: ReferenceIfGiven = None
    record_id: ReferenceIfGiven = None
    team_id: Name
    waiting_since: DayIfGiven = None


class ProviderRow(Row):
    """An organisation that gives care or support."""

    id: Name
    name: Words
    kind: Annotated[str, _wanted(_one_of(*ProviderKind))]
    regulated: Annotated[bool, _wanted(_yes_or_no)]
    commissioned: Annotated[bool, _wanted(_yes_or_no)]
    in_area: Annotated[bool, _wanted(_yes_or_no)]
    run_by: Annotated[str, _wanted(_one_of(*RunBy))]
    closed_on: DayIfGiven
    host_council: WordsIfGiven = None
    report_to: WordsIfGiven = None
    link_worker: NameIfGiven = None
    staff: Annotated[int | None, _if_given(_count)] = None
    sponsored_staff: Annotated[int | None, _if_given(_count)] = None


class PackageRow(Row):
    """Somebody receives care from a provider."""

    person_id: Reference
    provider_id: Name
    since: Day
    until: DayIfGiven
    paid_by: Annotated[str, _wanted(_one_of(*PaidBy))]
    call_times: Annotated[str | None, _if_given(_times_of_day)] = None
    carers: Annotated[int | None, _if_given(_count)] = None
    time_critical_medicine: Annotated[bool | None, _if_given(_yes_or_no)] = None
    lives_alone: Annotated[bool | None, _if_given(_yes_or_no)] = None
    placed_by: WordsIfGiven = None

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.until is not None and self.until < self.since:
            raise ValueError("until is before since")
        return self


ROWS: dict[ExtractKind, type[Row]] = {
    ExtractKind.STAFF: StaffRow,
    ExtractKind.PEOPLE: PersonRow,
    ExtractKind.ALLOCATIONS: AllocationRow,
    ExtractKind.ABSENCES: AbsenceRow,
    ExtractKind.TEAMS: TeamRow,
    ExtractKind.ADMISSIONS: AdmissionRow,
    ExtractKind.NOTES: NoteRow,
    ExtractKind.REVIEWS: ReviewRow,
    ExtractKind.WAITING: WaitingRow,
    ExtractKind.PROVIDERS: ProviderRow,
    ExtractKind.PACKAGES: PackageRow,
}
