"""The written contact transfer: a letter or e-mail that names a worker finds somebody who acts on it."""

from __future__ import annotations

from datetime import datetime

from flows.contact_resolution import settle_at_duty
from flows.pwt_triage import pwt_triage
from flows.queued_contact import queue_of, queued_contact
from flows.safeguarding_concern import safeguarding_concern
from flows.written_contact_paperwork import (
    DUTY,
    acknowledgement_in_words,
    ask_to_acknowledge,
    see_to_the_original,
)
from flows.written_contact_while_away import act_while_the_worker_is_away
from models.calendars import presence
from models.durations import Duration
from models.forms.queued_contact import QueuedContact
from models.forms.tray_signals import CircumstancesChanged, ReportedBy
from models.forms.written_contact import (
    AcknowledgedContactTransfer,
    Acknowledger,
    AllocationCheck,
    AvailabilityEnquiry,
    ContactSorting,
    ContactTransfer,
    FurtherMessage,
    NextHand,
    PersonConfirmed,
    WrittenContact,
)
from models.notices import Recipient
from models.policy.organisation import MailKind
from models.proposals import Proposal, ProposedWorkers
from models.written_contact_findings import Destination, Place, TransferOutcome
from tasks.calendars.steps import look_in_calendar
from tasks.case_people import about_person, look_up_whom_it_was_about
from tasks.durable import (
    Accepted,
    Asked,
    Refused,
    Silent,
    Verb,
    ask,
    at,
    first_of,
    hand_over,
    open_case,
    procedure,
    send,
    staff,
    tell,
    this_case,
)
from tasks.durable.in_force import policy
from tasks.proposals import propose_people, propose_workers, put_proposals_in_words
from tasks.reablement.open_plans import look_up_open_plans
from tasks.replying import work_out_reply_by
from tasks.safeguarding.raising import make_concern
from tasks.telling.receipts import send_receipt
from tasks.tray.on_a_tray import look_up_where_they_wait
from tasks.tray.referring import make_referral
from tasks.written_contact import (
    SortedContact,
    find_destination,
    letter_with,
    look_up_allocation,
    look_up_availability,
    moment_in_words,
    team_behind,
    to_act_on,
    weigh_enquiry,
    write_record,
)
from tasks.written_contact_times import to_a_contact, work_out_needed_by


@procedure(follows="Actions and Next Steps (Duty Long Term), October 2023: written contacts to a named worker")
def written_contact_transfer(contact: WrittenContact) -> TransferOutcome:
    """
    See that a letter or e-mail which names a worker is acted on in time by somebody who is allocated.

    The duty worker sorts it. It goes to the named worker only if they are allocated and can take it in time; else to
    the team responsible, or duty settles it. Whoever is offered it accepts or says why not; silence brings it to the
    team and then to the team leader. While the worker is away duty acts, tells the person and agrees what happens
    next, and somebody is in touch on the agreed day. Until it is accepted it belongs to duty.
    """
    send_receipt(contact)
    sorting = contact.sorted_as or have_it_sorted(contact)  # DUTY-16
    person = about_person(sorting.about_person)
    say_so_where_they_wait(person, sorting)  # PWT-29
    say_so_in_their_plan(person, contact)  # REA-09
    for number, other in enumerate(sorting.also_about, start=1):
        open_for_another(contact, sorting.for_another(other), number)
    for kind in sorted(sorting.kinds - {MailKind.NAMED_WORKER}):
        send_to_its_queue(contact, sorting, kind)
    if MailKind.NAMED_WORKER not in sorting.kinds:
        return TransferOutcome.SORTED_ELSEWHERE

    letter = SortedContact(contact, sorting, needed_by=work_out_needed_by(sorting))  # GAP-02
    if sorting.settled_here is not None:
        return settle_at_duty(letter, of=DUTY)  # DUTY-31, DUTY-32, GAP-01
    destination = where_it_goes(letter)  # DUTY-17, DUTY-18
    if destination.place is Place.DUTY:
        return settle_at_duty(letter, of=destination.recipient)  # GAP-04
    taker = who_can_take_it(letter, destination)  # DUTY-19, DUTY-24
    if taker is None:
        return act_while_the_worker_is_away(letter, destination)  # DUTY-25 to DUTY-29
    return transfer(letter, taker)  # DUTY-20 to DUTY-23


def have_it_sorted(contact: WrittenContact) -> ContactSorting:
    """
    The duty worker says what it is and for whom, with what can be read out of it before them as a proposal.

    Whom it is about is taken from the letter only where that is beyond doubt; anything less, a person confirms.
    """
    people = propose_people(contact)
    read_out_of_it = "\n".join((beside(people, propose_workers(contact)), whom_it_answers(contact))).strip()
    sorting = ask(
        ContactSorting,
        of=DUTY,
        about=letter_with(contact, read_out_of_it),
        wanted_within=policy().gaps.reasonable_time.few_hours,
        clauses="DUTY-16",
    )
    if sorting.about_person is not None or sorting.nobody_proposed or sorting.also_about or people is None:
        return sorting  # whoever sorted it has said whom it is about, or that it is none of them
    if people.certain is not None:
        return sorting.model_copy(update={"about_person": people.certain})
    if people.candidates and MailKind.NAMED_WORKER in sorting.kinds:
        return sorting.model_copy(update={"about_person": confirm_the_person(contact, read_out_of_it)})
    return sorting


