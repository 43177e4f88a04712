"""What is done about a written contact while the worker it names is not there in time (DUTY-25 to DUTY-29)."""

from __future__ import annotations

from dataclasses import dataclass

from flows.contact_resolution import see_to_what_follows
from flows.telling_a_person import telling_a_person
from flows.written_contact_paperwork import (
    DUTY,
    acknowledgement_in_words,
    ask_to_acknowledge,
    by_when,
    make_the_record,
)
from models.forms.telling_people import PersonTelling
from models.forms.while_away import (
    ActionsMeanwhile,
    ContactGiven,
    ContactOnReturn,
    FollowUp,
    PersonTold,
    UrgentActionsMeanwhile,
)
from models.forms.written_contact import NextHand
from models.notices import Recipient
from models.telling_findings import ToBeTold
from models.written_contact_findings import Destination, TransferOutcome, day_in_words
from tasks.durable import (
    Accepted,
    Due,
    Refused,
    Verb,
    Wait,
    at,
    decision,
    first_of,
    open_case,
    recipient,
    staff,
    taken_on,
    tell,
    withdraw,
)
from tasks.durable.in_force import close_of, policy
from tasks.written_contact import SortedContact, letter_with, look_up_whether_to_tell, to_act_on
from tasks.written_contact_times import work_out_next_contact
from tasks.written_contact_wording import word_the_absence

NEED_NOT_BE_TOLD = PersonTold(
    reached=False, how="not tried", not_told_because="the worker is back within a few days, and policy asks no more"
)


@dataclass(frozen=True)
class LookedAfter:
    """How it ended, what happened line by line, and whether the worker wants the original."""

    outcome: TransferOutcome
    story: tuple[str, ...]
    original_wanted: bool = False


def act_while_the_worker_is_away(letter: SortedContact, worker: Destination) -> TransferOutcome:
    """
    Act now, tell the person always, leave the worker everything, and be in touch on the day agreed.

    Duty acts and tells the person, both at once. Where that settles the contact wholly, the worker only hears of it;
    otherwise it waits for them and is looked after meanwhile. The record holds every step.
    """
    tell(worker.recipient, Verb.READ, "a-contact-came-while-you-are-away", clauses="DUTY-25")
    acting, telling = act_meanwhile(letter), tell_the_person(letter, worker)  # DUTY-26, DUTY-27: neither waits
    acted = first_of(acting)
    for_others = see_to_what_follows(letter, acted, f"Done: {acted.actions_taken}")  # DUTY-33 to DUTY-37
    acknowledging = ask_to_acknowledge(letter, acted.acknowledgement_sent, of=DUTY)  # DUTY-26
    told = first_of(telling) if telling is not None else NEED_NOT_BE_TOLD
    say_it_in_writing(letter, told)  # DUTY-27
    story = (*done_in_words(acted), *for_others, told_in_words(told))

    if acted.settled and (told.nothing_outstanding or told.not_told_because):
        tell(worker.recipient, Verb.READ, "a-contact-was-settled-for-you", clauses="DUTY-25")
        ended = LookedAfter(TransferOutcome.SETTLED_AT_DUTY, story)
    else:
        ended = look_after_it(letter, worker.recipient, told, story)  # DUTY-25, DUTY-28
    acknowledged = acknowledgement_in_words(acted.acknowledgement_sent, acknowledging)
    make_the_record(letter, (*ended.story, acknowledged), original_wanted=ended.original_wanted)  # DUTY-29
    return ended.outcome


def act_meanwhile(letter: SortedContact) -> Wait[ActionsMeanwhile]:
    """Ask duty to do what settles the contact wholly or partly; where it is urgent, every urgent step (DUTY-26)."""
    return decision(
        UrgentActionsMeanwhile if letter.sorting.urgent else ActionsMeanwhile,
        of=DUTY,
        about=to_act_on(letter),
        urgent=letter.sorting.urgent,
        wanted_within=by_when(letter),
        clauses="DUTY-26",
    )


def tell_the_person(letter: SortedContact, worker: Destination) -> Wait[PersonTold] | None:
    """
    Ask duty to tell the person or carer, whatever the length of the absence (GAP-03), and to agree what follows.

    None where policy has them told only of longer absences, and this one is short.
    """
    if not look_up_whether_to_tell(letter.sorting, worker.to, letter.needed_by):
        return None
    return decision(
        PersonTold,
        of=DUTY,
        about=to_act_on(letter),
        urgent=letter.sorting.urgent,
        wanted_within=by_when(letter),
        clauses="DUTY-27 DUTY-28",
    )


def say_it_in_writing(letter: SortedContact, told: PersonTold) -> None:
    """What was agreed also goes to whoever wrote in the way they wish to hear from us, where duty wants that."""
    if not told.in_writing_too or told.contact_by is None:
        return
    words = word_the_absence(told.contact_by)
    telling = PersonTelling(
        whom=ToBeTold.whoever_wrote(letter.contact, letter.sorting.about_person),
        subject=words.subject,
        body=words.body,
        about=told_in_words(told),
        of=recipient(DUTY).tag,
        wanted_by=close_of(told.contact_by),
        clauses=("DUTY-27", "DUTY-28"),
    )
    open_case(telling_a_person, telling, owner=DUTY, clauses="DUTY-27")


