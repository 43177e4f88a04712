"""The safeguarding question before a form: saying that nobody is at risk, or raising the concern there and then."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from models.forms.safeguarding import ConcernNoticed
from models.notices import Recipient
from models.register import Person
from models.states import CaseStatus
from models.working_time import local_day
from tasks.durable import worklist
from tasks.durable.cases import open_in
from tasks.durable.checking import problems_in
from tasks.durable.council import Change, Council
from tasks.durable.ledger import LockedCase, recall
from tasks.durable.safeguarding_asked import is_asked_before, note_asked, raised_before, was_asked
from tasks.worklist.asked import AskedItem
from tasks.worklist.members import Member, row_of
from tasks.worklist.scope import find_item
from tasks.worklist.signalling import people_of_case
from tasks.worklist.starting import CONCERN, CannotBeOpened, whoever_opens
from tasks.worklist.submissions import SentForm, note_sent, sent_just_so

KNOWN_BEFORE = ("came_from", "noticed_by")
"""Fields of a concern that are known before its form: who noticed it, in which case."""


def is_to_be_asked(council: Council, member: Member, asked: AskedItem) -> bool:
    """Whether the question comes first for them: policy wants it before that form, and they have not answered it."""
    if not asked.may_answer or not is_asked_before(council.policy, asked.form):
        return False
    with council.database.read() as session:
        return not was_asked(session, worklist.item_named(session, asked.id), member.id)


def say_that_nobody_is(council: Council, item_id: str, *, by: str) -> None:
    """Somebody says before the form that nobody is at risk. Raises as `tasks.durable.worklist.answer` does."""
    with council.change() as change:
        item, case, member = worklist.item_for(change, item_id, by)
        if not was_asked(change.session, item, by):
            note_asked(change.pen(case), item, member, None)


def raise_concern(
    council: Council, item_id: str, noticed: ConcernNoticed, *, by: Member, form: SentForm | None = None
) -> str:
    """
    Raise a concern before a work item's form, or while it is being filled in; gives the ref of its case.

    It belongs to whoever raises it, is opened at once, and the case that asks knows of it; also where somebody else
    has answered meanwhile, or the case is over. The same `form` sent again opens nothing. Raises `CannotBeOpened` with
    every problem, and `NotFound`.
    """
    with council.change() as change:
        earlier = None if form is None else sent_just_so(change.session, form)
        if earlier is not None:
            return earlier
        item = find_item(change.session, by, item_id, local_day(change.now))
        case = change.lock(item.case_ref)
        ref = open_concern(change, noticed, by=by, came_from=case, form=form)
        if case.status is not CaseStatus.CLOSED:
            note_asked(change.pen(case), item, row_of(change.session, by), ref)
        return ref


def open_concern(
    change: Change, noticed: ConcernNoticed, *, by: Member, came_from: LockedCase | None, form: SentForm | None
) -> str:
    """Open the case of a concern that comes up on the way to a form. Raises `CannotBeOpened`."""
    found_in = None if came_from is None else came_from.ref
    facts = noticed.model_copy(update={"noticed_by": whoever_opens(by).tag, "came_from": found_in})
    if problems := problems_in(change.session, facts, change.now):
        raise CannotBeOpened(problems)
    ref = open_in(
        change,
        CONCERN,
        facts,
        owner=Recipient.staff(by.id),
        by=by.id,
        parent_ref=found_in,
        restricted=came_from is not None and came_from.restricted,
    )
    if form is not None:
        note_sent(change.session, form, ref, change.now)
    return ref


def concerns_raised(council: Council, asked: AskedItem) -> tuple[str, ...]:
    """Refs of the concerns that came up with that work item, so that nobody raises one twice."""
    if not asked.form.asks_about_safeguarding:
        return ()
    with council.database.read() as session:
        return raised_before(recall(session, asked.case_ref), worklist.item_named(session, asked.id))


def known_of_a_concern(session: Session, item: AskedItem) -> tuple[dict[str, Any], tuple[Person, ...]]:
    """What the form of a concern need not be asked: whom it is about, where the case is about one person. Personal."""
    people = tuple(people_of_case(session, item.case_ref)) if item.sees_case else ()
    return whom_it_is_about(people), people


def whom_it_is_about(people: Sequence[Person]) -> dict[str, Any]:
    """The field that says whom a concern is about, where the case is about one person. Personal."""
    return {"about_person": people[0].id} if len(people) == 1 else {}
