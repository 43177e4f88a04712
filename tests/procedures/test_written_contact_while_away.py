"""The worker is not there in time: duty acts, tells the person, and somebody keeps in touch (DUTY-24 to DUTY-29)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from flows.telling_a_person import telling_a_person
from flows.written_contact_transfer import written_contact_transfer
from models.forms.base import AnswerRefused
from models.forms.handover import HandoverReply
from models.forms.paperwork import AcknowledgementWritten, Conveyance, LetterRecordMade, OriginalLetterSent, RecordMade
from models.forms.while_away import (
    ActionsMeanwhile,
    ContactGiven,
    ContactOnReturn,
    FollowUp,
    PersonTold,
    UrgentActionsMeanwhile,
)
from models.forms.written_contact import AvailabilityEnquiry, Channel, NextHand
from models.person_messages import SentBy
from tasks.durable.testing import Office
from tests.procedures.letters import (
    NOTE,
    acted,
    asked,
    back_and,
    contact_for_somebody_away,
    contact_left_for_return,
    forms_answered,
    letter,
    nobody_in_time,
    not_reached,
    read_beside,
    record_of,
    register_is_fresh,
    sorted_as,
    sorted_contact,
    sorted_for_somebody_on_leave,
    told,
)

IN_TOUCH = FollowUp(in_touch=True, what_was_done="rang him, the seat has come")


# ------------------------------------------------------------------ when are they back


def test_duty_finds_out_when_the_worker_is_back(office: Office) -> None:
    """DUTY-24: duty looks in the calendar or asks a colleague; what the register knows stands beside the form."""
    case = sorted_contact(office, sorted_for_somebody_on_leave())

    assert office.waiting_for(case) == ["AvailabilityEnquiry of duty-worker, due 2026-01-05 13:00"]
    beside = read_beside(office, case, AvailabilityEnquiry)
    assert "Needed by Wednesday 7 January 2026, 5pm." in beside
    assert "The worker is away, back Monday 10 January 2028." in beside


def test_the_story_says_in_sentences_what_was_found_out(office: Office) -> None:
    """A manager who reads the case finds words and days, and no names of fields (DUTY-24)."""
    case = contact_for_somebody_away(office)
    found = [line.removeprefix("2026-01-05 09:00 ") for line in office.story_of(case)]

    assert "Looked in the register who is allocated: the worker named is allocated" in found
    assert "Worked out where the contact goes: to practitioner-2" in found
    assert "Looked up whether they are there in time: no, away, back Monday 10 January 2028" in found
    taking = "Worked out whether the worker or their service can take it in time"
    assert f"{taking}: no, neither the worker nor their service" in found
    assert not [line for line in found if "=" in line]


def test_a_return_that_nobody_knows_is_asked_about_too(office: Office) -> None:
    """DUTY-24: practitioner-3 is away and no return is recorded."""
    case = sorted_contact(office, sorted_as(about_person="P-105", named_worker="practitioner-3"))

    assert "away, no return is recorded" in read_beside(office, case, AvailabilityEnquiry)
    office.answer(case, nobody_in_time(), by="duty-worker")
    assert asked(office, case) == ["ActionsMeanwhile of duty-worker", "PersonTold of duty-worker"]


# ------------------------------------------------------------------ acting, and telling the person


def test_duty_acts_and_tells_the_person_and_neither_waits_for_the_other(office: Office) -> None:
    """DUTY-26: what settles the contact and telling the person are both asked for at once, in a reasonable time."""
    case = contact_for_somebody_away(office)

    assert office.waiting_for(case) == [
        "ActionsMeanwhile of duty-worker, due 2026-01-07 17:00",
        "PersonTold of duty-worker, due 2026-01-07 17:00",
    ]
    assert "Wanted: chase the bath seat" in read_beside(office, case, ActionsMeanwhile)


def test_urgent_steps_are_asked_for_by_name_and_before_closing(office: Office) -> None:
    """DUTY-26: an urgent contact asks for each urgent step, or the hand-over to out of hours, today (GAP-02)."""
    case = contact_for_somebody_away(office, urgent=True)

    assert office.waiting_for(case) == [
        "PersonTold of duty-worker, due 2026-01-05 17:00",
        "UrgentActionsMeanwhile of duty-worker, due 2026-01-05 17:00",
    ]
    with pytest.raises(AnswerRefused, match="urgent_actions"):
        UrgentActionsMeanwhile.read({"actions_taken": "rang"})
    office.answer(
        case, UrgentActionsMeanwhile(actions_taken="rang", urgent_actions="carer sent today"), by="duty-worker"
    )
    office.answer(case, told(), by="duty-worker")
    assert "Urgent steps: carer sent today" in read_beside(office, case, ContactOnReturn)


def test_an_acknowledgement_that_is_wanted_is_written_by_duty(office: Office) -> None:
    """DUTY-26: the worker cannot, so duty writes that the contact has arrived, and the case waits for that."""
    case = contact_for_somebody_away(office, reply_wanted=True)
    office.answer(case, acted(), by="duty-worker")
    assert "AcknowledgementWritten of duty-worker" in asked(office, case)

    office.answer(case, told(), by="duty-worker")
    assert "ContactOnReturn of practitioner-2" in asked(office, case)
    office.answer(case, back_and(in_touch=True), by="practitioner-2")
    assert asked(office, case) == ["AcknowledgementWritten of duty-worker"]
    office.answer(case, AcknowledgementWritten(written_on=date(2026, 1, 5), sent_by="post"), by="duty-worker")
    assert "Acknowledgement written on Monday 5 January 2026, sent by post." in record_of(office, case)


def test_an_acknowledgement_written_while_acting_needs_no_form_of_its_own(office: Office) -> None:
    """DUTY-26: duty has written with the rest of it and says so on the same form."""
    case = contact_for_somebody_away(office, reply_wanted=True)
    office.answer(case, acted(acknowledgement_sent=date(2026, 1, 5)), by="duty-worker")

    assert asked(office, case) == ["PersonTold of duty-worker"]


@pytest.mark.parametrize("back_on", [date(2026, 1, 8), date(2026, 3, 2), None])
def test_the_person_is_told_however_long_the_absence(office: Office, back_on: date | None) -> None:
    """DUTY-27: a day late, months late or nobody knows when: the person is always told (GAP-03)."""
    case = sorted_contact(office, sorted_for_somebody_on_leave())
    office.answer(case, nobody_in_time(back_on=back_on), by="duty-worker")

    assert "PersonTold of duty-worker" in asked(office, case)


def test_a_person_who_was_not_reached_is_tried_again_on_the_next_working_morning(office: Office) -> None:
    """DUTY-27: nobody picked up on Friday, so duty is asked again on Monday morning with what was tried."""
    office.today_is("2026-01-06 09:00")
    case = contact_for_somebody_away(office)
    office.answer(case, acted(), by="duty-worker")
    office.today_is("2026-01-09 15:00")
    office.answer(case, not_reached(), by="duty-worker")

    assert "next-contact, due 2026-01-12 08:30" in office.waiting_for(case)
    office.today_is("2026-01-12 08:30")
    assert "FollowUp of duty-worker, due 2026-01-12 17:00" in office.waiting_for(case)
    assert "The person was not reached (rang twice, no answer)." in read_beside(office, case, FollowUp)

    office.answer(case, FollowUp(in_touch=False, what_was_done="no answer again"), by="duty-worker")
    office.today_is("2026-01-13 08:30")
    assert "FollowUp of duty-worker, due 2026-01-13 17:00" in office.waiting_for(case)


def test_what_is_agreed_at_a_later_try_reaches_the_worker_and_the_clock(office: Office) -> None:
    """DUTY-28: reached on the second day, a day is agreed; it stands in the worker's message, and is kept (DUTY-25)."""
    case = contact_for_somebody_away(office)
    office.answer(case, acted(), by="duty-worker")
    office.answer(case, not_reached(), by="duty-worker")
    office.today_is("2026-01-06 08:30")
    agreed = FollowUp(
        in_touch=True, what_was_done="rang him", next_contact_by=date(2026, 1, 20), fallback="he rings duty"
    )
    office.answer(case, agreed, by="duty-worker")

    beside = read_beside(office, case, ContactOnReturn)
    assert "Somebody is in touch again by Tuesday 20 January 2026; else: he rings duty" in beside
    assert office.waiting_for(case) == ["next-contact[2], due 2026-01-20 08:30", "ContactOnReturn of practitioner-2"]


