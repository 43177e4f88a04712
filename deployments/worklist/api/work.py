"""Work items: lists of them, one with all that is read beside it, answering it, taking it."""

from __future__ import annotations

import functools
from typing import Annotated, Any

from fastapi import Body, Header, Query, Response

from deployments.intake.webhook_problems import FieldProblem
from deployments.worklist.api.calling import Call, Calling
from deployments.worklist.api.guarding import Operations
from deployments.worklist.api.once import Key, came_before, sent_once
from deployments.worklist.api.problems import Problem, ProblemKind, invalid, problems_at, read_as
from deployments.worklist.api.shapes import Id, ItemId
from deployments.worklist.api.starting import Opened
from deployments.worklist.api.work_shapes import (
    Answered,
    Concerned,
    Follows,
    ForeseenShown,
    HowMany,
    TakenOn,
    WorkList,
    WorkListed,
    WorkShown,
)
from deployments.worklist.forms import guidance
from deployments.worklist.offering import of_the_plan
from models.decision_tables.levels import Complexity, Priority, Rag
from models.forms.base import AnswerRefused, Form, UnknownForm
from models.forms.safeguarding import ConcernNoticed
from models.notices import Recipient
from models.permissions import Action
from models.reablement.naming import with_what_is_offered
from models.refs import NotARef, read_ref
from models.roles import Role
from models.states import WorkItemState
from tasks.durable import worklist
from tasks.durable.safeguarding_asked import without_the_word
from tasks.durable.worklist import NoLongerOpen, NotTheirs
from tasks.worklist.answering import CaseHasChanged, send
from tasks.worklist.asked import AskedItem, asked_item
from tasks.worklist.consequences import foresee
from tasks.worklist.listing import work
from tasks.worklist.paging import Cursor
from tasks.worklist.query import DueIn, Sort, Taken, Whose, WorkQuery
from tasks.worklist.rehearsing import CannotRehearse
from tasks.worklist.rows import WorkRow
from tasks.worklist.safeguarding_step import KNOWN_BEFORE, raise_concern
from tasks.worklist.starting import CannotBeOpened

operations = Operations("work")


@operations.add("GET", "/work-items", Action.SEE_WORK)
def list_work(
    call: Calling,
    whose: Annotated[Whose, Query(description="Whose work.")] = Whose.MINE,
    procedure: Id | None = None,
    role: Role | None = None,
    team: Id | None = None,
    colour: Rag | None = None,
    priority: Priority | None = None,
    complexity: Complexity | None = None,
    due: DueIn | None = None,
    taken: Taken | None = None,
    person: Annotated[Id | None, Query(description="Register id of somebody whom the case is about.")] = None,
    case: Annotated[str | None, Query(description="A case's reference.", pattern=r"^[0-9A-Za-z -]{8,12}$")] = None,
    sort: Sort = Sort.DUE,
    after: Annotated[str | None, Query(description="A place that an earlier page gave.", max_length=400)] = None,
) -> WorkList:
    """
    Open work items, overdue and due first: their own, their team's, or everything they may see; fifty at a time.

    Noted in the access log.
    """
    try:
        ref = None if case is None else read_ref(case)
    except NotARef as wrong:
        raise Problem(ProblemKind.MALFORMED, str(wrong)) from None
    query = WorkQuery(whose, procedure, role, team, colour, priority, complexity, due, taken, person, ref, sort)
    place = None if after is None else Cursor.read(after)
    call.note_look("list-work", str(whose))
    with call.council.database.read() as session:
        page = work(session, call.member, query, place, now=call.now)
    return WorkList(
        items=[_listed(row) for row in page.rows],
        total=None if page.total is None else HowMany.model_validate(page.total),
        next=None if page.next is None else page.next.written(),
        previous=None if page.previous is None else page.previous.written(),
    )


