"""Restricted cases: who is shown more of one than that it is there."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from deployments.cli.shared import clock, member_named
from models.cases import Case
from models.errors import CheckFailed
from models.permissions import Action
from models.working_time import local_day
from tasks.durable.seeing import NEUTRAL_NAME, may_see_case
from tasks.worklist.confidential import kept_refs
from tasks.worklist.members import member_of
from tasks.worklist.scope import cases_within

__all__ = ["NEUTRAL_NAME", "CaseIsRestricted", "hidden_from", "kept_from"]


class CaseIsRestricted(CheckFailed):
    """The case is for those it belongs to and their managers, or it is confidential and for those in its room."""

    def __init__(self, ref: str) -> None:
        super().__init__(f"case {ref} is restricted: name in --as a manager to whom it belongs")


def hidden_from(session: Session, case: Case, staff_id: str | None) -> bool:
    """Whether whoever looks sees no more of a case than that it is there. Raises `NotOnTheStaff`."""
    if not case.restricted:
        return case.ref in kept_from(session, staff_id)
    return staff_id is None or not may_see_case(session, case, member_named(session, staff_id))


def kept_from(session: Session, staff_id: str | None) -> frozenset[str]:
    """Cases of confidential incidents that are not for whoever looks, by ref. Raises `NotOnTheStaff`."""
    now = clock.now()
    member = None if staff_id is None else member_of(session, member_named(session, staff_id).id, now)
    kept = kept_refs(session, member)
    if not kept or member is None:
        return kept
    within = cases_within(session, member, Action.READ_CASE, local_day(now))
    return kept - set(session.scalars(select(Case.ref).where(Case.ref.in_(kept), within)))