def test_a_person_who_is_told_by_letter_counts_as_told(office: Office) -> None:
    """DUTY-27: nobody has to be reached by telephone; the letter says what happens and by when."""
    case = contact_for_somebody_away(office)
    office.answer(case, acted(), by="duty-worker")
    office.answer(case, told(how="by letter"), by="duty-worker")

    assert "The person was told (by letter)." in read_beside(office, case, ContactOnReturn)


def test_somebody_who_has_died_is_not_tried_for_ever(office: Office) -> None:
    """DUTY-27: why they are not told is recorded, nobody tries tomorrow, and the contact is still looked after."""
    case = contact_for_somebody_away(office)
    office.answer(case, acted(), by="duty-worker")
    office.answer(case, not_reached(not_told_because="the person has died"), by="duty-worker")

    assert "next-contact, due 2026-01-07 08:30" in office.waiting_for(case)
    office.today_is("2026-01-07 08:30")
    ending = FollowUp(in_touch=False, what_was_done="told his daughter", not_contacted_because="the person has died")
    office.answer(case, ending, by="duty-worker")
    assert asked(office, case) == ["RecordMade of duty-worker"]
    assert "The person is not told: the person has died" in record_of(office, case)


@pytest.mark.parametrize("missing", ["contact_by", "fallback"])
def test_telling_the_person_includes_a_day_and_what_they_do_after_it(missing: str) -> None:
    """DUTY-28: both are agreed once somebody was reached."""
    answer = {"reached": True, "how": "by telephone", "contact_by": "2026-01-14", "fallback": "he rings duty"}
    with pytest.raises(AnswerRefused, match="contact_by and fallback"):
        PersonTold.read({name: value for name, value in answer.items() if name != missing})


