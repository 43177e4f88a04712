"""Cases: lists of them, one with its story, and telling one that something has happened."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import Body, Path, Query
from pydantic import Field
from sqlalchemy import literal, select, tuple_
from sqlalchemy.orm import Session

from deployments.intake.webhook_problems import FieldProblem
from deployments.worklist.api.calling import Call, Calling
from deployments.worklist.api.guarding import Operations
from deployments.worklist.api.once import Key, came_before, note_done, sent_once
from deployments.worklist.api.problems import invalid, problems_at, read_as
from deployments.worklist.api.shapes import Id, Moment, Ref, Shape, case_with
from deployments.worklist.api.starting import Opened
from deployments.worklist.offering import of_the_plan
from models.base import UtcDateTime
from models.cases import Case
from models.forms.base import Signal
from models.forms.safeguarding import ConcernNoticed
from models.permissions import Action
from models.reablement.naming import with_what_is_offered
from models.states import CaseStatus, WaitKind
from tasks.durable.arrivals import entry_of_signal
from tasks.durable.ledger import CaseIsClosed
from tasks.durable.safeguarding_asked import without_the_word
from tasks.retention.showing import keeping_of
from tasks.worklist.case_view import beware_of, people_of, title_of
from tasks.worklist.letters import letters_of
from tasks.worklist.overview import Overview, overviews
from tasks.worklist.safeguarding_step import KNOWN_BEFORE
from tasks.worklist.safeguarding_told import raise_concern
from tasks.worklist.scope import NotFound, cases_within, find_case
from tasks.worklist.signalling import SignalRefused, tell_case, what_can_be_told
from tasks.worklist.starting import CannotBeOpened
from tasks.worklist.story import Told, told

operations = Operations("cases")
PAGE = 100


class WaitingFor(Shape):
    """One thing that a case waits for."""

    kind: WaitKind
    id: str
    """A work item's id where somebody is to decide; else the name of the wait."""
    form: str | None
    of: str | None
    due: Moment | None


class CaseListed(Shape):
    """A case, as `pathways case list --json` has it. References only."""

    ref: str
    procedure: str
    status: CaseStatus
    owner: str
    """Tag of who owns it."""
    opened_at: Moment
    due: Moment | None
    """The earliest of what it waits for."""
    flow_run_id: str | None
    waiting_for: list[WaitingFor]


class CaseList(Shape):
    """A page of cases, the oldest first."""

    cases: list[CaseListed]
    next: str | None
    """Send it as `after` for the next page; none: this is the last."""


class EntryTold(Shape):
    """An entry of the case's ledger. `text` is personal data."""

    no: int
    at: Moment
    kind: str
    key: str
    by: str
    """Staff id, or `system`."""
    clauses: list[str]
    text: str
    hash: str


class PersonConcerned(Shape):
    """Somebody whom the case is about. Personal data."""

    id: str
    record_id: str
    name: str
    born_on: date | None
    died_on: date | None
    safe_contact: str | None
    team: str
    """The team responsible, as the council calls it."""
    worker: str
    """The worker allocated."""


class LetterListed(Shape):
    """A letter of the case. Sender and subject are personal data."""

    mail_id: str
    came_at: Moment | None
    came: str
    """How it came, in words."""
    sender: str
    subject: str
    enclosed: list[str]


class CaseShown(CaseListed):
    """A case, as `pathways case show --json` has it, and what stands on its page besides. Personal data."""

    entries: list[EntryTold]
    title: str
    """What people call its procedure."""
    closed_at: Moment | None
    erased_at: Moment | None
    """When what it said was erased, its time having passed; none: it was not."""
    colour: str | None
    awaiting: str
    """What it waits for, in a manager's words."""
    beware: list[str]
    """What whoever acts must know before all else."""
    people: list[PersonConcerned]
    letters: list[LetterListed]


class SignalListed(Shape):
    """Something that a case can be told by hand."""

    name: str
    """As it stands in the path of what is sent."""
    title: str
    awaited: bool
    """The case waits for just this."""
    only_by_managers: bool
    """Somebody of their role cannot tell it."""
    signal_schema: dict[str, Any] = Field(serialization_alias="schema")


