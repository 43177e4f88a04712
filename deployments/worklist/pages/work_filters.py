"""What narrows a list of work, read from its address and offered beside it: references only."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import TypeVar

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models.decision_tables.levels import Complexity, Priority, Rag
from models.refs import NotARef, read_ref
from models.register import Team
from models.roles import Role
from tasks.durable.procedure import all_procedures
from tasks.worklist.query import DueIn, Sort, Taken, Whose, WorkQuery
from tasks.worklist.starting import procedures_by_hand

E = TypeVar("E", bound=StrEnum)
PERSON = re.compile(r"[A-Za-z]{0,10}-?[0-9][A-Za-z0-9-]{0,30}")
"""What a register id looks like; a name does not, and is not looked for by an address."""
_SLUG = re.compile(r"[a-z][a-z0-9-]{0,60}")
_DUE = {
    DueIn.OVERDUE: "Overdue",
    DueIn.TODAY: "Today",
    DueIn.THIS_WEEK: "Until Sunday",
    DueIn.NO_DATE: "No date",
}
_TAKEN = {Taken.NOBODY: "By nobody", Taken.ME: "By me", Taken.SOMEBODY: "By a colleague"}
_SORT = {Sort.DUE: "When it is due", Sort.OPENED: "When it was asked", Sort.COLOUR: "Colour"}


@dataclass(frozen=True)
class Asked:
    """What an address asks for."""

    query: WorkQuery
    said: dict[str, str]
    """What of it narrows or sorts, as it stands in an address."""
    problems: dict[str, str] = field(default_factory=dict)
    """By field, what to put right; what was typed there is not repeated."""

    @property
    def is_narrowed(self) -> bool:
        """Whether anything is left out."""
        return bool(set(self.said) - {"sort"})


@dataclass(frozen=True)
class Filter:
    """One field to choose from."""

    name: str
    label: str
    choices: Sequence[tuple[str, str]]
    """Value and text, without the empty one."""
    anything: str = "Any"


def query_of(asked: Callable[[str], str]) -> Asked:
    """The query of an address. What it does not know is said, and narrows nothing."""
    said: dict[str, str] = {}
    problems: dict[str, str] = {}

    def one_of(name: str, kind: type[E]) -> E | None:
        given = asked(name)
        if not given:
            return None
        if given not in set(kind):
            problems[name] = "Select one from the list"
            return None
        said[name] = given
        return kind(given)

    def written(name: str, shape: re.Pattern[str], sentence: str) -> str | None:
        given = asked(name)
        if not given:
            return None
        if not shape.fullmatch(given):
            problems[name] = sentence
            return None
        said[name] = given
        return given

    ref = None
    if asked("ref"):
        try:
            ref = said["ref"] = read_ref(asked("ref"))
        except NotARef:
            problems["ref"] = "Enter a case reference, such as 7K3Q-9PXM"
    person = written("person", PERSON, "Enter a register id, such as P-104. To look for a name, use Find")
    query = WorkQuery(
        whose=Whose(asked("whose")) if asked("whose") in set(Whose) else Whose.MINE,
        procedure=written("procedure", _SLUG, "Select one from the list"),
        role=one_of("role", Role),
        team=written("team", _SLUG, "Select one from the list"),
        colour=one_of("colour", Rag),
        priority=one_of("priority", Priority),
        complexity=one_of("complexity", Complexity),
        due=one_of("due", DueIn),
        taken=one_of("taken", Taken),
        person=person,
        ref=ref,
        sort=one_of("sort", Sort) or Sort.DUE,
    )
    return Asked(query, said, problems)


def filters_of(session: Session, on: date) -> list[Filter]:
    """What can be chosen: when due, whether taken, procedures, roles, teams and levels; and the order."""
    procedures_by_hand()  # which makes every procedure known
    procedures = sorted((one.title, one.name) for one in all_procedures() if not one.restricted)
    there = or_(Team.closed_on.is_(None), Team.closed_on > on)
    teams = session.execute(select(Team.id, Team.name).where(there).order_by(Team.name, Team.id)).tuples().all()
    return [
        Filter("due", "Due", [(str(one), words) for one, words in _DUE.items()]),
        Filter("taken", "Taken", [(str(one), words) for one, words in _TAKEN.items()]),
        Filter("procedure", "Procedure", [(name, title) for title, name in procedures]),
        Filter("role", "Asked of the role", [(str(one), one.label.capitalize()) for one in Role]),
        Filter("team", "Team", list(teams)),
        Filter("colour", "Colour", [(str(one), str(one)) for one in Rag]),
        Filter("priority", "Priority", [(str(one), str(one)) for one in Priority]),
        Filter("complexity", "Complexity", [(str(one), str(one)) for one in Complexity]),
        Filter("sort", "Sort by", [(str(one), words) for one, words in _SORT.items()], anything=""),
    ]