@pytest.mark.parametrize(
    "answer",
    [
        {"reached": True, "how": "call", "nothing_outstanding": True, "not_told_because": "risk"},
        {"reached": False, "how": "call", "nothing_outstanding": True},
    ],
)
def test_an_account_of_telling_that_contradicts_itself_is_refused(answer: dict[str, object]) -> None:
    """Somebody was told or was not; and that nothing is left is their own word."""
    with pytest.raises(AnswerRefused):
        PersonTold.read(answer)


@pytest.mark.parametrize(
    "answer",
    [
        {"in_touch": True, "what_was_done": "rang", "next_contact_by": "2026-01-20"},
        {"in_touch": True, "what_was_done": "rang", "not_contacted_because": "risk"},
    ],
)
def test_an_account_of_following_up_that_is_not_whole_is_refused(answer: dict[str, object]) -> None:
    """DUTY-28: a new day needs what they do after it; and somebody was contacted or was not."""
    with pytest.raises(AnswerRefused):
        FollowUp.read(answer)


# ------------------------------------------------------------------ the message left for the worker


def test_the_worker_is_told_before_anything_was_done_that_something_came(office: Office) -> None:
    """DUTY-25: the next digest says that there is a contact and in which case."""
    case = contact_for_somebody_away(office)
    office.digest_goes_out()

    (message,) = office.inbox("staff-practitioner-2")
    assert message.subject == f"Read: a contact came while you are away, case {case}"


