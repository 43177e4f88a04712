"""
Rows of a list that is taken over: what they must look like, and what each must say to be taken.

A row that cannot be taken is named by its line and its reference; what stands in it is not repeated.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, ClassVar, Self, TypeVar

from pydantic import BeforeValidator, ValidationError, model_validator
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.decision_tables.levels import Complexity, Priority, Rag
from models.policy import Policy
from models.register import Person, Staff
from models.roles import Role
from models.working_time import months_after
from tasks.register.lookups import team, team_carrying_on
from tasks.register.one_file import NO_PERSON, NO_RECORD, NO_TEAM
from tasks.register.reading import RejectedRow, problems_of, read_csv
from tasks.register.rows import REFERENCE, Day, DayIfGiven, NameIfGiven, ReferenceIfGiven, Row

LONGEST_AGO_IN_MONTHS = 120
"""A request from longer ago is a slip of the pen."""
Level = TypeVar("Level", bound=StrEnum)


def _level(levels: type[StrEnum]) -> BeforeValidator:
    by_word = {level.lower(): level for level in levels}

    def read(text: str) -> Any:
        if text and text.lower() not in by_word:
            raise ValueError(f"must be one of {', '.join(levels)}, or empty")
        return by_word.get(text.lower())

    return BeforeValidator(read)


class ListRow(Row):
    """
    Somebody who waits already.

    Columns that a file must have stand without a default: a colour that is lost by a slip in the header would be a
    contact that is not made. Their cells may be empty where the type says so.
    """

    at_least_one_of: ClassVar[tuple[str, ...]] = ("person_id", "record_id")

    person_id: ReferenceIfGiven = None
    record_id: ReferenceIfGiven = None
    team_id: NameIfGiven = None
    requested_on: Day
    placed_on: DayIfGiven
    last_contact_on: DayIfGiven
    colour: Annotated[Rag | None, _level(Rag)]
    priority: Annotated[Priority | None, _level(Priority)]
    complexity: Annotated[Complexity | None, _level(Complexity)]
    manager: NameIfGiven = None

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        problems = []
        if self.placed_on is not None and self.placed_on < self.requested_on:
            problems.append("placed_on is before requested_on")
        if self.last_contact_on is not None and self.last_contact_on < self.requested_on:
            problems.append("last_contact_on is before requested_on: leave it empty where nobody was reached since")
        if self.colour is not None and (self.priority is None or self.complexity is None):
            problems.append("colour needs priority and complexity beside it: give all three, or no colour")
        if problems:
            raise ValueError("; ".join(problems))
        return self


@dataclass(frozen=True)
class GoodRow:
    """A row that can be taken over, with whom, where and by whom they were placed."""

    line: int
    person: str
    team: str
    manager: str
    row: ListRow


@dataclass
class CheckedList:
    """A list, each row of it checked."""

    file: str
    good: list[GoodRow] = field(default_factory=list)
    rejected: list[RejectedRow] = field(default_factory=list)
    passed_over: tuple[str, ...] = ()
    """Columns that we have no use for."""

    def reject(self, line: int, reference: str, problem: str) -> None:
        """Put a row among the rejected."""
        shown = reference if REFERENCE.fullmatch(reference) else ""
        self.rejected.append(RejectedRow(self.file, line, shown, problem))


def check_list(
    session: Session, policy: Policy, file: Path, *, team_id: str | None, manager: str, today: date
) -> CheckedList:
    """
    Read a list and check every row against the register and the policy. Raises `FileRefused`.

    `team_id` is the team of rows that name none, `manager` the manager of rows that name none.
    """
    found, checked = read_csv(file, ListRow), CheckedList(file.name)
    checked.passed_over = found.passed_over
    checking = _Checking(session, policy, team_id, manager, today)
    for line, raw in found.rows:
        if not isinstance(raw, dict):
            checked.reject(line, "", f"has {len(raw)} fields, which is not what the header says")
            continue
        reference = raw.get("person_id", "") or raw.get("record_id", "")
        try:
            row = ListRow.model_validate(raw)
        except ValidationError as failed:
            checked.reject(line, reference, problems_of(failed))
            continue
        good = checking.look_at(line, row)
        if checking.problems:
            checked.reject(line, reference, "; ".join(checking.problems))
        else:
            checked.good.append(good)
    return checked


class _Checking:
    """Looks at one row after the other; `problems` are those of the latest."""

    def __init__(self, session: Session, policy: Policy, team_id: str | None, manager: str, today: date) -> None:
        self._session, self._policy, self._today = session, policy, today
        self._team_id, self._manager = team_id, manager
        self._people = {one.id: one for one in session.scalars(select(Person))}
        self._by_record = {one.record_id: one.id for one in self._people.values()}
        self._lines: dict[str, int] = {}
        self.problems: list[str] = []

    def look_at(self, line: int, row: ListRow) -> GoodRow:
        self.problems = []
        who, team_id = self._whom(row), self._which_team(row)
        manager = self._which_manager(row)
        self._days(row)
        if who and not self.problems and self._lines.setdefault(who, line) != line:
            self.problems.append(f"the same person stands in line {self._lines[who]} already")
        return GoodRow(line, who, team_id, manager, row)

    def _whom(self, row: ListRow) -> str:
        who = self._by_record.get(row.record_id, "") if row.record_id else row.person_id or ""
        known = self._people.get(who)
        if known is None:
            self.problems.append(NO_RECORD if row.record_id else NO_PERSON)
        elif row.person_id not in (None, who):
            self.problems.append("person_id and record_id are two different people")
        elif known.died_on is not None:
            self.problems.append("the register shows that they have died: take them out of the list")
        return who

    def _which_team(self, row: ListRow) -> str:
        if row.team_id and self._team_id and row.team_id != self._team_id:
            self.problems.append(f"team_id is not {self._team_id}, for which the list is taken over")
        team_id = row.team_id or self._team_id or ""
        known = team(self._session, team_id)
        if known is None:
            self.problems.append(NO_TEAM if team_id else "team_id is empty: say --team, or fill it in")
            return team_id
        carrying_on = team_carrying_on(self._session, known.id, self._today)
        if carrying_on is None or carrying_on.id != known.id:
            instead = f"put {carrying_on.id} there, which carries on its work" if carrying_on else "name another"
            self.problems.append(f"team_id is a team that has closed: {instead}")
        elif not any(one.id == known.id and one.holds_tray for one in self._policy.teams):
            self.problems.append("team_id is no team with a tray: set holds_tray in the policy, or name another")
        return team_id

    def _which_manager(self, row: ListRow) -> str:
        manager = row.manager or self._manager
        member = self._session.get(Staff, manager)
        of = "manager" if row.manager else "manager is empty, and whoever takes the list over"
        if member is None:
            self.problems.append(f"{of} is not in the register")
        elif member.left_on is not None and member.left_on <= self._today:
            self.problems.append(f"{of} has left: name whoever answers for them now")
        elif not Role(member.role).is_manager:
            self.problems.append(f"{of} is no team leader or manager: name one")
        return manager

    def _days(self, row: ListRow) -> None:
        days = {"requested_on": row.requested_on, "placed_on": row.placed_on, "last_contact_on": row.last_contact_on}
        self.problems += [f"{name} has not come yet" for name, day in days.items() if day and day > self._today]
        if row.requested_on < months_after(self._today, -LONGEST_AGO_IN_MONTHS):
            self.problems.append("requested_on is more than ten years ago: check the year")
