"""
Invented data for a simulation: a register that fits any policy, and facts and answers made from the forms themselves.

Everything comes from a random generator that is handed in, so that the same seed invents the same. Nothing is taken
from a real register.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any, get_args

from pydantic import BaseModel
from sqlalchemy.orm import Session

from models.forms.base import CaseFacts, RegisterKind, ShownWhen
from models.policy import Policy
from models.providers.kinds import ProviderKind, RunBy
from models.providers.tables import Provider
from models.register import (
    Absence,
    AbsenceKind,
    Allocation,
    ExtractKind,
    Person,
    RegisterImport,
    Responsibility,
    Staff,
    Team,
)
from models.roles import Role
from models.working_time import local_day

WORKERS_PER_TEAM = 3
PEOPLE_PER_TEAM = 12
ALLOCATED = 0.8
"""The share of people who have a worker."""
USUAL = 0.6
"""How often the first member of a list of choices is the answer; procedures put the usual one first."""
_WORDS = ("as agreed", "looked into and noted", "spoken to on the telephone", "nothing further is needed", "in hand")


@dataclass(frozen=True)
class InventedRegister:
    """The ids in an invented register, and who is allocated to whom."""

    people: list[str] = field(default_factory=list)
    staff: list[str] = field(default_factory=list)
    teams: list[str] = field(default_factory=list)
    providers: list[str] = field(default_factory=list)
    worker_of: dict[str, str] = field(default_factory=dict)

    def ids(self, kind: RegisterKind) -> Sequence[str]:
        """Every id that a field of that kind may name."""
        match kind:
            case RegisterKind.PERSON:
                return self.people
            case RegisterKind.STAFF | RegisterKind.SERVING_STAFF:
                return self.staff
            case RegisterKind.TEAM:
                return self.teams
            case RegisterKind.PROVIDER:
                return self.providers


def invent_register(session: Session, policy: Policy, random: Random, start: datetime, days: int) -> InventedRegister:
    """Staff for every team and role of the policy, their absences, and people allocated to them; never out of date."""
    invented = InventedRegister()
    for team in policy.teams:
        session.add(Team(id=team.id, name=team.name))
        invented.teams.append(team.id)
        leader, *workers = [Role.TEAM_LEADER, *[Role.PRACTITIONER] * WORKERS_PER_TEAM]
        _hire(session, invented, f"{team.id}-{leader}", leader, team.id)
        practitioners = [f"{team.id}-{role}-{number}" for number, role in enumerate(workers, start=1)]
        for practitioner in practitioners:
            _hire(session, invented, practitioner, Role.PRACTITIONER, team.id)
            _send_away(session, practitioner, random, start, days)
        for _ in range(PEOPLE_PER_TEAM):
            _take_on(session, invented, practitioners, team.id, random, start)
    for role in Role:
        if role not in (Role.TEAM_LEADER, Role.PRACTITIONER):
            _hire(session, invented, str(role), role, invented.teams[0])
    for kind in ProviderKind:
        session.add(_invented_provider(kind))
        invented.providers.append(str(kind))
    day = local_day(start) + timedelta(days=days)
    session.add_all(
        RegisterImport(
            imported_at=start,
            kind=kind,
            file=f"{kind}.csv",
            rows=0,
            rejected=0,
            full=True,
            extract_date=day,
            optional_columns="safe_contact" if kind is ExtractKind.PEOPLE else "",
        )
        for kind in ExtractKind
    )
    return invented


def _invented_provider(kind: ProviderKind) -> Provider:
    return Provider(
        id=str(kind), name=str(kind), kind=str(kind), regulated=True, commissioned=True, in_area=True,
        run_by=str(RunBy.INDEPENDENT),
    )  # fmt: skip


def _hire(session: Session, invented: InventedRegister, staff_id: str, role: Role, team_id: str) -> None:
    session.flush()
    session.add(Staff(id=staff_id, name=staff_id, email=None, role=str(role), team_id=team_id, left_on=None))
    invented.staff.append(staff_id)


def _send_away(session: Session, staff_id: str, random: Random, start: datetime, days: int) -> None:
    """About one absence a month, of a day to a week."""
    session.flush()
    away_from = start + timedelta(days=random.uniform(0, 30))
    while away_from < start + timedelta(days=days):
        back = away_from + timedelta(days=random.randint(1, 7))
        session.add(Absence(staff_id=staff_id, starts_at=away_from, returns_at=back, kind=AbsenceKind.LEAVE))
        away_from = back + timedelta(days=random.uniform(10, 50))


def _take_on(
    session: Session, invented: InventedRegister, workers: Sequence[str], team_id: str, random: Random, start: datetime
) -> None:
    person_id = f"P-{len(invented.people) + 1}"
    session.add(Person(id=person_id, record_id=f"R-{person_id}", name=f"Person {person_id}"))
    session.flush()
    invented.people.append(person_id)
    worker = random.choice(workers) if random.random() < ALLOCATED else None
    if worker is not None:
        invented.worker_of[person_id] = worker
    session.add(
        Allocation(
            person_id=person_id,
            staff_id=worker,
            team_id=team_id,
            responsibility=Responsibility.ASSESSMENT,
            since=local_day(start) - timedelta(days=30),
            until=None,
        )
    )


def _parts_of(model: type[BaseModel], filled: dict[str, Any]) -> Iterator[tuple[type[BaseModel], dict[str, Any]]]:
    """The parts that it is made of, as they are filled in."""
    for name, described in model.model_fields.items():
        for part in get_args(described.annotation):
            if isinstance(part, type) and issubclass(part, BaseModel):
                given = filled.get(name) or ()
                yield from ((part, one) for one in ([given] if isinstance(given, dict) else given))


def _leave_out_what_is_not_asked(model: type[BaseModel], filled: dict[str, Any]) -> None:
    """A page does not ask some things after some answers, and nobody fills in what is not asked."""
    conditions: Mapping[str, ShownWhen] = getattr(model, "shown_when", {})
    for name, condition in conditions.items():
        given = filled.get(condition.field)
        every = given if isinstance(given, list) else [given]
        if not any(one == value for one in every for value in condition.values):
            filled.pop(name, None)
    for part, one in _parts_of(model, filled):
        _leave_out_what_is_not_asked(part, one)


class Inventor:
    """Fills in any form, or the facts of any case, from its schema; a form's own rules may still refuse the result."""

    def __init__(self, random: Random, register: InventedRegister, now: datetime) -> None:
        self.random = random
        self.register = register
        self.now = now

    def fill(self, model: type[BaseModel]) -> dict[str, Any]:
        """One way to fill in the model, as JSON."""
        schema = model.model_json_schema()
        definitions = schema.get("$defs", {})
        if issubclass(model, CaseFacts):  # what comes from outside was not sorted or worked on before
            for one in (schema, *definitions.values()):
                _leave_out_optional_parts(one, definitions)
        filled = self._object(schema, definitions)
        _leave_out_what_is_not_asked(model, filled)
        self._name_people(model, filled)
        return filled

    def _name_people(self, model: type[BaseModel], filled: dict[str, Any]) -> None:
        """Ids of the register wherever a form, or a part that it is made of, names somebody."""
        kinds: Mapping[str, RegisterKind] = getattr(model, "register_fields", {})
        for name, kind in kinds.items():
            if filled.get(name) is not None:
                filled[name] = self.random.choice(self.register.ids(kind))
        self._name_the_allocated_worker(filled, kinds)
        for part, one in _parts_of(model, filled):
            self._name_people(part, one)

    def _name_the_allocated_worker(self, filled: dict[str, Any], kinds: Mapping[str, RegisterKind]) -> None:
        """Where a form names a person and a worker, the worker is usually theirs."""
        people = [name for name, kind in kinds.items() if kind is RegisterKind.PERSON and filled.get(name)]
        workers = [name for name, kind in kinds.items() if kind is RegisterKind.STAFF and filled.get(name)]
        if people and workers and self.random.random() < USUAL:
            theirs = self.register.worker_of.get(filled[people[0]])
            filled[workers[0]] = theirs or filled[workers[0]]

    def _object(self, schema: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
        compulsory = schema.get("required", [])
        filled = {}
        for name, field_schema in schema.get("properties", {}).items():
            if name in compulsory or self.random.random() < _how_often(field_schema):
                filled[name] = self._value(field_schema, definitions)
        return filled

    def _value(self, schema: dict[str, Any], definitions: dict[str, Any]) -> Any:
        if "$ref" in schema:
            return self._value(definitions[schema["$ref"].rpartition("/")[2]], definitions)
        if "anyOf" in schema:
            return self._value(next(one for one in schema["anyOf"] if one.get("type") != "null"), definitions)
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            return self._usually_the_first(schema["enum"])
        match schema.get("type"):
            case "object":
                return self._object(schema, definitions)
            case "array":
                return self._array(schema, definitions)
            case "string":
                return self._text(schema.get("format"))
            case "boolean":
                return self.random.random() < USUAL
            case "integer" | "number":
                least = int(schema.get("minimum", 0))
                return self.random.randint(least, int(schema.get("maximum", least + 10)))
            case _:
                return None

    def _array(self, schema: dict[str, Any], definitions: dict[str, Any]) -> list[Any]:
        count = int(schema.get("minItems", 0)) + (self.random.random() > 0.85)
        found: list[Any] = []
        for _ in range(count):
            one = self._value(schema.get("items", {}), definitions)
            if one not in found:
                found.append(one)
        return found

    def _text(self, text_format: str | None) -> str:
        day: date = local_day(self.now) + timedelta(days=self.random.randint(0, 10))
        match text_format:
            case "date":
                return day.isoformat()
            case "date-time":
                return self.now.astimezone(UTC).isoformat()
            case _:
                return self.random.choice(_WORDS)

    def _usually_the_first(self, choices: Sequence[Any]) -> Any:
        if len(choices) == 1 or self.random.random() < USUAL:
            return choices[0]
        return self.random.choice(choices[1:])


def _leave_out_optional_parts(schema: dict[str, Any], definitions: dict[str, Any]) -> None:
    """Take the fields out of a schema that may be left out and hold something made of several fields."""
    compulsory = schema.get("required", [])
    for name, field_schema in list(schema.get("properties", {}).items()):
        names = [one["$ref"].rpartition("/")[2] for one in field_schema.get("anyOf", []) if "$ref" in one]
        if name not in compulsory and any(definitions[one].get("type") == "object" for one in names):
            del schema["properties"][name]


def _how_often(schema: dict[str, Any]) -> float:
    """How often a field that may be left out is filled in: texts mostly, a tick in a box seldom."""
    if schema.get("type") == "boolean":
        return 0.3
    return 0.8 if schema.get("type") == "string" else 0.6
