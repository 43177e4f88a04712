"""What happens when a notice reached nobody: an entry in its case, and a case of its own that somebody must answer."""

from __future__ import annotations

import logging
from collections.abc import Callable

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


def alarm_for(council: Council) -> Callable[[Session, OutboxMessage], None]:
    """What the outbox calls, in the transaction that marks a message undelivered."""

    def raise_alarm(session: Session, message: OutboxMessage) -> None:
        log.error("notice %s to %s reached nobody", message.id, message.recipient)
        change = Change(session, council.clock.now(), council.policy)
        case = session.get(Case, message.case_ref) if message.case_ref else None
        if case is not None and case.procedure == PROCEDURE:
            return  # the alarm's own notice failed: its work item stands in the worklist and is chased there
        if case is not None and case.status != CaseStatus.CLOSED:
            text = f"Reached nobody: notice {message.id} to {Recipient.from_tag(message.recipient).words}"
            pen = change.pen(change.lock(case.ref))
            pen.enter(Fact(EntryKind.UNDELIVERED, message.id, text, "notice", {"recipient": message.recipient}))
        facts = UndeliveredNoticeFacts(
            message_id=message.id,
            recipient=message.recipient,
            about_case=message.case_ref,
            subject=Notice.model_validate(message.notice).subject,
        )
        owner = Recipient.role(council.policy.alarms.undelivered_notice)
        open_in(change, PROCEDURE, facts, owner=owner, parent_ref=message.case_ref if case else None)

    return raise_alarm
