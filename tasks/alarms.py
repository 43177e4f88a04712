"""What happens when a notice reached nobody: an entry in its case, and a case of its own that somebody must answer."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

from pydantic import ValidationError
from sqlalchemy.orm import Session

from models.cases import Case
from models.entry_kinds import EntryKind
from models.forms.alarms import UndeliveredNoticeFacts
from models.notices import Notice, Recipient
from models.outbox import OutboxMessage
from models.states import CaseStatus
from tasks.durable.cases import open_in
from tasks.durable.council import Change, Council
from tasks.durable.ledger import Fact

log = logging.getLogger("pathways")
PROCEDURE = "undelivered-notice"


def alarm_for(council: Council) -> Callable[[Session, Sequence[OutboxMessage]], None]:
    """What the outbox calls, in the transaction that marks a single message or a digest's lines undelivered."""

    def raise_alarm(session: Session, messages: Sequence[OutboxMessage]) -> None:
        change = Change(session, council.clock.now(), council.policy)
        unheard = [message for message in messages if not _is_an_alarm(session, message)]
        for message in messages:
            log.error("notice %s to %s reached nobody", message.id, message.recipient)
        if not unheard:
            return
        for ref in sorted({message.case_ref for message in unheard if message.case_ref}):
            _enter_in(change, ref, [message for message in unheard if message.case_ref == ref])
        refs = {message.case_ref for message in unheard}
        about = unheard[0].case_ref if len(refs) == 1 else None
        facts = UndeliveredNoticeFacts(
            message_id=unheard[0].digest_id or unheard[0].id,
            recipient=", ".join(sorted({message.recipient for message in unheard})),
            about_case=about,
            subject="; ".join(map(_subject, unheard)),
        )
        parent = session.get(Case, about) if about else None
        owner = Recipient.role(council.policy.alarms.undelivered_notice)
        open_in(change, PROCEDURE, facts, owner=owner, parent_ref=parent.ref if parent else None)

    return raise_alarm


def _is_an_alarm(session: Session, message: OutboxMessage) -> bool:
    """Whether an alarm's own notice failed: its work item stands in the worklist and is chased there."""
    case = session.get(Case, message.case_ref) if message.case_ref else None
    return case is not None and case.procedure == PROCEDURE


def _enter_in(change: Change, ref: str, messages: Sequence[OutboxMessage]) -> None:
    case = change.session.get(Case, ref)
    if case is None or case.status == CaseStatus.CLOSED:
        return
    pen = change.pen(change.lock(ref))
    for message in messages:
        text = f"Reached nobody: notice {message.id} to {Recipient.from_tag(message.recipient).words}"
        pen.enter(Fact(EntryKind.UNDELIVERED, message.id, text, "notice", {"recipient": message.recipient}))


def _subject(message: OutboxMessage) -> str:
    try:
        return Notice.model_validate(message.notice).subject
    except ValidationError:
        return f"notice {message.id}, which this version cannot read"
