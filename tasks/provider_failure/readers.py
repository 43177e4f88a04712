"""Who may open an incident's room: named when it begins, and when somebody joins it."""

from __future__ import annotations

from sqlalchemy.orm import Session

from models.forms.provider_failure import FailureReported
from models.notices import Recipient
from models.provider_failure.room import IN_THE_ROOM
from models.provider_failure.tables import IncidentReader
from tasks.durable import audited, here
from tasks.durable.leg import Step


def let_in_the_room(step: Step, reported: FailureReported) -> None:
    """Whoever hears of it at once, the team that leads it, whoever decides the duty, and whoever reported it."""
    duty = step.policy.gaps.provider_failure_duty.decided_by
    tags = {Recipient.role(one).tag for one in (*IN_THE_ROOM, duty)} | {Recipient.team(reported.team).tag}
    for tag in sorted({*tags, step.case.owner, *([reported.reported_by] if reported.reported_by else [])}):
        _let_in(step.session, step.case.ref, tag)


@audited("Opened the room to somebody", clauses="TRN-48")
def open_room_to(staff_id: str) -> None:
    """A member of staff, from now on."""
    step = here()
    _let_in(step.session, step.case.ref, Recipient.staff(staff_id).tag)


def _let_in(session: Session, ref: str, tag: str) -> None:
    if session.get(IncidentReader, (ref, tag)) is None:
        session.add(IncidentReader(case_ref=ref, tag=tag))
        session.flush()
