"""A sorted contact in its queue: until its own procedure exists, somebody there deals with it and says so."""

from __future__ import annotations

from enum import StrEnum

from flows.safeguarding_concern import safeguarding_concern
from models.forms.queued_contact import QueuedContact, QueueReply, SortedAgain, Taken
from models.notices import Recipient
from models.policy.organisation import MailKind
from models.roles import Role
from tasks.case_people import about_person
from tasks.durable import ask, open_case, procedure, role, team
from tasks.durable.asking import Asked
from tasks.durable.in_force import policy
from tasks.safeguarding.raising import make_concern
from tasks.tray.referring import make_referral
from tasks.written_contact import letter_in_queue


class QueueOutcome(StrEnum):
    """How a queued contact ended."""

    DEALT_WITH = "dealt with"
    """Somebody in the queue dealt with it and showed where."""
    NEW_NEED = "a new need"
    """It was sorted again, as a new need, and is triaged in a case of its own."""
    CONCERN = "a safeguarding concern"
    """It was sorted again, as a safeguarding matter, and is raised in a case of its own."""


@procedure(follows="Actions and Next Steps (Duty Long Term), October 2023: what duty passes on")
def queued_contact(queued: QueuedContact) -> QueueOutcome:
    """
    See that a contact sorted into a queue is dealt with.

    The role or team that policy names for its kind is asked, and chased. Whoever finds it is not theirs says why, and
    duty sorts it again. It is closed only when somebody has dealt with it and named the note that shows it, or it has
    turned out to be a new need and is triaged, or a safeguarding matter and is raised; if nobody answers, the team
    leader and then the managers above hear of it.
    """
    about_person(queued.sorted_as.about_person if queued.sorted_as else None)
    kind, why = queued.kind, ""
    while True:
        urgent = queued.urgent or kind is MailKind.SAFEGUARDING
        reply = ask(
            QueueReply,
            of=queue_of(kind),
            about=letter_in_queue(queued, f"Sorted as {kind}.", why),
            urgent=urgent,
            wanted_within=policy().gaps.reasonable_time.urgent if urgent else policy().queue(kind).within,
        )
        match reply.taken:
            case Taken.DEALT_WITH:
                return QueueOutcome.DEALT_WITH
            case Taken.NOT_FOR_US:
                again = ask(
                    SortedAgain,
                    of=Role.DUTY_WORKER,
                    about=letter_in_queue(queued, f"Sent back by {kind}: {reply.what_was_done}"),
                    urgent=urgent,
                    wanted_within=policy().gaps.reasonable_time.few_hours,
                )
                kind, why = again.kind, f"Sorted again: {again.reasons}"
                if kind is MailKind.NEW_NEED and is_triaged(queued):
                    return QueueOutcome.NEW_NEED
                if kind is MailKind.SAFEGUARDING and is_raised(queued, again):
                    return QueueOutcome.CONCERN


def is_triaged(queued: QueuedContact) -> bool:
    """Open the triage of what is a new need after all; False for a case from before the tray, which has its queue."""
    from flows.pwt_triage import pwt_triage  # which puts what it finds into queues in its turn

    referral = make_referral(queued.contact, queued.sorted_as)
    if referral is None:
        return False
    open_case(pwt_triage, referral, owner=queue_of(MailKind.NEW_NEED), clauses="PWT-04")
    return True


def is_raised(queued: QueuedContact, again: SortedAgain) -> bool:
    """Raise what is a safeguarding concern after all; False for a case from before duty was asked who is at risk."""
    person = queued.sorted_as.about_person if queued.sorted_as else None
    noticed = make_concern(again, again.reasons, queued.contact, person, Recipient.role(Role.DUTY_WORKER).tag)
    if noticed is None:
        return False
    open_case(safeguarding_concern, noticed, owner=Role.DUTY_WORKER, clauses="DUTY-49 DUTY-50")
    return True


def queue_of(kind: MailKind) -> Asked:
    """Whom policy names for that kind of mail."""
    queue = policy().queue(kind)
    return team(queue.team) if queue.team else role(queue.role or Role.DUTY_WORKER)