def beside(people: Proposal | None, workers: ProposedWorkers | None) -> str:
    """What could be read out of the contact, as it stands beside the form."""
    words = put_proposals_in_words(people, workers)
    return words.text if words is not None else ""


def whom_it_answers(contact: WrittenContact) -> str:
    """Whom the closed case was about that the contact answers, so that nobody has to look it up."""
    if contact.answers_case is None:
        return ""
    about = ", ".join(look_up_whom_it_was_about(contact.answers_case))
    return f"The case that it answers, {contact.answers_case}, was about {about}." if about else ""


def confirm_the_person(contact: WrittenContact, read_out_of_it: str) -> str | None:
    """The register has people whom it may mean: duty compares, and confirms one or none of them."""
    confirmed = ask(
        PersonConfirmed,
        of=DUTY,
        about=letter_with(contact, read_out_of_it),
        wanted_within=policy().gaps.reasonable_time.few_hours,
        clauses="DUTY-17",
    )
    return confirmed.about_person


def say_so_where_they_wait(person: str | None, sorting: ContactSorting) -> None:
    """Whoever waits on the tray is contacted when something comes about them; a new need is triaged, which says so."""
    if person is None or MailKind.NEW_NEED in sorting.kinds:
        return
    what = f"A letter or e-mail came about them: case {this_case()}"
    changed = CircumstancesChanged(reported_by=ReportedBy.OTHER, what=what, urgent=sorting.urgent)
    for tray_case in look_up_where_they_wait(person) or ():  # none for a case that was sorted before
        send(tray_case, changed, clauses="PWT-29")


def say_so_in_their_plan(person: str | None, contact: WrittenContact) -> None:
    """Whoever coordinates somebody's reablement reads what comes about them, and says what it is."""
    if person is None:
        return
    message = FurtherMessage(mail_id=contact.mail_id, sender=contact.sender, subject=contact.subject, text=contact.text)
    for plan in look_up_open_plans(person) or ():  # none for a case that was sorted before
        send(plan, message, clauses="REA-09")


def open_for_another(contact: WrittenContact, sorting: ContactSorting, number: int) -> None:
    """A letter about several people: each has a case of their own, joined to this one and not sorted again."""
    open_case(
        written_contact_transfer,
        contact.model_copy(update={"sorted_as": sorting}),
        owner=DUTY,
        key=f"another-person-{number}",
    )


def send_to_its_queue(contact: WrittenContact, sorting: ContactSorting, kind: MailKind) -> None:
    """What is not for a named worker becomes a case of its own: triage, a safeguarding concern, or one in a queue."""
    if kind is MailKind.NEW_NEED:
        referral = make_referral(contact, sorting)
        if referral is not None:  # a case from before the tray has its queue
            open_case(pwt_triage, referral, owner=queue_of(kind), key=kind, clauses="PWT-04")
            return
    if kind is MailKind.SAFEGUARDING:
        noticed = make_concern(
            sorting, sorting.action_indicated, contact, sorting.about_person, Recipient.role(DUTY).tag
        )
        if noticed is not None:  # one that was sorted before the form asked who is at risk has its queue
            open_case(safeguarding_concern, noticed, owner=DUTY, key=kind, clauses="DUTY-49 DUTY-50")
            return
    facts = QueuedContact(kind=kind, urgent=sorting.urgent, contact=contact, sorted_as=sorting)
    open_case(queued_contact, facts, owner=queue_of(kind), key=kind)


def where_it_goes(letter: SortedContact) -> Destination:
    """To the named worker only if allocated (DUTY-17, DUTY-18); where the register cannot say, a person looks."""
    found = look_up_allocation(letter.sorting)  # DUTY-17, GAP-03
    allocated, responsible = found.worker_is_allocated, found.responsible_team
    if not found.can_be_trusted:
        checked = ask(
            AllocationCheck,
            of=DUTY,
            about=letter_with(letter.contact),
            urgent=letter.sorting.urgent,
            wanted_within=reply_by(letter),
            clauses="DUTY-17",
        )
        allocated, responsible = checked.worker_is_allocated, checked.responsible_team
    return find_destination(letter.sorting, allocated, responsible)  # DUTY-18, GAP-04


