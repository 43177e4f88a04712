"""What an auditor's own system takes: which entries there are, who looked at what, the seals; never what any says."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query

from deployments.worklist.api.calling import Calling
from deployments.worklist.api.guarding import Operations
from deployments.worklist.api.shapes import Day, Moment, Ref, Shape
from models.permissions import Action
from models.refs import NotARef, read_ref
from tasks.worklist.audit_checks import faults_of, latest_checks
from tasks.worklist.auditing import (
    MOST_ENTRIES,
    MOST_LOOKS,
    MOST_SEALS,
    Looks,
    access_log,
    audited_case,
    entries_of,
    newest_cases,
    seals,
)
from tasks.worklist.scope import NotFound

operations = Operations("audit")
Before = Annotated[int | None, Query(description="Only those below that number.", ge=0, le=2**31 - 1)]
_REFERENCE = r"^[A-Za-z0-9:_.@-]{1,80}$"


class CaseAudited(Shape):
    """A case as an auditor sees it."""

    ref: str
    opened_at: Moment
    status: str
    entries: int


class EntryAudited(Shape):
    """An entry of a ledger without what it says."""

    no: int
    at: Moment
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


class EntriesAudited(Shape):
    """A page of a case's entries."""

    case: CaseAudited
    entries: list[EntryAudited]
    next: int | None
    """Send it as `after` for the next page."""


class Faults(Shape):
    """What does not hold in a ledger."""

    holds: bool
    faults: list[str]
    """Each as `REF no kind reason`."""


class LookEntered(Shape):
    """An entry of the access log."""

    no: int
    at: Moment
    who: str
    """Staff id, or os:USER."""
    what: str
    """With `api:NAME` where it was through a program."""
    about: str
    """A reference; `restricted case` in the place of that of a restricted case."""
    previous_hash: str
    hash: str


class SealShown(Shape):
    """A seal over all ledger heads."""

    no: int
    at: Moment
    cases: int
    heads_digest: str
    previous_hash: str
    hash: str


class CheckShown(Shape):
    """A check of many ledgers."""

    id: int
    newest: int | None
    asked_by: str
    began_at: Moment
    ended_at: Moment | None
    looked_at: int
    cases: int
    faults: list[str]
    more_faults: int
    failure: str
    broke_off: bool
    holds: bool


@operations.add("GET", "/audit/cases", Action.AUDIT)
def audit_cases(call: Calling) -> list[CaseAudited]:
    """The cases that were opened last."""
    with call.council.database.read() as session:
        return [CaseAudited.model_validate(one) for one in newest_cases(session, call.member, call.today)]


@operations.add("GET", "/audit/cases/{ref}", Action.AUDIT)
def audit_case(
    call: Calling, ref: Ref, after: Annotated[int, Query(description="Only entries after it.", ge=0, le=2**31 - 1)] = 0
) -> EntriesAudited:
    """The entries of one case, a hundred at a time; noted in the access log."""
    with call.council.database.read() as session:
        case = audited_case(session, call.member, _written(ref), call.today)
    call.note_look("read-entries", case.ref)
    with call.council.database.read() as session:
        entries = entries_of(session, case.ref, after)
    shown = [EntryAudited.model_validate(one) for one in entries[:MOST_ENTRIES]]
    more = shown[-1].no if len(entries) > MOST_ENTRIES else None
    return EntriesAudited(case=CaseAudited.model_validate(case), entries=shown, next=more)


@operations.add("POST", "/audit/cases/{ref}/verify", Action.AUDIT)
def verify_case(call: Calling, ref: Ref) -> Faults:
    """Whether the ledger of one case holds; noted in the access log."""
    with call.council.database.read() as session:
        case = audited_case(session, call.member, _written(ref), call.today)
    call.note_look("verify-case", case.ref)
    faults = faults_of(call.council, case.ref)
    return Faults(holds=not faults, faults=faults)


@operations.add("GET", "/audit/checks", Action.AUDIT)
def audit_checks(call: Calling) -> list[CheckShown]:
    """The last checks of many ledgers, the latest first."""
    with call.council.database.read() as session:
        return [CheckShown.model_validate(one) for one in latest_checks(session, call.now)]


@operations.add("GET", "/audit/access", Action.AUDIT)
def audit_access(
    call: Calling,
    who: Annotated[str | None, Query(description="Staff id, or os:USER.", pattern=_REFERENCE)] = None,
    about: Annotated[str | None, Query(description="A case's or another reference.", pattern=_REFERENCE)] = None,
    day: Day | None = None,
    before: Before = None,
) -> list[LookEntered]:
    """Who looked at what, the latest first, a hundred at a time; noted in the access log itself."""
    wanted = Looks(who or "", about or "", day, before)
    call.note_look("read-access-log", "narrowed" if who or about else "all")
    with call.council.database.read() as session:
        return [LookEntered.model_validate(one) for one in access_log(session, call.member, wanted)[:MOST_LOOKS]]


@operations.add("GET", "/audit/seals", Action.AUDIT)
def audit_seals(call: Calling, before: Before = None) -> list[SealShown]:
    """The seals over all ledger heads, the latest first, a hundred at a time."""
    with call.council.database.read() as session:
        return [SealShown.model_validate(one) for one in seals(session, before)[:MOST_SEALS]]


def _written(ref: str) -> str:
    try:
        return read_ref(ref)
    except NotARef:
        raise NotFound("case") from None
