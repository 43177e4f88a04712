"""
How long what we hold is kept, and what for; afterwards it is erased.

The procedures say nothing of it: each council's own retention schedule does. The recording system keeps the person's
record by its own; here stands how long the proof of the process keeps its words.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Any

from pydantic import Field, GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from models.policy.gaps.base import DEFAULTS_DATED
from models.policy.settings import Settings
from models.roles import Role

_WRITTEN = re.compile(r"(?P<count>\d{1,5})\s+(?P<unit>year|month|day)s?")
_LONGEST_YEARS = 150
_HOW_TO_WRITE = 'write how long it is kept as "6 years", "18 months" or "30 days"'


@dataclass(frozen=True, slots=True)
class KeptFor:
    """A span of the calendar: whole months, or whole days. Raises ValueError where it is nothing, or beyond reason."""

    months: int = 0
    days: int = 0

    def __post_init__(self) -> None:
        if (self.months > 0) == (self.days > 0) or min(self.months, self.days) < 0:
            raise ValueError(_HOW_TO_WRITE)
        if self.months > 12 * _LONGEST_YEARS or self.days > 366 * _LONGEST_YEARS:
            raise ValueError(f"nothing is kept for more than {_LONGEST_YEARS} years: correct the number")

    @classmethod
    def parse(cls, text: object) -> KeptFor:
        """Read "6 years", "18 months" or "30 days". Raises ValueError with the way to write it."""
        if isinstance(text, KeptFor):
            return text
        written = _WRITTEN.fullmatch(text.strip().lower()) if isinstance(text, str) else None
        if written is None:
            raise ValueError(_HOW_TO_WRITE)
        count = int(written["count"])
        match written["unit"]:
            case "year":
                return cls(months=12 * count)
            case "month":
                return cls(months=count)
            case _:
                return cls(days=count)

    def last_day(self, begins: date) -> date:
        """The last day on which what is counted from `begins` is kept; at the end of a shorter month, its last day."""
        if self.days:
            return begins + timedelta(days=self.days)
        year, month = divmod(begins.year * 12 + begins.month - 1 + self.months, 12)
        if year > date.max.year:
            return date.max
        return date(year, month + 1, min(begins.day, calendar.monthrange(year, month + 1)[1]))

    def is_over(self, begins: date, today: date) -> bool:
        """Whether its last day has passed."""
        return self.last_day(begins) < today

    def newest_over(self, today: date) -> date:
        """A day after which nothing began that is over today; what began by then may be, or not."""
        if self.days:
            return today - timedelta(days=self.days)
        year, month = divmod(today.year * 12 + today.month - 1 - self.months, 12)
        return date(year, month + 1, calendar.monthrange(year, month + 1)[1])

    def __str__(self) -> str:
        """As a policy writes it."""
        if self.days:
            return f"{self.days} day{'' if self.days == 1 else 's'}"
        if self.months % 12 == 0:
            return f"{self.months // 12} year{'' if self.months == 12 else 's'}"
        return f"{self.months} month{'' if self.months == 1 else 's'}"

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Let Pydantic read it from its text and write it back as text."""
        return core_schema.no_info_plain_validator_function(
            cls.parse,
            json_schema_input_schema=core_schema.str_schema(),
            serialization=core_schema.plain_serializer_function_ser_schema(str, return_schema=core_schema.str_schema()),
        )


class Kept(Settings):
    """How long the words of a closed case are kept, and what for."""

    kept_for: KeptFor
    """Counted from the day on which the case was closed."""
    because: str = Field(min_length=10, max_length=300)
    """What for: the law, or the need. It stands in the entry of each erasure, so it names no person."""


ProcedureName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$")]
"""The name of a procedure as lists show it ("written-contact-transfer")."""

OF_A_PERSON = Kept(kept_for=KeptFor(months=72), because="claims about care can be brought for six years")
OF_THE_HOUSE = Kept(kept_for=KeptFor(months=24), because="shows how our own lists and alarms were seen to")
HOUSE_PROCEDURES = (
    "mailbox-not-collected",
    "pwt-tray-review",
    "record-differences",
    "tray-takeover",
    "undelivered-notice",
    "unreadable-message",
    "unsorted-mail",
)
"""Procedures about our own work; what they hold of people stands in cases of their own as well."""


class Retention(Settings):
    """The council's retention schedule. Whatever is under a legal hold is kept, whatever stands here."""

    owner: Role = Role.INFORMATION_GOVERNANCE
    """Who answers for the schedule and may change it."""
    decided_on: date = DEFAULTS_DATED
    """When it was decided."""
    default: Kept = OF_A_PERSON
    """For closed cases of every procedure that has no line of its own."""
    procedures: Mapping[ProcedureName, Kept] = Field(
        default_factory=lambda: dict.fromkeys(HOUSE_PROCEDURES, OF_THE_HOUSE)
    )
    """Lines of single procedures."""
    kept_while_person_has_open_case: bool = True
    """A closed case is kept while another about the same person is open: whoever acts there may need it."""
    ignored_mail: KeptFor = KeptFor(days=90)
    """Mail that opened nothing, counted from its coming."""
    quarantined_mail: KeptFor = KeptFor(months=24)
    """Mail that nobody could make out, counted from its coming, once no case needs it."""
    drafts: KeptFor = KeptFor(days=30)
    """What somebody began to write and left, counted from the last time it was kept."""
    sign_in_records: KeptFor = KeptFor(days=14)
    """Browsers in which somebody was signed in, counted from the end of their time; longer than a holiday, so that a
    form that was open over it can still be kept."""
    access_log: KeptFor = KeptFor(months=96)
    """Who looked at what. The log is cut from its beginning, and goes on to hold."""
    people_left_out: KeptFor = KeptFor(months=12)
    """People of the register who are in no case, counted from the last extract that showed them."""

    def of(self, procedure: str) -> Kept:
        """How long closed cases of a procedure are kept, and what for."""
        return self.procedures.get(procedure, self.default)
