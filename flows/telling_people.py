"""Telling somebody outside: the person, their carer, or whoever wrote. A word that any procedure can use."""

from __future__ import annotations

from models.forms.telling_people import MessageToPersonSettled, PersonToBeTold, StillNotReached
from models.person_messages import PersonMessageState
from models.policy.messages import Wording
from models.telling_findings import HowToTell, Means, QueuedMessage, ToBeTold, Told
from tasks.coming_days import work_out_next_try
from tasks.durable import Asked, Due, answered_by, ask, at, decision, first_of, now, signal, withdraw
from tasks.durable.in_force import day_of, policy
from tasks.durable.work_items import ByWhen
from tasks.telling.people_steps import find_out_how_to_tell, queue_to_be_sent, stop_sending


def tell_person(
    whom: ToBeTold,
    wording: Wording,
    *,
    of: Asked,
    wanted_within: ByWhen,
    about: str = "",
    by_hand: str = "",
    urgent: bool = False,
    clauses: str = "",
    form: type[PersonToBeTold] = PersonToBeTold,
) -> Told:
    """
    Tell somebody outside, in the way that suits them, and come back when they are told or nobody tells them.

    Who has died is neither written to nor rung (GAP-53). A machine sends it only where the register is fresh and shows
    no safe-contact rule, no interpreter and no need that a message cannot meet, and where they wish to hear in a way
    that is connected. Everybody else, and whoever the message did not reach, is told by `of`, who has the text ready
    with all that must be known beside it, is chased, and says what was done; who is not reached is tried again on the
    next working day, and after as many tries as policy gives a manager decides (GAP-19).

    `wording` is what is said: `policy().messages.worker_unavailable.write(...)`. `about` is what it is about, and is
    read only by `of`. `by_hand` says why no machine is to do it, where that is so. It may take days: where others must
    not wait for it, open a case of `telling_a_person`. `form` is what `of` says it on, where more is asked than that.
    """
    how = find_out_how_to_tell(whom, len(wording.body))
    match how.means:
        case Means.NOBODY:
            return Told(told=False, not_told_because=how.because)
        case Means.MACHINE if by_hand:
            failed = by_hand
        case Means.MACHINE:
            message = queue_to_be_sent(whom, how, wording.subject, wording.body)
            failed = why_it_did_not_arrive(message) or ""
            if not failed:
                return Told(told=True, how=f"by {how.sent_by}", by="system", on=day_of(now()))
            how = find_out_how_to_tell(whom, len(wording.body))
            if how.means is Means.NOBODY:
                return Told(told=False, not_told_because=how.because)
        case Means.SOMEBODY:
            failed = how.because
    return have_them_told(whom, how, wording, failed, about, of, wanted_within, urgent, clauses, form)


def why_it_did_not_arrive(message: QueuedMessage) -> str | None:
    """Wait for what becomes of a message. None: it arrived."""
    overdue = at("message-not-heard-of", message.settled_by)
    while True:
        settled = signal(MessageToPersonSettled)
        match first_of(settled, overdue):
            case MessageToPersonSettled() as came:
                if came.message_id == message.message_id:
                    withdraw(overdue)
                    return None if came.state is PersonMessageState.DELIVERED else came.reason
            case Due():
                withdraw(settled)
                match stop_sending(message.message_id):
                    case PersonMessageState.DELIVERED:
                        return None
                    case PersonMessageState.SENT | PersonMessageState.QUEUED:
                        return "nothing was heard of the message; it may have been sent"
                    case PersonMessageState.FAILED | PersonMessageState.WITHDRAWN:
                        return "the message was not sent in time"


def have_them_told(
    whom: ToBeTold,
    how: HowToTell,
    wording: Wording,
    because: str,
    about: str,
    of: Asked,
    wanted_within: ByWhen,
    urgent: bool,
    clauses: str,
    form: type[PersonToBeTold],
) -> Told:
    """Ask somebody to tell them, until they are told, nobody is to tell them, or a manager says that it is enough."""
    tries = 0
    while True:
        asked = decision(
            form,
            of=of,
            about=beside_the_form(whom, how, wording, because, about),
            urgent=urgent,
            wanted_within=wanted_within,
            clauses=clauses,
        )
        looking_again = at("register-looked-at-again", how.look_again_at)
        match first_of(asked, looking_again):
            case Due():
                found = find_out_how_to_tell(whom, len(wording.body))
                if found.means is Means.NOBODY or found.beside_the_form != how.beside_the_form:
                    withdraw(asked)
                how = found
            case PersonToBeTold() as answer:
                withdraw(looking_again)
                tries, by = tries + 1, answered_by(form)
                if answer.reached:
                    return Told(told=True, how=answer.how, by=by, on=answer.told_on or day_of(now()))
                if answer.not_told_because:
                    return Told(told=False, by=by, not_told_because=answer.not_told_because)
                stopped = wait_for_the_next_try(whom, tries, answer.how)
                if stopped:
                    return Told(told=False, not_told_because=stopped)
                how = find_out_how_to_tell(whom, len(wording.body))
                because = f"they were not reached before ({answer.how})"
        if how.means is Means.NOBODY:
            return Told(told=False, not_told_because=how.because)


def wait_for_the_next_try(whom: ToBeTold, tries: int, tried: str) -> str:
    """Until the next working day; in between a manager decides, where they were tried often enough. Empty: go on."""
    following = work_out_next_try(in_vain=tries)
    if following.somebody_decides:  # GAP-19
        decided = ask(
            StillNotReached,
            of=policy().gaps.unreachable_person.deciders[0],
            about=f"Tried {tries} times: {whom.in_words}. Last: {tried}",
            wanted_within=policy().gaps.reasonable_time.few_hours,
        )
        if not decided.try_again:
            return decided.what_to_do
        following = work_out_next_try(in_vain=tries)
    first_of(at("tried-again", following.at))
    return ""


def beside_the_form(whom: ToBeTold, how: HowToTell, wording: Wording, because: str, about: str) -> str:
    """What whoever tells them reads: why it is for a person, whom and how, and the text ready to be said or sent."""
    why = f"No machine tells them: {because}." if because else ""
    parts = (why, f"To be told: {whom.in_words}", how.beside_the_form, about, f"{wording.subject}\n\n{wording.body}")
    return "\n\n".join(part.strip() for part in parts if part.strip())
