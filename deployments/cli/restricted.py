"""Restricted cases: who is shown more of one than that it is there."""

from __future__ import annotations

from sqlalchemy.orm import Session

from deployments.cli.shared import member_named
from models.cases import Case
from models.errors import CheckFailed
from tasks.durable.seeing import NEUTRAL_NAME, may_see_case

__all__ = ["NEUTRAL_NAME", "CaseIsRestricted", "hidden_from"]


class CaseIsRestricted(CheckFailed):
    """The case is for those it belongs to and their managers."""

    def __init__(self, ref: str) -> None:
        super().__init__(f"case {ref} is restricted: name in --as a manager to whom it belongs")


def hidden_from(session: Session, case: Case, staff_id: str | None) -> bool:
    """Whether whoever looks sees no more of a case than that it is there. Raises `NotOnTheStaff`."""
    if not case.restricted:
        return False
    return staff_id is None or not may_see_case(session, case, member_named(session, staff_id))
