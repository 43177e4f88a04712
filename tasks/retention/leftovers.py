"""What is kept for a while beside cases and mail: drafts, sign-in records, people of the register, the access log."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, delete, exists, func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from models.audit import AccessEntry
from models.base import Base
from models.case_people import CasePerson
from models.cases import WorkItem
from models.mail import InboundMail
from models.person_messages import PersonMessage
from models.policy import Policy
from models.policy.retention import KeptFor
from models.providers.tables import CarePackage
from models.recording import Admission, CaseNote, ExtractNote, ReviewDate
from models.register import Allocation, ExtractKind, Person, RegisterImport
from models.retention import AccessCut
from models.tray import SeenWaiting, TrayPlace
from models.working_time import local_day
from models.worklist import Draft, WebSession
from tasks.as_of import start_of
from tasks.audit.access_log import CUT, cut_point, note_access
from tasks.audit.chaining import ACCESS_LOG, take_turns
from tasks.durable.council import Change
from tasks.retention.belonging import in_parts
from tasks.retention.holds import Holds, while_nobody_else_does

DRAFT, PERSON = "erase-draft", "erase-person"
"""What the access log calls it."""
_CASE = re.compile(r"^/cases/([0-9A-Z]{4}-[0-9A-Z]{4})(?:/|$)")
_WORK_ITEM = re.compile(r"^/work-items/(W-[0-9A-Z]+)(?:/|$)")


# ---------------------------------------------------------------------- drafts


Failed = Callable[[str, Exception], None]
"""Told of what cannot be looked at and therefore stays: its reference, and the error."""


def drafts_left(session: Session, policy: Policy, today: date, holds: Holds, failed: Failed) -> Iterator[int]:
    """Ids of drafts whose time has passed and that no hold covers, by their case or by whom they name."""
    before = first_moment_kept(policy.retention.drafts, today)
    for draft in session.scalars(select(Draft).where(Draft.saved_at < before).order_by(Draft.id)).all():
        try:
            is_held = _draft_is_held(session, draft, holds)
        except DBAPIError:
            raise
        except Exception as caught:
            failed(f"draft {draft.id}", caught)
            continue
        if not is_held:
            yield draft.id


def erase_drafts(change: Change, *, by: str, failed: Failed) -> int:
    """Erase every draft that was left, with an entry in the access log that says how many; gives how many."""
    while_nobody_else_does(change.session)
    holds = Holds(change.session)
    left = list(drafts_left(change.session, change.policy, local_day(change.now), holds, failed))
    for draft_id in left:
        change.session.execute(delete(Draft).where(Draft.id == draft_id))
    if left:
        note_access(change.session, by, DRAFT, f"{len(left)} drafts", change.now)
    return len(left)


def _draft_is_held(session: Session, draft: Draft, holds: Holds) -> bool:
    ref = _case_of(session, draft.path)
    if ref is not None and holds.on_case(ref):
        return True
    return holds.look_for_names and bool(holds.naming(" ".join(map(str, pair)) for pair in json.loads(draft.content)))


def _case_of(session: Session, path: str) -> str | None:
    if of_case := _CASE.match(path):
        return of_case[1]
    of_item = _WORK_ITEM.match(path)
    return session.scalar(select(WorkItem.case_ref).where(WorkItem.id == of_item[1])) if of_item else None


# ---------------------------------------------------------------------- who was signed in


def _sessions_over(policy: Policy, today: date) -> ColumnElement[bool]:
    return WebSession.expires_at < first_moment_kept(policy.retention.sign_in_records, today)


def count_sign_in_records(session: Session, policy: Policy, today: date) -> int:
    """How many browsers are known whose time is over for so long."""
    return session.scalar(select(func.count()).select_from(WebSession).where(_sessions_over(policy, today))) or 0


def erase_sign_in_records(change: Change) -> int:
    """Forget them; that somebody signed in stands in the access log. Gives how many."""
    count = count_sign_in_records(change.session, change.policy, local_day(change.now))
    change.session.execute(delete(WebSession).where(_sessions_over(change.policy, local_day(change.now))))
    return count


# ---------------------------------------------------------------------- people of the register

_SPOKEN_OF: tuple[tuple[type[Base], str], ...] = (
    (CasePerson, "person_id"),
    (TrayPlace, "person_id"),
    (PersonMessage, "person_id"),
    (PersonMessage, "told_person_id"),
    (CaseNote, "person_id"),
)
_SHOWN = (Allocation, Admission, CarePackage, ExtractNote, ReviewDate, SeenWaiting)


def people_left_out(
    session: Session, policy: Policy, today: date, holds: Holds, *which: ColumnElement[bool]
) -> Iterator[str]:
    """
    Ids of people whom the recording system has left out for so long, who are in no case of ours and under no hold.

    Left out means that a later full extract of people came in and did not have them: where extracts have stopped,
    nobody is left out.
    """
    whole = (RegisterImport.kind == ExtractKind.PEOPLE, RegisterImport.full)
    latest = session.scalar(select(func.max(RegisterImport.extract_date)).where(*whole))
    if latest is None:
        return
    in_cases = (exists().where(getattr(table, column) == Person.id) for table, column in _SPOKEN_OF)
    shown_by = policy.retention.people_left_out.newest_over(today)
    query = (
        select(Person.id, Person.last_shown_on)
        .where(Person.last_shown_on <= shown_by, Person.last_shown_on < latest, *which)
        .where(*(~one for one in in_cases))
        .order_by(Person.id)
    )
    for person_id, shown_on in session.execute(query).all():
        is_over = shown_on is not None and policy.retention.people_left_out.is_over(shown_on, today)
        if is_over and not holds.on_person(person_id):
            yield person_id


def erase_person(change: Change, person_id: str, *, by: str) -> bool:
    """Take somebody out of the register, with an entry in the access log; whether that was (still) to be done."""
    while_nobody_else_does(change.session)
    today, holds = local_day(change.now), Holds(change.session)
    if not list(people_left_out(change.session, change.policy, today, holds, Person.id == person_id)):
        return False
    for table in _SHOWN:
        change.session.execute(delete(table).where(table.person_id == person_id))
    change.session.execute(delete(Person).where(Person.id == person_id))
    note_access(change.session, by, PERSON, person_id, change.now)
    return True


# ---------------------------------------------------------------------- who looked


def access_entries_over(session: Session, policy: Policy, today: date, holds: Holds) -> int | None:
    """
    Number of the last entry of the access log that may go with all before it; None: none may.

    The log is only ever cut from its beginning: the first entry that is about something under hold keeps all after it.
    """
    before = first_moment_kept(policy.retention.access_log, today)
    last = session.scalar(select(func.max(AccessEntry.no)).where(AccessEntry.at < before))
    first_kept = session.scalar(select(func.min(AccessEntry.no)).where(AccessEntry.at >= before))
    held = _first_entry_about(session, holds.covered_references()) if holds.standing else None
    ends = [one for one in (last, first_kept and first_kept - 1, held and held - 1) if one is not None]
    first = session.scalar(select(func.min(AccessEntry.no)))
    return min(ends) if last is not None and first is not None and min(ends) >= first else None


def cut_access_log(change: Change, *, by: str) -> int:
    """
    Cut the log where its time has passed; gives how many entries went.

    The log's own next entry says up to which number it was cut and to which hash the rest is chained, so that it holds
    from there on, and seals go on to prove it.
    """
    session = change.session
    while_nobody_else_does(session)
    take_turns(session, ACCESS_LOG)
    up_to = access_entries_over(session, change.policy, local_day(change.now), Holds(session))
    if up_to is None:
        return 0
    cut_hash = session.scalars(select(AccessEntry.hash).where(AccessEntry.no == up_to)).one()
    count = session.scalar(select(func.count()).select_from(AccessEntry).where(AccessEntry.no <= up_to)) or 0
    note_access(session, by, CUT, cut_point(up_to, cut_hash), change.now)
    session.add(AccessCut(up_to=up_to, hash=cut_hash, at=change.now))
    session.flush()
    session.execute(delete(AccessEntry).where(AccessEntry.no <= up_to).execution_options(synchronize_session=False))
    return count


def _first_entry_about(session: Session, references: set[str]) -> int | None:
    found = []
    for part in in_parts(references):
        mail = select(InboundMail.id).where(InboundMail.case_ref.in_(part))
        about = AccessEntry.about.in_(part) | AccessEntry.about.in_(mail)
        found.append(session.scalar(select(func.min(AccessEntry.no)).where(about)))
    return min((one for one in found if one is not None), default=None)


def first_moment_kept(kept_for: KeptFor, today: date) -> datetime:
    """What was before that moment has had its time."""
    day = kept_for.newest_over(today)
    while not kept_for.is_over(day, today):
        day -= timedelta(days=1)
    return start_of(day + timedelta(days=1))
