"""
What somebody has begun to write and has not sent: kept under the form's own path, and theirs alone.

It is kept as they type, when a connection is lost, and when their session ended before they sent it. It is taken away
once the form was sent, and by the retention schedule (`tasks/retention`) where it is left behind.

A form that somebody begins has an id, which its draft keeps: what comes in late of one that was sent is known by it,
and is not shown as if it had not been sent.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from models.unfit import has_nul
from models.worklist import Draft
from tasks.durable.council import Council
from tasks.worklist.submissions import is_form_id, was_sent

MOST_BYTES = 512 * 1024
"""A draft is no longer than that; what is longer is not kept, and the form says so when it is sent."""

FORM_ID = "_form_id"
"""The field with the id that a form has had since its first showing; the one of the page's own that a draft keeps."""
_A_FORM_OF_OURS = re.compile(r"/[A-Za-z0-9/_-]{1,200}")

Pairs = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class KeptDraft:
    """What was kept of a form."""

    pairs: tuple[tuple[str, str], ...]
    seen_entry_no: int | None
    """The last entry of the case when the form was opened."""
    saved_at: datetime
    form_id: str = ""
    """Of a form that somebody begins: its id; else empty."""


def is_path_of_form(path: str) -> bool:
    """Whether a form of ours could stand at that path."""
    return _A_FORM_OF_OURS.fullmatch(path) is not None


def keep_draft(
    council: Council, staff_id: str, path: str, pairs: Pairs, now: datetime, *, seen_entry_no: int | None = None
) -> bool:
    """Keep what was typed; whether that could be done. The same form's earlier draft is written over."""
    typed = [list(pair) for pair in pairs if pair[0] == FORM_ID or not pair[0].startswith("_")]
    content = json.dumps(typed)
    if len(content) > MOST_BYTES or has_nul(typed):
        return False
    with council.database.write() as session:
        found = session.scalar(select(Draft).where(Draft.staff_id == staff_id, Draft.path == path))
        if found is None:
            found = Draft(staff_id=staff_id, path=path, content=content, seen_entry_no=seen_entry_no, saved_at=now)
            session.add(found)
        found.content, found.saved_at = content, now
        found.seen_entry_no = seen_entry_no if seen_entry_no is not None else found.seen_entry_no
    return True


def draft_of(session: Session, staff_id: str, path: str) -> KeptDraft | None:
    """What they had typed into the form at that path."""
    found = session.scalar(select(Draft).where(Draft.staff_id == staff_id, Draft.path == path))
    if found is None:
        return None
    kept = [(str(name), str(value)) for name, value in json.loads(found.content)]
    form_id = next((value for name, value in kept if name == FORM_ID and is_form_id(value)), "")
    pairs = tuple(pair for pair in kept if pair[0] != FORM_ID)
    return KeptDraft(pairs, found.seen_entry_no, found.saved_at, form_id)


def unsent_draft(council: Council, staff_id: str, path: str) -> KeptDraft | None:
    """What they had typed into the form at that path, unless that form was sent: then the draft is dropped."""
    with council.database.read() as session:
        draft = draft_of(session, staff_id, path)
        if draft is None or not was_sent(session, draft.form_id, staff_id):
            return draft
    with council.database.write() as session:
        drop_draft(session, staff_id, path)
    return None


def drop_draft(session: Session, staff_id: str, path: str) -> None:
    """The form was sent, or is not wanted any more."""
    session.execute(delete(Draft).where(Draft.staff_id == staff_id, Draft.path == path))
