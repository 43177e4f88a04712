"""
Deaths: what the register shows stops letters at once, and each open case about the person hears of it, once.

It is found out from how things stand, not from the moment of an import, so that nothing is missed by a crash between
the two. A sender looks into the register once more before each message; this takes back what still waits.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.case_people import CasePerson
from models.cases import Case
from models.forms.recording import PersonHasDied
from models.person_messages import MessageKind, PersonMessage, PersonMessageState
from models.register import Person
from models.states import CaseStatus
from tasks.differences import note_difference
from tasks.durable.arrivals import take_in_signal
from tasks.durable.council import Change, Council
from tasks.telling.people import ADDRESSEE_DIED, DIED, withdraw_message
from tasks.telling.people_settling import come_back_to_case


@dataclass
class Deaths:
    """What was done: ids of messages that were withdrawn, and (case, person) that heard or had to be put right."""

    withdrawn: list[str] = field(default_factory=list)
    heard: list[tuple[str, str]] = field(default_factory=list)
    taken_back: list[tuple[str, str]] = field(default_factory=list)


def heed_deaths(council: Council) -> Deaths:
    """Withdraw each message that waits to go to, or about, somebody who has died; tell each open case about them."""
    done = Deaths()
    with council.database.read() as session:
        messages = _messages_of_the_dead(session)
        open_cases = (
            select(CasePerson.case_ref, CasePerson.person_id)
            .join(Case, Case.ref == CasePerson.case_ref)
            .join(Person, Person.id == CasePerson.person_id)
            .where(Case.status != CaseStatus.CLOSED)
            .order_by(CasePerson.case_ref, CasePerson.person_id)
        )
        unheard = session.execute(
            open_cases.where(Person.died_on.is_not(None), CasePerson.death_heard_no.is_(None))
        ).all()
        alive = session.execute(
            open_cases.where(Person.died_on.is_(None), CasePerson.death_heard_no.is_not(None))
        ).all()
    for message_id, (ref, reason) in messages.items():
        if _withdraw(council, message_id, ref, reason):
            done.withdrawn.append(message_id)
    done.heard = [(ref, who) for ref, who in unheard if _tell(council, ref, who)]
    done.taken_back = [(ref, who) for ref, who in alive if _take_back(council, ref, who)]
    return done


def _messages_of_the_dead(session: Session) -> dict[str, tuple[str, str]]:
    """The messages that wait though the person they are about, or whoever they go to, has died: case, and reason."""
    found: dict[str, tuple[str, str]] = {}
    for column, reason in ((PersonMessage.person_id, DIED), (PersonMessage.told_person_id, ADDRESSEE_DIED)):
        waiting = session.execute(
            select(PersonMessage.id, PersonMessage.case_ref)
            .join(Person, Person.id == column)
            .where(PersonMessage.state == PersonMessageState.QUEUED, Person.died_on.is_not(None))
            .order_by(PersonMessage.queued_at, PersonMessage.id)
        )
        for message_id, ref in waiting:
            found.setdefault(message_id, (ref, reason))
    return found


def _withdraw(council: Council, message_id: str, ref: str, reason: str) -> bool:
    with council.change() as change:
        case = change.lock(ref)
        state = withdraw_message(change.session, message_id, reason=reason, now=change.now)
        message = change.session.get_one(PersonMessage, message_id, populate_existing=True)
        if state is not PersonMessageState.WITHDRAWN:
            return False
        come_back_to_case(change, case, message_id, MessageKind(message.kind), state, reason)
    return True


def _tell(council: Council, ref: str, person_id: str) -> bool:
    """Send the signal, and put the death on the daily list; whether the case had not heard of it before."""
    with council.change() as change:
        row, known = _both(change, ref, person_id)
        case = change.session.get_one(Case, ref)
        if case.status == CaseStatus.CLOSED or row.death_heard_no is not None or known.died_on is None:
            return False
        died = PersonHasDied(person=person_id, died_on=known.died_on)
        row.death_heard_no = take_in_signal(change, ref, died)
        text = f"{person_id} has died on {known.died_on}; case {ref} is open, and its owner says what follows"
        note_difference(change, f"death:{person_id}:{ref}", text, person_id=person_id, case=case)
    return True


def _take_back(council: Council, ref: str, person_id: str) -> bool:
    """The register no longer shows a death of which the case has heard: somebody sees to what was stopped."""
    with council.change() as change:
        row, known = _both(change, ref, person_id)
        if row.death_heard_no is None or known.died_on is not None:
            return False
        heard, row.death_heard_no = row.death_heard_no, None
        text = f"{person_id} is no longer shown as having died; see in case {ref} what was stopped (entry {heard})"
        case = change.session.get_one(Case, ref)
        note_difference(change, f"death-taken-back:{person_id}:{ref}:{heard}", text, person_id=person_id, case=case)
    return True


def _both(change: Change, ref: str, person_id: str) -> tuple[CasePerson, Person]:
    change.lock(ref)
    session = change.session
    row = session.get_one(CasePerson, (ref, person_id), populate_existing=True)
    return row, session.get_one(Person, person_id, populate_existing=True)
