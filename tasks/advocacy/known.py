"""What is known about an advocate for somebody, for whoever decides with them (DUTY-41, DUTY-42)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.case_people import CasePerson
from models.cases import Case
from models.entry_kinds import EntryKind
from models.forms.advocacy import AdvocateFound
from models.policy import Policy
from models.policy.gaps.duty import AdvocacyStep
from models.states import CaseStatus
from models.written_contact_findings import day_in_words
from tasks.advocacy.holding import advocacy_wait
from tasks.durable import audited, here
from tasks.durable.ledger import recall

PROCEDURE = "advocacy"


@audited("Looked up whether it is seen to already that they have an advocate", clauses="DUTY-40")
def look_up_open_advocacy(person: str) -> str | None:
    """Ref of the oldest open case in which an advocate may be found for them, so that nobody is referred twice."""
    return next((case.ref for case in _cases(here().session, person) if case.status != CaseStatus.CLOSED), None)


def advocacy_was_considered(session: Session, person: str, since: datetime) -> bool:
    """Whether a case about an advocate for them is open, or was closed since then."""
    cases = _cases(session, person)
    return any(one.closed_at is None or one.closed_at >= since for one in cases)


def advocate_in_words(session: Session, policy: Policy, person: str, step: AdvocacyStep, now: datetime) -> str:
    """Who their advocate is, or that one is needed, or may be; empty where nothing is known."""
    held = advocacy_wait(session, policy, person, step, now)
    if held is not None:
        waits = "Hearing them, and what is settled with them, waits; what keeps somebody safe does not."
        return f"They need an advocate, and none is there yet: it is {held.in_words}. {waits}"
    cases = _cases(session, person)
    still_open = next((one for one in cases if one.status != CaseStatus.CLOSED), None)
    if still_open is not None:
        return f"Whether an advocate is needed or in place is seen to in case {still_open.ref}."
    found = next((one for case in reversed(cases) if (one := _found(session, case.ref)) is not None), None)
    if found is None or found.since is None:
        return ""
    return f"Their advocate: {found.advocate}, {found.service}, since {day_in_words(found.since)}."


def _cases(session: Session, person: str) -> list[Case]:
    """The cases about an advocate for them, the oldest first."""
    query = (
        select(Case)
        .join(CasePerson, CasePerson.case_ref == Case.ref)
        .where(CasePerson.person_id == person, Case.procedure == PROCEDURE)
        .order_by(Case.opened_at, Case.ref)
    )
    return list(session.scalars(query))


def _found(session: Session, ref: str) -> AdvocateFound | None:
    """The advocate whom a case has found; none where it found none, or where that is erased."""
    answers = [
        AdvocateFound.model_validate(one.data)
        for one in recall(session, ref)
        if one.kind is EntryKind.ANSWERED and one.step == AdvocateFound.name() and one.data
    ]
    return next((one for one in reversed(answers) if one.in_place), None)