def test_the_message_left_for_the_worker_holds_all_four_things(office: Office) -> None:
    """DUTY-25: that it came, where it stands, what was done, and what was agreed with the person."""
    case = contact_left_for_return(office)

    assert "ContactOnReturn of practitioner-2" in asked(office, case)
    beside = read_beside(office, case, ContactOnReturn)
    assert "Dear Priya, the bath seat has not come." in beside
    assert "Recorded at: case note 4711" in beside
    assert "Done: rang the supplier, new date asked for" in beside
    assert "The person was told (by telephone)." in beside
    assert "Somebody is in touch by Wednesday 14 January 2026; else: he rings duty" in beside


def test_nobody_is_chased_because_a_worker_is_on_leave(office: Office) -> None:
    """DUTY-25: the message waits; until the agreed day no leader or manager hears of it, and the worker only twice."""
    case = contact_left_for_return(office)
    office.today_is("2026-01-13 17:00")

    for role in ("team-leader", "team-manager", "strategic-manager", "staff-team-leader"):
        assert office.inbox(role) == []
    (message,) = office.inbox("staff-practitioner-2")
    assert message.lines == [
        f"Answer: contact on return, case {case}",
        f"Read: a contact came while you are away, case {case}",
    ]
    assert "it goes to" not in message.body
    assert not office.is_closed(case)


# ------------------------------------------------------------------ the agreed day


def test_on_the_morning_of_the_agreed_day_duty_is_asked_to_be_in_touch(office: Office) -> None:
    """DUTY-28: the promise can still be kept: duty, who owns the contact, is asked when the office opens (GAP-05)."""
    case = contact_left_for_return(office)

    assert office.waiting_for(case) == ["next-contact, due 2026-01-14 08:30", "ContactOnReturn of practitioner-2"]
    office.today_is("2026-01-14 08:30")
    assert "FollowUp of duty-worker, due 2026-01-14 17:00" in office.waiting_for(case)
    assert "Somebody is in touch by Wednesday 14 January 2026" in read_beside(office, case, FollowUp)

    office.answer(case, IN_TOUCH, by="duty-worker")
    office.answer(case, NOTE, by="duty-worker")
    assert office.outcome_of(case) == "followed up"
    office.digest_goes_out()
    assert f"Read: a contact was followed up for you, case {case}" in office.inbox("staff-practitioner-2")[-1].lines


def test_an_agreed_day_that_nobody_keeps_is_brought_to_the_managers(office: Office) -> None:
    """DUTY-28: if duty does nothing on the agreed day, the leader hears of it that day and the managers after."""
    contact_left_for_return(office)

    office.today_is("2026-01-14 12:31")
    office.digest_goes_out()
    assert office.clock.now() == datetime(2026, 1, 14, 13, 30, tzinfo=UTC)
    assert "Nobody has opened it yet." in office.inbox("team-leader")[-1].body
    office.today_is("2026-01-19 17:01")
    office.digest_goes_out()
    assert "Nobody has answered it in time." in office.inbox("team-manager")[-1].body


def test_a_further_day_may_be_agreed_and_is_kept_too(office: Office) -> None:
    """DUTY-28: as long as more is needed there is a next day."""
    case = contact_left_for_return(office)
    office.today_is("2026-01-14 08:30")
    more = FollowUp(
        in_touch=True, what_was_done="rang", next_contact_by=date(2026, 1, 28), fallback="he rings the supplier"
    )
    office.answer(case, more, by="duty-worker")

    assert office.waiting_for(case) == ["next-contact[2], due 2026-01-28 08:30", "ContactOnReturn of practitioner-2"]


def test_a_day_that_is_a_slip_of_the_pen_does_not_hide_the_contact_for_years(office: Office) -> None:
    """DUTY-28: agreed for 2027; somebody looks after a month all the same (GAP-16)."""
    case = contact_left_for_return(office, contact_by=date(2027, 1, 14))

    assert "next-contact, due 2026-02-02 08:30" in office.waiting_for(case)


def test_an_agreed_day_on_a_closed_day_is_kept_before_it(office: Office) -> None:
    """DUTY-28: agreed for Easter Monday, so somebody is in touch on Maundy Thursday (GAP-51)."""
    office.today_is("2026-03-30 09:00")
    register_is_fresh(office, date(2026, 3, 30))
    case = contact_left_for_return(office, contact_by=date(2026, 4, 6))

    assert "next-contact, due 2026-04-02 08:30" in office.waiting_for(case)


