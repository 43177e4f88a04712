"""
Who sees a restricted case: those it belongs to, those it asks, and never whoever it is about.

Everybody else is shown that there is one, and no more. Duty workers and practitioners do not see one as such: it may
be about one of them; what they are asked they may read.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.cases import Case, WorkItem
from models.notices import Recipient, RecipientKind
from models.register import Staff
from models.roles import Role
from models.states import WorkItemState
from tasks.durable.own_matter import is_own_matter
from tasks.durable.who_may_answer import may_answer

NEUTRAL_NAME = "restricted-case"
"""What a restricted case is called in lists, whatever its procedure."""
_AT_THE_FRONT = (Role.DUTY_WORKER, Role.PRACTITIONER)


def may_see_case(session: Session, case: Case, member: Staff) -> bool:
    """Whether a member of staff may see more of a case than that it is there."""
    if not case.restricted:
        return True
    if is_own_matter(session, case.ref, member):
        return False
    return _belongs_to(member, Recipient.from_tag(case.owner)) or _is_asked(session, case, member)


def may_read_item(session: Session, item: WorkItem, member: Staff, *, on: date | None = None) -> bool:
    """Whether somebody may read one question of a case, without seeing the case: who may answer it on that day."""
    if is_own_matter(session, item.case_ref, member):
        return False
    is_open = item.state == WorkItemState.OPEN
    return item.answered_by == member.id or (is_open and may_answer(session, member, item, on=on))


def _is_asked(session: Session, case: Case, member: Staff) -> bool:
    """Whether the case puts its questions to a manager, or somebody beside the line, or has had an answer of theirs."""
    if Role(member.role) in _AT_THE_FRONT:
        return False
    theirs = {Recipient.role(member.role).tag, Recipient.staff(member.id).tag}
    items = session.scalars(select(WorkItem).where(WorkItem.case_ref == case.ref)).all()
    return any(item.asked_of in theirs or member.id in (item.answered_by, item.assignee) for item in items)


def _belongs_to(member: Staff, owner: Recipient) -> bool:
    """
    The member of staff to whom it belongs, else a manager: of the team, of that role, or above it.

    Duty workers and practitioners do not see it as such: it may be about one of them.
    """
    role = Role(member.role)
    match owner.kind:
        case RecipientKind.STAFF:
            return owner.name == member.id
        case RecipientKind.TEAM:
            return owner.name == member.team_id and role.is_manager
        case RecipientKind.ROLE:
            return (role == owner.name and role not in _AT_THE_FRONT) or role.outranks(Role(owner.name))
