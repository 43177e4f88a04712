"""Restricted cases: who is shown more of one than that it is there."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from deployments.cli.shared import member_named
from models.cases import Case, WorkItem
from models.errors import CheckFailed
from models.notices import Recipient, RecipientKind
from models.register import Staff
from models.roles import Role
from models.states import WorkItemState
from tasks.durable.worklist import is_own_matter, may_answer

NEUTRAL_NAME = "restricted-case"
"""What a restricted case is called in lists, whatever its procedure."""
_AT_THE_FRONT = (Role.DUTY_WORKER, Role.PRACTITIONER)


class CaseIsRestricted(CheckFailed):
    """The case is for those it belongs to and their managers."""

    def __init__(self, ref: str) -> None:
        super().__init__(f"case {ref} is restricted: name in --as a manager to whom it belongs")


def hidden_from(session: Session, case: Case, staff_id: str | None) -> bool:
    """Whether whoever looks sees no more of a case than that it is there. Raises `NotOnTheStaff`."""
    if not case.restricted:
        return False
    if staff_id is None:
        return True
    member = member_named(session, staff_id)
    if is_own_matter(session, case.ref, member):
        return True
    return not (_may_see(member, Recipient.from_tag(case.owner)) or _is_asked(session, case, member))


def _is_asked(session: Session, case: Case, member: Staff) -> bool:
    """Whether the case puts its questions to a manager, or somebody beside the line, or has had an answer of theirs."""
    if Role(member.role) in _AT_THE_FRONT:
        return False
    theirs = {Recipient.role(member.role).tag, Recipient.staff(member.id).tag}
    items = session.scalars(select(WorkItem).where(WorkItem.case_ref == case.ref)).all()
    return any(item.asked_of in theirs or member.id in (item.answered_by, item.assignee) for item in items)


def may_read_item(session: Session, item: WorkItem, staff_id: str) -> bool:
    """Whether somebody may read one question of a restricted case, without seeing the case: who may answer it."""
    member = member_named(session, staff_id)
    return _is_theirs(session, item, member) and not is_own_matter(session, item.case_ref, member)


def _is_theirs(session: Session, item: WorkItem, member: Staff) -> bool:
    is_open = item.state == WorkItemState.OPEN
    return item.answered_by == member.id or (is_open and may_answer(session, member, item))


def _may_see(member: Staff, owner: Recipient) -> bool:
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