def test_a_day_that_is_over_cannot_be_agreed(office: Office) -> None:
    """DUTY-28: nobody is told in writing that somebody rings them last Friday."""
    case = contact_for_somebody_away(office)
    with pytest.raises(AnswerRefused, match="contact_by: it is over; give today or a later day"):
        office.answer(case, told(contact_by=date(2026, 1, 2)), by="duty-worker")


def test_an_agreed_day_that_is_here_is_followed_up_the_same_day(office: Office) -> None:
    """DUTY-28: agreed for today: somebody is asked while there is time until closing."""
    case = contact_left_for_return(office, contact_by=date(2026, 1, 5))

    assert "next-contact, due 2026-01-05 13:00" in office.waiting_for(case)
    office.today_is("2026-01-05 13:00")
    assert "FollowUp of duty-worker, due 2026-01-05 17:00" in office.waiting_for(case)


@pytest.mark.parametrize(("at", "next_time"), [("16:59", "2026-01-15 08:30"), ("18:00", "2026-01-15 08:30")])
def test_a_next_day_that_is_over_is_the_next_morning(office: Office, at: str, next_time: str) -> None:
    """DUTY-28: followed up at closing and to be rung again the same day: somebody is asked when the office opens."""
    case = contact_left_for_return(office)
    office.today_is(f"2026-01-14 {at}")
    again = FollowUp(in_touch=False, what_was_done="engaged", next_contact_by=date(2026, 1, 14))
    office.answer(case, again, by="duty-worker")

    assert f"next-contact[2], due {next_time}" in office.waiting_for(case)


# ------------------------------------------------------------------ the worker is back


def test_a_worker_who_is_back_and_in_touch_ends_the_wait(office: Office) -> None:
    """DUTY-25: the worker takes it on, has rung the person, and nobody is asked on the agreed day."""
    case = contact_left_for_return(office)
    office.answer(case, back_and(in_touch=True, action_taken="rang him"), by="practitioner-2")

    assert asked(office, case) == ["RecordMade of duty-worker"]
    assert office.case(case).owner == "staff-practitioner-2"
    office.today_is("2026-01-15 09:00")
    assert asked(office, case) == ["RecordMade of duty-worker"]
    office.answer(case, NOTE, by="duty-worker")
    assert office.outcome_of(case) == "taken on return"
    assert "Taken on by practitioner-2. rang him" in record_of(office, case)


def test_a_worker_who_takes_it_on_without_being_in_touch_is_asked_on_the_agreed_day(office: Office) -> None:
    """DUTY-28: accepting is not yet being in touch: the promise stays, and is now the worker's (GAP-05)."""
    case = contact_left_for_return(office)
    office.answer(case, back_and(), by="practitioner-2")

    assert office.waiting_for(case) == ["next-contact, due 2026-01-14 08:30"]
    office.today_is("2026-01-14 08:30")
    assert office.waiting_for(case) == ["FollowUp of practitioner-2, due 2026-01-14 17:00"]
    office.answer(case, IN_TOUCH, by="practitioner-2")
    office.answer(case, NOTE, by="duty-worker")
    assert office.outcome_of(case) == "taken on return"


def test_a_worker_who_is_back_on_the_agreed_day_spares_duty_the_call(office: Office) -> None:
    """DUTY-28: the worker was in touch while duty was being asked: duty's form leaves the worklist."""
    case = contact_left_for_return(office)
    office.today_is("2026-01-14 08:30")
    assert "FollowUp of duty-worker" in asked(office, case)
    office.answer(case, back_and(in_touch=True), by="practitioner-2")

    assert asked(office, case) == ["RecordMade of duty-worker"]


