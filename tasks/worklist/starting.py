"""Opening a case by hand: what neither comes by post nor from another case. Letters and referrals have their own."""

from __future__ import annotations

import importlib
import pkgutil
from dataclasses import dataclass

from models.cases import Case
from models.errors import PathwaysError
from models.forms.base import CaseFacts
from models.notices import Recipient
from models.roles import Role
from tasks.durable.answer_checks import problems_with_beginning
from tasks.durable.cases import open_in
from tasks.durable.checking import problems_in
from tasks.durable.council import Change, Council
from tasks.durable.ledger import recall
from tasks.durable.procedure import Procedure, all_procedures
from tasks.durable.safeguarding_asked import NOT_ASKED, is_asked_before, note_asked_to_begin
from tasks.register.lookups import staff_member
from tasks.worklist.members import Member
from tasks.worklist.scope import NotFound
from tasks.worklist.submissions import SentForm, note_sent, sent_just_so

CONCERN = "safeguarding-concern"
"""The procedure of what is raised where somebody is at risk."""
OWNS_RESTRICTED = Role.TEAM_MANAGER
"""Whom a restricted case belongs to that somebody else opened: it may be about whoever did."""


class CannotBeOpened(PathwaysError):
    """The case cannot be opened like that; the message names every problem, never what was typed."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("the case cannot be opened: " + "; ".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class Said:
    """What somebody said before they began a case, when asked if anybody is at risk of abuse or neglect."""

    concern: str | None = None
    """Ref of the concern that they raised; none: nobody is at risk."""


def problem_with_said(change: Change, facts: type[CaseFacts], said: Said | None, by: str) -> str | None:
    """Why nobody can begin a case with that answer to what is asked first; None where it is well (GAP-10)."""
    if said is None:
        return NOT_ASKED if is_asked_before(change.policy, facts) else None
    if said.concern is None:
        return None
    raised = change.session.get(Case, said.concern)
    if raised is None or raised.procedure != CONCERN or recall(change.session, raised.ref)[0].by != by:
        return "concern: give the reference of the safeguarding concern that you have raised yourself"
    return None


def note_said(change: Change, ref: str, said: Said | None, by: str) -> None:
    """Enter in the case that was begun what they said before it."""
    member = staff_member(change.session, by)
    if said is not None and member is not None:
        note_asked_to_begin(change.pen(change.lock(ref)), member, said.concern)


def procedures_by_hand() -> tuple[Procedure, ...]:
    """The procedures that staff may begin themselves, by title."""
    flows = importlib.import_module("flows")
    for module in pkgutil.iter_modules(flows.__path__):
        importlib.import_module(f"flows.{module.name}")
    return tuple(sorted((one for one in all_procedures() if one.by_hand), key=lambda one: one.title))


def procedure_by_hand(name: str) -> Procedure:
    """The procedure of that name that staff may begin. Raises `NotFound`."""
    for one in procedures_by_hand():
        if one.name == name:
            return one
    raise NotFound("procedure to start")


def whoever_opens(member: Member) -> Recipient:
    """Who does what falls to whoever opens a case: somebody of the duty team for them all, anybody else themselves."""
    return Recipient.role(member.role) if member.role is Role.DUTY_WORKER else Recipient.staff(member.id)


def owner_of_new(procedure: Procedure, by: str) -> Recipient:
    """To whom a case belongs that is opened by hand, where nobody else is named."""
    return Recipient.role(OWNS_RESTRICTED) if procedure.restricted else Recipient.staff(by)


def problems_with_facts(council: Council, facts: CaseFacts) -> list[str]:
    """Who is not in the register, and days that cannot be; each with what to do."""
    with council.database.read() as session:
        found = problems_in(session, facts, council.clock.now())
        return [*found, *problems_with_beginning(session, council.policy, facts)]


def open_by_hand(
    council: Council,
    procedure: Procedure,
    facts: CaseFacts,
    *,
    by: str,
    owner: Recipient | None = None,
    form: SentForm | None = None,
    said: Said | None = None,
) -> str:
    """
    Open a case and give its ref; the same `form` sent again gives the ref that it had, and opens nothing.

    `said` answers what is asked before some beginnings; without it such a case is not opened. Raises
    `CannotBeOpened` with every problem.
    """
    if problems := problems_with_facts(council, facts):
        raise CannotBeOpened(problems)
    owned_by = owner or owner_of_new(procedure, by)
    with council.change() as change:
        earlier = None if form is None else sent_just_so(change.session, form)
        if earlier is not None:
            return earlier
        if problem := problem_with_said(change, type(facts), said, by):
            raise CannotBeOpened([problem])
        ref = open_in(change, procedure.name, facts, owner=owned_by, by=by, restricted=procedure.restricted)
        note_said(change, ref, said, by)
        if form is not None:
            note_sent(change.session, form, ref, change.now)
        return ref
