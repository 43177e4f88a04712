"""Information and advice: given so that it can be understood, and followed up until the person says that it helped."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from flows.disclosure import disclosure
from flows.leaving_notes import leave_note
from flows.telling_people import tell_person
from models.advice_findings import AdviceCheck, AskedBy
from models.forms.advice import (
    AdviceFollowUpTakenOn,
    AdviceGiven,
    AdviceJudged,
    AdviceWanted,
    AdvocateView,
)
from models.forms.advocacy import AdvocacyNeed
from models.forms.base import FormT
from models.forms.disclosure import DisclosureWish
from models.forms.telling_people import StillNotReached
from models.forms.written_contact import FurtherMessage
from models.notices import Recipient
from models.policy.gaps.duty import AdvocacyStep
from models.policy.messages import Wording
from models.telling_findings import Means, ToBeTold
from models.written_contact_findings import day_in_words
from tasks.advice import (
    beside_advice,
    look_up_resources,
    to_be_asked,
    word_the_question,
    work_out_the_check,
)
from tasks.case_people import about_person
from tasks.coming_days import work_out_next_try
from tasks.durable import (
    Accepted,
    Asked,
    Due,
    Refused,
    Verb,
    Wait,
    after,
    answered_by,
    at,
    decision,
    first_of,
    hears,
    open_case,
    procedure,
    staff,
    taken_on,
    tell,
    this_case,
    withdraw,
)
from tasks.durable.in_force import day_of, policy
from tasks.durable.work_items import ByWhen
from tasks.telling.people_steps import find_out_how_to_tell


class AdviceOutcome(StrEnum):
    """How giving information and advice ended."""

    HELPED = "it helped"
    """The person, or who speaks for them, says so."""
    NOT_KNOWN = "not known whether it helped"
    """They were asked and have not said, and it was enough to ask."""
    NOT_ASKED = "not asked whether it helped"
    """They did not want to be, or policy asks nobody here."""


@dataclass
class Advice:
    """Somebody who is advised, as the ledger tells it so far."""

    wanted: AdviceWanted
    by: Recipient
    """Who gives it and, until somebody else has agreed, asks whether it helped."""
    so_far: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    """What they wrote meanwhile, until somebody has answered a form that it stood beside."""


@procedure(
    follows="Actions and Next Steps (Duty Long Term), October 2023: information and advice",
    by_hand=True,
    acts_on=(FurtherMessage,),
)
def information_and_advice(wanted: AdviceWanted) -> AdviceOutcome:
    """
    See that whoever asks gets information and advice that they can understand and use, and that it really helped.

    Anybody who asks is advised, known to the council or not. How it is found out whether it helped is agreed with them,
    by the risk: somebody asks them, or one message does. Whoever is to ask them agrees to it, or it stays with whoever
    gave it. They judge, and not we; where it did not help they are asked what else they need, and it is given. Who
    cannot be reached is tried again on each working day until a manager says that it is enough.
    """
    about_person(wanted.about_person)
    advice = Advice(wanted, Recipient.from_tag(wanted.given_by))
    while True:
        given = give(advice)  # DUTY-51 to DUTY-57, REA-26, REA-27
        check = work_out_the_check(wanted, given)  # DUTY-58 to DUTY-60, GAP-08
        if check.by is AskedBy.NOBODY:
            return AdviceOutcome.NOT_ASKED
        asker = agree_who_asks(advice, given, check)  # DUTY-61
        wait_for_the_day(advice, check)
        judged = have_it_judged(advice, given, check, asker)  # DUTY-58, DUTY-59
        if judged is None:
            return AdviceOutcome.NOT_KNOWN
        note(advice, f"Whether it helped:{judged.in_words}", by=answered_by(AdviceJudged), clauses="DUTY-58")
        if judged.helped:
            return AdviceOutcome.HELPED
        if judged.no_longer_wanted:
            return AdviceOutcome.NOT_KNOWN
        advice.so_far.append(f"It did not help: {judged.their_words}. They need: {judged.what_else}")


def give(advice: Advice) -> AdviceGiven:
    """It is given, or they are brought to whoever gives it, in a form that suits them."""
    given = ask_beside(
        advice,
        AdviceGiven,
        of=advice.by,
        about=beside_advice(advice.wanted, *advice.so_far, look_up_resources()),
        wanted_within=policy().gaps.reasonable_time.reasonable,
        clauses="DUTY-51 DUTY-52 DUTY-53 DUTY-54 DUTY-55 DUTY-56 DUTY-57 REA-26 REA-27 REA-28",
    )
    by = answered_by(AdviceGiven)
    advice.by = staff(by)
    note(advice, f"Given:{given.in_words}", by=by, clauses="DUTY-51 DUTY-56 REA-26 REA-27")
    for number, referral in enumerate(given.referrals_out, start=1):
        wish = DisclosureWish(
            recipient=referral.recipient,
            purpose=referral.purpose,
            content=referral.content,
            about_person=advice.wanted.about_person,
            emergency=referral.emergency,
            given_by=advice.by.tag,
        )
        open_case(disclosure, wish, owner=advice.by, key=f"referral-{number}", clauses="DUTY-54 DUTY-63")
    if given.advocate is AdvocateView.WANTED and advice.wanted.about_person is not None:  # else by a referral
        look_into_an_advocate(advice.wanted.about_person, advice, given)
    advice.so_far.append(f"Given: {given}")
    return given


def look_into_an_advocate(person: str, advice: Advice, given: AdviceGiven) -> None:
    """An independent advocate would help them to understand it (DUTY-57)."""
    from flows.advocacy import advocacy  # beside this procedure, and not part of it

    what = f"Help to understand information and advice: {given.advocate_because}"
    need = AdvocacyNeed(about_person=person, step=AdvocacyStep.PLANNING, what=what, came_from=this_case())
    open_case(advocacy, need, owner=advice.by, clauses="DUTY-57 DUTY-40")


def agree_who_asks(advice: Advice, given: AdviceGiven, check: AdviceCheck) -> Recipient:
    """Somebody else takes it on, or it stays with whoever gave it: it is never nobody's (DUTY-61, GAP-05)."""
    if given.followed_up_by is None:
        return advice.by
    the_day = f"Whether it helped is asked on {day_in_words(day_of(check.at))}."
    offered = decision(
        AdviceFollowUpTakenOn,
        of=staff(given.followed_up_by),
        about=beside_advice(advice.wanted, the_day, *advice.so_far),
        wanted_within=policy().gaps.follow_up_ownership.decide_after,
        clauses="DUTY-61",
    )
    silence = after("no-agreement", policy().gaps.follow_up_ownership.decide_after)
    match first_of(offered, silence):
        case AdviceFollowUpTakenOn() as reply:
            withdraw(silence)
            match taken_on(reply):
                case Accepted(by):
                    return staff(by)
                case Refused():
                    pass
        case Due():
            withdraw(offered)
    tell(advice.by, Verb.READ, "asking-whether-it-helped-stays-with-you", clauses="DUTY-61")
    return advice.by


