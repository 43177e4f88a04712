"""A message of ours that came back: which one, and whether it is lost for good."""

from __future__ import annotations

import re

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.person_messages import PersonMessage
from models.refs import find_refs

_OURS = re.compile(rb"\bcase\.([0-9A-Za-z]{4}-[0-9A-Za-z]{4})\.(\d{1,9})@")
_ACTION = re.compile(rb"^action:[ \t]*([a-z]+)", re.IGNORECASE | re.MULTILINE)


def message_that_came_back(session: Session, raw: bytes) -> PersonMessage | None:
    """The message to somebody outside that a bounce returns, known by its Message-ID; None where it is none of ours."""
    for ref, number in _OURS.findall(raw):
        for known in find_refs(ref.decode("ascii")):
            of_case = (PersonMessage.case_ref == known, PersonMessage.entry_no == int(number))
            found = session.scalars(select(PersonMessage).where(*of_case).order_by(PersonMessage.id)).first()
            if found is not None:
                return found
    return None


def failed_for_good(raw: bytes) -> bool:
    """Whether a bounce says that it is lost, and not only late (RFC 3464); one that does not say counts as lost."""
    actions = {action.lower() for action in _ACTION.findall(raw)}
    return not actions or b"failed" in actions
