"""The written contact transfer: a letter or e-mail that names a worker finds somebody who acts on it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from flows.queued_contact import queue_of, queued_contact
from models.durations import Deadline, working_days
from models.forms.queued_contact import QueuedContact
from models.forms.written_contact import (
    AcknowledgedContactTransfer,
    AcknowledgementWritten,
    Acknowledger,
    ActionsMeanwhile,
    AllocationCheck,
    AvailabilityEnquiry,
    Channel,
    ContactOnReturn,
    ContactSorting,
    ContactTransfer,
    FollowUp,
    NextHand,
    OriginalEmailSent,
    OriginalFiled,
    OriginalLetterSent,
    PersonTold,
    RecordMade,
    SettledAtDuty,
    UrgentActionsMeanwhile,
    WrittenContact,
)
from models.notices import Recipient
from models.policy.organisation import MailKind
from models.roles import Role
from tasks.durable import (
    Accepted,
    Asked,
    Due,
    Refused,
    Silent,
    Verb,
    Wait,
    after,
    ask,
    at,
    decision,
    first_of,
    hand_over,
    now,
    open_case,
    procedure,
    recipient,
    staff,
    taken_on,
    tell,
    withdraw,
)
from tasks.durable.in_force import close_of, day_of, policy
from tasks.written_contact import (
    Destination,
    Place,
    file_original_here,
    find_destination,
    letter_with,
    look_up_allocation,
    look_up_availability,
    moment_in_words,
    team_behind,
    weigh_enquiry,
    work_out_needed_by,
    write_record,
)

DUTY = Role.DUTY_WORKER


class TransferOutcome(StrEnum):
    """How a written contact ended."""

    SORTED_ELSEWHERE = "sorted elsewhere"
    """It named no worker; each of its matters is a case of its own."""
    TRANSFERRED = "transferred"
    """Somebody accepted it."""
    TAKEN_ON_RETURN = "taken on return"
    """The worker it names was away and took it on afterwards; the person was kept informed."""
    FOLLOWED_UP = "followed up"
    """The worker did not come back to it in time; the person was contacted all the same."""
    SETTLED_AT_DUTY = "settled at duty"
    """Duty dealt with it."""


@procedure(follows="Actions and Next Steps (Duty Long Term), October 2023: written contacts to a named worker")
def written_contact_transfer(contact: WrittenContact) -> TransferOutcome:
    """
    See that a letter or e-mail which names a worker is acted on in time by somebody who is allocated.

    The duty worker sorts it. It goes to the named worker only if they are allocated and can take it in time; else to
    the team responsible, or duty settles it. Whoever is offered it accepts or says why not; silence brings it to the
    team and then to the team leader. While the worker is away duty acts, tells the person and agrees what happens
    next, and somebody is in touch on the agreed day. Until it is accepted it belongs to duty.
    """
    sorting = ask(
        ContactSorting,
        of=DUTY,
        about=letter_with(contact),
        wanted_within=policy().gaps.reasonable_time.few_hours,
        clauses="DUTY-16",
    )
    for kind in sorted(sorting.kinds - {MailKind.NAMED_WORKER}):
        send_to_its_queue(contact, sorting, kind)
    if MailKind.NAMED_WORKER not in sorting.kinds:
        return TransferOutcome.SORTED_ELSEWHERE

    destination = where_it_goes(contact, sorting)  # DUTY-17, DUTY-18
    if destination.place is Place.DUTY:
        return settle_at_duty(contact, sorting)  # GAP-04
    needed_by = work_out_needed_by(sorting)
    taker = who_can_take_it(contact, destination, needed_by)  # DUTY-19, DUTY-24
    if taker is None:
        return act_while_the_worker_is_away(contact, sorting, destination)  # DUTY-25 to DUTY-29
    return transfer(contact, sorting, taker)  # DUTY-20 to DUTY-23


def send_to_its_queue(contact: WrittenContact, sorting: ContactSorting, kind: MailKind) -> None:
    """What is not for a named worker becomes a case of its own, in the queue that policy names."""
    facts = QueuedContact(kind=kind, urgent=sorting.urgent, contact=contact)
    open_case(queued_contact, facts, owner=queue_of(kind), key=kind)


def where_it_goes(contact: WrittenContact, sorting: ContactSorting) -> Destination:
    """To the named worker only if allocated (DUTY-17, DUTY-18); where the register is too old, a person looks."""
    found = look_up_allocation(sorting)  # DUTY-17
    allocated, responsible = found.worker_is_allocated, found.responsible_team
    if not found.can_be_trusted:
        checked = ask(AllocationCheck, of=DUTY, about=letter_with(contact), urgent=sorting.urgent, clauses="DUTY-17")
        allocated, responsible = checked.worker_is_allocated, checked.responsible_team
    return find_destination(sorting, allocated, responsible)  # DUTY-18, GAP-04


def who_can_take_it(contact: WrittenContact, destination: Destination, needed_by: datetime) -> Destination | None:
    """Whoever is there in time, or whose service deals with letters meanwhile; either is enough (DUTY-19)."""
    found = look_up_availability(destination.to, needed_by)
    if found.in_time:
        return destination
    back = f"recorded as back {moment_in_words(found.back_at)}" if found.back_at else "no return is recorded"
    enquiry = ask(
        AvailabilityEnquiry,
        of=DUTY,
        about=letter_with(contact, f"Needed by {moment_in_words(needed_by)}; the worker is away, {back}."),
        wanted_within=policy().gaps.reasonable_time.few_hours,
        clauses="DUTY-24",
    )
    return weigh_enquiry(enquiry, destination.to, needed_by)


# ------------------------------------------------------------------ the worker, or their service, can take it


def transfer(contact: WrittenContact, sorting: ContactSorting, taker: Destination) -> TransferOutcome:
    """Offer the contact until somebody takes it on; then the original, the acknowledgement and the record."""
    taken = find_somebody_to_take_it(contact, sorting, taker)
    if taken is None:
        return settle_at_duty(contact, sorting)
    original = see_to_the_original(contact, taken.answer)
    acknowledged = "No acknowledgement was wanted."
    match taken.answer.acknowledged_by if sorting.reply_wanted else None:
        case Acknowledger.PRACTITIONER:
            acknowledged = write_acknowledgement(contact, of=staff(taken.by))
        case Acknowledger.DUTY:
            acknowledged = write_acknowledgement(contact, of=DUTY)
        case None:
            pass
    done = f"Done so far: {taken.answer.action_taken}" if taken.answer.action_taken else ""
    write_record(contact, (f"Accepted by {taken.by}, {sorting.where_recorded}.", done, original, acknowledged))
    return TransferOutcome.TRANSFERRED


def find_somebody_to_take_it(
    contact: WrittenContact, sorting: ContactSorting, taker: Destination
) -> Accepted[ContactTransfer] | None:
    """The worker, then their team, then whomever the team leader names (GAP-05). None: duty keeps it."""
    reply = offer(contact, sorting, to=taker.recipient)
    if not isinstance(reply, Accepted) and taker.place is Place.WORKER:
        reply = offer(contact, sorting, to=Recipient.from_tag(team_behind(taker.to)))
    while not isinstance(reply, Accepted):
        next_hand = ask(
            NextHand,
            of=policy().gaps.follow_up_ownership.decider,
            about=letter_with(contact, said_by(reply)),
            urgent=sorting.urgent,
        )
        if next_hand.given_to is None:
            return None
        reply = offer(contact, sorting, to=staff(next_hand.given_to))
    return reply


def offer(
    contact: WrittenContact, sorting: ContactSorting, *, to: Asked
) -> Accepted[ContactTransfer] | Refused | Silent:
    """
    Tell them by the most secure way: that the contact is there, and where it stands, not the thing itself (DUTY-22).

    On the one form they accept or refuse, say whether they want the original (DUTY-20) and who acknowledges (DUTY-21).
    """
    times = policy().gaps
    form = AcknowledgedContactTransfer if sorting.reply_wanted else ContactTransfer
    return hand_over(
        form,
        to=to,
        within=times.reasonable_time.few_hours if sorting.urgent else times.follow_up_ownership.decide_after,
        about=letter_with(contact, f"Wanted: {sorting.action_indicated}", f"Recorded at: {sorting.where_recorded}"),
        urgent=sorting.urgent,
        clauses="DUTY-20 DUTY-21 DUTY-22",
    )


def said_by(reply: Refused | Silent) -> str:
    """Why nobody has taken it, for whoever decides."""
    match reply:
        case Refused(by, reason):
            return f"Refused by {by}: {reason}"
        case Silent():
            return "Nobody has replied in time."


def see_to_the_original(contact: WrittenContact, answer: ContactTransfer) -> str:
    """Sent on by a permitted way if it is wanted, else filed securely (DUTY-20, DUTY-23)."""
    match contact.channel, answer.wants_original:
        case Channel.EMAIL, True:
            sent = ask(OriginalEmailSent, of=DUTY, about=contact.mail_id, clauses="DUTY-23")
            return f"Original e-mail sent on by {sent.sent_by}."
        case Channel.LETTER, True:
            posted = ask(OriginalLetterSent, of=DUTY, about=contact.mail_id, clauses="DUTY-23")
            return f"Original letter sent on by {posted.sent_by}."
        case Channel.EMAIL, False:
            return f"Original e-mail filed securely as {file_original_here(contact)}."  # DUTY-20
        case _:
            filed = ask(OriginalFiled, of=DUTY, about=contact.mail_id, clauses="DUTY-20")
            return f"Original letter filed securely at {filed.filed_at}."


def write_acknowledgement(contact: WrittenContact, *, of: Asked) -> str:
    """Whoever it was agreed with writes that the contact has arrived, and says that they have (DUTY-21, DUTY-26)."""
    written = ask(
        AcknowledgementWritten,
        of=of,
        about=letter_with(contact),
        wanted_within=policy().gaps.reasonable_time.reasonable,
        clauses="DUTY-21 DUTY-26",
    )
    return f"Acknowledgement written on {written.written_on:%d.%m.%Y}, sent by {written.sent_by}."


# ------------------------------------------------------------------ the worker is not there in time


def act_while_the_worker_is_away(
    contact: WrittenContact, sorting: ContactSorting, worker: Destination
) -> TransferOutcome:
    """Act now, tell the person always, leave the worker everything, and be in touch on the day agreed."""
    tell(worker.recipient, Verb.READ, "a-contact-came-while-you-are-away", clauses="DUTY-25")  # DUTY-25
    actions = decision(
        UrgentActionsMeanwhile if sorting.urgent else ActionsMeanwhile,
        of=DUTY,
        about=letter_with(contact, f"Wanted: {sorting.action_indicated}"),
        urgent=sorting.urgent,
        wanted_within=by_when(sorting),
        clauses="DUTY-26",
    )
    to_be_told = tell_the_person(contact, sorting)  # DUTY-27: both are opened at once, so that neither waits
    acted = first_of(actions)
    acknowledged = write_acknowledgement(contact, of=DUTY) if sorting.reply_wanted else ""  # DUTY-26
    told = agreement_with_the_person(contact, sorting, to_be_told)  # DUTY-27, DUTY-28

    message = (
        f"Recorded at: {sorting.where_recorded}",
        f"Done: {acted.actions_taken}",
        f"Urgent: {acted.urgent_actions}" if isinstance(acted, UrgentActionsMeanwhile) else "",
        acknowledged,
        f"The person was told ({told.how}); somebody is in touch by {told.contact_by:%d.%m.%Y}, else: {told.fallback}",
    )
    if acted.settled:
        outcome, ended = TransferOutcome.SETTLED_AT_DUTY, "Duty has settled the contact."
        tell(worker.recipient, Verb.READ, "a-contact-was-settled-for-you", clauses="DUTY-25")
    else:
        outcome, ended = follow_up(contact, worker, message, told)
    make_the_record(contact, (*message, ended))  # DUTY-29
    return outcome


def by_when(sorting: ContactSorting) -> Deadline:
    """Urgent steps before closing, all else in a reasonable time (GAP-02)."""
    times = policy().gaps.reasonable_time
    return times.urgent if sorting.urgent else times.reasonable


def tell_the_person(contact: WrittenContact, sorting: ContactSorting) -> Wait[PersonTold]:
    """Ask duty to tell the person or carer that the worker is away, whatever the length of the absence (GAP-03)."""
    return decision(
        PersonTold,
        of=DUTY,
        about=letter_with(contact),
        urgent=sorting.urgent,
        wanted_within=by_when(sorting),
        clauses="DUTY-27 DUTY-28",
    )


def agreement_with_the_person(
    contact: WrittenContact, sorting: ContactSorting, to_be_told: Wait[PersonTold]
) -> PersonTold:
    """What was agreed with the person (DUTY-28); who was not reached is tried again each working day (DUTY-27)."""
    told = first_of(to_be_told)
    while not told.reached:
        first_of(after("try-again", working_days(1)))
        told = first_of(tell_the_person(contact, sorting))
    return told


def follow_up(
    contact: WrittenContact, worker: Destination, message: tuple[str, ...], told: PersonTold
) -> tuple[TransferOutcome, str]:
    """Until somebody has been in touch: the worker on their return, or whoever owns the contact on the agreed day."""
    on_return = left_for(worker.recipient, contact, message)
    agreed_day, owner = told.contact_by or day_of(now()), recipient(DUTY)
    while True:
        match first_of(on_return, at("agreed-day", close_of(agreed_day))):
            case ContactOnReturn() as reply:
                match taken_on(reply):
                    case Accepted(by, answer) if answer.in_touch:
                        return TransferOutcome.TAKEN_ON_RETURN, f"Taken on by {by}: {answer.action_taken}"
                    case Accepted(by):
                        owner = staff(by)
                    case Refused(by, reason):
                        next_hand = ask(NextHand, of=policy().gaps.follow_up_ownership.decider, about=reason)  # GAP-05
                        if next_hand.given_to is not None:
                            on_return = left_for(staff(next_hand.given_to), contact, message)
            case Due():
                done = ask(FollowUp, of=owner, about=letter_with(contact, *message), urgent=True)
                if done.in_touch and done.next_contact_by is None:
                    withdraw(on_return)
                    outcome = (
                        TransferOutcome.FOLLOWED_UP if owner == recipient(DUTY) else TransferOutcome.TAKEN_ON_RETURN
                    )
                    return outcome, f"Followed up: {done.what_was_done}"
                agreed_day = done.next_contact_by or agreed_day


def left_for(whom: Asked, contact: WrittenContact, message: tuple[str, ...]) -> Wait[ContactOnReturn]:
    """Leave the worker the message: that it came, where it stands, what was done and agreed (DUTY-25)."""
    return decision(ContactOnReturn, of=whom, about=letter_with(contact, *message), clauses="DUTY-25")


# ------------------------------------------------------------------ duty deals with it


def settle_at_duty(contact: WrittenContact, sorting: ContactSorting) -> TransferOutcome:
    """Nobody is allocated and no team is responsible, or nobody took it: duty deals with it (DUTY-18, GAP-04)."""
    settled = ask(
        SettledAtDuty,
        of=DUTY,
        about=letter_with(contact, f"Wanted: {sorting.action_indicated}"),
        urgent=sorting.urgent,
        wanted_within=by_when(sorting),
    )
    acknowledged = write_acknowledgement(contact, of=DUTY) if sorting.reply_wanted else ""
    make_the_record(contact, (f"Settled at duty: {settled.what_was_done}", acknowledged))
    return TransferOutcome.SETTLED_AT_DUTY


def make_the_record(contact: WrittenContact, lines: tuple[str, ...]) -> None:
    """The record of all of it, ready to be pasted; the case is not closed before its note's id is given (DUTY-29)."""
    text = write_record(contact, tuple(line for line in lines if line))
    ask(RecordMade, of=DUTY, about=text, wanted_within=policy().gaps.reasonable_time.reasonable, clauses="DUTY-29")