def wait_for_the_day(advice: Advice, check: AdviceCheck) -> None:
    """Until the day agreed; who writes before it is answered at once."""
    the_day = at("asked-whether-it-helped", check.at)
    match first_of(the_day, hears(FurtherMessage)):
        case Due():
            pass
        case FurtherMessage() as message:
            withdraw(the_day)
            advice.unread.append(as_read(message))


def have_it_judged(advice: Advice, given: AdviceGiven, check: AdviceCheck, asker: Recipient) -> AdviceJudged | None:
    """
    The person says whether it helped (DUTY-58, DUTY-59). None: they have not said, and it was enough to ask.

    One message goes by itself where the register shows that it may. Somebody asks where it may not, where they have
    written, and where too much hangs on it for silence to be enough.
    """
    whom, wording = to_be_asked(advice.wanted), word_the_question()
    match find_out_how_to_tell(whom, len(wording.body)).means:
        case Means.NOBODY:
            return None
        case Means.MACHINE if check.by is AskedBy.MESSAGE and not advice.unread:
            answered = ask_by_message(advice, whom, wording, asker)
            if not answered and check.silence_is_an_answer:
                return None
        case Means.MACHINE | Means.SOMEBODY:
            pass
    tries = 0
    while True:
        judged = ask_beside(
            advice,
            AdviceJudged,
            of=asker,
            about=beside_advice(advice.wanted, ring_or_write(given), *advice.so_far),
            wanted_within=policy().gaps.reasonable_time.urgent,
            clauses="DUTY-58 DUTY-59 DUTY-61",
        )
        if judged.reached or judged.no_longer_wanted:
            return judged
        tries += 1
        if not is_tried_again(advice, tries, judged.tried):
            return None