def test_a_worker_who_refuses_on_return_brings_it_to_the_team_leader(office: Office) -> None:
    """GAP-05: the leader decides with the whole letter and story before them, and it stays with duty meanwhile."""
    case = contact_left_for_return(office)
    office.answer(case, back_and(HandoverReply.REFUSE), by="practitioner-2")

    assert "NextHand of team-leader" in asked(office, case)
    beside = read_beside(office, case, NextHand)
    assert "Refused by practitioner-2: not mine" in beside
    assert "Dear Priya, the bath seat has not come." in beside
    assert office.case(case).owner == "role-duty-worker"


def test_the_agreed_day_is_kept_while_the_team_leader_has_not_decided(office: Office) -> None:
    """DUTY-28: a decision that is not made does not break the promise to the person (GAP-05)."""
    case = contact_left_for_return(office)
    office.answer(case, back_and(HandoverReply.REFUSE), by="practitioner-2")
    office.today_is("2026-01-14 08:30")

    assert asked(office, case) == ["FollowUp of duty-worker", "NextHand of team-leader"]
    office.answer(case, IN_TOUCH, by="duty-worker")
    assert asked(office, case) == ["RecordMade of duty-worker"]


def test_whoever_the_team_leader_gives_it_to_is_asked_and_chased(office: Office) -> None:
    """GAP-05: a colleague who is there gets it with everything done so far, and is reminded."""
    case = contact_left_for_return(office)
    office.answer(case, back_and(HandoverReply.REFUSE), by="practitioner-2")
    office.answer(case, NextHand(given_to="practitioner", reasons="knows the family"), by="team-leader")

    assert "ContactGiven of practitioner, due 2026-01-06 17:00" in office.waiting_for(case)
    beside = read_beside(office, case, ContactGiven)
    assert "knows the family" in beside
    assert "Done: rang the supplier, new date asked for" in beside
    office.today_is("2026-01-06 17:01")
    office.digest_goes_out()
    assert "This is a reminder." in office.inbox("staff-practitioner")[-1].body

    office.answer(case, ContactGiven(reply=HandoverReply.ACCEPT, in_touch=True), by="practitioner")
    office.answer(case, NOTE, by="duty-worker")
    assert office.outcome_of(case) == "taken on return"
    assert office.case(case).owner == "staff-practitioner"


def test_whoever_the_team_leader_gives_it_to_may_refuse_too(office: Office) -> None:
    """GAP-05: the leader is asked again, and may leave it with duty, who is in touch on the agreed day."""
    case = contact_left_for_return(office)
    office.answer(case, back_and(HandoverReply.REFUSE), by="practitioner-2")
    office.answer(case, NextHand(given_to="practitioner", reasons="knows the family"), by="team-leader")
    office.answer(case, ContactGiven(reply=HandoverReply.REFUSE, reason="on leave tomorrow"), by="practitioner")
    assert "NextHand of team-leader" in asked(office, case)

    office.answer(case, NextHand(reasons="duty keeps it"), by="team-leader")
    assert office.waiting_for(case) == ["next-contact, due 2026-01-14 08:30"]
    office.today_is("2026-01-14 08:30")
    assert asked(office, case) == ["FollowUp of duty-worker"]


# ------------------------------------------------------------------ settled, and the record


def test_a_contact_that_was_settled_wholly_leaves_only_the_record(office: Office) -> None:
    """DUTY-26: nothing is left, the person agrees, the worker only hears of it, and no day is promised."""
    case = contact_for_somebody_away(office)
    office.answer(case, acted(settled=True), by="duty-worker")
    nothing_left = {"nothing_outstanding": True, "contact_by": None, "fallback": ""}
    office.answer(case, told(**nothing_left), by="duty-worker")

    assert asked(office, case) == ["RecordMade of duty-worker"]
    office.digest_goes_out()
    assert f"Read: a contact was settled for you, case {case}" in office.inbox("staff-practitioner-2")[-1].lines
    office.answer(case, NOTE, by="duty-worker")
    assert office.outcome_of(case) == "settled at duty"
    assert forms_answered(office, case) == 5


