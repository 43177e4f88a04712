"""Restricted cases: who is shown more of one than that it is there."""

from __future__ import annotations

from sqlalchemy.orm import Session

from deployments.cli.shared import member_named
from models.cases import Case
from models.errors import CheckFailed
from models.notices import Recipient, RecipientKind
from models.register import Staff
from models.roles import Role

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
    return staff_id is None or not _may_see(member_named(session, staff_id), Recipient.from_tag(case.owner))


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
