"""
Erasing what came: letters, e-mails and calls of other systems, with what was enclosed in them.

A message stays as long as one case that speaks of it is kept. What came for a case goes in the case's own transaction
and stands in its entry; what came for none, or stayed longer than its case, goes by itself, and the access log has it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta

from sqlalchemy import and_, delete, or_, select, update
from sqlalchemy.orm import Session, undefer

from models.cases import EntryPayload
from models.doors import WebhookReceipt
from models.mail import InboundMail, MailState
from models.policy import Policy
from models.retention import CaseErasure
from models.working_time import local_day
from tasks.as_of import start_of
from tasks.audit.access_log import note_access
from tasks.durable.council import Change
from tasks.mail.reading import Unreadable
from tasks.originals import read_original
from tasks.retention.holds import Holds, while_nobody_else_does
from tasks.webhook_intake import NotAKeptCall

ERASED = "erase-mail"
"""What the access log calls it."""
ROWS_AT_ONCE = 1000
NAMED = re.compile(r'"mail_id":"(M-[0-9A-Z]+)"')
"""Where an entry's content speaks of a message."""


class Speaking:
    """Which cases speak of which message, by their ledgers as they stood when a run began. Erased ones do not."""

    def __init__(self, session: Session) -> None:
        """One pass over all ledgers: no index knows what they say."""
        self._of: defaultdict[str, set[str]] = defaultdict(set)
        self._erased: set[str] = set()
        rows = select(EntryPayload.case_ref, EntryPayload.content).where(EntryPayload.content.contains('"mail_id"'))
        for ref, content in session.execute(rows.execution_options(yield_per=ROWS_AT_ONCE)):
            for mail_id in NAMED.findall(content):
                self._of[mail_id].add(ref)

    def erased(self, ref: str) -> None:
        """That case speaks no more."""
        self._erased.add(ref)

    def cases_of(self, mail_id: str) -> set[str]:
        """The cases that still speak of a message."""
        return self._of.get(mail_id, set()) - self._erased


def erase_mail_of_case(change: Change, ref: str, named: set[str], speaking: Speaking, holds: Holds) -> list[str]:
    """
    Erase what came for a case that is being erased, and `named` in its ledger; gives the ids.

    What another case speaks of, or came for another one, stays for that. So does what names somebody under hold.
    """
    which = or_(InboundMail.case_ref == ref, and_(InboundMail.id.in_(named), InboundMail.case_ref.is_(None)))
    found = change.session.scalars(
        select(InboundMail.id).where(which, InboundMail.erased_at.is_(None)).order_by(InboundMail.id)
    ).all()
    erased = []
    for mail_id in found:
        mail = _locked(change.session, mail_id)
        is_free = mail.case_ref == ref or not _is_kept_by_itself(mail, change.policy, local_day(change.now))
        if is_free and not speaking.cases_of(mail_id) - {ref} and not _names_somebody(mail, holds):
            _erase(change, mail)
            erased.append(mail_id)
    return erased


def mail_past_its_time(session: Session, policy: Policy, today: date, speaking: Speaking) -> Iterator[str]:
    """Ids of messages that no case speaks of any more, or ever did, and whose own time has passed."""
    schedule = policy.retention
    latest = max(one.newest_over(today) for one in (schedule.ignored_mail, schedule.quarantined_mail))
    query = (
        select(InboundMail)
        .outerjoin(CaseErasure, CaseErasure.case_ref == InboundMail.case_ref)
        .where(InboundMail.erased_at.is_(None), InboundMail.state != MailState.STORED)
        .where(or_(InboundMail.case_ref.is_(None), CaseErasure.case_ref.is_not(None)))
        .where(InboundMail.received_at < start_of(latest + timedelta(days=1)))
        .order_by(InboundMail.received_at, InboundMail.id)
    )
    for mail in session.scalars(query).all():
        if not _is_kept_by_itself(mail, policy, today) and not speaking.cases_of(mail.id):
            yield mail.id


def is_named_under_hold(session: Session, mail_id: str, holds: Holds) -> bool:
    """Whether a message names somebody under hold; asked only where such a hold stands."""
    return _names_somebody(_locked(session, mail_id, to_write=False), holds)


def erase_one_message(change: Change, mail_id: str, speaking: Speaking, *, by: str) -> bool:
    """Erase a message by itself, with an entry in the access log; whether that was done."""
    while_nobody_else_does(change.session)
    mail = _locked(change.session, mail_id)
    is_kept = mail.erased_at is not None or _is_kept_by_itself(mail, change.policy, local_day(change.now))
    for_a_case = mail.case_ref is not None and change.session.get(CaseErasure, mail.case_ref) is None
    if is_kept or for_a_case or speaking.cases_of(mail_id) or _names_somebody(mail, Holds(change.session)):
        return False
    _erase(change, mail)
    note_access(change.session, by, ERASED, mail_id, change.now)
    return True


def _is_kept_by_itself(mail: InboundMail, policy: Policy, today: date) -> bool:
    """Whether its own time runs still, whatever case it may belong to."""
    match MailState(mail.state):
        case MailState.STORED:
            return True
        case MailState.IGNORED:
            return not policy.retention.ignored_mail.is_over(local_day(mail.received_at), today)
        case MailState.QUARANTINED:
            return not policy.retention.quarantined_mail.is_over(local_day(mail.received_at), today)
        case MailState.OPENED | MailState.SIGNALLED:
            return False


def _names_somebody(mail: InboundMail, holds: Holds) -> bool:
    if not holds.look_for_names:
        return False
    addresses = " ".join([mail.envelope_from or "", *mail.envelope_to])
    try:
        read = read_original(mail.door, mail.raw)
    except (Unreadable, NotAKeptCall):
        said = mail.raw.decode("utf-8", "replace")
    else:
        said = "\n".join([read.from_name, read.from_address or "", *read.to, read.subject, read.text])
    return bool(holds.naming([addresses, said]))


def _locked(session: Session, mail_id: str, *, to_write: bool = True) -> InboundMail:
    query = select(InboundMail).where(InboundMail.id == mail_id).options(undefer(InboundMail.raw))
    return session.scalars(query.with_for_update() if to_write else query).one()


def _erase(change: Change, mail: InboundMail) -> None:
    """Its row stays, to say that something came, by which door, when, and what became of it."""
    gone = f"erased {mail.id}"
    change.session.execute(delete(WebhookReceipt).where(WebhookReceipt.mail_id == mail.id))
    change.session.execute(
        update(InboundMail)
        .where(InboundMail.id == mail.id)
        .values(
            raw=b"",
            digest=gone,
            content_digest=gone,
            envelope_from=None,
            envelope_to=[],
            erased_at=change.now,
        )
        .execution_options(synchronize_session=False)
    )
    change.session.expunge(mail)