class Signalled(Shape):
    """The case was told."""

    case: str
    entry_no: int | None
    """The number of the entry, the same for the same key; none: it was erased since."""


@operations.add("GET", "/cases", Action.READ_CASE)
def list_cases(
    call: Calling,
    status: CaseStatus | None = None,
    procedure: Id | None = None,
    after: Annotated[str | None, Query(description="What an earlier page gave as `next`.", max_length=12)] = None,
) -> CaseList:
    """The cases that they may read, the oldest first, a hundred at a time; noted in the access log."""
    call.note_look("list-cases", "all")
    with call.council.database.read() as session:
        wanted = select(Case.ref).where(cases_within(session, call.member, Action.READ_CASE, call.today))
        if status is not None:
            wanted = wanted.where(Case.status == status)
        if procedure is not None:
            wanted = wanted.where(Case.procedure == procedure)
        if after is not None:
            place = find_case(session, call.member, after, Action.READ_CASE, call.today)
            wanted = wanted.where(
                tuple_(Case.opened_at, Case.ref) > tuple_(literal(place.opened_at, UtcDateTime()), literal(place.ref))
            )
        refs = session.scalars(wanted.order_by(Case.opened_at, Case.ref).limit(PAGE + 1)).all()
        found = overviews(session, select(Case.ref).where(Case.ref.in_(refs[:PAGE])))
        return CaseList(
            cases=[CaseListed(**_listed(one)) for one in found], next=refs[PAGE - 1] if len(refs) > PAGE else None
        )


@operations.add("GET", "/cases/{ref}", Action.READ_CASE)
def show_case(
    call: Calling,
    ref: Ref,
    after_entry: Annotated[int, Query(description="Only entries after that number.", ge=0, le=10**9)] = 0,
) -> CaseShown:
    """A case with its story from the first contact on; noted in the access log."""
    ref = case_with(call, ref, Action.READ_CASE)
    call.note_look("read-case", ref)
    with call.council.database.read() as session:
        return _shown(session, call, ref, after_entry)


@operations.add("GET", "/cases/{ref}/signals", Action.ACT_ON_CASE)
def list_signals(call: Calling, ref: Ref) -> list[SignalListed]:
    """What an open case can be told by hand, with what of a plan may be named; nothing once it is closed."""
    ref = case_with(call, ref, Action.ACT_ON_CASE)
    call.note_look("act-on-case", ref)
    with call.council.database.read() as session:
        case = session.get_one(Case, ref)
    return [
        SignalListed(
            name=one.signal.slug(),
            title=one.signal.title,
            awaited=one.awaited,
            only_by_managers=one.only_by_managers,
            signal_schema=with_what_is_offered(
                one.signal.answer_schema(), one.signal, of_the_plan(call.council, one.signal, ref)
            ),
        )
        for one in what_can_be_told(call.council, case, call.member.role)
    ]


@operations.add("POST", "/cases/{ref}/signals/{name}", Action.ACT_ON_CASE, status=201)
def signal_case(
    call: Calling,
    ref: Ref,
    name: Annotated[str, Path(pattern=r"^[a-z][a-z0-9-]{0,80}$")],
    said: Annotated[dict[str, Any], Body(description="The fields of the signal, as its `schema` has them.")],
    key: Key = None,
) -> Signalled:
    """
    Tell an open case that something has happened.

    Some signals ask first whether anybody is at risk of abuse or neglect: their schema has `nobody_at_risk`, which says
    with what is sent that nobody is. Where somebody is, raise the concern first, in the same case.
    """
    ref = case_with(call, ref, Action.ACT_ON_CASE)
    call.note_look("act-on-case", ref)
    sent = sent_once(call, f"/api/v1/cases/{ref}/signals/{name}", key, said)
    signal_id = f"form:{sent.key}"
    if came_before(call, sent) is not None:
        with call.council.database.read() as session:
            return Signalled(case=ref, entry_no=entry_of_signal(session, ref, signal_id))
    signal = _named(call, ref, name)
    fields, nobody_at_risk = without_the_word(signal, said)
    read = read_as(signal, {**fields, **signal.not_asked})
    by = call.member.id
    try:
        number = tell_case(call.council, ref, read, by=by, signal_id=signal_id, nobody_at_risk=nobody_at_risk)
    except SignalRefused as refused:
        raise problems_at(signal, refused.problems) from None
    note_done(call, sent, ref)
    return Signalled(case=ref, entry_no=number)


