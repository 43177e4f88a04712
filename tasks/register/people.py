"""How people come into the register: each number belongs to one of them alone."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from models.register import Person
from tasks.register.one_file import ALREADY, Import
from tasks.register.rows import PersonRow

_Number = tuple[str, str]
"""The column of a number that belongs to one person alone, and the number."""


def apply_people(to: Import) -> None:
    """
    Take in the rows of people.

    A number that an extract moves from one person to another is taken from the one before the other gets it, in
    whatever order their rows stand: the same extract again changes nothing. Numbers that go round in a circle, or that
    two rows claim, are rejected.
    """
    held = to.held(Person, lambda person: person.id)
    whose = {one: person.id for person in held.values() for one in _numbers_of(person)}
    freed: set[_Number] = set()
    waiting: dict[str, tuple[int, PersonRow]] = {}
    for line, row in to.read.rows:
        assert isinstance(row, PersonRow)
        if row.id in waiting:
            to.read.reject(line, row.id, ALREADY, known=True)
        elif row.died_on is not None and row.died_on > to.extract_date:
            to.read.reject(line, row.id, "died_on is later than the day of the extract")
        else:
            waiting[row.id] = (line, row)
    while waiting:
        blocked = {
            row.id: (line, row) for line, row in waiting.values() if not _take(to, held, whose, freed, line, row)
        }
        if len(blocked) == len(waiting):
            for line, row in blocked.values():
                column = _in_the_way(whose, row)
                to.read.reject(line, row.id, f"{column} belongs to another person in the register")
            return
        if blocked:
            to.session.flush()
        waiting = blocked


def _take(
    to: Import, held: dict[Hashable, Any], whose: dict[_Number, str], freed: set[_Number], line: int, row: PersonRow
) -> bool:
    """
    Take a person's row; False where a number in it is another's still.

    `freed` are numbers whose former bearer's row is taken and may not be written yet: it is, before another gets one.
    """
    if _in_the_way(whose, row):
        return False
    if freed.intersection(_claimed_by(row)):
        to.session.flush()
        freed.clear()
    for one in _numbers_of(held[row.id]) if row.id in held else ():
        del whose[one]
        freed.add(one)
    to.take(line, row.id, held, row.id, Person, **row.model_dump(exclude_unset=True))
    shown = held[row.id]
    shown.last_shown_on = max(shown.last_shown_on or to.extract_date, to.extract_date)
    whose.update(dict.fromkeys(_numbers_of(shown), row.id))
    return True


def _in_the_way(whose: dict[_Number, str], row: PersonRow) -> str:
    """The column of a number that a row gives to somebody and that is another's; empty: none is."""
    return next((one[0] for one in _claimed_by(row) if whose.get(one, row.id) != row.id), "")


def _claimed_by(row: PersonRow) -> list[_Number]:
    return [("record_id", row.record_id), *([("nhs_number", row.nhs_number)] if row.nhs_number else [])]


def _numbers_of(person: Person) -> list[_Number]:
    nhs = [("nhs_number", person.nhs_number)] if person.nhs_number else []
    return [("record_id", person.record_id), *nhs]