def test_a_day_that_was_promised_is_kept_even_where_duty_thinks_it_settled(office: Office) -> None:
    """DUTY-28: the person was told that somebody rings on the 14th, so the case does not end before."""
    case = contact_for_somebody_away(office)
    office.answer(case, acted(settled=True), by="duty-worker")
    office.answer(case, told(), by="duty-worker")

    assert "next-contact, due 2026-01-14 08:30" in office.waiting_for(case)


def test_the_record_holds_every_step(office: Office) -> None:
    """DUTY-29: actions, acknowledgement, what the person was told, timeframe and fallback, and how it ended."""
    case = contact_for_somebody_away(office, reply_wanted=True)
    office.answer(case, acted(acknowledgement_sent=date(2026, 1, 5)), by="duty-worker")
    office.answer(case, told(), by="duty-worker")
    office.today_is("2026-01-14 08:30")
    office.answer(case, IN_TOUCH, by="duty-worker")

    beside = read_beside(office, case, RecordMade).splitlines()
    assert beside[0] == "Into the record of Leonard Peake (LAS-70444, P-103)."
    assert "Title: Written contact" in beside
    came = beside.index("Written contact received Monday 5 January 2026, 8:45am by email.")
    assert beside[came : came + 7] == [
        "Written contact received Monday 5 January 2026, 8:45am by email.",
        "Recorded at: case note 4711",
        "Done: rang the supplier, new date asked for",
        "The person was told (by telephone). Somebody is in touch by Wednesday 14 January 2026; else: he rings duty",
        "Followed up: rang him, the seat has come",
        "Acknowledgement written on Monday 5 January 2026.",
        "Original e-mail filed securely as M-EXAMPLE1.",
    ]


def test_the_case_is_not_closed_without_the_record(office: Office) -> None:
    """DUTY-29: until the note's id is given the case stays open, and whoever was asked is chased."""
    case = contact_left_for_return(office)
    office.answer(case, back_and(in_touch=True), by="practitioner-2")
    office.days_pass(30)

    assert not office.is_closed(case)
    assert "Nobody has answered it in time." in office.inbox("strategic-manager")[-1].body
    with pytest.raises(AnswerRefused, match="note_id"):
        RecordMade.read({"note_id": " "})


def test_a_letter_is_filed_on_the_same_form_as_the_record(office: Office) -> None:
    """DUTY-20: nobody wants the paper, so it is filed securely, with one form for that and the record (DUTY-29)."""
    case = contact_left_for_return(office, Channel.LETTER)
    office.answer(case, back_and(in_touch=True), by="practitioner-2")

    assert asked(office, case) == ["LetterRecordMade of duty-worker"]
    with pytest.raises(AnswerRefused, match="original_filed_at"):
        LetterRecordMade.read({"note_id": "note 815"})
    office.answer(case, LetterRecordMade(note_id="note 815", original_filed_at="cabinet 3"), by="duty-worker")
    assert office.is_closed(case)


def test_a_worker_who_is_back_may_want_the_original(office: Office) -> None:
    """DUTY-20: the letter is sent on by a permitted way before the record is made (DUTY-23)."""
    case = contact_left_for_return(office, Channel.LETTER)
    office.answer(case, back_and(in_touch=True, wants_original=True), by="practitioner-2")

    assert asked(office, case) == ["OriginalLetterSent of duty-worker"]
    office.answer(case, OriginalLetterSent(sent_by=Conveyance.INTERNAL_POST), by="duty-worker")
    assert asked(office, case) == ["RecordMade of duty-worker"]
    assert "Original letter sent on by internal-post." in record_of(office, case)


def test_duty_that_does_nothing_while_the_worker_is_away_is_chased(office: Office) -> None:
    """DUTY-26: nobody acts and nobody tells the person: leader and managers hear of both."""
    contact_for_somebody_away(office)
    office.today_is("2026-01-12 17:01")
    office.digest_goes_out()

    (message,) = office.inbox("strategic-manager")
    assert sorted(line.split(",")[0] for line in message.lines) == [
        "Answer: actions meanwhile",
        "Answer: person told",
    ]