@operations.add("POST", "/cases/{ref}/signals/{name}/concern", Action.ACT_ON_CASE, status=201)
def raise_a_concern_before_telling(
    call: Calling,
    ref: Ref,
    name: Annotated[str, Path(pattern=r"^[a-z][a-z0-9-]{0,80}$")],
    concern: Annotated[
        dict[str, Any],
        Body(description="What safeguarding-concern is opened with (GET /procedures), but for who noticed it, where."),
    ],
    key: Key = None,
) -> Opened:
    """Raise a safeguarding concern that comes up with what a case is to be told, at once; then it can be told."""
    ref = case_with(call, ref, Action.ACT_ON_CASE)
    sent = sent_once(call, f"/api/v1/cases/{ref}/signals/{name}/concern", key, concern)
    if (raised := came_before(call, sent)) is not None:
        return Opened(case=raised)
    signal = _named(call, ref, name)
    if given := sorted(concern.keys() & set(KNOWN_BEFORE)):
        raise invalid([FieldProblem(pointer=f"/{one}", detail="leave it out: we fill it in") for one in given])
    noticed: ConcernNoticed = read_as(ConcernNoticed, concern)
    call.note_look("raise-concern", ref)
    try:
        return Opened(case=raise_concern(call.council, ref, signal, noticed, by=call.member, form=sent))
    except CannotBeOpened as refused:
        raise problems_at(ConcernNoticed, refused.problems) from None


def _named(call: Call, ref: str, name: str) -> type[Signal]:
    """The signal of that name, as far as they can tell this case of it. Raises `NotFound`, `CaseIsClosed`."""
    with call.council.database.read() as session:
        case = session.get_one(Case, ref)
    if case.status == CaseStatus.CLOSED:
        raise CaseIsClosed(ref)
    for one in what_can_be_told(call.council, case, call.member.role):
        if one.signal.slug() == name and not one.only_by_managers:
            return one.signal
    raise NotFound("thing to say to this case")


def _listed(one: Overview) -> dict[str, Any]:
    case = one.case
    return {
        "ref": case.ref,
        "procedure": one.procedure,
        "status": CaseStatus(case.status),
        "owner": case.owner,
        "opened_at": case.opened_at,
        "due": one.due,
        "flow_run_id": case.flow_run_id,
        "waiting_for": [WaitingFor.model_validate(each) for each in one.waiting_for],
    }


def _shown(session: Session, call: Call, ref: str, after_entry: int) -> CaseShown:
    (whole,) = overviews(session, select(Case.ref).where(Case.ref == ref))
    people = people_of(session, ref, call.today, call.desk.settings.record_address)
    return CaseShown(
        **_listed(whole),
        entries=[_told(one) for one in told(session, ref) if one.entry.no > after_entry],
        title=title_of(whole.case),
        closed_at=whole.case.closed_at,
        erased_at=keeping_of(session, ref).erased_at,
        colour=whole.case.colour,
        awaiting=whole.case.awaiting,
        beware=beware_of(session, whole.case, people),
        people=[
            PersonConcerned(
                id=one.person.id,
                record_id=one.person.record_id,
                name=one.person.name,
                born_on=one.person.born_on,
                died_on=one.person.died_on,
                safe_contact=one.person.safe_contact,
                team=one.team,
                worker=one.worker,
            )
            for one in people
        ],
        letters=[LetterListed.model_validate(one) for one in letters_of(session, ref)],
    )


def _told(one: Told) -> EntryTold:
    entry = one.entry
    return EntryTold(
        no=entry.no,
        at=entry.at,
        kind=entry.kind,
        key=entry.key,
        by=entry.by,
        clauses=entry.clauses.split(),
        text=one.text,
        hash=entry.hash,
    )
