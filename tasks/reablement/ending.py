"""What is taken back when somebody's reablement has ended."""

from __future__ import annotations

from sqlalchemy import select

from models.outbox import OutboxMessage, OutboxState
from models.reablement.notices import OVERTAKEN_BY_THE_END
from tasks.durable import audited, here
from tasks.reablement.open_matters import cases_of
from tasks.telling.queueing import withdraw


@audited("Took back what staff were still to hear about visits")
def take_back_notices() -> int:
    """
    What still waits to be sent about how to visit, of the plan's own case and every case about it; how many there were.

    Whoever read it after the end would go by it. What was sent, or is being sent, stays as it is.
    """
    step = here()
    step.session.flush()
    waiting = step.session.execute(
        select(OutboxMessage.id, OutboxMessage.notice).where(
            OutboxMessage.case_ref.in_(cases_of(step.session, step.case.ref)),
            OutboxMessage.state == OutboxState.QUEUED.value,
            OutboxMessage.attempts == 0,
        )
    )
    overtaken = [message for message, notice in waiting if notice.get("what") in OVERTAKEN_BY_THE_END]
    return len(withdraw(step.session, overtaken))
