"""
The safeguarding question before a case is begun by hand, and the concern raised on the way to it.

There is no case yet that could know the answer: it is kept, for the day, as what they have begun to write at the
question's own path, and is entered in the case with its first entries once that is opened.
"""

from __future__ import annotations

import json

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from models.forms.base import CaseFacts
from models.forms.safeguarding import ConcernNoticed
from models.working_time import local_day
from models.worklist import Draft
from tasks.durable.council import Change, Council
from tasks.durable.safeguarding_asked import is_asked_before
from tasks.worklist.members import Member
from tasks.worklist.safeguarding_step import open_concern
from tasks.worklist.starting import Said
from tasks.worklist.submissions import SentForm, sent_just_so

_CONCERN, _ABOUT = "concern", "about"


def path_of_question(form: str) -> str:
    """Where the question stands that comes before the form at that path."""
    return f"{form}/safeguarding"


def is_to_be_asked(council: Council, member: Member, facts: type[CaseFacts], form: str, about: str = "") -> bool:
    """Whether the question comes before the form at that path; `about` as in `said_before`."""
    return is_asked_before(council.policy, facts) and said_before(council, member, form, about) is None


def said_before(council: Council, member: Member, form: str, about: str = "") -> Said | None:
    """
    What they have said today to the question before that form; None: nothing since they last sent it.

    `about` is the register id of the one for whom it is opened: what was said before a form for somebody else does not
    count. Empty: it is opened for nobody in particular, or is the one that they have before them.
    """
    with council.database.read() as session:
        kept = _kept(session, member, form)
    if kept is None or local_day(kept.saved_at) != local_day(council.clock.now()):
        return None
    said = dict(json.loads(kept.content))
    if about and said[_ABOUT] != about:
        return None
    return Said(concern=said[_CONCERN] or None)


def say_that_nobody_is(council: Council, form: str, about: str, *, by: Member) -> None:
    """Somebody says before the form at that path that nobody is at risk."""
    with council.change() as change:
        _keep(change, by, form, about, None)


def raise_concern(
    council: Council, form: str, about: str, noticed: ConcernNoticed, *, by: Member, sent: SentForm
) -> str:
    """
    Raise a concern before the form at that path, or while it is being filled in; gives the ref of its case.

    It is opened at once, whatever becomes of the form. The same one `sent` again opens nothing. Raises
    `CannotBeOpened` with every problem.
    """
    with council.change() as change:
        earlier = sent_just_so(change.session, sent)
        if earlier is not None:
            return earlier
        concern = open_concern(change, noticed, by=by, came_from=None, form=sent)
        _keep(change, by, form, about, concern)
        return concern


def forget_what_was_said(council: Council, form: str, *, by: Member) -> None:
    """The case is opened and has it: before the next one they are asked again."""
    with council.database.write() as session:
        _forget(session, by, form)


def _keep(change: Change, by: Member, form: str, about: str, concern: str | None) -> None:
    _forget(change.session, by, form)
    content = json.dumps([[_CONCERN, concern or ""], [_ABOUT, about]])
    change.session.add(Draft(staff_id=by.id, path=path_of_question(form), content=content, saved_at=change.now))


def _forget(session: Session, by: Member, form: str) -> None:
    session.execute(delete(Draft).where(Draft.staff_id == by.id, Draft.path == path_of_question(form)))


def _kept(session: Session, member: Member, form: str) -> Draft | None:
    return session.scalar(select(Draft).where(Draft.staff_id == member.id, Draft.path == path_of_question(form)))
