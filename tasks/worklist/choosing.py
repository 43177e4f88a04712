"""Whom a form can name: teams, providers and staff, to be chosen from a list; people by the id that was typed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date

from sqlalchemy import or_, select

from models.forms.base import RegisterKind
from models.providers.tables import Provider
from models.register import Person, Staff, Team
from models.written_contact_findings import day_in_words
from tasks.durable.council import Council
from tasks.worklist.finding import find
from tasks.worklist.members import Member


def choices_on(
    council: Council, on: date, people: Mapping[str, str] | None = None
) -> Callable[[RegisterKind], Sequence[tuple[str, str]]]:
    """Ids and what people call them, as the register is on a day; people are never listed but for those given."""

    def choices(kind: RegisterKind) -> Sequence[tuple[str, str]]:
        serving = or_(Staff.left_on.is_(None), Staff.left_on > on)
        with council.database.read() as session:
            match kind:
                case RegisterKind.TEAM:
                    there = or_(Team.closed_on.is_(None), Team.closed_on > on)
                    teams = session.scalars(select(Team).where(there).order_by(Team.name, Team.id))
                    return [(one.id, one.name) for one in teams]
                case RegisterKind.STAFF | RegisterKind.SERVING_STAFF:
                    query = select(Staff, Team.name).join(Team, Team.id == Staff.team_id)
                    query = query if kind is RegisterKind.STAFF else query.where(serving)
                    rows = session.execute(query.order_by(Staff.name, Staff.id)).tuples()
                    return [(one.id, f"{one.name}, {one.role.replace('-', ' ')}, {team}") for one, team in rows]
                case RegisterKind.PROVIDER:
                    providers = session.scalars(select(Provider).order_by(Provider.name, Provider.id))
                    return [(one.id, one.name) for one in providers]
                case RegisterKind.PERSON:
                    return [*(people or {}).items()]

    return choices


def people_by_id(council: Council, member: Member, ids: Collection[str], on: date) -> dict[str, str]:
    """Who stands behind register ids, so that nobody is mistaken for another; only those whom they may find."""
    named: dict[str, str] = {}
    with council.database.read() as session:
        for person_id in sorted(set(ids)):
            found = [one.person for one in find(session, member, person_id, on).people]
            named |= {one.id: f"{one.id}, {who_it_is(one)}" for one in found if one.id == person_id}
    return named


def who_it_is(person: Person) -> str:
    """Name and birthday, and the day of death of somebody who has died. Personal data."""
    born = f", born {_without_weekday(person.born_on)}" if person.born_on else ""
    died = f", died {_without_weekday(person.died_on)}" if person.died_on else ""
    return f"{person.name}{born}{died}"


def _without_weekday(day: date) -> str:
    return day_in_words(day).partition(" ")[2]
