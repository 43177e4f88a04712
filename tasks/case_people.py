"""
Which cases are about whom.

A flow says so once it knows. From then on the case hears of what the register shows about the person: a death at
once, an admission, a discharge or another worker on the daily list of differences.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.case_people import CasePerson
from models.cases import Case
from models.recording import Admission
from models.register import Person
from models.states import CaseStatus
from models.working_time import local_day
from tasks.durable import RUN, audited, here
from tasks.register.lookups import allocated_worker, person, responsible_team


@audited("Noted whom the case is about", keyed_by="person_id", for_cases_past=RUN)
def about_person(person_id: str | None) -> str | None:
    """
    Say that the running case is about a person of the register; None, or somebody unknown there, is nobody.

    A death that the register shows already is not told again: whoever acts sees it beside the form.
    """
    step = here()
    known = person(step.session, person_id) if person_id else None
    if known is None or step.session.get(CasePerson, (step.case.ref, known.id)) is not None:
        return known.id if known else None
    stands = standing_of(step.session, known.id, local_day(step.now))
    step.session.add(
        CasePerson(
            case_ref=step.case.ref,
            person_id=known.id,
            since_no=step.pen.next_no,
            death_heard_no=step.pen.next_no if known.died_on else None,
            team_id=stands.team_id,
            staff_id=stands.staff_id,
            in_hospital_since=stands.in_hospital_since,
        )
    )
    return known.id


@audited("Looked up whom the case it answers was about", for_cases_past=RUN)
def look_up_whom_it_was_about(ref: str) -> tuple[str, ...]:
    """Register ids of the people whom a case is about, or was."""
    about = select(CasePerson.person_id).where(CasePerson.case_ref == ref).order_by(CasePerson.person_id)
    return tuple(here().session.scalars(about))


@dataclass(frozen=True)
class Standing:
    """How the register speaks of a person on a day."""

    team_id: str | None
    """The team responsible."""
    staff_id: str | None
    """The worker allocated."""
    in_hospital_since: date | None
    """The day of their admission, while they are in hospital."""


def standing_of(session: Session, person_id: str, on: date) -> Standing:
    """How the register speaks of a person on a day."""
    team, worker = responsible_team(session, person_id, on), allocated_worker(session, person_id, on)
    return Standing(team.id if team else None, worker.id if worker else None, in_hospital_since(session, person_id, on))


def in_hospital_since(session: Session, person_id: str, on: date) -> date | None:
    """The day of the admission that holds on a day; the latest, where the extract shows several."""
    return session.scalar(
        select(Admission.admitted_on)
        .where(Admission.person_id == person_id, Admission.admitted_on <= on)
        .where(Admission.discharged_on.is_(None) | (Admission.discharged_on > on))
        .order_by(Admission.admitted_on.desc())
        .limit(1)
    )


def who_has_died(session: Session, ref: str) -> list[tuple[str, date]]:
    """Register id and day of death of everybody whom a case is about and who has died, as the register shows it now."""
    found = session.execute(
        select(Person.id, Person.died_on)
        .join(CasePerson, CasePerson.person_id == Person.id)
        .where(CasePerson.case_ref == ref, Person.died_on.is_not(None))
        .order_by(Person.id)
    )
    return [(who, day) for who, day in found if day is not None]


def open_cases_about(session: Session, person_id: str) -> list[str]:
    """Refs of the open cases about a person, the oldest first; restricted ones are left out."""
    return list(
        session.scalars(
            select(Case.ref)
            .join(CasePerson, CasePerson.case_ref == Case.ref)
            .where(CasePerson.person_id == person_id, Case.status != CaseStatus.CLOSED, Case.restricted.is_(False))
            .order_by(Case.opened_at, Case.ref)
        )
    )
