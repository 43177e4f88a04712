"""
Forms that were sent: the same one sent again does nothing and leads to the same place.

A form has a random id from its first showing. It is kept with a digest of what was sent under it, so that a form sent
twice is known from one that was changed after it had been sent: that one is put before whoever sent it, and not lost.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from models.errors import PathwaysError
from models.worklist import Submission
from tasks.audit.chaining import take_turns

KEPT_FOR = timedelta(days=30)
"""A form that was sent is known again for so long."""
_ID = re.compile(r"[0-9a-f]{32}")


class NotASubmission(PathwaysError):
    """The form has lost its own id: it is opened anew."""

    def __init__(self) -> None:
        super().__init__("the form was not sent whole: open it again; what was kept of it is filled in")


@dataclass(frozen=True)
class SentForm:
    """A form as it was sent: under its random id, with a digest of what it says."""

    id: str
    digest: str
    path: str
    by: str
    """Staff id."""

    @property
    def key(self) -> str:
        """What the same form, saying the same, is known by."""
        return f"{self.id}.{self.digest}"


@dataclass(frozen=True)
class Earlier:
    """What came of the form when it was sent before."""

    result: str
    """The ref of the case that it opened or went to; empty where it came to none."""
    at: datetime
    said_the_same: bool


def new_form_id() -> str:
    """A random id for a form that is about to be shown."""
    return secrets.token_hex(16)


def is_form_id(text: str) -> bool:
    """Whether it could be the id of a form."""
    return _ID.fullmatch(text) is not None


def was_sent(session: Session, form_id: str, by: str) -> bool:
    """Whether somebody has sent the form of that id, whatever it said."""
    if not is_form_id(form_id):
        return False
    sent = select(Submission.id).where(Submission.id.startswith(f"{form_id}."), Submission.staff_id == by)
    return session.scalars(sent.limit(1)).first() is not None


def sent_form(
    form_id: str, path: str, by: str, pairs: Sequence[tuple[str, str]], files: Iterable[bytes] = ()
) -> SentForm:
    """What was sent, as it is known again; names with an underscore are the page's own. Raises `NotASubmission`."""
    if not is_form_id(form_id):
        raise NotASubmission
    said = sha256(repr((path, by)).encode())
    for name, value in pairs:
        if not name.startswith("_"):
            said.update(repr((name, value)).encode("utf-8", "surrogatepass"))
    for content in files:
        said.update(sha256(content).digest())
    return SentForm(form_id, said.hexdigest()[:32], path, by)


def sent_before(session: Session, form: SentForm) -> Earlier | None:
    """What came of the form when they sent it before; the one that said the same, where there is one."""
    found = session.scalars(
        select(Submission)
        .where(Submission.id.startswith(f"{form.id}."), Submission.staff_id == form.by, Submission.path == form.path)
        .order_by(Submission.at.desc())
    ).all()
    for one in sorted(found, key=lambda one: one.id != form.key):
        return Earlier(one.result, one.at, one.id == form.key)
    return None


def sent_just_so(session: Session, form: SentForm) -> str | None:
    """
    What came of the very same form; None where it is sent for the first time.

    Of two at the same instant the second waits for the transaction of the first.
    """
    take_turns(session, f"submission {form.id}")
    found = session.get(Submission, form.key)
    return None if found is None else found.result


def note_sent(session: Session, form: SentForm, result: str, now: datetime) -> None:
    """Note what came of a form, once."""
    if sent_just_so(session, form) is None:
        session.execute(delete(Submission).where(Submission.at < now - KEPT_FOR))
        session.add(Submission(id=form.key, staff_id=form.by, path=form.path, result=result, at=now))
        session.flush()
