"""
What somebody has begun to write and has not sent: kept under the form's own path, and theirs alone.

It is kept as they type, when a connection is lost, and when their session ended before they sent it. It is taken away
once the form was sent, and after a while in any case.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from models.worklist import Draft
from tasks.durable.council import Council

KEPT_FOR = timedelta(days=30)
MOST_BYTES = 512 * 1024
"""A draft is no longer than that; what is longer is not kept, and the form says so when it is sent."""

Pairs = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class KeptDraft:
    """What was kept of a form."""

    pairs: tuple[tuple[str, str], ...]
    seen_entry_no: int | None
    """The last entry of the case when the form was opened."""
    saved_at: datetime


def keep_draft(
    council: Council, staff_id: str, path: str, pairs: Pairs, now: datetime, *, seen_entry_no: int | None = None
) -> bool:
    """Keep what was typed; whether that could be done. The same form's earlier draft is written over."""
    content = json.dumps([list(pair) for pair in pairs if not pair[0].startswith("_")])
    if len(content) > MOST_BYTES or "\\u0000" in content:
        return False
    with council.database.write() as session:
        found = session.scalar(select(Draft).where(Draft.staff_id == staff_id, Draft.path == path))
        if found is None:
            found = Draft(staff_id=staff_id, path=path, content=content, seen_entry_no=seen_entry_no, saved_at=now)
            session.add(found)
            session.execute(delete(Draft).where(Draft.saved_at < now - KEPT_FOR))
        found.content, found.saved_at = content, now
        found.seen_entry_no = seen_entry_no if seen_entry_no is not None else found.seen_entry_no
    return True


def draft_of(session: Session, staff_id: str, path: str) -> KeptDraft | None:
    """What they had typed into the form at that path."""
    found = session.scalar(select(Draft).where(Draft.staff_id == staff_id, Draft.path == path))
    if found is None:
        return None
    pairs = tuple((str(name), str(value)) for name, value in json.loads(found.content))
    return KeptDraft(pairs, found.seen_entry_no, found.saved_at)


def drop_draft(session: Session, staff_id: str, path: str) -> None:
    """The form was sent, or is not wanted any more."""
    session.execute(delete(Draft).where(Draft.staff_id == staff_id, Draft.path == path))