def ask_by_message(advice: Advice, whom: ToBeTold, wording: Wording, asker: Recipient) -> bool:
    """One message, and the time they have to answer it; whether they did."""
    soon = policy().gaps.reasonable_time.reasonable
    if not tell_person(whom, wording, of=asker, wanted_within=soon, clauses="DUTY-58").told:
        return False
    silence = after("not-answered", policy().gaps.advice_follow_up.answer_awaited_for)
    match first_of(hears(FurtherMessage), silence):
        case FurtherMessage() as message:
            withdraw(silence)
            advice.unread.append(as_read(message))
            return True
        case Due():
            return False


def is_tried_again(advice: Advice, tries: int, tried: str) -> bool:
    """Until the next working day, or until they write; a manager decides after so many tries (GAP-19)."""
    following = work_out_next_try(in_vain=tries)
    if following.somebody_decides:
        decided = ask_beside(
            advice,
            StillNotReached,
            of=policy().gaps.unreachable_person.deciders[0],
            about=beside_advice(advice.wanted, f"Tried {tries} times. Last: {tried}", *advice.so_far),
            wanted_within=policy().gaps.reasonable_time.few_hours,
            clauses="DUTY-58",
        )
        if not decided.try_again:
            return False
        advice.so_far.append(f"A manager said: {decided.what_to_do}")
        following = work_out_next_try(in_vain=tries)
    again = at("tried-again", following.at)
    match first_of(again, hears(FurtherMessage)):
        case Due():
            pass
        case FurtherMessage() as message:
            withdraw(again)
            advice.unread.append(as_read(message))
    return True


def ask_beside(
    advice: Advice, form: type[FormT], *, of: Asked, about: str, wanted_within: ByWhen, clauses: str
) -> FormT:
    """Ask, with whatever they write meanwhile beside the form: it is read, and nobody is asked twice."""
    while True:
        asked: Wait[FormT] = decision(
            form,
            of=of,
            about="\n\n".join((*advice.unread, about)),
            wanted_within=wanted_within,
            clauses=clauses,
        )
        came = first_of(asked, hears(FurtherMessage))
        if not isinstance(came, FurtherMessage):
            advice.so_far += advice.unread
            advice.unread = []
            return came
        withdraw(asked)
        advice.unread.append(as_read(came))


def ring_or_write(given: AdviceGiven) -> str:
    """Whether they agreed to be rung."""
    return "They agree to be rung." if given.may_ring else "They have not agreed to be rung: write, or ask in person."


def as_read(message: FurtherMessage) -> str:
    """What they wrote or said, as it stands beside a form."""
    return f"They wrote or said ({message.sender}): {message.subject}\n{message.text}"


def note(advice: Advice, text: str, *, by: str, clauses: str) -> None:
    """What was given, and whether it helped, stands in the record of somebody whom the register has."""
    if advice.wanted.about_person is not None:
        leave_note(
            "Information and advice",
            f"{advice.wanted.what}\n\n{text}",
            about_person=advice.wanted.about_person,
            of=advice.by,
            author=by,
            clauses=clauses,
        )
