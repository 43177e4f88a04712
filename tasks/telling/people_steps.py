"""The audited tasks of telling somebody outside: how it can be done, the message queued, and what follows."""

from __future__ import annotations

from datetime import timedelta

from pydantic import AwareDatetime

from models.cases import Case
from models.person_messages import MessageKind, PersonMessageState, SentBy
from models.policy import Policy
from models.telling_findings import HowToTell, Means, QueuedMessage, ToBeTold
from models.working_time import local_day
from tasks.durable import audited, here, outside
from tasks.telling.people import DIED, Draft, queue_message, withdraw_message
from tasks.telling.people_looking import Look
from tasks.telling.stopping import why_nobody_tells

TAKEN_OVER = "a person tells them instead"
_SPARE_TIME = timedelta(hours=1)
"""Beyond the longest that sending takes; a message that has not settled then is not being sent at all."""


@audited("Found out how they can be told", reads_outside=True)
def find_out_how_to_tell(whom: ToBeTold, text_length: int) -> HowToTell:
    """
    Who tells them and how, as the register stands now.

    Nobody where the person it is about has died, or where it was said that nobody tells them any more. A machine only
    where it is certain that it may and can: no safe-contact rule, and an extract that would show one, no death of
    whoever has the address (whoever wrote from it lives), no need or interpreter, a way in which they wish to hear, an
    address, a service, and a register that is fresh.
    """
    asked = outside()
    calendar = asked.policy.working_calendar()
    again = calendar.opening_time(calendar.next_working_day(local_day(asked.now)))
    with asked.council.database.read() as session:
        look = Look(session, asked.now, asked.policy, asked.council.connections.people, whom, text_length)
        beside = look.beside_the_form()
        if look.about is not None and look.about.died_on is not None:
            return HowToTell(means=Means.NOBODY, because=DIED, beside_the_form=beside, look_again_at=again)
        if stopped := why_nobody_tells(session, asked.ref):
            return HowToTell(means=Means.NOBODY, because=stopped, beside_the_form=beside, look_again_at=again)
        restricted = session.get_one(Case, asked.ref).restricted
        because = "the case is restricted" if restricted else look.why_no_machine()
        sent_by, address = look.way(), look.address()
    return HowToTell(
        means=Means.SOMEBODY if because else Means.MACHINE,
        sent_by=None if because else sent_by,
        address="" if because else address,
        told_person=look.told.id if look.told is not None and not because else None,
        because=because,
        beside_the_form=beside,
        look_again_at=again,
    )


@audited("Queued a message to them")
def queue_to_be_sent(whom: ToBeTold, how: HowToTell, subject: str, body: str) -> QueuedMessage:
    """Queue the message in this step's transaction; it is sent once that has committed."""
    step = here()
    draft = Draft(
        kind=MessageKind.TOLD,
        sent_by=how.sent_by or SentBy.EMAIL,
        address=how.address,
        subject=subject,
        body=body,
        person_id=whom.about_person,
        told_person_id=how.told_person,
        in_reply_to=whom.in_reply_to,
    )
    message_id = queue_message(step.session, draft, case_ref=step.case.ref, entry_no=step.pen.next_no, now=step.now)
    return QueuedMessage(message_id=message_id, settled_by=_settled_by(step.policy, draft.sent_by, step.now))


@audited("Took the message out of the queue, as nothing was heard of it")
def stop_sending(message_id: str) -> PersonMessageState:
    """Withdraw a message that has not settled in time, so that nobody is told twice; where it stands then."""
    step = here()
    return withdraw_message(step.session, message_id, reason=TAKEN_OVER, now=step.now)


def _settled_by(policy: Policy, sent_by: SentBy, now: AwareDatetime) -> AwareDatetime:
    people = policy.telling_people
    length = people.letter_arrives_within if sent_by is SentBy.LETTER else people.arrives_within
    longest = policy.outbox.give_up_after + policy.outbox.longest_wait + _SPARE_TIME
    return policy.working_calendar().add(now + longest, length)