@operations.add("GET", "/work-items/{item}", Action.SEE_WORK)
def show_work(call: Calling, item: ItemId, response: Response) -> WorkShown:
    """
    A work item with all that is read beside its form; noted in the access log.

    Looking at it does not take it, and its chasing goes on: take it where somebody has it before them.
    """
    asked = asked_item(call.council, call.member, item)
    call.note_look("read-work-item", asked.case_ref)
    response.headers["ETag"] = f'"{asked.head_no}"'
    return WorkShown(
        id=asked.id,
        case=asked.case_ref,
        form=asked.form.name(),
        title=asked.form.title,
        asks=" ".join(guidance(asked.form)),
        state=asked.state,
        of=asked.of,
        assignee=asked.taken_by,
        due=asked.due,
        urgent=asked.urgent,
        opened_at=asked.opened_at,
        answered_by=asked.answered_by,
        answered_at=asked.answered_at,
        about=asked.about,
        people=[Concerned.model_validate(one) for one in asked.people],
        then=list(asked.then),
        causes=list(asked.form.causes),
        may_concern_safety=asked.form.may_concern_safety,
        has_legal_weight=asked.form.has_legal_weight,
        waits_for=asked.waits_for,
        seen_entry_no=asked.head_no,
        may_answer=asked.may_answer,
        why_not=asked.why_not,
        form_schema=_schema_of(call, asked),
    )


def _schema_of(call: Call, asked: AskedItem) -> dict[str, Any]:
    """The schema of an answer; where they may see the case, with what of its plan may be named."""
    offered = of_the_plan(call.council, asked.form, asked.case_ref if asked.sees_case else None)
    return with_what_is_offered(asked.form.answer_schema(), asked.form, offered)


@operations.add("POST", "/work-items/{item}/answer", Action.SEE_WORK)
def answer_work(
    call: Calling,
    item: ItemId,
    answer: Annotated[
        dict[str, Any], Body(description="The fields of the form, as `schema` of the work item has them.")
    ],
    if_match: Annotated[
        str | None,
        Header(
            description="The ETag, or seen_entry_no, with which it was read: refused where the case has gone on since.",
            pattern=r'^("?[0-9]{1,9}"?|\*)$',
        ),
    ] = None,
) -> Answered:
    """
    Answer a work item; its case goes on. The very same answer of the same person sent again does nothing.

    Some forms ask first whether anybody is at risk of abuse or neglect: their schema has `nobody_at_risk`, which says
    with the answer that nobody is. Where somebody is, raise the concern first.
    """
    asked = asked_item(call.council, call.member, item)
    call.note_look("answer-work-item", asked.case_ref)
    answer, nobody_at_risk = without_the_word(asked.form, answer)
    filled = _filled(asked, answer)
    seen = None if if_match in (None, "*") else int(str(if_match).strip('"'))
    try:
        sent = send(call.council, call.member, asked.id, filled, seen_no=seen, nobody_at_risk=nobody_at_risk)
    except AnswerRefused as refused:
        raise problems_at(asked.form, refused.problems) from None
    except CaseHasChanged as changed:
        raise Problem(ProblemKind.CASE_HAS_CHANGED, str(changed), seen_entry_no=changed.head_no) from None
    return Answered(case=sent.case_ref, again=sent.again)


@operations.add("POST", "/work-items/{item}/foresee", Action.SEE_WORK)
def foresee_answer(
    call: Calling,
    item: ItemId,
    answer: Annotated[dict[str, Any], Body(description="The fields of the form, as they would be sent.")],
) -> ForeseenShown:
    """What an answer would cause, to be read by whoever gives it before it is sent; nothing of it stays."""
    asked = asked_item(call.council, call.member, item)
    call.note_look("read-work-item", asked.case_ref)
    answer, nobody_at_risk = without_the_word(asked.form, answer)
    filled = _filled(asked, answer)
    try:
        found = foresee(call.council, call.member, asked.id, filled, nobody_at_risk=nobody_at_risk)
    except AnswerRefused as refused:
        raise problems_at(asked.form, refused.problems) from None
    except CannotRehearse:
        return ForeseenShown(is_known=False, follows=[], hidden=False)
    for ref in found.other_cases:
        call.note_look("read-case", ref)
    return ForeseenShown(
        is_known=True,
        follows=[
            Follows(
                case=one.ref,
                title=one.title,
                lines=[text for _, text in one.lines],
                waits_for=one.waits_for,
                outcome=one.outcome,
                asks_outside=one.asks_outside,
            )
            for one in (found.here, *found.elsewhere)
        ],
        hidden=found.hidden,
    )


