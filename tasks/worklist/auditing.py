"""
What an auditor sees: which entries there are, who looked at what, the seals; never what any of it says.

References only. Whether the record holds is another module's matter (`tasks/worklist/audit_checks.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from models.audit import AccessEntry, Seal
from models.cases import Case, Entry, EntryPayload
from models.permissions import Action
from models.working_time import LONDON
from tasks.worklist.members import Member
from tasks.worklist.scope import cases_within, find_case, restricted_refs

MOST_CASES, MOST_ENTRIES, MOST_LOOKS, MOST_SEALS = 50, 100, 100, 100
"""So many are shown on one page."""
RESTRICTED = "restricted case"
"""What stands in the access log in the place of the reference of a restricted case that is not theirs to see."""


@dataclass(frozen=True)
class AuditedCase:
    """A case as an auditor sees it."""

    ref: str
    opened_at: datetime
    status: str
    entries: int


@dataclass(frozen=True)
class AuditedEntry:
    """An entry of a ledger without what it says."""

    no: int
    at: datetime
    kind: str
    key: str
    step: str
    by: str
    clauses: str
    policy: str
    payload_digest: str
    previous_hash: str
    hash: str
    is_erased: bool
    """What it said was erased, as its time had passed."""


@dataclass(frozen=True)
class AuditedLook:
    """An entry of the access log as an auditor sees it."""

    no: int
    at: datetime
    who: str
    what: str
    about: str
    """A reference; `RESTRICTED` in the place of a restricted case's."""
    previous_hash: str
    hash: str


@dataclass(frozen=True)
class Looks:
    """Which entries of the access log are wanted; all of them where nothing is said."""

    who: str = ""
    """Staff id, or os:USER."""
    about: str = ""
    """A ref or another reference."""
    day: date | None = None
    before: int | None = None
    """Entries below that number."""


def newest_cases(session: Session, member: Member, on: date) -> list[AuditedCase]:
    """The cases that were opened last."""
    theirs = cases_within(session, member, Action.AUDIT, on)
    found = session.scalars(select(Case).where(theirs).order_by(Case.opened_at.desc(), Case.ref).limit(MOST_CASES))
    return [_audited(one) for one in found]


def audited_case(session: Session, member: Member, ref: str, on: date) -> AuditedCase:
    """The case of that ref. Raises `NotFound`, for a restricted one as well."""
    return _audited(find_case(session, member, ref, Action.AUDIT, on))


def entries_of(session: Session, ref: str, after: int = 0) -> list[AuditedEntry]:
    """The entries of a case after a number, in their order; one more than is shown, where there are more."""
    columns = (
        Entry.no,
        Entry.at,
        Entry.kind,
        Entry.key,
        Entry.step,
        Entry.by,
        Entry.clauses,
        Entry.policy,
        Entry.payload_digest,
        Entry.previous_hash,
        Entry.hash,
        EntryPayload.content.is_(None),
    )
    found = session.execute(
        select(*columns)
        .outerjoin(EntryPayload, (EntryPayload.case_ref == Entry.case_ref) & (EntryPayload.no == Entry.no))
        .where(Entry.case_ref == ref, Entry.no > after)
        .order_by(Entry.no)
        .limit(MOST_ENTRIES + 1)
    )
    return [AuditedEntry(*row) for row in found]


def access_log(session: Session, member: Member, wanted: Looks) -> Sequence[AuditedLook]:
    """
    Who looked at what, the latest first; one more than is shown, where there are more.

    That somebody looked at a restricted case is told, and not at which; by its reference nothing is found.
    """
    hidden = _hidden_refs(session, member)
    if wanted.about in hidden:
        return []
    query = select(AccessEntry).order_by(AccessEntry.no.desc()).limit(MOST_LOOKS + 1)
    if wanted.who:
        query = query.where(AccessEntry.who == wanted.who)
    if wanted.about:
        query = query.where(AccessEntry.about == wanted.about)
    if wanted.day is not None:
        begins = datetime.combine(wanted.day, time(), LONDON)
        ends = datetime.combine(wanted.day + timedelta(days=1), time(), LONDON)
        query = query.where(AccessEntry.at >= begins, AccessEntry.at < ends)
    if wanted.before is not None:
        query = query.where(AccessEntry.no < wanted.before)
    return [
        AuditedLook(
            one.no,
            one.at,
            one.who,
            one.what,
            RESTRICTED if one.about in hidden else one.about,
            one.previous_hash,
            one.hash,
        )
        for one in session.scalars(query)
    ]


def is_in_the_log(session: Session, member: Member, *, who: str = "", about: str = "") -> bool:
    """Whether anybody of that id has looked, or anything of that reference that is theirs to see was looked at."""
    if about in _hidden_refs(session, member):
        return False
    same = (AccessEntry.who == who) if who else (AccessEntry.about == about)
    return bool(session.scalar(select(exists().where(same))))


def _hidden_refs(session: Session, member: Member) -> set[str]:
    """The restricted cases that are not theirs to see."""
    every = session.scalars(select(Case.ref).where(Case.restricted))
    return set(every) - set(restricted_refs(session, member))


def seals(session: Session, before: int | None = None) -> Sequence[Seal]:
    """The seals over all ledger heads, the latest first; one more than is shown, where there are more."""
    query = select(Seal).order_by(Seal.no.desc()).limit(MOST_SEALS + 1)
    return session.scalars(query if before is None else query.where(Seal.no < before)).all()


def _audited(case: Case) -> AuditedCase:
    return AuditedCase(case.ref, case.opened_at, case.status, case.head_no)
