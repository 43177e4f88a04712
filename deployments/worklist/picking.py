"""
Whom a form is about: found in the register on the form itself, so that nobody keys an id or leaves what they wrote.

What is looked for is sent with the form and stands in no address. Who looks is in the access log, with how many they
were shown and never the words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from pydantic import BaseModel
from sqlalchemy.orm import Session

from deployments.worklist.forms import Pairs, Problem, element_id, fields_of
from deployments.worklist.forms.kinds import Field, Lines, RegisterId
from deployments.worklist.visit import Visit
from models.forms.base import RegisterKind
from models.register import Person
from tasks.worklist.choosing import who_it_is
from tasks.worklist.finding import Found, find, find_to_begin
from tasks.worklist.members import Member

SOUGHT, OFFERED = "_sought.", "_offered."
"""Before a field's name: the words that were typed to find somebody, and those whose finds stand on the page."""
NONE_OF_THESE = "None of these"
NOBODY = "Nobody in the register fits that. Try another spelling, a number, or the whole name with the date of birth."
BEGINS = "/start/"
"""Where the address of every form begins that opens a case."""


@dataclass(frozen=True)
class Picker:
    """One field that names people of the register, as the page shows it. Personal data."""

    name: str
    label: str
    hint: str
    is_several: bool
    people: tuple[tuple[str, str], ...] = ()
    """Register ids to choose from, each with who it is."""
    chosen: frozenset[str] = field(default=frozenset())
    none_chosen: bool = False
    """They said that it is none of these."""
    words: str = ""
    """What was typed to find somebody."""
    note: str = ""
    """What came of looking, where nobody is shown for it."""
    problem: str = ""

    @property
    def id(self) -> str:
        """The id of its first input."""
        return element_id(self.name)


def picked_fields(model: type[BaseModel], without: Sequence[str] = ()) -> tuple[str, ...]:
    """The names of the fields of a form in which people of the register are named."""
    return tuple(one.name for one in _fields(model, without))


def pickers(
    visit: Visit,
    model: type[BaseModel],
    pairs: Pairs,
    problems: Iterable[Problem] = (),
    *,
    without: Sequence[str] = (),
    offered: Sequence[Person] = (),
) -> list[Picker]:
    """
    The fields that name people, with those to choose from: found by what was typed, chosen before, and `offered`.

    Looking somebody up is noted in the access log before it is shown.
    """
    problem_of = {one.field_name: one.sentence for one in problems}
    return [_picker(visit, one, pairs, offered, problem_of.get(one.name, "")) for one in _fields(model, without)]


def unsettled(visit: Visit, model: type[BaseModel], without: Sequence[str] = ()) -> list[Problem]:
    """Where somebody was looked for and nobody was chosen: the form does not go off without whom it is about."""
    found = []
    for one in _fields(model, without):
        words = visit.sent(SOUGHT + one.name)
        shown = words == visit.sent(OFFERED + one.name)
        answered = isinstance(one, Lines) or any(name == one.name for name, _ in visit.pairs)
        if words and not (shown and answered):
            found.append(Problem(one.name, f"Select who it is, or “{NONE_OF_THESE}”, or clear what you searched for"))
    return found


def in_words(visit: Visit, person_id: str) -> str:
    """Who it is, where that is theirs to find; empty where not. Personal data; the look is noted."""
    return "".join(_in_words(one) for one in _known(visit, frozenset({person_id} - {""})))


def _fields(model: type[BaseModel], without: Sequence[str]) -> list[RegisterId | Lines]:
    return [one for one in fields_of(model, without=without) if _names_people(one)]  # type: ignore[misc]


def _names_people(one: Field) -> bool:
    return isinstance(one, RegisterId | Lines) and one.kind is RegisterKind.PERSON


def _picker(visit: Visit, one: RegisterId | Lines, pairs: Pairs, offered: Sequence[Person], problem: str) -> Picker:
    said = [value.strip() for name, typed in pairs if name == one.name for value in typed.split("\n")]
    chosen = frozenset(value for value in said if value)
    words = visit.sent(SOUGHT + one.name) if visit.is_post else ""
    found, note = _found(visit, words) if words else ([], "")
    known = _known(visit, chosen - {person.id for person in (*found, *offered)})
    shown: dict[str, Any] = {person.id: _in_words(person) for person in (*offered, *known, *found)}
    return Picker(
        name=one.name,
        label=one.label,
        hint=_hint(one),
        is_several=isinstance(one, Lines),
        people=tuple(shown.items()),
        chosen=chosen,
        none_chosen=bool(said) and not chosen,
        words=words,
        note=note,
        problem=problem,
    )


def _found(visit: Visit, words: str) -> tuple[list[Person], str]:
    with visit.council.database.read() as session:
        found = _finder(visit)(session, visit.member, words, visit.today)
    people = [one.person for one in (*found.people, *found.about)]
    visit.note_look("find-person", f"{len(people)} found")
    if found.too_many:
        return people, f"{found.too_many} people fit that. Type more of the name, or a number."
    return people, "" if people else NOBODY


def _finder(visit: Visit) -> Callable[[Session, Member, str, date], Found]:
    """Whoever begins something finds whom they know exactly, of whichever team."""
    return find_to_begin if visit.path.startswith(BEGINS) else find


def _known(visit: Visit, ids: frozenset[str]) -> list[Person]:
    """Those who were chosen before, as far as they are theirs to find."""
    known = []
    for person_id in sorted(ids):
        with visit.council.database.read() as session:
            found = _finder(visit)(session, visit.member, person_id, visit.today).people
            known += [one.person for one in found if one.person.id == person_id]
    if known:
        visit.note_look("find-person", f"{len(known)} found")
    return known


def _in_words(one: Person) -> str:
    return f"{who_it_is(one)}, {one.record_id}"


def _hint(one: RegisterId | Lines) -> str:
    return "" if one.hint.lower().startswith(("register id", "their register id")) else one.hint
