"""Telling an open case that something has happened: what can be told to it by hand, by whom, and telling it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.case_people import CasePerson
from models.cases import Case, Wait
from models.errors import PathwaysError
from models.forms.base import Signal
from models.forms.tray_rating import RatingFacts
from models.policy import Policy
from models.register import Person, Staff
from models.roles import Role
from models.states import CaseStatus, WaitKind, WaitState
from tasks.durable.answer_checks import Saying, problems_with_signal
from tasks.durable.arrivals import entry_of_signal, take_in_signal
from tasks.durable.checking import problems_in
from tasks.durable.council import Council
from tasks.durable.ledger import recall
from tasks.durable.procedure import UnknownProcedure, procedure_named
from tasks.durable.replay import replay
from tasks.durable.safeguarding_asked import NOT_ASKED, is_asked_before, note_asked_to_tell, was_asked_to_tell

_JUDGED = ("colour", "priority", "complexity", "override_reasons")
"""Where a manager has departed from the tables: that is judged anew each time."""
_SAFEGUARDING = ("safeguarding-concern", "reablement-safeguarding-pause")
"""Procedures whose cases are about somebody at risk already: what they are told is not asked about that first."""


class SignalRefused(PathwaysError):
    """That signal cannot be sent like that; the message says what to put right, never what was typed."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class Tellable:
    """Something that an open case can be told by hand."""

    signal: type[Signal]
    awaited: bool
    """The case waits for just this; it hears the others at any time."""
    only_by_managers: bool
    """Somebody of their role cannot tell it: a manager can."""


def what_can_be_told(council: Council, case: Case, role: Role) -> tuple[Tellable, ...]:
    """
    What an open case can be told by somebody of that role, what it waits for first; nothing once it is closed.

    Offered is what its procedure waits for, listens for at any time or acts on, and what its owner reads whatever the
    procedure does. What only the system itself says is left out.
    """
    if case.status == CaseStatus.CLOSED:
        return ()
    with council.database.read() as session:
        awaited = _awaited(session, case.ref)
    heard = awaited | replay(council, case.ref).hears | _acted_on(case.procedure)
    found = [
        Tellable(one, one.name() in awaited, one.managers_only and not role.is_manager)
        for one in Signal.every()
        if one.by_hand and (one.read_by_owner or one.name() in heard)
    ]
    return tuple(sorted(found, key=lambda one: (not one.awaited, one.only_by_managers, one.signal.title)))


def people_of_case(session: Session, ref: str) -> list[Person]:
    """The people whom a case is about. Personal data."""
    about = select(Person).join(CasePerson, CasePerson.person_id == Person.id).where(CasePerson.case_ref == ref)
    return list(session.scalars(about.order_by(Person.name, Person.id)))


def known_already(session: Session, case: Case, signal: type[Signal]) -> dict[str, Any]:
    """
    What the form of a signal need not be asked again, by field: how somebody was rated last, but for overrides.

    Read in the case itself, else in the one that opened it. Personal data.
    """
    if "facts" not in signal.model_fields or signal.model_fields["facts"].annotation is not RatingFacts:
        return {}
    parent = session.get(Case, case.parent_ref) if case.parent_ref else None
    for one in (case, parent):
        if one is None or one.restricted:
            continue
        for entry in reversed(recall(session, one.ref)):
            said = entry.data.get("facts") if isinstance(entry.data, dict) else None
            if isinstance(said, dict):
                return {"facts": {name: value for name, value in said.items() if name not in _JUDGED}}
    return {}


def problems_with(council: Council, ref: str, sent: Signal, *, by: str) -> list[str]:
    """Everything that keeps somebody from telling a case that now, each with what to do."""
    if not sent.by_hand:
        return [f"{sent.title} is a message of the system itself: nobody sends it by hand"]
    now = council.clock.now()
    with council.database.read() as session:
        member = session.get_one(Staff, by)
        if sent.managers_only and not Role(member.role).is_manager:
            return [f"{sent.title} is for managers, from team leader upwards; {by} is {member.role}"]
        saying = Saying(session, council.policy, ref, member, now)
        return [*problems_in(session, sent, now), *problems_with_signal(saying, sent)]


def is_asked_first(policy: Policy, procedure: str, signal: type[Signal]) -> bool:
    """Whether whoever tells a case of that procedure so by hand is asked first if anybody is at risk (GAP-10)."""
    return procedure not in _SAFEGUARDING and is_asked_before(policy, signal)


def tell_case(
    council: Council, ref: str, sent: Signal, *, by: str, signal_id: str | None = None, nobody_at_risk: bool = False
) -> int:
    """
    Tell an open case something and wake it; gives the number of its entry, the same for the same `signal_id`.

    `nobody_at_risk` answers what is asked before some signals; without it, and where they have not been asked before,
    such a signal is refused. Raises `SignalRefused` with every problem, `UnknownCase`, `CaseIsClosed`.
    """
    if problems := problems_with(council, ref, sent, by=by):
        raise SignalRefused(problems)
    signal = type(sent)
    with council.change() as change:
        case, session = change.lock(ref), change.session
        came_before = signal_id is not None and entry_of_signal(session, ref, signal_id) is not None
        first = is_asked_first(change.policy, case.procedure, signal) and case.status is not CaseStatus.CLOSED
        if first and not came_before and not was_asked_to_tell(session, ref, signal, by, change.now):
            if not nobody_at_risk:
                raise SignalRefused([NOT_ASKED])
            note_asked_to_tell(change.pen(case), signal, session.get_one(Staff, by), None)
        return take_in_signal(change, ref, sent, by=by, signal_id=signal_id)


def _awaited(session: Session, ref: str) -> frozenset[str]:
    waits = select(Wait.awaited).where(Wait.case_ref == ref, Wait.kind == WaitKind.SIGNAL, Wait.state == WaitState.OPEN)
    return frozenset(session.scalars(waits))


def _acted_on(procedure: str) -> frozenset[str]:
    try:
        return frozenset(one.name() for one in procedure_named(procedure).acts_on)
    except UnknownProcedure:
        return frozenset()