@operations.add("POST", "/work-items/{item}/concern", Action.SEE_WORK, status=201)
def raise_a_concern(
    call: Calling,
    item: ItemId,
    concern: Annotated[
        dict[str, Any],
        Body(description="What safeguarding-concern is opened with (GET /procedures), but for who noticed it, where."),
    ],
    key: Key = None,
) -> Opened:
    """Raise a safeguarding concern that comes up with a work item, at once; the item can be answered then."""
    asked = asked_item(call.council, call.member, item)
    sent = sent_once(call, f"/api/v1/work-items/{item}/concern", key, concern)
    if (ref := came_before(call, sent)) is not None:
        return Opened(case=ref)
    if given := sorted(concern.keys() & set(KNOWN_BEFORE)):
        raise invalid([FieldProblem(pointer=f"/{one}", detail="leave it out: we fill it in") for one in given])
    noticed: ConcernNoticed = read_as(ConcernNoticed, concern)
    call.note_look("raise-concern", asked.case_ref)
    try:
        return Opened(case=raise_concern(call.council, asked.id, noticed, by=call.member, form=sent))
    except CannotBeOpened as refused:
        raise problems_at(ConcernNoticed, refused.problems) from None


@operations.add("POST", "/work-items/{item}/take", Action.SEE_WORK)
def take_work(
    call: Calling,
    item: ItemId,
    seen_holder: Annotated[
        str | None,
        Query(
            description="Staff id of who had it when it was read, empty for nobody: "
            "refused where somebody else has it by now. Left out, it is taken over from whoever has it.",
            pattern=r"^([A-Za-z0-9][A-Za-z0-9-]{0,60})?$",
        ),
    ] = None,
) -> TakenOn:
    """
    Take a work item: it is shown as theirs, and nobody is told any more that it lies untouched.

    Whoever had it before them is told.
    """
    case = asked_item(call.council, call.member, item).case_ref
    call.note_look("take-work-item", case)
    seen = worklist.UNSAID if seen_holder is None else seen_holder.lower() or None
    worklist.take(call.council, item, by=call.member.id, seen_holder=seen)
    return TakenOn(id=item, case=case, assignee=call.member.id)


def _filled(asked: AskedItem, answer: dict[str, Any]) -> Form:
    """The form as it was filled in. Raises `Problem`, `NotTheirs`, `NoLongerOpen`."""
    if asked.state is WorkItemState.OPEN and not asked.may_answer:
        raise NotTheirs(f"{asked.id} is not theirs to answer: read it to see who is asked, and why")
    try:
        read_as(asked.form, answer)
        filled: Form = asked.form.read(answer)
    except (Problem, AnswerRefused) as refused:
        if asked.state is not WorkItemState.OPEN:
            raise NoLongerOpen(f"{asked.id} is no longer asked: read it to see what became of it") from None
        if isinstance(refused, AnswerRefused):
            raise problems_at(asked.form, refused.problems) from None
        raise
    return filled


def _listed(row: WorkRow) -> WorkListed:
    return WorkListed(
        id=row.id,
        case=row.case,
        form=row.form,
        of=Recipient.from_tag(row.asked_of).name,
        assignee=row.assignee,
        due=row.due,
        form_schema=_schema(row.form),
        title=row.title,
        procedure=row.procedure,
        owner=row.owner,
        colour=row.colour,
        urgent=row.urgent,
        overdue=row.is_overdue,
        opened_at=row.opened_at,
    )


@functools.cache
def _schema(form: str) -> dict[str, Any]:
    """The schema of an answer, made once; empty where this version does not have the form."""
    try:
        return Form.named(form).answer_schema()
    except UnknownForm:
        return {}