# ------------------------------------------------------------------ in writing too, and policies that ask less


@pytest.mark.clauses("DUTY-27", "DUTY-28")
def test_what_was_agreed_can_be_sent_in_writing_too(office: Office) -> None:
    """DUTY-27: the text is made from the day agreed, and goes to whoever wrote in a case of its own."""
    office.writes_to_people_by(SentBy.EMAIL)
    case = office.start(written_contact_transfer, letter(sender_address="tom@example.org"))
    office.answer(case, sorted_for_somebody_on_leave(), by="duty-worker")
    office.answer(case, nobody_in_time(), by="duty-worker")
    office.answer(case, told(in_writing_too=True), by="duty-worker")
    office.answer(case, acted(), by="duty-worker")

    (telling,) = office.cases(telling_a_person)
    assert office.case(telling).parent_ref == case
    (sent,) = office.sent_to_people()
    assert sent.to == "tom@example.org" and "Wednesday 14 January 2026" in sent.body
    assert office.outcome_of(telling) == "told"


def test_nothing_is_sent_in_writing_unless_it_is_wanted(office: Office) -> None:
    """DUTY-27: one who was told by telephone is not written to as well."""
    contact_left_for_return(office)
    assert office.cases(telling_a_person) == []


def allowed_less(office: Office) -> None:
    """A policy by which the person hears only of absences longer than a few days."""
    gaps = office.council.policy.gaps
    checks = gaps.allocation_checks.model_copy(update={"always_tell_person": False})
    changed = gaps.model_copy(update={"allocation_checks": checks})
    office.council.policy = office.council.policy.model_copy(update={"gaps": changed})


def sent_to_somebody_away_until(office: Office, until: str | None, **sorting: Any) -> str:
    """A letter to Priya Nair, who is away from now on and whose service does not deal with letters."""
    office.away("practitioner", until)
    case = sorted_contact(office, sorted_as(**sorting))
    office.answer(case, nobody_in_time(), by="duty-worker")
    return case


@pytest.mark.clauses("DUTY-27")
@pytest.mark.parametrize(
    ("until", "sorting", "told_of_it"),
    [
        ("2026-01-08 08:30", {}, False),
        ("2026-01-09 08:30", {}, True),
        (None, {}, True),
        ("2026-01-08 08:30", {"act_by": date(2026, 1, 6)}, True),
    ],
)
def test_where_policy_says_so_only_longer_absences_are_told(
    office: Office, until: str | None, sorting: dict[str, Any], told_of_it: bool
) -> None:
    """DUTY-27, GAP-02: more than three working days, or past the date that the contact gives; else nobody rings."""
    allowed_less(office)
    case = sent_to_somebody_away_until(office, until, **sorting)

    assert ("PersonTold of duty-worker" in asked(office, case)) is told_of_it
    office.answer(case, acted(), by="duty-worker")
    assert not office.is_closed(case)


def test_a_short_absence_that_nobody_was_told_of_is_still_followed_up(office: Office) -> None:
    """DUTY-27, DUTY-28: no promise was made, and somebody is in touch all the same."""
    allowed_less(office)
    case = sent_to_somebody_away_until(office, "2026-01-08 08:30")
    office.answer(case, acted(), by="duty-worker")

    office.today_is("2026-01-07 12:00")
    assert "FollowUp of duty-worker" in asked(office, case)


@pytest.mark.clauses("DUTY-26")
@pytest.mark.parametrize(
    ("channel", "said"), [(Channel.LETTER, "Thank you for your letter"), (Channel.EMAIL, "Thank you for writing")]
)
def test_the_acknowledgement_is_worded_and_fits_what_came(office: Office, channel: Channel, said: str) -> None:
    """DUTY-26: nobody has to word it, and an e-mail is not called a letter."""
    case = contact_for_somebody_away(office, channel, reply_wanted=True)
    office.answer(case, acted(), by="duty-worker")

    assert said in read_beside(office, case, AcknowledgementWritten)