def who_can_take_it(letter: SortedContact, destination: Destination) -> Destination | None:
    """Whoever is there in time, or whose service deals with letters meanwhile; either is enough (DUTY-19)."""
    recorded = look_up_availability(destination.to, letter.needed_by, letter.sorting.urgent)
    calendar = None
    if destination.place is Place.WORKER and not recorded.office_is_closed:
        calendar = look_in_calendar(destination.recipient.name, letter.needed_by)  # DUTY-24
    found = presence(recorded, calendar)
    if found.in_time:
        return destination.model_copy(update={"there_from": found.back_at})
    if not found.ask:
        return None
    enquiry = ask(
        AvailabilityEnquiry,
        of=DUTY,
        about=letter_with(letter.contact, f"Needed by {moment_in_words(letter.needed_by)}. {found.in_words}"),
        urgent=letter.sorting.urgent,
        wanted_within=reply_by(letter),
        clauses="DUTY-24",
    )
    return weigh_enquiry(enquiry, destination.to, letter.needed_by).destination


# ------------------------------------------------------------------ the worker, or their service, can take it


def transfer(letter: SortedContact, taker: Destination) -> TransferOutcome:
    """Offer the contact until somebody takes it on; then the original, the acknowledgement and the record."""
    taken = find_somebody_to_take_it(letter, taker)
    if taken is None:
        return settle_at_duty(letter, of=DUTY)  # GAP-05
    answer = taken.answer
    acknowledging = ask_to_acknowledge(letter, answer.acknowledgement_sent, of=whoever_acknowledges(taken))  # DUTY-21
    original = see_to_the_original(letter.contact, wanted=answer.wants_original, by=taken.by)  # DUTY-20, DUTY-23
    acknowledged = acknowledgement_in_words(answer.acknowledgement_sent, acknowledging)
    done = f"Done so far: {answer.action_taken}" if answer.action_taken else ""
    lines = (f"Accepted by {taken.by}.", done, original, acknowledged)
    write_record(letter.contact, letter.sorting.where_recorded, lines)
    return TransferOutcome.TRANSFERRED


def find_somebody_to_take_it(letter: SortedContact, taker: Destination) -> Accepted[ContactTransfer] | None:
    """The worker, then their team, then whomever the team leader names (GAP-05). None: duty keeps it."""
    if taker.there_from is not None:
        tell(taker.recipient, Verb.READ, "a-contact-waits-for-your-return", clauses="DUTY-22")
        first_of(at("worker-back", taker.there_from))  # DUTY-19
    reply = offer(letter, to=taker.recipient)
    if not isinstance(reply, Accepted) and taker.place is Place.WORKER:
        reply = offer(letter, said_by(reply), to=Recipient.from_tag(team_behind(taker.to)))
    while not isinstance(reply, Accepted):
        next_hand = ask_who_takes_it(letter, said_by(reply))
        if next_hand is None or next_hand.given_to is None:
            return None
        reply = offer(letter, next_hand.reasons, to=staff(next_hand.given_to))
    return reply


def offer(letter: SortedContact, *so_far: str, to: Asked) -> Accepted[ContactTransfer] | Refused | Silent:
    """
    Tell them by the most secure way: that the contact is there, and where it stands, not the thing itself (DUTY-22).

    On the one form they accept or refuse, say whether they want the original (DUTY-20) and who acknowledges (DUTY-21).
    """
    return hand_over(
        AcknowledgedContactTransfer if letter.sorting.reply_wanted else ContactTransfer,
        to=to,
        within=reply_by(letter, policy().gaps.follow_up_ownership.decide_after),
        about=to_act_on(letter, *so_far),
        urgent=letter.sorting.urgent,
        clauses="DUTY-20 DUTY-21 DUTY-22",
    )


def ask_who_takes_it(letter: SortedContact, why: str) -> NextHand | None:
    """The team leader decides (GAP-05). What is urgent or dated does not wait for them: None, and duty settles it."""
    if letter.sorting.cannot_wait:
        return ask(
            NextHand,
            of=policy().gaps.follow_up_ownership.decider,
            about=letter_with(letter.contact, why),
            urgent=letter.sorting.urgent,
            within=reply_by(letter),
        )
    return ask(
        NextHand,
        of=policy().gaps.follow_up_ownership.decider,
        about=letter_with(letter.contact, why),
        wanted_within=reply_by(letter),
    )


def reply_by(letter: SortedContact, usual: Duration | None = None) -> datetime:
    """In the usual time, else in a few hours; in less where it is urgent or gives a date (DUTY-19, GAP-02)."""
    usual = usual or policy().gaps.reasonable_time.few_hours
    return work_out_reply_by(to_a_contact(letter.sorting, letter.needed_by, usual))


def said_by(reply: Refused | Silent) -> str:
    """Why nobody has taken it, for whoever comes next."""
    match reply:
        case Refused(by, reason):
            return f"Refused by {by}: {reason}"
        case Silent():
            return "Nobody has replied in time."


def whoever_acknowledges(taken: Accepted[ContactTransfer]) -> Asked:
    """The worker who took it on, or duty, as they agreed (DUTY-21)."""
    match taken.answer.acknowledged_by:
        case Acknowledger.PRACTITIONER:
            return staff(taken.by)
        case Acknowledger.DUTY | None:
            return DUTY
