"""Where somebody waits, or is being given to a worker, just now: also in a case that has been opened and not begun."""

from __future__ import annotations

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models.case_people import CasePerson
from models.cases import Case
from models.states import CaseStatus
from models.tray import TrayPlace
from tasks.durable import SKIP, audited, here
from tasks.durable.ledger import recall

WAITING, ALLOCATING, TRIAGE = "pwt-review", "pwt-allocation", "pwt-triage"


def cases_on_trays(session: Session, person: str | None = None, *, restricted: bool = True) -> list[tuple[str, str]]:
    """
    Everybody who waits on a tray, or one person: register id and ref of their case, the oldest first.

    A case that has not had its first leg yet counts by what it was opened with. `restricted` cases can be left out.
    """
    query = (
        select(Case.ref, TrayPlace.person_id)
        .outerjoin(TrayPlace, TrayPlace.case_ref == Case.ref)
        .where(Case.procedure == WAITING, Case.status != CaseStatus.CLOSED, TrayPlace.left_at.is_(None))
        .order_by(Case.opened_at, Case.ref)
    )
    if person is not None:
        query = query.where(or_(TrayPlace.person_id == person, TrayPlace.person_id.is_(None)))
    if not restricted:
        query = query.where(Case.restricted.is_(False))
    found = [(who or str(recall(session, ref)[0].data["person"]), ref) for ref, who in session.execute(query).tuples()]
    return [(who, ref) for who, ref in found if person in (None, who)]


def being_given_in(session: Session, person: str) -> str | None:
    """The open case in which a worker is asked to take somebody on straight from triage, if there is one."""
    above = select(CasePerson.case_ref).join(Case, Case.ref == CasePerson.case_ref)
    triages = above.where(CasePerson.person_id == person, Case.procedure == TRIAGE)
    given = select(Case.ref).where(
        Case.procedure == ALLOCATING, Case.status != CaseStatus.CLOSED, Case.parent_ref.in_(triages)
    )
    return session.scalars(given.order_by(Case.opened_at, Case.ref)).first()


@audited("Looked where they wait", clauses="PWT-29", for_cases_past=SKIP)
def look_up_where_they_wait(person: str) -> tuple[str, ...]:
    """Refs of their cases on a tray; restricted ones are left out. None for a case that is past it."""
    return tuple(ref for _, ref in cases_on_trays(here().session, person, restricted=False))
