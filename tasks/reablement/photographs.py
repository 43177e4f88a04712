"""Photographs of the copy of a plan at home: which are kept with it, and what their answers say of them (REA-12)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from models.mail import InboundMail
from tasks.durable.ledger import recall
from tasks.reablement.offering import plan_beside


@dataclass(frozen=True)
class Photograph:
    """A photograph that somebody took in as they said that the copy at home was amended."""

    id: str
    """Of the kept original, such as M-7K3Q9PXM2B."""
    case: str
    """Ref of the case with which it is kept: there it is given out."""
    said_in: str
    """Ref of the case in which it was named."""
    taken_in_at: datetime


def is_kept_with(session: Session, ref: str, mail_id: str) -> bool:
    """Whether a letter or file of that id is kept with that case, or with the plan that it is about."""
    mail = session.get(InboundMail, mail_id)
    if mail is None or mail.erased_at is not None or mail.case_ref is None:
        return False
    plan = plan_beside(session, ref)
    return mail.case_ref == ref or (plan is not None and plan_beside(session, mail.case_ref) == plan)


def photographs_in(session: Session, refs: Iterable[str]) -> tuple[Photograph, ...]:
    """The photographs that were named in those cases and are kept, the first first."""
    found: dict[str, Photograph] = {}
    for ref in sorted(refs):
        for mail_id in _named_in(session, ref):
            mail = session.get(InboundMail, mail_id)
            if mail is not None and mail.erased_at is None and mail.case_ref is not None:
                found.setdefault(mail_id, Photograph(mail_id, mail.case_ref, ref, mail.received_at))
    return tuple(sorted(found.values(), key=lambda one: (one.taken_in_at, one.id)))


def _named_in(session: Session, ref: str) -> Iterator[str]:
    """Ids that answers and signals of a case name as a photograph."""
    for entry in recall(session, ref):
        if not isinstance(entry.data, dict):
            continue
        for said in (entry.data, entry.data.get("settled")):
            named = said.get("photograph") if isinstance(said, dict) else None
            if isinstance(named, str) and named:
                yield named
