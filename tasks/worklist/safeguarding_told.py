"""The safeguarding question before an open case is told something by hand, and the concern raised on the way to it."""

from __future__ import annotations

from models.cases import Case
from models.forms.base import Signal
from models.forms.safeguarding import ConcernNoticed
from models.permissions import Action
from models.states import CaseStatus
from models.working_time import local_day
from tasks.durable.council import Council
from tasks.durable.safeguarding_asked import note_asked_to_tell, raised_before_telling, was_asked_to_tell
from tasks.worklist.members import Member, row_of
from tasks.worklist.safeguarding_step import open_concern
from tasks.worklist.scope import find_case
from tasks.worklist.signalling import is_asked_first
from tasks.worklist.submissions import SentForm, sent_just_so


def is_to_be_asked(council: Council, member: Member, case: Case, signal: type[Signal]) -> bool:
    """Whether the question comes before they tell that case so: not where they have answered it today."""
    if case.status == CaseStatus.CLOSED or not is_asked_first(council.policy, case.procedure, signal):
        return False
    with council.database.read() as session:
        return not was_asked_to_tell(session, case.ref, signal, member.id, council.clock.now())


def concerns_raised(council: Council, member: Member, ref: str, signal: type[Signal]) -> tuple[str, ...]:
    """Refs of the concerns that they have raised on the way to telling the case so, so that none is raised twice."""
    with council.database.read() as session:
        return raised_before_telling(session, ref, signal, member.id)


def say_that_nobody_is(council: Council, ref: str, signal: type[Signal], *, by: Member) -> None:
    """Somebody says, before they tell the case so, that nobody is at risk. Raises `CaseIsClosed`."""
    with council.change() as change:
        case = change.lock_open(ref)
        if not was_asked_to_tell(change.session, ref, signal, by.id, change.now):
            note_asked_to_tell(change.pen(case), signal, row_of(change.session, by), None)


def raise_concern(
    council: Council,
    ref: str,
    signal: type[Signal],
    noticed: ConcernNoticed,
    *,
    by: Member,
    form: SentForm | None = None,
) -> str:
    """
    Raise a concern before they tell a case something, or while they write it; gives the ref of its case.

    It is opened at once, also where the case is over by now, and the case knows of it. The same `form` sent again
    opens nothing. Raises `CannotBeOpened` with every problem, and `NotFound`.
    """
    with council.change() as change:
        earlier = None if form is None else sent_just_so(change.session, form)
        if earlier is not None:
            return earlier
        find_case(change.session, by, ref, Action.ACT_ON_CASE, local_day(change.now))
        case = change.lock(ref)
        concern = open_concern(change, noticed, by=by, came_from=case, form=form)
        if case.status is not CaseStatus.CLOSED:
            note_asked_to_tell(change.pen(case), signal, row_of(change.session, by), concern)
        return concern
