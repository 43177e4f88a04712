"""Whether a restricted case is about what a member of staff did themselves: then it is somebody else's to look into."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.cases import Case
from models.register import Staff
from tasks.durable.ledger import recall


def is_own_matter(session: Session, ref: str, member: Staff) -> bool:
    """Whether a restricted case was opened about what this very member of staff did."""
    if not session.scalar(select(Case.restricted).where(Case.ref == ref)):
        return False
    opened = recall(session, ref)[0].data
    return isinstance(opened, dict) and opened.get("disclosed_by") == member.id