def look_after_it(letter: SortedContact, worker: Recipient, told: PersonTold, story: tuple[str, ...]) -> LookedAfter:
    """
    Until somebody has been in touch: the worker on their return, or whoever owns the contact on the day agreed.

    Duty owns it until somebody takes it on. Who was not reached is tried again on the next working day.
    """
    owner, waits_for_worker, original_wanted = recipient(DUTY), True, False
    reply: Wait[ContactOnReturn | NextHand] = leave_for(worker, letter, story)  # DUTY-25
    contact: Wait[Due | FollowUp] = at("next-contact", work_out_next_contact(told.contact_by, told.is_tried_again))
    while True:
        match first_of(reply, contact):
            case ContactOnReturn() as answer:
                waits_for_worker = False
                match taken_on(answer):
                    case Accepted(by, _):
                        owner, original_wanted = staff(by), answer.wants_original
                        story = (*story, f"Taken on by {by}. {answer.action_taken}".strip())
                        if answer.in_touch:
                            withdraw(contact)
                            return LookedAfter(TransferOutcome.TAKEN_ON_RETURN, story, original_wanted)
                    case Refused(by, reason):
                        story = (*story, f"Refused by {by}: {reason}")
                        reply = ask_who_takes_it_on(letter, story)  # GAP-05
            case NextHand() as decided:
                if decided.given_to is not None:
                    reply = give_to(staff(decided.given_to), letter, (*story, decided.reasons))
            case Due():
                contact = ask_to_be_in_touch(letter, owner, story)  # DUTY-27, DUTY-28
            case FollowUp() as followed:
                story = (*story, followed_up_in_words(followed))
                if followed.ends_it:
                    withdraw(reply)
                    if owner != recipient(DUTY):
                        return LookedAfter(TransferOutcome.TAKEN_ON_RETURN, story, original_wanted)
                    tell(worker, Verb.READ, "a-contact-was-followed-up-for-you", clauses="DUTY-25")
                    return LookedAfter(TransferOutcome.FOLLOWED_UP, story)
                if waits_for_worker and followed.in_touch:  # what was agreed now belongs into their message
                    withdraw(reply)
                    reply = leave_for(worker, letter, story)  # DUTY-25
                contact = at("next-contact", work_out_next_contact(followed.next_contact_by, followed.is_tried_again))


def leave_for(worker: Recipient, letter: SortedContact, story: tuple[str, ...]) -> Wait[ContactOnReturn]:
    """Leave the worker the message: that it came, where it stands, what was done and what was agreed (DUTY-25)."""
    return decision(ContactOnReturn, of=worker, about=to_act_on(letter, *story), clauses="DUTY-25")


def give_to(colleague: Recipient, letter: SortedContact, story: tuple[str, ...]) -> Wait[ContactOnReturn]:
    """Give it to whomever the team leader names, who is there and is chased."""
    return decision(
        ContactGiven,
        of=colleague,
        about=to_act_on(letter, *story),
        urgent=letter.sorting.urgent,
        wanted_within=policy().gaps.follow_up_ownership.decide_after,
    )


def ask_who_takes_it_on(letter: SortedContact, story: tuple[str, ...]) -> Wait[NextHand]:
    """The worker does not take it on: the team leader decides who does; meanwhile it stays with duty (GAP-05)."""
    return decision(
        NextHand,
        of=policy().gaps.follow_up_ownership.decider,
        about=letter_with(letter.contact, *story),
        urgent=letter.sorting.urgent,
        wanted_within=policy().gaps.reasonable_time.few_hours,
    )


def ask_to_be_in_touch(letter: SortedContact, owner: Recipient, story: tuple[str, ...]) -> Wait[FollowUp]:
    """The day has come: whoever owns the contact sees that the person hears from somebody before closing (DUTY-28)."""
    return decision(
        FollowUp,
        of=owner,
        about=to_act_on(letter, *story),
        urgent=letter.sorting.urgent,
        wanted_within=policy().gaps.reasonable_time.urgent,
        clauses="DUTY-28",
    )


# ------------------------------------------------------------------ in words, for the message and the record


def done_in_words(acted: ActionsMeanwhile) -> tuple[str, ...]:
    """What duty did meanwhile (DUTY-26)."""
    urgent = (f"Urgent steps: {acted.urgent_actions}",) if isinstance(acted, UrgentActionsMeanwhile) else ()
    return (f"Done: {acted.actions_taken}", *urgent)


def told_in_words(told: PersonTold) -> str:
    """What the person was told and what was agreed with them (DUTY-27, DUTY-28)."""
    if told.not_told_because:
        return f"The person is not told: {told.not_told_because}"
    if not told.reached:
        return f"The person was not reached ({told.how})."
    if told.nothing_outstanding or told.contact_by is None:
        return f"The person was told ({told.how}) and agrees that nothing is left to be done."
    day = day_in_words(told.contact_by)
    return f"The person was told ({told.how}). Somebody is in touch by {day}; else: {told.fallback}"


def followed_up_in_words(followed: FollowUp) -> str:
    """What came of the day agreed (DUTY-28)."""
    if followed.not_contacted_because:
        return f"The person is not contacted: {followed.not_contacted_because} ({followed.what_was_done})"
    if not followed.in_touch:
        return f"The person was not reached ({followed.what_was_done})."
    if followed.next_contact_by is None:
        return f"Followed up: {followed.what_was_done}"
    day = day_in_words(followed.next_contact_by)
    return f"Followed up: {followed.what_was_done}. Somebody is in touch again by {day}; else: {followed.fallback}"
