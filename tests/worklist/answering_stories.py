"""Work items of the stories, and ways of looking at them, that the tests of answering use."""

from __future__ import annotations

from sqlalchemy import func, select

from flows.pwt_triage import pwt_triage
from models.cases import Entry, WorkItem
from models.entry_kinds import EntryKind
from models.forms.tray_triage import SafeguardingCheck
from models.states import WorkItemState
from tasks.durable.ledger import recall
from tasks.durable.testing import Office
from tasks.worklist.members import Member, member_of
from tests.procedures.triage_stories import SAFE, referral, triaged

CHECKED_SAFE = {"nine_nine_nine_considered": "yes", "concern": "no"}
"""What duty ticks where nobody is feared for."""


def item_of(office: Office, case: str, form: str) -> str:
    """The case's open work item of that form."""
    with office.council.database.read() as session:
        found = session.scalar(
            select(WorkItem.id).where(
                WorkItem.case_ref == case, WorkItem.form == form, WorkItem.state == WorkItemState.OPEN
            )
        )
    assert found is not None, f"{case} does not ask for {form}: {office.waiting_for(case)}"
    return found


def a_safeguarding_check(office: Office) -> tuple[str, str]:
    """A referral whose safeguarding check duty is asked for: the case, and the work item."""
    case = office.start(pwt_triage, referral())
    return case, item_of(office, case, SafeguardingCheck.name())


def a_tray_decision(office: Office) -> tuple[str, str]:
    """A case that waits for Hazel's team leader to decide: the case, and the work item."""
    case = office.start(pwt_triage, referral())
    office.answer(case, SAFE, by="duty-worker")
    office.answer(case, triaged(), by="duty-worker")
    return case, item_of(office, case, "TrayDecision")


def entries_of(office: Office, case: str, kind: EntryKind) -> list[str]:
    """The lines of that kind in the case's story."""
    with office.council.database.read() as session:
        return [entry.text for entry in recall(session, case) if entry.kind is kind]


def all_entries(office: Office) -> int:
    """How many entries there are in all cases."""
    with office.council.database.read() as session:
        return session.scalar(select(func.count()).select_from(Entry)) or 0


def member(office: Office, staff_id: str) -> Member:
    """Somebody at work."""
    with office.council.database.read() as session:
        found = member_of(session, staff_id, office.clock.now())
    assert found is not None
    return found
