"""Who visits a provider and knows it: by the register's extract, else by what commissioning named (TRN-55)."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.cases import Case, Entry
from models.entry_kinds import EntryKind
from models.providers.tables import LinkWorker
from models.states import CaseStatus
from models.working_time import local_day
from tasks.as_of import latest
from tasks.durable import audited, here
from tasks.register.lookups import provider, staff_member

NAMING = "link-worker"
"""The procedure in which one is named."""


def link_worker_of(session: Session, provider_id: str, on: date) -> str | None:
    """
    Staff id of a provider's link worker on a day; None where there is none, or who was has left.

    What the recording system's extract says comes first: whoever is named here stands for what it does not say.
    """
    if (extracted := named_by_the_extract(session, provider_id, on)) is not None:
        return extracted
    ours = session.get(LinkWorker, provider_id)
    return ours.staff_id if ours is not None and _serves(session, ours.staff_id, on) else None


def named_by_the_extract(session: Session, provider_id: str, on: date) -> str | None:
    """Staff id of whom the recording system names, where they have not left."""
    known = provider(session, provider_id)
    if known is None or known.link_worker is None:
        return None
    return known.link_worker if _serves(session, known.link_worker, on) else None


def _serves(session: Session, staff_id: str, on: date) -> bool:
    member = staff_member(session, staff_id)
    return member is not None and (member.left_on is None or member.left_on > on)


@audited("Looked up the link worker", clauses="TRN-55")
def look_up_link_worker(provider_id: str) -> str | None:
    """Staff id; None where nobody is."""
    step = here()
    return link_worker_of(step.session, provider_id, local_day(step.now))


@audited("Looked up whether a link worker is being named", keyed_by="provider_id", clauses="TRN-55")
def look_up_naming(provider_id: str) -> str | None:
    """Ref of the open case in which that provider's link worker is named; None where there is none."""
    step = here()
    return open_case_about(step.session, NAMING, provider_id, step.now)


@audited("Named the link worker", clauses="TRN-55")
def name_link_worker(provider_id: str, staff_id: str) -> str:
    """From now on, until another is named or the extract names one; gives the staff id."""
    step = here()
    row = step.session.get(LinkWorker, provider_id)
    if row is None:
        row = LinkWorker(provider_id=provider_id, staff_id=staff_id, named_at=step.now, named_in=step.case.ref)
        step.session.add(row)
    row.staff_id, row.named_at, row.named_in = staff_id, step.now, step.case.ref
    return staff_id


def open_case_about(session: Session, procedure: str, provider_id: str, moment: datetime) -> str | None:
    """Ref of the first open case of a procedure that was opened about a provider; None where there is none."""
    return open_cases_about(session, procedure, moment).get(provider_id)


def open_cases_about(session: Session, procedure: str, moment: datetime) -> dict[str, str]:
    """By provider, the ref of the first open case of a procedure about it, of those that were opened by a moment."""
    still_open = select(Case.ref).where(Case.procedure == procedure, Case.status != CaseStatus.CLOSED)
    opened = latest(session, still_open, moment, Entry.kind == EntryKind.OPENED)
    found: dict[str, str] = {}
    for ref, entry in sorted(opened.items(), key=lambda one: (one[1].at, one[0])):
        if isinstance(entry.data, dict) and entry.data.get("provider"):
            found.setdefault(entry.data["provider"], ref)
    return found
